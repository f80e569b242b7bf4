"""Grids become drafts: headers are found, rows are told from notes, merged and cut rows joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from classify import places, wording
from classify.records import Unplaced
from classify.releases import cards
from classify.releases.columns import Columns, header_at, text_of
from classify.releases.drafts import FIELDS, Draft, Drafts, aside
from classify.releases.grid import EMPTY, Cell, Grid, Line, Row, cell_of, distinct

__all__ = ["drafts_of"]

_OWN = ("program", "summary", "department", "phone", "contact")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row and where it stands: under which header and section, on which grid.

    `labels` are prefectures that a title or a page names; `cut` says that the grid goes on where
    the one before it ended, so that its first row may be the rest of a program.
    """

    row: Row
    columns: Columns | None
    section: Cell
    labels: tuple[str, ...]
    grid: int
    cut: bool


def drafts_of(grids: Iterable[Grid]) -> Drafts:
    """The drafts of all grids, in order, from cards or from tables: whichever tell of more.

    Returns no drafts when the grids hold no cards and no row heads a table of programs.
    """
    grids = tuple(grids)
    return max(cards.drafts_of(grids), _of_rows(grids), key=lambda found: len(found.drafts))


def _of_rows(grids: Iterable[Grid]) -> Drafts:
    """The drafts of tables; a grid without a header continues the one before it."""
    drafts: list[Draft] = []
    unplaced: list[Unplaced] = []
    extra: dict[tuple[str, int], list[Cell]] = {}
    reached = -1  # the grid of the last draft
    for placed in _placed(grids):
        held = distinct(placed.row)
        cells = _cells(placed)
        last = drafts[-1] if drafts else None
        if cells is None or placed.columns is None:
            unplaced += _aside(held)
            continue
        if last and _continues(last, cells, at_edge=placed.cut and placed.grid > reached):
            own = {name: cells[name] for name in (*_OWN, "body") if cells.get(name)}
            drafts[-1] = last.with_more(own, held[0].source)
        elif cells["program"] or (cells["summary"] and cells["body"]):
            source = (cells["program"] or cells["summary"])[0].source
            drafts.append(Draft(cells, (source,), placed.labels))
        else:
            unplaced += _aside(held)
            continue
        reached = placed.grid
        for name, cell in _unknown(placed.columns, placed.row):
            extra.setdefault(name, []).append(cell)
    unplaced += [aside(header, cells) for (header, _), cells in extra.items()]
    return Drafts(tuple(drafts), tuple(unplaced))


def _unknown(columns: Columns, row: Row) -> Iterator[tuple[tuple[str, int], Cell]]:
    """The cells of the columns that hold no field, each with its header and slot."""
    for slot in columns.unknown:
        if slot < len(row) and row[slot]:
            yield (" ".join(columns.headers[slot]), slot), row[slot]


def _placed(grids: Iterable[Grid]) -> Iterator[_Placed]:
    """Every row that holds text and is neither header nor section, with what it stands under."""
    columns: Columns | None = None
    section = EMPTY
    labels: tuple[str, ...] = ()
    for number, grid in enumerate(grids):
        if not grid.continues:
            columns, labels = None, ()
            section = _section((cell_of(grid.source, grid.source),))
        index = 0
        while index < len(grid.rows):
            headed = header_at(grid.rows, index)
            if headed:
                labels = _labels_under(grid.rows[index : index + headed[1]], columns) or labels
                columns = _turned(columns, headed[0])
                index += headed[1]
                continue
            row = grid.rows[index]
            index += 1
            heading = _section(row, columns)
            if heading:
                # Beside a column of prefectures, a label across the page is one that a merged
                # cell lost at the page's end: it heads nothing.
                lost = columns is not None and "prefecture" in columns.slots and _spans(row)
                section = section if lost else heading
            elif distinct(row):
                labels = _named(row, columns) or labels
                yield _Placed(row, columns, section, labels, number, grid.continues)


def _turned(old: Columns | None, new: Columns) -> Columns:
    """The columns under a header; one that repeats the last one, or less of it, changes nothing."""
    if old and len(old.headers) == len(new.headers):
        same = all(old.slots.get(name) == slots for name, slots in new.slots.items())
        return old if same else new
    return new


def _section(row: Row, columns: Columns | None = None) -> Cell:
    """The cell of a row that only names the prefecture of the rows below it, else an empty one."""
    held = distinct(row)
    if len(held) != 1:
        return EMPTY
    name = places.prefecture_name(places.bare(held[0].text))
    inside = columns is not None and any(
        cell is held[0] for field in _OWN for cell in columns.cells(row, field)
    )
    heads = name and (_spans(row) or not inside)
    return Cell((Line(name, 0.0),), held[0].source) if heads else EMPTY


