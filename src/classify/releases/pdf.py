"""PDF files: the only door to pdfplumber. Ruled tables become grids, other pages placed words."""

from __future__ import annotations

import io
import logging
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classify.errors import InputError
from classify.records import Unplaced
from classify.releases import layout, table
from classify.releases.drafts import Drafts
from classify.releases.grid import EMPTY, Cell, Grid, Line, Row
from classify.releases.words import Page, Word

__all__ = ["drafts"]

_FETCH_AGAIN = "Fetch it again, or take the release's .xlsx or .csv"
_EMPTY = "[a page without text: a picture, or broken]"
_SAME = 3.0  # points within which two rulings are one
_GAP = 0.5  # em; a wider gap between two characters is a space

_Box = tuple[float, float, float, float]
_Char = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Page:
    """The characters of a page, the cells of its ruled tables, its horizontal rulings."""

    number: int
    chars: tuple[_Char, ...]
    tables: tuple[tuple[_Box, ...], ...]
    rules: tuple[float, ...]


def drafts(data: bytes, name: str) -> Drafts:
    """The programs of a PDF's tables, ruled or not.

    Raises `InputError` when the file is broken, cut off, locked, or holds pictures only.
    """
    pages = _pages(data, name)
    if not any(page.chars for page in pages):
        raise InputError(
            name,
            "its pages hold no text, only pictures",
            "Run OCR on it or take another form of it",
        )
    empty = tuple(Unplaced(f"p.{page.number}", _EMPTY) for page in pages if not page.chars)
    grids = _ruled(pages)
    found = table.drafts_of(grids)
    if found.drafts:
        return Drafts(found.drafts, (*empty, *found.unplaced))
    found = layout.drafts([_placed(page) for page in pages])
    return Drafts(found.drafts, (*empty, *found.unplaced))


def _pages(data: bytes, name: str) -> tuple[_Page, ...]:
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    if b"%%EOF" not in data[-4096:]:
        raise InputError(name, "the PDF is cut off", _FETCH_AGAIN)
    # pdfminer reports every oddity of a file on the root logger's stream.
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            return tuple(_page(page) for page in document.pages)
    except Exception as error:  # pdfminer lets whatever its parsers raise through
        if isinstance(error, PDFPasswordIncorrect) or "PDFPasswordIncorrect" in repr(error):
            problem, remedy = "the PDF is locked with a password", "Save a copy without one"
        else:
            problem, remedy = "the PDF is broken", _FETCH_AGAIN
        raise InputError(name, problem, remedy) from error


def _page(page: Any) -> _Page:
    tables = sorted(page.find_tables(), key=lambda found: (found.bbox[1], found.bbox[0]))
    rules = {round(edge["top"], 1) for edge in page.horizontal_edges}
    kept = _Page(
        number=page.page_number,
        chars=_single(page.chars),
        tables=tuple(tuple(found.cells) for found in tables),
        rules=tuple(sorted(rules)),
    )
    page.close()
    return kept


def _single(chars: Iterable[_Char]) -> tuple[_Char, ...]:
    """The characters without the second strokes with which some programs print bold."""
    kept = {(c["text"], round(c["x0"]), round(c["top"])): c for c in chars}
    return tuple(kept.values())


def _ruled(pages: Sequence[_Page]) -> tuple[Grid, ...]:
    """One grid per page: its ruled tables, all with the same columns, and the lines around them."""
    lefts = _edges(box[0] for page in pages for cells in page.tables for box in cells)
    grids: list[Grid] = []
    for page in pages:
        source = f"p.{page.number}"
        left = page.chars
        placed: list[tuple[float, Row]] = []
        for boxes in page.tables:
            rows, left = _grid(boxes, left, lefts, source)
            top = min(box[1] for box in boxes)
            placed += [(top, row) for row in rows]
        for chars in _lines(left):
            cell = _cell(chars, source)
            if cell:
                placed.append((chars[0]["top"], (cell,) * max(len(lefts), 2)))
        placed.sort(key=lambda found: found[0])
        grids.append(Grid(tuple(row for _, row in placed), source, continues=bool(grids)))
    return tuple(grids)


