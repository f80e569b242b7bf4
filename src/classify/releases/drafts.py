"""What a table or a text says of one program, before names are resolved and wraps undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from classify.records import Unplaced
from classify.releases.grid import EMPTY, Cell, distinct

__all__ = ["FIELDS", "Draft", "Drafts", "aside"]

FIELDS = ("prefecture", "body", "code", "program", "summary", "department", "phone", "contact")


@dataclass(frozen=True, slots=True)
class Draft:
    """The cells of one program by field; `labels` are prefectures that its page names."""

    cells: Mapping[str, tuple[Cell, ...]]
    sources: tuple[str, ...]
    labels: tuple[str, ...] = ()

    def first(self, field: str) -> Cell:
        """The first cell of a field, empty when there is none."""
        return next(iter(self.cells.get(field, ())), EMPTY)

    def with_more(self, cells: Mapping[str, Iterable[Cell]], source: str) -> Draft:
        """This draft with the cells that go on after it; a cell already held is not held twice."""
        merged = dict(self.cells)
        for field, more in cells.items():
            held = merged.get(field, ())
            merged[field] = held + tuple(c for c in more if all(c is not h for h in held))
        sources = self.sources if source in self.sources else (*self.sources, source)
        return replace(self, cells=merged, sources=sources)


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafts in reading order, and what belongs to none of them."""

    drafts: tuple[Draft, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()


def aside(name: str, cells: Sequence[Cell]) -> Unplaced:
    """The cells under a header or a label that names no field of a program."""
    texts = [" ".join(cell.text.split()) for cell in distinct(cells)]
    return Unplaced(cells[0].source, f"{name}: " + " / ".join(texts))