def _spans(row: Row) -> bool:
    """Whether the only cell of a row lies over several columns."""
    held = distinct(row)
    return len(held) == 1 and sum(cell is held[0] for cell in row) > 1


def _named(row: Row, columns: Columns | None) -> tuple[str, ...]:
    """The prefecture with whose name a title above a table begins, if it does."""
    held = distinct(row)
    name = places.prefecture_in(held[0].text) if columns is None and len(held) == 1 else ""
    return (name,) if name else ()


def _labels_under(window: Sequence[Row], known: Columns | None) -> tuple[str, ...]:
    """The prefecture's label that a page break pushed under a repeated header, if one is there."""
    if known is None:
        return ()
    for slot in known.slots.get("prefecture", ()):
        header = wording.normal(known.headers[slot][0])
        for cell in distinct(row[slot] for row in window if slot < len(row)):
            label = _without(text_of(cell), header) or cell.text
            if places.prefecture_name(label):
                return (places.prefecture_name(label),)
    return ()


def _without(text: str, header: str) -> str:
    """`text` less the characters of `header`, taken out in their order."""
    rest, wanted = [], list(header)
    for character in text:
        if wanted and character == wanted[0]:
            wanted.pop(0)
        else:
            rest.append(character)
    return "" if wanted else "".join(rest)


def _cells(placed: _Placed) -> Mapping[str, tuple[Cell, ...]] | None:
    """The cells of a row by field; None for a row that tells of no program."""
    columns, row = placed.columns, placed.row
    if columns is None or _is_note(distinct(row), columns, row):
        return None
    found = {name: tuple(columns.cells(row, name)) for name in FIELDS}
    slots = columns.slots.get("prefecture", ())
    blank = next((row[slot] for slot in slots if slot < len(row)), EMPTY)
    if not found["prefecture"]:
        found["prefecture"] = (placed.section or blank,)
    return found


def _is_note(held: Sequence[Cell], columns: Columns, row: Row) -> bool:
    """Totals, page numbers and footnotes."""
    words = wording.reading().rows
    texts = [wording.normal(cell.text) for cell in held]
    program = columns.cells(row, "program")
    if any(words.total_label.search(text) for text in texts) and not (
        program and columns.cells(row, "summary")
    ):
        return True
    if len(held) > 1:
        return False
    only = held[0]
    elsewhere = all(only is not c for n in ("summary", "program") for c in columns.cells(row, n))
    return bool(words.page.match(texts[0])) or (
        (_spans(row) or elsewhere)
        and not places.prefecture_name(only.text)
        and not _may_go_on(only, columns, row)
    )


def _may_go_on(only: Cell, columns: Columns, row: Row) -> bool:
    """Whether a row's only cell may be the rest of the row above it, cut by a page end."""
    if wording.reading().rows.note.match(only.text):
        return False
    fields = ("department", "phone", "contact", "body")
    return not _spans(row) and any(only is c for name in fields for c in columns.cells(row, name))


def _continues(last: Draft, cells: Mapping[str, tuple[Cell, ...]], *, at_edge: bool) -> bool:
    """Whether a row says more of the last program instead of opening one."""
    held = {
        name: _new(last, cells, name) for name in ("program", "body", "summary", "phone", "contact")
    }
    if cells["program"] and not held["program"] and not held["body"]:
        return not held["summary"] or not (held["phone"] or held["contact"])
    reachable = held["phone"] or held["contact"]
    if not cells["program"] and not held["body"]:
        return not (cells["summary"] and reachable and _reachable(last)) or not cells["body"]
    if not at_edge:
        return False
    clash = any(held[name] and last.cells[name] for name in ("body", "phone", "contact"))
    lacks = not last.cells["program"] or not _reachable(last)
    return not clash and (lacks or not reachable) and not (held["body"] and cells["program"])


def _new(last: Draft, cells: Mapping[str, tuple[Cell, ...]], name: str) -> bool:
    """Whether a row has a cell of its own in this field."""
    return any(all(cell is not h for h in last.cells.get(name, ())) for cell in cells[name])


def _reachable(draft: Draft) -> bool:
    return bool(draft.cells["phone"] or draft.cells["contact"])


def _aside(held: Sequence[Cell]) -> list[Unplaced]:
    """A row that is no program; page numbers are not worth a word."""
    text = " ".join(" ".join(cell.text.split()) for cell in held)
    page = wording.reading().rows.page.match(wording.normal(text))
    return [] if page else [Unplaced(held[0].source, text)]