def _grid(
    boxes: Sequence[_Box], chars: Sequence[_Char], lefts: Sequence[float], source: str
) -> tuple[tuple[Row, ...], tuple[_Char, ...]]:
    """Rows of slots, a cell in each slot that it spans; and the characters outside of all cells."""
    tops = _edges(box[1] for box in boxes)
    owners: dict[tuple[int, int], int] = {}
    for index, box in enumerate(boxes):
        for row in range(_slot(tops, box[1]), _slot(tops, box[3] - 2 * _SAME) + 1):
            for column in range(_slot(lefts, box[0]), _slot(lefts, box[2] - 2 * _SAME) + 1):
                owners[row, column] = index
    held: list[list[_Char]] = [[] for _ in boxes]
    outside: list[_Char] = []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        owner = owners.get((_slot(tops, y - _SAME), _slot(lefts, x - _SAME)))
        inside = owner is not None and _within(x, y, boxes[owner])
        (held[owner] if inside and owner is not None else outside).append(char)
    cells = [_cell(c, source, box[2] - box[0]) for c, box in zip(held, boxes, strict=True)]
    found = [
        tuple(cells[owners[row, n]] if (row, n) in owners else EMPTY for n in range(len(lefts)))
        for row in range(len(tops))
    ]
    return tuple(found), tuple(outside)


def _edges(values: Iterable[float]) -> tuple[float, ...]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _SAME:
            kept.append(value)
    return tuple(kept)


def _slot(edges: Sequence[float], value: float) -> int:
    return max(bisect_right(edges, value + _SAME) - 1, 0)


def _within(x: float, y: float, box: _Box) -> bool:
    return box[0] <= x < box[2] and box[1] <= y < box[3]


def _cell(chars: Sequence[_Char], source: str, room: float = 0.0) -> Cell:
    lines = (_line(found) for found in _lines(chars))
    return Cell(tuple(line for line in lines if line.text.strip()), source, room)


def _lines(chars: Sequence[_Char]) -> Iterator[list[_Char]]:
    """Characters by line, each line from left to right; turned text in its own direction."""
    turned = [char for char in chars if not char.get("upright", True)]
    if 2 * len(turned) > len(chars):
        down = sum(char["matrix"][1] for char in turned) <= 0
        yield sorted(chars, key=lambda c: c["top"], reverse=not down)
        return
    line: list[_Char] = []
    for char in sorted(chars, key=lambda c: ((c["top"] + c["bottom"]) / 2, c["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if line and middle > (line[0]["top"] + line[0]["bottom"]) / 2 + line[0]["size"] / 2:
            yield sorted(line, key=lambda c: c["x0"])
            line = []
        line.append(char)
    if line:
        yield sorted(line, key=lambda c: c["x0"])


def _line(chars: Sequence[_Char]) -> Line:
    text = ""
    for before, char in zip([None, *chars], chars, strict=False):
        if before and char["x0"] - before["x1"] > _GAP * char["size"]:
            text += " "
        text += char["text"]
    solid = [char for char in chars if char["text"].strip()] or list(chars)
    em = max(float(char["size"]) for char in solid)
    return Line(text.rstrip(), float(solid[-1]["x1"] - chars[0]["x0"]), em)


def _placed(page: _Page) -> Page:
    """The page's words with their places: runs of characters without a gap."""
    words: list[Word] = []
    for line in _lines(page.chars):
        run: list[_Char] = []
        for char in line:
            if run and char["x0"] - run[-1]["x1"] > _GAP * char["size"]:
                words += _word(run)
                run = []
            run.append(char)
        words += _word(run)
    return Page(f"p.{page.number}", tuple(words), page.rules)


def _word(chars: Sequence[_Char]) -> list[Word]:
    text = "".join(char["text"] for char in chars)
    if not text.strip():
        return []
    # A ligature is one glyph of several letters.
    boxes = tuple((c["x0"], c["x1"]) for c in chars for _ in c["text"])
    top, bottom = min(c["top"] for c in chars), max(c["bottom"] for c in chars)
    word = Word(text, boxes, top, bottom, max(float(c["size"]) for c in chars))
    return [word.part(0)]
