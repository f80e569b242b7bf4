"""Cards and forms: a label beside each value, one block of them for each program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from classify import places
from classify.records import Unplaced
from classify.releases.columns import label_of
from classify.releases.drafts import FIELDS, Draft, Drafts, aside
from classify.releases.grid import EMPTY, Cell, Grid, Row, cell_of, distinct

__all__ = ["drafts_of"]

_SEVERAL = ("department", "contact", "other")  # what one card may name more than once


@dataclass(frozen=True, slots=True)
class _Entry:
    """A value under its label; both `field` and `label` are empty for a cell without a label."""

    field: str
    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class _Card:
    """One block of entries; `title` is the cell right above it, `section` names a prefecture."""

    entries: tuple[_Entry, ...]
    title: Cell
    section: Cell

    def cells(self, field: str) -> tuple[Cell, ...]:
        """The cells of a field; a body or a prefecture may stand above the card instead."""
        held = tuple(entry.cell for entry in self.entries if entry.field == field)
        if not held and field == "body" and places.candidates(places.bare(self.title.text)):
            return (cell_of(places.bare(self.title.text), self.title.source),)
        if not held and field == "prefecture" and self.section:
            return (self.section,)
        return held

    @property
    def whole(self) -> bool:
        """Whether it tells of a program."""
        return bool(self.cells("program") and self.cells("summary"))


def drafts_of(grids: Iterable[Grid]) -> Drafts:
    """The programs of cards; no drafts when most blocks lack a name or a summary.

    A card ends where one of its labels stands again, and with its sheet.
    """
    loose: list[Cell] = []
    cards: list[_Card] = []
    for grid in grids:
        entries = list(_entries(grid))
        loose += [entry.cell for entry in entries if not entry.field]
        cards += _cards(entries)
    whole = [card for card in cards if card.whole]
    if 2 * len(whole) < len(cards):
        return Drafts()
    used = {cell.source for card in whole for f in FIELDS for cell in card.cells(f)}
    unplaced = [Unplaced(c.source, " ".join(c.text.split())) for c in loose if c.source not in used]
    unplaced += [aside(e.label, [e.cell]) for card in cards if not card.whole for e in card.entries]
    others = [entry for card in whole for entry in card.entries if entry.field not in FIELDS]
    unplaced += [
        aside(label, [entry.cell for entry in others if entry.label == label])
        for label in dict.fromkeys(entry.label for entry in others)
    ]
    return Drafts(tuple(_draft(card) for card in whole), tuple(unplaced))


def _draft(card: _Card) -> Draft:
    cells = {field: card.cells(field) for field in FIELDS}
    return Draft(cells, tuple(dict.fromkeys(entry.cell.source for entry in card.entries)))


def _cards(entries: Iterable[_Entry]) -> Iterator[_Card]:
    """The cards of one sheet, each under the last cell and the last prefecture above it."""
    card: _Card | None = None
    title = section = EMPTY
    for entry in entries:
        if not entry.field:
            title = entry.cell
            section = title if places.prefecture_name(places.bare(title.text)) else section
            continue
        if card and not _stands_again(entry, card.entries):
            card = replace(card, entries=(*card.entries, entry))
        else:
            if card:
                yield card
            card = _Card((entry,), title, section)
        title = EMPTY
    if card:
        yield card


def _stands_again(entry: _Entry, held: Sequence[_Entry]) -> bool:
    """Whether a label opens the next card: its field has a value already, and not just now."""
    again = any(entry.field == other.field for other in held)
    return again and entry.field not in _SEVERAL and entry.field != held[-1].field


def _entries(grid: Grid) -> Iterator[_Entry]:
    """The values of a grid by row, each under the label to its left or, in a cut row, above."""
    field = label = ""
    before: Row = ()
    for row in grid.rows:
        held = distinct(row)
        labelled = bool(held) and bool(label_of(held[0].text))
        if not labelled and not _goes_on(row, before):
            field = label = ""
        for cell in held:
            if labelled and label_of(cell.text):
                field, label = label_of(cell.text), cell.text
            else:
                yield _Entry(field, label, cell)
        before = row if held else ()


def _goes_on(row: Row, before: Row) -> bool:
    """Whether a row only holds more of the last value above it."""
    held = [n for n, cell in enumerate(row) if cell]
    above = [n for n, cell in enumerate(before) if cell]
    return len(distinct(row)) == 1 and bool(above) and held[0] > 0 and held[0] in above
