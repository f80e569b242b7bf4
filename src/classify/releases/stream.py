"""Text that runs cell after cell, as PDF viewers copy a table: phone numbers end the programs.

A prefecture's label may stand before its program or at the end of its page, a header anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from classify import places, wording
from classify.records import Unplaced
from classify.releases import contact, parts
from classify.releases.columns import meaning
from classify.releases.drafts import FIELDS, Draft, Drafts
from classify.releases.grid import Cell, Line, measure

__all__ = ["drafts"]

_FEWEST_HEADERS = 3
_MOST_PHONE_LINES = 3
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
    found = (_draft(*pair) for pair in zip(records, _parted(records), strict=True))
    return Drafts(tuple(found), tuple(unplaced))


def _numbered(content: str) -> Iterator[_Numbered]:
    page = wording.reading().rows.page
    for number, text in enumerate(content.split("\n"), start=1):
        if "\f" in text:
            yield _HEADER
        # An ideographic space is a paragraph's indent; other space came from the layout.
        kept = text.replace("\f", "").strip(" \t\r").rstrip()
        if kept and not page.match(wording.normal(kept)):
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
        last = line.number
        for ahead in range(1, _MOST_PHONE_LINES):
            joined = _joined(lines[index - 1 : index + ahead])
            if joined is None or found:
                break
            found = _phone(joined)
            if found:
                last = lines[index + ahead - 1].number
                index += ahead
        if found is None:
            held.append(line)
            continue
        beside, phone = found
        numbers = [phone]
        while index < len(lines) and _goes_on(lines[index].text):
            numbers.append(lines[index].text)
            last = lines[index].number
            index += 1
        above = records[-1].body if records else ""
        records.append(_record(held, beside, numbers, last, above))
        held = []
    unplaced += [
        Unplaced(f"l.{h.number}", h.text) for h in held if not places.prefecture_name(h.text)
    ]
    return records


def _joined(lines: Sequence[_Numbered]) -> str | None:
    """Lines that a break inside a phone number or its note parts, as one; None for others."""
    text = ""
    for line in lines:
        if text and not (contact.has_number(text) and contact.is_cut(text, line.text)):
            return None
        text += line.text
    return text


def _phone(text: str) -> tuple[str, str] | None:
    """What stands beside a phone number that ends a line, and the number; None without one."""
    if not contact.has_number(text):
        return None
    found = contact.split(text)
    prose = wording.reading().stream.prose
    ends = "".join(found.phone.split())[-4:]
    if not found.phone or not contact.bare("".join(text.split())).endswith(contact.bare(ends)):
        return None
    if prose.search(found.department) or len(found.department) > 40:
        return None
    # A separator at the end says that another number follows.
    kept = text.rstrip()
    return found.department, found.phone + kept[len(contact.bare(kept)) :]


def _goes_on(text: str) -> bool:
    """Whether a line holds nothing but more of the phone number before it."""
    words = wording.reading().contact
    found = contact.split(text)
    if found.phone and not found.department:
        return True
    narrow = contact.narrow(text)
    return bool(re.fullmatch(f"(?:{words.extension.pattern})+", narrow, re.IGNORECASE))


def _record(
    held: Sequence[_Numbered], beside: str, phone: list[str], last: int, above: str
) -> _Record:
    lines = list(held)
    label = ""
    while len(lines) > 1 and places.prefecture_name(lines[0].text) and _names(lines[1].text):
        label = lines.pop(0).text
    first = lines[0].number if lines else last
    prefecture, body, rest = _head(lines[0].text, above) if lines else ("", "", "")
    # A label may have come here from another row of its page.
    prefecture = prefecture or (label if places.find(body, label) else "")
    alone = not rest
    kept = lines[1:]
    if rest:
        kept = [_Numbered(lines[0].number, rest), *kept]
    return _Record(prefecture, body, alone, kept, phone, beside, first, last)


def _names(text: str) -> bool:
    """Whether a line begins with the name of a place."""
    return bool(places.candidates(text.split()[0]))


def _head(text: str, above: str) -> tuple[str, str, str]:
    """Prefecture, body and the rest of a program's first line, under the body `above`."""
    first, second, rest = (*text.split(maxsplit=2), "", "")[:3]
    if places.prefecture_name(first) and places.candidates(second):
        return first, second, rest
    if second or places.candidates(first):
        return "", first, text[len(first) :].strip()
    end = places.name_at(text)
    # Under its own body, a program named after it has its name in full.
    return ("", text[:end], text[end:]) if end and text[:end] != above else ("", "", text)


def _parted(records: Sequence[_Record]) -> Iterator[Mapping[str, Sequence[Line]]]:
    """Name, summary and department of each program, by what the widths of all of them tell."""
    lines = [[held.line for held in record.lines] for record in records]
    alone = [record.alone for record in records]
    edge = parts.name_edge(list(zip(lines, alone, strict=True)))
    ends = [parts.name_end(held, edge, alone=own) for held, own in zip(lines, alone, strict=True)]
    beside = [
        [Line(record.beside, measure(record.beside))] if record.beside else [] for record in records
    ]
    rests = [
        ([*held[end:], *own], record.body, len(own))
        for held, end, own, record in zip(lines, ends, beside, records, strict=True)
    ]
    edge = parts.department_edge(rests)
    for held, end, (rest, body, sure) in zip(lines, ends, rests, strict=True):
        start = parts.department_start(rest, edge, body, sure)
        yield {"program": held[:end], "summary": rest[:start], "department": rest[start:]}


def _draft(record: _Record, found: Mapping[str, Sequence[Line]]) -> Draft:
    source = f"l.{record.first}"
    texts = {"prefecture": [record.prefecture], "body": [record.body], "phone": record.phone}
    lines = {name: [Line(text, measure(text)) for text in held] for name, held in texts.items()}
    cells = {name: _cells({**lines, **found}.get(name, ()), source) for name in FIELDS}
    return Draft(cells, (source, f"l.{record.last}"), record.labels)


def _cells(lines: Sequence[Line], source: str) -> tuple[Cell, ...]:
    kept = tuple(line for line in lines if line.text.strip())
    return (Cell(kept, source),) if kept else ()
