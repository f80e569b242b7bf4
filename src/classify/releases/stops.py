"""Tab stops: where the columns of a text begin, and which column each word of a line is in.

`pdftotext -layout` moves a column from page to page, and its headers do not stand right above it:
what stands still is the letter at which most lines of a column begin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from classify.releases.grid import measure
from classify.releases.words import Slots, Word, Words

__all__ = ["after", "placed", "under", "widths"]

_TOKEN = re.compile(r"\S+")
_ENOUGH = 6  # lines that begin at one letter; more of them prove no more
_STRETCH = 0.2  # what a letter more or less between two stops costs


def under(boxes: Sequence[tuple[float, float]], body: Sequence[Words]) -> tuple[float, ...]:
    """The stops under headers: where most words begin between the middles of two headers."""
    counts = _lefts(body)
    middles = [(left + right) / 2 for left, right in boxes]
    found = []
    for (low, high), (left, _) in zip(pairwise([float("-inf"), *middles]), boxes, strict=True):
        inside = [at for at in counts if low < at <= high]
        found.append(max(inside, key=lambda at: (counts[at], -at), default=left))
    return tuple(found)


def after(stops: Sequence[float], body: Sequence[Words]) -> tuple[float, ...]:
    """The stops of a page without headers, by its words and by the `stops` of the page before."""
    counts = _lefts(body)
    places = sorted(counts)
    if len(places) < len(stops):
        return tuple(stops)
    steps = [0.0, *(b - a for a, b in pairwise(stops))]
    best: dict[float, tuple[float, tuple[float, ...]]] = {
        at: (float(min(counts[at], _ENOUGH)), (at,)) for at in places
    }
    for step in steps[1:]:
        best = {
            at: max(
                (
                    score + min(counts[at], _ENOUGH) - _STRETCH * abs(at - path[-1] - step),
                    (*path, at),
                )
                for score, path in best.values()
                if path[-1] < at
            )
            for at in places
            if any(path[-1] < at for _, path in best.values())
        }
    return max(best.values())[1] if best else tuple(stops)


def widths(stops: Sequence[float], body: Sequence[Words]) -> tuple[float, ...]:
    """How wide a full line of each column is: the largest width that another comes near to."""
    words = [word for line in body for word in line]
    found = []
    for stop, following in pairwise([*stops, float("inf")]):
        ends = (w for w in words if w.left == stop and w.right <= following)
        ordered = sorted((measure(word.text) for word in ends), reverse=True)
        near = (wide for wide, next_wide in pairwise(ordered) if wide - next_wide <= 1.0)
        found.append(next(near, float("inf")))
    return tuple(found)


def _lefts(body: Sequence[Words]) -> Counter[float]:
    """How many words begin at each letter; a single space may part two columns."""
    return Counter(
        word.boxes[token.start()][0]
        for line in body
        for word in line
        for token in _TOKEN.finditer(word.text)
    )


def placed(line: Sequence[Word], stops: Sequence[float]) -> Slots:
    """The words of a line by column, in order, each as near to its column's stop as may be."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for before, word in zip((None, *line), line, strict=False):
        gap = word.left - before.right if before else 0.0
        best = {
            column: min(
                (
                    cost + (_shared(gap) if column == last else _off(word, stops[column])),
                    (*path, column),
                )
                for last, (cost, path) in best.items()
                if last <= column
            )
            for column in range(len(stops))
            if any(last <= column for last in best)
        }
    columns = min(best.values())[1]
    return tuple(
        tuple(word for word, column in zip(line, columns, strict=True) if column == n)
        for n in range(len(stops))
    )


def _off(word: Word, stop: float) -> float:
    """What it costs to begin off a stop: before it more than after it, where indents lie."""
    return max(stop - word.left, (word.left - stop) / 2)


def _shared(gap: float) -> float:
    """What it costs to share the column of the word before."""
    return 1.0 + gap
