"""Tab stops: where the columns of a text begin, and which column each word of a line is in.

`pdftotext -layout` moves a column from page to page, and its headers do not stand right above it:
what stands still is the letter at which most lines of a column begin.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from classify.releases.words import Slots, Word, Words

__all__ = ["after", "placed", "under"]

_TOKEN = re.compile(r"\S+")
_ENOUGH = 6  # lines that begin at one letter; more of them prove no more
_STRETCH = 0.2  # what a letter more or less between two stops costs
_SAME = 4.0  # what a word costs that shares its column with the word before it


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
    best = {at: (float(min(counts[at], _ENOUGH)), (at,)) for at in places}
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


def _lefts(body: Sequence[Words]) -> Counter[float]:
    """How many words begin at each letter; a single space may part two columns."""
    return Counter(
        word.boxes[token.start()][0]
        for line in body
        for word in line
        for token in _TOKEN.finditer(word.text)
    )


def placed(words: Iterable[Word], stops: Sequence[float]) -> Slots:
    """The words of a line by column, in order, each as near to its column's stop as may be."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    kept = tuple(words)
    for word in kept:
        best = {
            column: min(
                (cost + _cost(word, column, before, stops), (*path, column))
                for before, (cost, path) in best.items()
                if before <= column
            )
            for column in range(len(stops))
            if any(before <= column for before in best)
        }
    path = min(best.values())[1]
    return tuple(
        tuple(word for word, column in zip(kept, path, strict=True) if column == n)
        for n in range(len(stops))
    )


def _cost(word: Word, column: int, before: int, stops: Sequence[float]) -> float:
    return _SAME if column == before else abs(word.left - stops[column])
