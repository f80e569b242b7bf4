"""Lines, cells and grids: the one shape that sheets, PDF pages and columnar text take."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["EMPTY", "Cell", "Grid", "Line", "Row", "cell_of", "measure"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell as it stands; `width` in the unit in which a wide character is `em`."""

    text: str
    width: float
    em: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """The lines of one cell. A merged cell stands in every slot that it covers, as one object.

    `source` says where it stands; `room` is the inner width of a ruled cell, 0 where unknown.
    """

    lines: tuple[Line, ...] = ()
    source: str = ""
    room: float = 0.0

    @property
    def text(self) -> str:
        """The lines with their breaks."""
        return "\n".join(line.text for line in self.lines)

    def __bool__(self) -> bool:
        return any(line.text.strip() for line in self.lines)


Row = tuple[Cell, ...]
EMPTY = Cell()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells in reading order. `continues` says that it goes on where the last one ended."""

    rows: tuple[Row, ...]
    source: str
    continues: bool = False


@lru_cache(maxsize=65_536)
def measure(text: str) -> float:
    """The width of `text` in full-width characters.

    >>> measure("把握a")
    2.5
    """
    wide = sum(unicodedata.east_asian_width(character) in "WFA" for character in text)
    return wide + (len(text) - wide) / 2


def cell_of(text: str, source: str) -> Cell:
    """A cell out of text whose line breaks stand as they are.

    >>> [line.width for line in cell_of("把握す\\nる", "B2").lines]
    [3.0, 1.0]
    """
    kept = [line.rstrip() for line in text.splitlines()]
    return Cell(tuple(Line(line, measure(line)) for line in kept if line.strip()), source)


def distinct(cells: Iterable[Cell]) -> Sequence[Cell]:
    """The cells that hold text, each once, in order."""
    return tuple({id(cell): cell for cell in cells if cell}.values())
