"""Column wraps are undone, item breaks are kept.

A line break is a wrap when the line is full: when the first piece of the next line that could
stand alone would not have fitted behind it. How wide a full line is, the release itself tells:
in a column that wraps, most lines that no item follows end just there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify import wording
from classify.releases.grid import Line, measure

__all__ = ["Edge", "edge_of", "is_wrap", "joined", "paragraphs", "whole"]

_WORD = re.compile(r"[A-Za-z0-9@._/:'’&+%-]+")
_LETTERS = re.compile(r"[A-Za-z0-9]")
_NARROW = 0.15  # em; a Latin letter may be this much wider than half an em
_BAND = 1.5  # em; full lines end within this of the edge
_HANGING = 1.0  # em; a stop may hang over the edge
_BEFORE = 5  # bands before the edge with which it is compared
_PILE = 3  # times as many line ends as usual make a pile
_FEWEST = 3  # line ends that agree by more than chance; one less where lines are long
_LONG = 20.0  # em


@dataclass(frozen=True, slots=True)
class Edge:
    """The width in em from which on a line of a column is full; infinite where nothing wraps.

    `counted` says that characters are counted: the lines were broken before the page was set in
    its present font, so their places on the page say nothing.
    """

    full: float = float("inf")
    counted: bool = False

    def width(self, line: Line) -> float:
        """A line's width as this edge measures it; a Latin letter may fill more than half an em."""
        wide = measure(line.text.rstrip()) if self.counted else line.width / line.em
        return wide + 2 * (len(line.text) - measure(line.text)) * _NARROW


def edge_of(cells: Iterable[Sequence[Line]], room: float = 0.0) -> Edge:
    """Where the lines of a column end when they are full.

    `room` is the inner width of the ruled cells in em, 0 where unknown.

    >>> wrapped = [Line("一二三四五六七八九十", 10)] * 2 + [Line("一二", 2)]
    >>> edge_of([wrapped, wrapped]).full
    10.0
    """
    cells = tuple(cells)
    ends = [a for lines in cells for a, b in pairwise(lines) if not _opens(b.text)]
    widest = max((line.width / line.em for lines in cells for line in lines), default=0.0)
    if ends:
        placed = [line.width / line.em for line in ends]
        counted = [measure(line.text.rstrip()) for line in ends]
        agree = len(_dense(placed)) >= len(_dense(counted))
        dense = _dense(placed if agree else counted)
        fewest = _FEWEST if widest < _LONG else _FEWEST - 1
        if len(dense) >= max(fewest, len(ends) / 2) or _piled(dense, placed if agree else counted):
            return Edge(_usual(dense), counted=not agree)
    return Edge(widest - _BAND / 2) if room and widest > room - _BAND else Edge()


def _dense(ends: Sequence[float]) -> list[float]:
    """The line ends in the narrow band that holds most of them."""
    bands = ([end for end in ends if top - _BAND < end <= top] for top in sorted(set(ends)))
    return max(bands, key=lambda band: (len(band), max(band)))


def _piled(dense: Sequence[float], ends: Sequence[float]) -> bool:
    """Whether line ends pile up at the edge: far more than in the same room before it."""
    low, high = min(dense), max(dense)
    beyond = sum(end > high + _HANGING for end in ends)
    before = sum(low - _BEFORE * _BAND < end < low for end in ends)
    return len(dense) >= _FEWEST and not beyond and len(dense) * _BEFORE > _PILE * before


def _usual(dense: Sequence[float]) -> float:
    """The one width on which most ends agree, else the least of them."""
    usual = max(sorted(set(dense)), key=lambda width: sum(abs(width - e) <= 0.25 for e in dense))
    agree = sum(abs(usual - end) <= 0.25 for end in dense)
    return usual if 2 * agree > len(dense) else min(dense)


def paragraphs(lines: Sequence[Line], edge: Edge) -> str:
    """The lines with their wraps undone: one item or paragraph a line.

    >>> text = [Line("○悩みを把握す", 7), Line("る。", 2), Line("○相談", 3)]
    >>> paragraphs(text, Edge(7.0))
    '○悩みを把握する。\\n○相談'
    """
    text = ""
    for before, line in zip([None, *lines], lines, strict=False):
        if before is None:
            text = line.text
        elif is_wrap(before, line, edge):
            text = joined(text, line.text.lstrip())
        else:
            text += "\n" + line.text
    return "\n".join(part.rstrip() for part in text.strip("\n").splitlines())


def is_wrap(line: Line, following: Line, edge: Edge) -> bool:
    """Whether the break between two lines only serves the column's width."""
    words = wording.reading().items
    text = line.text.rstrip()
    start = following.text.lstrip()
    if not start or not text:
        return False
    if start[0] in words.not_first and not _opens(following.text):
        return edge != Edge() or start[0] not in words.not_last
    if edge == Edge() or _opens(following.text):
        return False
    indented = following.text[0].isspace()
    if indented and text[-1] in words.ends:
        return False
    return edge.width(line) + measure(first_piece(start)) > edge.full + 0.25


def first_piece(text: str) -> str:
    """The shortest start of `text` after which a line may break.

    >>> first_piece("ＮＰＯ"), first_piece("NPO法人"), first_piece("「把握"), first_piece("る。")
    ('Ｎ', 'NPO', '「把', 'る。')
    """
    words = wording.reading().items
    end = 0
    while end < len(text) and text[end] in words.not_last:
        end += 1
    word = _WORD.match(text, end)
    end = word.end() if word else min(end + 1, len(text))
    while end < len(text) and text[end] in words.not_first:
        end += 1
    return text[:end]


def joined(before: str, after: str) -> str:
    """Two parts of one run of text; between Latin words a space stays.

    >>> joined("把握す", "る"), joined("Safe", "Place")
    ('把握する', 'Safe Place')
    """
    before = before.rstrip()
    gap = before and after and _LETTERS.match(before[-1]) and _LETTERS.match(after[0])
    return f"{before} {after}" if gap else before + after


def whole(lines: Iterable[Line]) -> str:
    """All lines as one: a name or a department, in which no break means anything."""
    text = ""
    for line in lines:
        text = joined(text, line.text.strip())
    return text


def _opens(text: str) -> bool:
    return bool(wording.reading().items.marker.match(text))
