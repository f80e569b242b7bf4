"""The text of a PDF: columnar, as `pdftotext -layout` gives it, or cell after cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from classify.releases import cards, labelled, layout, stream
from classify.releases.drafts import Drafts
from classify.releases.grid import measure
from classify.releases.words import Page, Word

__all__ = ["drafts"]

_RUN = re.compile(r"\S+(?: \S+)*")

_Measure = Callable[[str], float]


def drafts(content: str) -> Drafts:
    """The programs of a text: cards, else columns one under another, else a stream of cells."""
    grid = labelled.grid(content)
    found = cards.drafts_of((grid,)) if grid else Drafts()
    if found.drafts:
        return found
    columnar = layout.drafts(_pages(content), by_line=True)
    return columnar if columnar.drafts else stream.drafts(content)


def _pages(content: str) -> Sequence[Page]:
    """The words of each page, placed by the measure that aligns them better.

    `pdftotext` counts characters; who lays out by hand or in a terminal counts a wide one twice.
    """
    ways = [tuple(_placed(content, measured)) for measured in (_count, _cells)]
    return max(ways, key=_aligned)


def _placed(content: str, measured: _Measure) -> Iterator[Page]:
    first = 0
    for page in content.split("\f"):
        lines = page.expandtabs(8).split("\n")
        words = (word for n, line in enumerate(lines, first) for word in _words(line, n, measured))
        yield Page("text", tuple(words))
        first += len(lines) - 1


def _words(line: str, number: int, measured: _Measure) -> Iterator[Word]:
    ends = list(accumulate((measured(character) for character in line), initial=0.0))
    boxes = tuple(pairwise(ends))
    for run in _RUN.finditer(line):
        yield Word(run.group(), boxes[run.start() : run.end()], number, number + 1)


def _count(text: str) -> float:
    return float(len(text))


def _cells(text: str) -> float:
    return 2 * measure(text)


def _aligned(pages: Sequence[Page]) -> int:
    """How many pairs of words begin one under another."""
    lefts = Counter(word.left for page in pages for word in page.words)
    return sum(count * count for count in lefts.values())
