"""Words with places: what a page or a columnar text is made of before columns are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from classify.releases.grid import Line, measure

__all__ = ["Page", "Slots", "Word", "Words", "lines_of"]


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text and its box; `boxes` holds where each character begins and ends.

    `em` is the size of its font on a page; 1 in plain text, whose width is counted in letters.
    """

    text: str
    boxes: tuple[tuple[float, float], ...]
    top: float
    bottom: float
    em: float = 1.0

    @property
    def left(self) -> float:
        """Where its first character begins."""
        return self.boxes[0][0]

    @property
    def right(self) -> float:
        """Where its last character ends."""
        return self.boxes[-1][1]

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.top + self.bottom) / 2

    @property
    def width(self) -> float:
        """Its width in the unit of `em`."""
        return measure(self.text) if self.em == 1.0 else self.right - self.left

    @property
    def line(self) -> Line:
        """The word as a line of a cell."""
        return Line(self.text, self.width, self.em)

    def part(self, start: int, end: int | None = None) -> Word:
        """The characters from `start` to `end`, without the spaces around them."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start].isspace():
            start += 1
        while start < end and self.text[end - 1].isspace():
            end -= 1
        return replace(self, text=self.text[start:end], boxes=self.boxes[start:end])

    def moved(self, left: float) -> Word:
        """The word with its first character at `left`."""
        shift = left - self.left
        return replace(self, boxes=tuple((a + shift, b + shift) for a, b in self.boxes))


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
