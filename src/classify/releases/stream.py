"""Text that runs cell after cell, as PDF viewers copy a table: phone numbers end the programs.

Nothing but the words tells where a name ends and a summary begins, or a summary and a
department. Each way to part a program's lines costs something for all that speaks against it;
the cheapest wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from classify import cues, places
from classify.records import Unplaced
from classify.releases import contact, unwrap
from classify.releases.columns import meaning
from classify.releases.drafts import FIELDS, Draft, Drafts
from classify.releases.grid import Cell, Line, measure

__all__ = ["drafts"]

_MOST_NAME_LINES = 4
_MOST_DEPARTMENT_LINES = 6
_NEVER = 100.0
_FEWEST_HEADERS = 3
_EXACT = 1.9  # the score of a header that is one of the known words to the letter


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A line of the text with its number, from 1."""

    number: int
    text: str

    @property
    def line(self) -> Line:
        return Line(self.text, measure(self.text))


_HEADER = _Numbered(0, "")  # stands where a page's header stood


@dataclass(slots=True)
class _Record:
    """The lines of one program: `head` names body and perhaps prefecture, `phone` ends it."""

    prefecture: str
    body: str
    alone: bool
    lines: list[_Numbered]
    phone: list[str]
    beside: str
    first: int
    last: int
    labels: tuple[str, ...] = field(default=())


def drafts(content: str) -> Drafts:
    """The programs of a text in which each program ends with its phone number.

    Returns no drafts when no line ends with one.
    """
    lines = list(_without_headers(_numbered(content)))
    unplaced: list[Unplaced] = []
    records = _records(lines, unplaced)
    name, department = _edges(records)
    parted = [_part(record, name, department) for record in records]
    return Drafts(
        tuple(_draft(r, p) for r, p in zip(records, parted, strict=True)), tuple(unplaced)
    )


def _numbered(content: str) -> Iterator[_Numbered]:
    page = cues.reading().rows.page
    for number, text in enumerate(content.split("\n"), start=1):
        if "\f" in text:
            yield _HEADER
        # An ideographic space is a paragraph's indent; other space came from the layout.
        kept = text.replace("\f", "").strip(" \t\r").rstrip()
        if kept and not page.match(cues.normal(kept)):
            yield _Numbered(number, kept)


def _without_headers(lines: Iterator[_Numbered]) -> Iterator[_Numbered]:
    """The lines, with one mark in place of each run of header lines."""
    run: list[_Numbered] = []
    for line in [*lines, _HEADER]:
        if line is not _HEADER and _is_header(line.text):
            run.append(line)
            continue
        found = [meaning(word) for held in run for word in held.text.split()]
        exact = len(found) > 1 and all(score >= _EXACT for _, score in found)
        if exact or len({name for name, _ in found}) >= _FEWEST_HEADERS:
            yield _HEADER
        else:
            yield from run
        run = []
        yield line


def _is_header(text: str) -> bool:
    return all(meaning(word)[0] for word in text.split())


# ---- records -----------------------------------------------------------------------------------


def _records(lines: Sequence[_Numbered], unplaced: list[Unplaced]) -> list[_Record]:
    records: list[_Record] = []
    held: list[_Numbered] = []
    page = 0
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if line is _HEADER:
            labels = tuple(filter(None, (places.prefecture_name(h.text) for h in held)))
            for number in range(page, len(records)):
                records[number] = replace(records[number], labels=labels)
            page = len(records) if labels or held else page
            unplaced += [
                Unplaced(f"l.{h.number}", h.text)
                for h in held
                if not places.prefecture_name(h.text)
            ]
            held = []
            continue
        found = _phone(line.text)
        if found is None:
            held.append(line)
            continue
        beside, phone = found
        numbers = [phone]
        last = line.number
        while index < len(lines) and _goes_on(lines[index].text):
            numbers.append(lines[index].text)
            last = lines[index].number
            index += 1
        records.append(_record(held, beside, numbers, last))
        held = []
    unplaced += [
        Unplaced(f"l.{h.number}", h.text) for h in held if not places.prefecture_name(h.text)
    ]
    return records


def _phone(text: str) -> tuple[str, str] | None:
    """What stands beside a phone number that ends a line, and the number; None without one."""
    if not contact.has_number(text):
        return None
    found = contact.split(text)
    prose = cues.reading().stream.prose
    ends = "".join(found.phone.split())[-4:]
    if not found.phone or not "".join(text.split()).endswith(ends):
        return None
    if prose.search(found.department) or len(found.department) > 40:
        return None
    return found.department, found.phone


def _goes_on(text: str) -> bool:
    """Whether a line holds nothing but more of the phone number before it."""
    words = cues.reading().contact
    found = contact.split(text)
    if found.phone and not found.department:
        return True
    narrow = contact.narrow(text)
    return bool(re.fullmatch(words.extension.pattern, narrow, re.IGNORECASE))


def _record(held: Sequence[_Numbered], beside: str, phone: list[str], last: int) -> _Record:
    lines = list(held)
    while len(lines) > 1 and places.prefecture_name(lines[0].text) and _names(lines[1].text):
        lines.pop(0)
    first = lines[0].number if lines else last
    prefecture, body, rest = _head(lines[0].text) if lines else ("", "", "")
    alone = not rest
    kept = lines[1:] if lines else []
    if rest:
        kept = [_Numbered(lines[0].number, rest), *kept]
    return _Record(prefecture, body, alone, kept, phone, beside, first, last)


def _names(text: str) -> bool:
    """Whether a line begins with the name of a place."""
    return bool(places.candidates(text.split()[0]))


