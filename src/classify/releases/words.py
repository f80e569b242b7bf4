"""Words with places: what a page or a columnar text is made of before columns are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classify.releases.grid import Line

__all__ = ["Page", "Slots", "Word", "Words", "lines_of"]


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text without a gap, and its box; `width` is its own, in the unit of `em`."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    width: float
    em: float

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.top + self.bottom) / 2

    @property
    def line(self) -> Line:
        """The word as a line of a cell."""
        return Line(self.text, self.width, self.em)


@dataclass(frozen=True, slots=True)
class Page:
    """The words of one page, the height of each horizontal ruling, and a source for each line."""

    source: str
    words: tuple[Word, ...]
    rules: tuple[float, ...] = ()


Words = tuple[Word, ...]
Slots = tuple[Words, ...]


def lines_of(words: Iterable[Word]) -> list[Words]:
    """Words by line, from the top; words on one line overlap by half their height."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        if lines and abs(word.middle - lines[-1][0].middle) < (word.bottom - word.top) * 0.4:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [tuple(sorted(line, key=lambda w: w.left)) for line in lines]
