"""Text of cards: lines that begin with a label become a grid of labels and values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify import places, wording
from classify.releases.columns import label_of
from classify.releases.grid import Cell, Grid, Line, measure

__all__ = ["grid"]

_BEGINNING = re.compile(r"\s*(\S+?)(?:\s*[:：]\s*|\s+|$)")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text with its number; `label` names a field, the value begins at `start`."""

    number: int
    text: str
    label: str = ""
    start: int = 0


def grid(content: str) -> Grid | None:
    """Labels and values by row, everything else in rows of its own; None where no label recurs.

    >>> text = "事業名：甲\\n事業概要：\\n　相談\\n\\n事業名：乙\\n事業概要：研修"
    >>> [tuple(cell.text for cell in row) for row in grid(text).rows]
    [('事業名', '甲'), ('事業概要', '相談'), ('事業名', '乙'), ('事業概要', '研修')]
    """
    lines = _only_recurring([_read(n, text) for n, text in _numbered(content)])
    if not any(line.label for line in lines):
        return None
    titles = _titles(lines)
    rows: list[tuple[Cell, ...]] = []
    index = 0
    while index < len(lines):
        end = index + 1
        if lines[index].label:
            while end < len(lines) and end not in titles and _goes_on(lines[index:end], lines[end]):
                end += 1
            rows.append(
                (_cell([lines[index].label], lines[index].number), _value(lines[index:end]))
            )
        elif lines[index].text.strip():
            rows.append((_cell([lines[index].text.strip()], lines[index].number),))
        index = end
    return Grid(tuple(rows), "")


def _numbered(content: str) -> Iterator[tuple[int, str]]:
    """The lines from 1, less the page numbers: those stand apart from other text."""
    page = wording.reading().rows.page
    lines = ["", *content.replace("\f", "\n").split("\n"), ""]
    triples = zip(lines, lines[1:], lines[2:], strict=False)
    for number, (before, text, after) in enumerate(triples, start=1):
        apart = not before.strip() and not after.strip()
        if not (apart and text.strip() and page.match(wording.normal(text))):
            yield number, text


def _read(number: int, text: str) -> _Line:
    """A line with its label, unless more labels follow as in the header of a table."""
    found = _BEGINNING.match(text)
    if found is None or not label_of(found[1]):
        return _Line(number, text)
    rest = text[found.end() :].split()
    if rest and all(label_of(word) for word in rest):
        return _Line(number, text)
    return _Line(number, text, found[1], found.end())


def _only_recurring(lines: Sequence[_Line]) -> list[_Line]:
    """The lines, less the labels that do not stand in most of the cards."""
    counts = Counter(line.label for line in lines)
    cards = max((n for label, n in counts.items() if label_of(label) == "summary"), default=0)
    kept = {label for label, count in counts.items() if label and 2 * count >= cards > 1}
    return [line if line.label in kept else _Line(line.number, line.text) for line in lines]


def _titles(lines: Sequence[_Line]) -> set[int]:
    """The lines right above the label that opens the cards, where they are alike or name places."""
    opening = next(line.label for line in lines if line.label)
    named = any(label_of(line.label) == "body" for line in lines)
    said = [n for n, line in enumerate(lines) if line.text.strip()]
    above = [before for before, n in pairwise(said) if lines[n].label == opening]
    forms = {n: _DIGITS.sub("", wording.normal(lines[n].text)) for n in above}
    counts = Counter(forms.values())
    return {
        n
        for n in above
        if not lines[n].label
        and (
            2 * counts[forms[n]] > len(above) > 1
            or (not named and places.candidates(places.bare(lines[n].text)))
        )
    }


def _goes_on(held: Sequence[_Line], line: _Line) -> bool:
    """Whether a line is more of the value above it; only a summary goes on after an empty line."""
    if line.label:
        return False
    empty = any(not above.text.strip() for above in held)
    return not empty or label_of(held[0].label) == "summary"


def _value(lines: Sequence[_Line]) -> Cell:
    first, *more = lines
    kept = [line for line in more if line.text.strip()]
    own = first.text[first.start :].strip()
    indents = [len(line.text) - len(line.text.lstrip()) for line in kept]
    start = first.start if own else min(indents, default=0)
    rest = [
        line.text[min(start, indent) :].rstrip() for line, indent in zip(kept, indents, strict=True)
    ]
    return _cell([own, *rest] if own else rest, first.number)


def _cell(texts: Sequence[str], number: int) -> Cell:
    lines = tuple(Line(text, measure(text)) for text in texts)
    return Cell(lines, f"l.{number}")