def _head(text: str) -> tuple[str, str, str]:
    """Prefecture, body and the rest of a program's first line."""
    first, second, rest = (*text.split(maxsplit=2), "", "")[:3]
    if places.prefecture_name(first) and places.candidates(second):
        return first, second, rest
    if second or places.candidates(first):
        return "", first, text[len(first) :].strip()
    end = places.name_at(text)
    return ("", text[:end], text[end:]) if end else ("", "", text)


# ---- parts -------------------------------------------------------------------------------------


def _edges(records: Sequence[_Record]) -> tuple[unwrap.Edge, unwrap.Edge]:
    """How wide the columns of names and departments are: as their widest lines that agree."""
    names = [record.lines[0].line.width for record in records if record.lines]
    ends = [line for r in records for line in [r.beside or (r.lines[-1].text if r.lines else "")]]
    unit = cues.reading().stream.unit
    departments = [measure(text) for text in ends if unit.search(text)]
    return unwrap.Edge(_widest(names)), unwrap.Edge(_widest(departments))


def _widest(widths: Sequence[float]) -> float:
    """The largest width that two lines or more come near to."""
    ordered = sorted(widths, reverse=True)
    near = (a for a, b in pairwise(ordered) if a - b <= 1.0)
    return next(near, ordered[0] if ordered else float("inf"))


def _part(
    record: _Record, name: unwrap.Edge, department: unwrap.Edge
) -> Mapping[str, Sequence[str]]:
    """The lines of name, summary and department, parted at the least cost."""
    lines = [line.line for line in record.lines]
    ends = range(1, min(_MOST_NAME_LINES, len(lines)) + 1)
    end = min(ends, key=lambda n: (_name_cost(lines, n, record.alone, name), n), default=0)
    own = [Line(record.beside, measure(record.beside))] if record.beside else []
    rest = [*lines[end:], *own]
    lowest = max(len(rest) - _MOST_DEPARTMENT_LINES, 0)
    starts = range(lowest, len(rest) - len(own) + 1)
    start = min(
        starts,
        key=lambda n: (_department_cost(rest, n, record.body, department), n),
        default=len(rest),
    )
    return {
        "program": [line.text for line in lines[:end]],
        "summary": [line.text for line in rest[:start]],
        "department": [line.text for line in rest[start:]],
    }


def _name_cost(lines: Sequence[Line], count: int, alone: bool, edge: unwrap.Edge) -> float:
    """What speaks against the first `count` lines being the program's name."""
    words = cues.reading()
    name = lines[:count]
    cost = 0.0
    for line, following in pairwise(name):
        if words.items.marker.match(following.text) and not _open(line.text):
            return _NEVER
        full = unwrap.is_wrap(line, following, edge)
        cost += (1.0 if words.stream.name_end.search(line.text) else 0.0) if full else 6.0
    cost += sum(3.0 for line in name if line.width > edge.full + 1.0)
    cost += 5.0 if _open("".join(line.text for line in name)) else 0.0
    cost += 0.0 if words.stream.name_end.search(name[-1].text) else 2.0
    runs_on = count < len(lines) and unwrap.is_wrap(name[-1], lines[count], edge)
    cost += 1.0 if runs_on else 0.0
    # A name of two lines stands below or above its body's line, a name of one line beside it.
    return cost + (1.5 if alone == (count == 1) else 0.0)


def _open(text: str) -> bool:
    """Whether a bracket is still open at the end of `text`."""
    kinds = [unicodedata.category(character) for character in text]
    return sum(kind in ("Ps", "Pi") for kind in kinds) > sum(kind in ("Pe", "Pf") for kind in kinds)


def _department_cost(lines: Sequence[Line], start: int, body: str, edge: unwrap.Edge) -> float:
    """What speaks against the lines from `start` on being the department."""
    words = cues.reading()
    found = lines[start:]
    if not found:
        return 8.0
    cost = 0.0
    for line in found:
        text = line.text.strip()
        prose = words.stream.prose.search(text) or words.items.marker.match(line.text)
        cost += 4.0 if prose else 0.0
        cost += 3.0 if line.width > edge.full + 1.0 else 0.0
    for line, following in pairwise(found):
        whole = words.stream.unit.search(line.text.strip()) or places.candidates(line.text.strip())
        cost += 0.0 if whole or unwrap.is_wrap(line, following, edge) else 1.5
    whole_text = unwrap.whole(found)
    cost += 0.0 if words.stream.unit.search(whole_text) else 2.0
    cost += 0.0 if words.stream.opening.search(found[0].text) else 1.0
    cost -= 2.0 if body and whole_text.startswith(body) else 0.0
    if start:
        cost += _leaves_department(lines[start - 1])
    return cost


def _leaves_department(line: Line) -> float:
    """What speaks against a line being the last of a summary: that it reads like a department."""
    words = cues.reading()
    text = line.text.strip()
    if words.stream.prose.search(text) or words.items.marker.match(line.text):
        return 0.0
    return 2.0 if words.stream.unit.search(text) and words.stream.opening.search(text) else 0.0


def _draft(record: _Record, parts: Mapping[str, Sequence[str]]) -> Draft:
    source = f"l.{record.first}"
    texts: Mapping[str, Sequence[str]] = {
        **parts,
        "prefecture": [record.prefecture],
        "body": [record.body],
        "phone": record.phone,
    }
    cells = {name: _cells(texts.get(name, ()), source) for name in FIELDS}
    return Draft(cells, (source, f"l.{record.last}"), record.labels)


def _cells(texts: Sequence[str], source: str) -> tuple[Cell, ...]:
    lines = tuple(Line(text, measure(text)) for text in texts if text.strip())
    return (Cell(lines, source),) if lines else ()
