"""Which column of a table holds what: headers are known by their meaning, not by their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from classify import cues, places
from classify.releases.grid import Cell, Row, distinct

__all__ = ["Columns", "header_at", "meaning", "text_of"]

_NOTES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|[*:\d]|[\u2460-\u2473\u203b]")
_LONGEST_HEADER = 30
_TALLEST_HEADER = 4
_ENOUGH = 0.5


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

    >>> meaning("事業の概要（※）")[0], meaning("担当課 電話番号")[0], meaning("備 考")
    ('summary', 'contact', ('', 0.0))
    """
    plain = _plain(header)
    if not plain or len(plain) > _LONGEST_HEADER:
        return "", 0.0
    scores = {field: _score(plain, field) for field in cues.reading().headers.fields}
    if min(scores["department"], scores["phone"]) > 0:
        return "contact", max(scores["department"], scores["phone"])
    best = max(scores, key=lambda field: scores[field])
    return (best, scores[best]) if scores[best] >= _ENOUGH else ("", 0.0)


def _plain(header: str) -> str:
    """A header without notes in brackets, footnote marks and numbers."""
    spoken = cues.normal(header)
    return _NOTES.sub("", spoken) or spoken


def _score(header: str, field: str) -> float:
    """How far a field's words cover the header; its last word governs a Japanese compound."""
    words = cues.reading().headers
    entry = words.fields[field]
    endings = [""] + [end for end in words.endings if header.endswith(end) and header != end]
    forms = [header.removesuffix(end) for end in endings]
    best = 0.0
    for form in forms:
        ruled_out = any(word in form for word in entry.without)
        for word in entry.words:
            if form == word:
                best = max(best, 2.0 if form is header else 1.9)
            elif len(word) > 1 and word in form and not ruled_out:
                best = max(best, len(word) / len(form) + 0.5 * form.endswith(word))
    return best


def header_at(rows: Sequence[Row], start: int) -> tuple[Columns, int] | None:
    """The columns that rows from `start` on head, and the height of that header; None if it is none."""
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
    return best[0], _with_merged(rows, start, best[1])


def _may_head(row: Row) -> bool:
    """No header holds a phone number or a long text."""
    cells = distinct(row)
    number = cues.reading().contact.number
    texts = [_plain(cell.text) for cell in cells]
    return bool(cells) and not any(len(t) > _LONGEST_HEADER or number.search(t) for t in texts)


def _heads(columns: Columns, window: Sequence[Row]) -> bool:
    """A header knows the summary or the program, another field, and half of its own cells."""
    cells = list(dict.fromkeys(cell for row in window for cell in distinct(row)))
    known = [cell for cell in cells if meaning(cell.text)[0]]
    return (
        any(cell in known for cell in distinct(window[0]))
        and not any(_is_municipality(cell) for cell in distinct(window[-1]))
        and "summary" in columns.slots
        and len(columns.slots) > 1
        and 2 * len(known) >= len(cells)
    )


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
    for field in cues.reading().headers.fields:
        scored = [(score, slot) for slot, (name, score) in enumerate(found) if name == field]
        if scored:
            slots[field] = _choose(field, scored, headers)
    return Columns(slots, headers)


def _choose(
    field: str, scored: Sequence[tuple[float, int]], headers: Sequence[tuple[str, ...]]
) -> tuple[int, ...]:
    """The slots of a field: all that name a department or a contact, the surest one of the others."""
    if field in ("department", "contact"):
        return tuple(slot for _, slot in scored)
    surest = max(score for score, _ in scored)
    first = next(slot for score, slot in scored if score == surest)
    return tuple(slot for _, slot in scored if headers[slot] == headers[first])


def _path(window: Sequence[Row], slot: int) -> tuple[str, ...]:
    cells = distinct(row[slot] for row in window if slot < len(row))
    return tuple(cell.text for cell in cells)


def _slot_meaning(path: Sequence[str]) -> tuple[str, float]:
    """What the lowest header of a slot says, else the one above it, else all of them read as one."""
    for header in reversed(path):
        field, score = meaning(header)
        if field:
            return field, score
    return meaning("".join(path))


def text_of(cell: Cell) -> str:
    """A cell's text as headers are compared."""
    return cues.normal(cell.text)
