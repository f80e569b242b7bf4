"""Comma, tab and semicolon separated tables become grids."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from classify.releases.columns import header_at
from classify.releases.grid import EMPTY, Grid, Row, cell_of

__all__ = ["decode", "grid", "records"]

_SEPARATORS = ",\t;"
_SAMPLE = 40  # lines in which a table shows itself
_WIDEST = 1_000  # columns; a line of separators only is no table
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes) -> str | None:
    """The text of a file in any encoding that Japanese offices use; None when it is no text.

    >>> decode("相談".encode("cp932")), decode(b"\\x00\\x01\\x02")
    ('相談', None)
    """
    encodings = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    if not encodings and b"\x00" in data[:4096]:
        encodings = ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    if not encodings:
        escapes = [] if b"\x1b$" not in data else ["iso2022_jp"]
        encodings = [*escapes, "utf-8", "cp932"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    return None


def grid(text: str) -> Grid | None:
    """The table that `text` holds, or None when no separator makes a headed table of it."""
    best: Grid | None = None
    most = 0
    for separator in _SEPARATORS:
        if separator not in text:
            continue
        rows = records(text, separator)
        sample = rows[:_SAMPLE]
        heads = [header_at(sample, start) for start in range(len(sample))]
        fields = max((len(found[0].slots) for found in heads if found), default=0)
        if fields > most:
            best, most = Grid(rows, ""), fields
    return best


def looks_separated(text: str) -> bool:
    """Whether most lines hold the same number of commas, tabs or semicolons."""
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE]
    for separator in _SEPARATORS:
        counts = [line.count(separator) for line in lines]
        if len(lines) > 1 and counts[0] and counts.count(counts[0]) > 0.8 * len(lines):
            return True
    return False


def records(text: str, separator: str) -> tuple[Row, ...]:
    """The rows of a separated text; each cell knows the line on which its row begins."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    first = 1
    for values in reader:
        rows.append(_row(values, f"l.{first}"))
        first = reader.line_num + 1
    return tuple(_as_wide(rows))


def _as_wide(rows: Sequence[Row]) -> Iterator[Row]:
    """Short rows among the first ones filled up: what a longer row has beyond the head stands under
    an empty head then, and is told."""
    width = min(max(map(len, rows), default=0), _WIDEST)
    for number, row in enumerate(rows):
        yield row + (EMPTY,) * (width - len(row)) if number < _SAMPLE else row


def _row(values: Sequence[str], source: str) -> Row:
    return tuple(cell_of(value, source) if value.strip() else EMPTY for value in values)
