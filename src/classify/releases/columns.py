"""Which column of a table holds what: headers are known by their meaning, not by their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from classify import places, wording
from classify.releases.grid import Cell, Row, distinct

__all__ = ["Columns", "header_at", "label_of", "meaning", "text_of"]

_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[*:\d]|[\u2460-\u2473\u203b]")
_LONGEST_HEADER = 30
_TALLEST_HEADER = 4
_ENOUGH = 0.5
_EXACT = 2.0
_OUTRIGHT = 1.9
_MARKS = re.compile(r"^[\W_]*(?:\d{1,2}[\W_]+)?|[\W_]+$")
_OTHER = "other"  # a column that we know and do not need


@dataclass(frozen=True, slots=True)
class Columns:
    """The slots of each field, and the header text of every slot.

    `headers` has one tuple of texts per slot, from the top header row to the lowest.
    """

    slots: Mapping[str, tuple[int, ...]]
    headers: tuple[tuple[str, ...], ...]

    @property
    def unknown(self) -> tuple[int, ...]:
        """The slots that hold no field."""
        known = {slot for slots in self.slots.values() for slot in slots}
        return tuple(slot for slot in range(len(self.headers)) if slot not in known)

    def cells(self, row: Row, field: str) -> Sequence[Cell]:
        """The cells of a field in one row that hold text, each once."""
        return distinct(row[slot] for slot in self.slots.get(field, ()) if slot < len(row))


@cache
def meaning(header: str) -> tuple[str, float]:
    """The field that a header names and how sure that is; ("", 0) when it names none.

    >>> meaning("事業の概要（※）")[0], meaning("担当課 電話番号")[0], meaning("印")
    ('summary', 'contact', ('', 0.0))
    """
    plain = _plain(header)
    if not plain or len(plain) > _LONGEST_HEADER:
        return "", 0.0
    scores = {field: _score(plain, field) for field in wording.reading().headers.fields}
    if min(scores["department"], scores["phone"]) > 0:
        return "contact", max(scores["department"], scores["phone"])
    best = max(scores, key=lambda field: scores[field])
    return (best, scores[best]) if scores[best] >= _ENOUGH else ("", 0.0)


def label_of(text: str) -> str:
    """The field that `text` names outright, alone or between marks, as labels do; else "".

    >>> label_of("【事業名】"), label_of("(2) 事業の内容："), label_of("事業を行う")
    ('program', 'summary', '')
    """
    found = (meaning(form) for form in (text, _MARKS.sub("", text)))
    return next((name for name, score in found if score >= _OUTRIGHT), "")


def _plain(header: str) -> str:
    """A header without notes in brackets, footnote marks and numbers."""
    spoken = wording.normal(header)
    return _NOTES.sub("", spoken) or spoken


def _score(header: str, field: str) -> float:
    """How far a field's words cover the header; its last word governs a Japanese compound."""
    words = wording.reading().headers
    entry = words.fields[field]
    bare = [header.removesuffix(end) for end in words.endings if header.endswith(end)]
    if header in entry.words or header in entry.exact:
        return _EXACT
    if any(form in entry.words or form in entry.exact for form in bare):
        return _EXACT - 0.1
    if any(word in header for word in entry.without):
        return 0.0
    inside = [
        len(word) / len(form) + 0.5 * form.endswith(word)
        for form in (header, *filter(None, bare))
        for word in entry.words
        if len(word) > 1 and word in form
    ]
    return max(inside, default=0.0)


def header_at(rows: Sequence[Row], start: int) -> tuple[Columns, int] | None:
    """The columns that the rows from `start` on head, and how many rows do; None if none does."""
    best: tuple[Columns, int] | None = None
    for height in range(1, min(_TALLEST_HEADER, len(rows) - start) + 1):
        window = rows[start : start + height]
        if not _may_head(window[-1]):
            break
        columns = _columns(window)
        if _heads(columns, window) and (best is None or _better(columns, best[0])):
            best = columns, height
    if best is None:
        return None
    height = _with_merged(rows, start, best[1])
    return (best[0] if height == best[1] else _columns(rows[start : start + height])), height


def _may_head(row: Row) -> bool:
    """No header holds a phone number or a long text."""
    cells = distinct(row)
    number = wording.reading().contact.number
    long = any(len(_plain(cell.text)) > _LONGEST_HEADER for cell in cells)
    return bool(cells) and not long and not any(number.search(text_of(cell)) for cell in cells)


def _heads(columns: Columns, window: Sequence[Row]) -> bool:
    """A header knows the summary or the program, another field, and half of its own cells."""
    cells = list(dict.fromkeys(cell for row in window for cell in distinct(row)))
    known = [cell for cell in cells if meaning(cell.text)[0] or _is_part(cell, window)]
    return (
        any(cell in known for cell in distinct(window[0]))
        and not any(_is_municipality(cell) for cell in distinct(window[-1]))
        and "summary" in columns.slots
        and len(columns.slots) > 1
        and 2 * len(known) >= len(cells)
    )


def _is_part(cell: Cell, window: Sequence[Row]) -> bool:
    """Whether a cell is a piece of a header that its narrow column broke."""
    slot = next(row.index(cell) for row in window if cell in row)
    path = _path(window, slot)
    return not any(meaning(text)[0] for text in path) and bool(meaning("".join(path))[0])


def _is_municipality(cell: Cell) -> bool:
    return any(place.municipality for place in places.candidates(cell.text))


def _better(columns: Columns, than: Columns) -> bool:
    return len(columns.slots) > len(than.slots)


def _with_merged(rows: Sequence[Row], start: int, height: int) -> int:
    """The height of a header with the rows into which its merged cells reach."""
    while start + height < len(rows):
        last, below = rows[start + height - 1], rows[start + height]
        held = [cell for cell in distinct(below) if any(cell is above for above in last)]
        if not held:
            return height
        height += 1
    return height


def _columns(window: Sequence[Row]) -> Columns:
    width = max(len(row) for row in window)
    headers = tuple(_path(window, slot) for slot in range(width))
    found = [_slot_meaning(path) for path in headers]
    slots: dict[str, tuple[int, ...]] = {}
    for field in wording.reading().headers.fields:
        scored = [(score, slot) for slot, (name, score) in enumerate(found) if name == field]
        if scored and field != _OTHER:
            slots[field] = _choose(field, scored, headers)
    return Columns(slots, headers)


def _choose(
    field: str, scored: Sequence[tuple[float, int]], headers: Sequence[tuple[str, ...]]
) -> tuple[int, ...]:
    """The slots of a field: all that name a department or a contact, else the surest one."""
    if field in ("department", "contact"):
        return tuple(slot for _, slot in scored)
    surest = max(score for score, _ in scored)
    first = next(slot for score, slot in scored if score == surest)
    return tuple(slot for _, slot in scored if headers[slot] == headers[first])


def _path(window: Sequence[Row], slot: int) -> tuple[str, ...]:
    cells = distinct(row[slot] for row in window if slot < len(row))
    return tuple(cell.text for cell in cells)


def _slot_meaning(path: Sequence[str]) -> tuple[str, float]:
    """What the headers of a slot say: all as one where they are one, else the lowest."""
    whole = meaning("".join(path))
    found = [meaning(text) for text in path]
    name, score = next((pair for pair in reversed(found) if pair[0]), ("", 0.0))
    if found and not found[-1][0]:
        score /= 2  # inherited from the header above: a sister may be named outright
    return whole if whole[1] >= score else (name, score)


def text_of(cell: Cell) -> str:
    """A cell's text as headers are compared."""
    return wording.normal(cell.text)
