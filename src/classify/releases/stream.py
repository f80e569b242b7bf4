"""Text that runs cell after cell, as PDF viewers copy a table: phone numbers end the programs.

A prefecture's label may stand before its program or at the end of its page, a header anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class _End:
    """What ends a program: its phone number, and what stands beside it; `after` is behind both."""

    beside: str
    phone: tuple[str, ...]
    after: int


@dataclass(frozen=True, slots=True)
class _Record:
    """One program: its body, whether that stood `alone` on its line, the lines after it, its end.

    `labels` are the prefectures that its page names.
    """

    prefecture: str
    body: str
    alone: bool
    lines: Sequence[_Numbered]
    end: _End
    first: int
    last: int
    labels: tuple[str, ...] = ()


def drafts(content: str) -> Drafts:
    """The programs of a text in which each program ends with its phone number.

    Returns no drafts when no line ends with one.
    """
    lines, unplaced = _without_headers(_numbered(content))
    records = _records(lines, unplaced)
    found = (_draft(*pair) for pair in zip(records, _parted(records), strict=True))
    return Drafts(tuple(found), tuple(unplaced))


def _numbered(content: str) -> Iterator[_Numbered]:
    words = wording.reading()
    above = ""
    for number, text in enumerate(content.split("\n"), start=1):
        if "\f" in text:
            yield _HEADER
        # An ideographic space is a paragraph's indent; other space came from the layout.
        kept = text.replace("\f", "").strip(" \t\r").rstrip()
        is_page = words.rows.page.match(wording.normal(kept))
        if kept and (not is_page or words.contact.cut.search(contact.narrow(above))):
            yield _Numbered(number, kept)
            above = kept


def _without_headers(lines: Iterator[_Numbered]) -> tuple[list[_Numbered], list[Unplaced]]:
    """The lines, with one mark in place of each run of header lines.

    A run that is unlike the first one and all others may be no header: it is listed.
    """
    kept: list[_Numbered] = []
    runs: list[list[_Numbered]] = [[]]
    for line in [*lines, _HEADER]:
        if line is not _HEADER and _is_header(line.text):
            runs[-1].append(line)
            continue
        if _heads(runs[-1]):
            kept.append(_HEADER)
            runs.append([])
        else:
            kept += runs[-1]
            runs[-1] = []
        kept.append(line)
    words = [{word for line in run for word in line.text.split()} for run in runs]
    odd = [
        run
        for n, run in enumerate(runs)
        if n and not any(words[n] & other for m, other in enumerate(words) if m != n)
    ]
    return kept, [Unplaced(f"l.{line.number}", line.text) for run in odd for line in run]


def _heads(run: Sequence[_Numbered]) -> bool:
    """Whether lines of header words head a table: known to the letter, or of several fields."""
    found = [meaning(word) for line in run for word in line.text.split()]
    exact = len(found) > 1 and all(score >= _EXACT for _, score in found)
    return exact or len({name for name, _ in found}) >= _FEWEST_HEADERS


def _is_header(text: str) -> bool:
    return all(meaning(word)[0] for word in text.split())


# ---- records -----------------------------------------------------------------------------------


def _records(lines: Sequence[_Numbered], unplaced: list[Unplaced]) -> list[_Record]:
    """The programs of the text; a page's labels stand before the next page's header."""
    records: list[_Record] = []
    held: list[_Numbered] = []
    page = index = 0
    while index < len(lines):
        end = _end(lines, index)
        if end:
            above = records[-1].body if records else ""
            records.append(_record(held, end, lines[end.after - 1].number, above))
            held, index = [], end.after
            continue
        if lines[index] is _HEADER:
            labels = tuple(filter(None, (places.prefecture_name(line.text) for line in held)))
            records[page:] = [replace(record, labels=labels) for record in records[page:]]
            page = len(records) if held else page
            unplaced += _aside(held)
            held = []
        else:
            held.append(lines[index])
        index += 1
    unplaced += _aside(held)
    return records


def _aside(held: Sequence[_Numbered]) -> list[Unplaced]:
    """Lines that belong to no program, less the labels of prefectures."""
    kept = (line for line in held if not places.prefecture_name(line.text))
    return [Unplaced(f"l.{line.number}", line.text) for line in kept]


def _end(lines: Sequence[_Numbered], index: int) -> _End | None:
    """The end of a program, when the line at `index` begins one."""
    begun = [(_phone(text), after) for text, after in _joined(lines, index)]
    longest = next(((found, after) for found, after in reversed(begun) if found), None)
    if longest is None:
        return None
    (beside, phone), after = longest
    numbers = [phone]
    while more := next((pair for pair in _joined(lines, after) if _goes_on(pair[0])), None):
        text, after = more
        numbers.append(text)
    return _End(beside, tuple(numbers), after)


def _joined(lines: Sequence[_Numbered], index: int) -> Iterator[tuple[str, int]]:
    """The line at `index`, then more and more of the lines that a break in a number parts from it.

    Each comes with the index behind its last line.
    """
    text = ""
    for after in range(index, min(index + _MOST_PHONE_LINES, len(lines))):
        line = lines[after]
        if line is _HEADER or (text and not contact.is_cut(text, line.text)):
            return
        text += line.text
        yield text, after + 1


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


def _record(held: Sequence[_Numbered], end: _End, last: int, above: str) -> _Record:
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
        kept = [_Numbered(lines[0].number, part) for part in _cells_of(rest)] + kept
    return _Record(prefecture, body, alone, kept, end, first, last)


def _cells_of(text: str) -> list[str]:
    """A program's name and the start of its summary, where one line holds both."""
    name, _, more = text.partition(" ")
    whole = bool(more) and bool(wording.reading().stream.name_end.search(name))
    return [name, more] if whole else [text]


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
    texts = [record.end.beside for record in records]
    beside = [[Line(text, measure(text))] if text else [] for text in texts]
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
    texts = {"prefecture": [record.prefecture], "body": [record.body], "phone": record.end.phone}
    lines = {name: [Line(text, measure(text)) for text in held] for name, held in texts.items()}
    cells = {name: _cells({**lines, **found}.get(name, ()), source) for name in FIELDS}
    return Draft(cells, (source, f"l.{record.last}"), record.labels)


def _cells(lines: Sequence[Line], source: str) -> tuple[Cell, ...]:
    kept = tuple(line for line in lines if line.text.strip())
    return (Cell(kept, source),) if kept else ()
