"""A release file becomes programs: what a file is, its content decides, not its name."""

from __future__ import annotations

from pathlib import Path

from classify.errors import InputError
from classify.records import Reading
from classify.releases import delimited, own, programs, table, text
from classify.releases.drafts import Drafts

__all__ = ["read", "read_stream"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADERS = "Head its columns body, program and summary, in English or as the ministry does"


def read(path: Path | str) -> Reading:
    """The programs of a release, and every block of text that belongs to none of them.

    `path` names a PDF, a workbook (.xlsx, .xlsm), a CSV, the text of a PDF, or programs that the
    tool wrote itself (.csv, .jsonl, .parquet). The release is called by the file's stem.

    Raises `InputError` with place, problem and remedy for everything that cannot be read.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(str(path), "there is no such file", "Check the name") from error
    except IsADirectoryError as error:
        raise InputError(str(path), "this is a directory", "Name a file in it") from error
    except OSError as error:
        problem = f"the file cannot be opened ({error.strerror or error})"
        raise InputError(str(path), problem, "Check its permissions") from error
    return _read(data, str(path), path.stem)


def read_stream(data: bytes, name: str) -> Reading:
    """The programs of a release that came without a file; `name` names the release.

    >>> table = "実施主体,事業名,事業概要\\n札幌市,居場所,○相談"
    >>> read_stream(table.encode(), "r4").programs[0].code
    '011002'
    """
    return _read(data, name, Path(name).stem)


def _read(data: bytes, name: str, release: str) -> Reading:
    if not data.strip():
        raise InputError(name, "the file is empty", "Fetch it again")
    if b"%PDF-" in data[:1024]:
        from classify.releases import pdf

        found = pdf.drafts(data, name)
        return _finish(found, name, release)
    if data.startswith(b"PK"):
        return _workbook(data, name, release)
    if data.startswith(b"PAR1"):
        return own.from_parquet(data, name, release)
    if data.startswith(_OLD_OFFICE):
        problem = "this is a file of old Office (.xls) or one with a password"
        raise InputError(name, problem, "Save it as .xlsx without a password")
    return _text(data, name, release)


def _workbook(data: bytes, name: str, release: str) -> Reading:
    from classify.releases import sheet

    grids, hidden = sheet.grids(data, name)
    found = table.drafts_of(grids)
    return _finish(Drafts(found.drafts, (*found.unplaced, *hidden)), name, release)


def text_of(data: bytes, name: str) -> str:
    """Text in whichever way Japanese files are coded; InputError where it is none.

    >>> text_of("居場所".encode("cp932"), "stdin")
    '居場所'
    """
    content = delimited.decode(data)
    if content is None:
        problem = "the file is neither PDF nor workbook nor text in UTF-8, UTF-16 or Shift_JIS"
        raise InputError(name, problem, "Save it as .xlsx, .pdf, .csv or .txt")
    return content.removeprefix("\ufeff")


def _text(data: bytes, name: str, release: str) -> Reading:
    content = text_of(data, name)
    kept = own.from_csv(content, name) or own.from_jsonl(content, name, release)
    if kept is not None:
        return kept
    grid = delimited.grid(content)
    if grid is not None:
        return _finish(table.drafts_of((grid,)), name, release)
    if delimited.looks_separated(content):
        raise InputError(name, "no column holds summaries", _HEADERS)
    return _finish(text.drafts(content), name, release)


def _finish(found: Drafts, name: str, release: str) -> Reading:
    if not found.drafts:
        raise InputError(name, "no table of programs is in it", _HEADERS)
    return programs.reading_of(found, release)
