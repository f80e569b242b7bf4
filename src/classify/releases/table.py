"""Grids become drafts: headers are found, rows are told from notes, merged and cut rows joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from classify import cues, places
from classify.records import Unplaced
from classify.releases.columns import Columns, header_at, text_of
from classify.releases.drafts import FIELDS, Draft, Drafts
from classify.releases.grid import EMPTY, Cell, Grid, Row, distinct

__all__ = ["drafts_of"]

_OWN = ("program", "summary", "department", "phone", "contact")


@dataclass(slots=True)
class _State:
    """Where the walk through the grids stands."""

    columns: Columns | None = None
    drafts: list[Draft] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    extra: dict[int, list[Cell]] = field(default_factory=dict)
    section: Cell = EMPTY
    labels: tuple[str, ...] = ()
    edge: bool = False


def drafts_of(grids: Iterable[Grid]) -> Drafts:
    """The drafts of all grids, in order; a grid without a header continues the one before it.

    Returns no drafts when no row of any grid heads a table of programs.
    """
    state = _State()
    for grid in grids:
        if not grid.continues:
            _close(state)
        state.edge = grid.continues
        _walk(state, grid)
    _close(state)
    return Drafts(tuple(state.drafts), tuple(state.unplaced))


def _walk(state: _State, grid: Grid) -> None:
    index = 0
    while index < len(grid.rows):
        headed = header_at(grid.rows, index)
        if headed:
            columns, height = headed
            state.labels = _labels_under(grid.rows[index : index + height], state.columns)
            _turn(state, columns)
            index += height
            continue
        _row(state, grid.rows[index])
        index += 1


def _turn(state: _State, columns: Columns) -> None:
    """Go on under a header; one that repeats the last one, or less of it, changes nothing."""
    old = state.columns
    if old and len(old.headers) == len(columns.headers):
        same = all(old.slots.get(name) == slots for name, slots in columns.slots.items())
        if same:
            return
    _close(state)
    state.columns = columns


def _close(state: _State) -> None:
    """List the columns that no field claims, and forget the header."""
    for slot, cells in sorted(state.extra.items()):
        name = " ".join(state.columns.headers[slot]) if state.columns else ""
        texts = [" ".join(cell.text.split()) for cell in distinct(cells)]
        state.unplaced.append(Unplaced(cells[0].source, f"{name}: " + " / ".join(texts)))
    state.extra = {}
    state.columns = None
    state.section = EMPTY


def _labels_under(window: Sequence[Row], known: Columns | None) -> tuple[str, ...]:
    """The prefecture's label that a page break pushed under a repeated header, if one is there."""
    if known is None:
        return ()
    for slot in known.slots.get("prefecture", ()):
        header = cues.normal(known.headers[slot][0])
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


def _row(state: _State, row: Row) -> None:
    held = distinct(row)
    if not held:
        return
    columns = state.columns
    if columns is None or _is_note(held, columns, row):
        _set_aside(state, held)
        return
    cells = _cells(state, columns, row)
    if len(held) == 1 and places.prefecture_name(held[0].text) and not _says(cells, _OWN):
        state.section = held[0]
        return
    last = state.drafts[-1] if state.drafts else None
    if last and _continues(last, cells, at_edge=state.edge):
        own = {name: cells[name] for name in (*_OWN, "body") if cells.get(name)}
        state.drafts[-1] = last.with_more(own, held[0].source)
    elif cells["program"] or (cells["summary"] and cells["body"]):
        source = (cells["program"] or cells["summary"])[0].source
        state.drafts.append(Draft(cells, (source,), state.labels))
    else:
        _set_aside(state, held)
        return
    state.edge = False
    for slot in columns.unknown:
        if slot < len(row) and row[slot]:
            state.extra.setdefault(slot, []).append(row[slot])


def _cells(state: _State, columns: Columns, row: Row) -> Mapping[str, tuple[Cell, ...]]:
    found = {name: tuple(columns.cells(row, name)) for name in FIELDS}
    slots = columns.slots.get("prefecture", ())
    blank = next((row[slot] for slot in slots if slot < len(row)), EMPTY)
    if not found["prefecture"]:
        found["prefecture"] = (state.section or blank,)
    return found


def _says(cells: Mapping[str, tuple[Cell, ...]], fields: Iterable[str]) -> bool:
    return any(cells.get(name) for name in fields)


def _is_note(held: Sequence[Cell], columns: Columns, row: Row) -> bool:
    """Totals, page numbers and footnotes."""
    words = cues.reading().rows
    texts = [cues.normal(cell.text) for cell in held]
    program = columns.cells(row, "program")
    if any(words.total_label.search(text) for text in texts) and not (
        program and columns.cells(row, "summary")
    ):
        return True
    if len(held) > 1:
        return False
    only = held[0]
    spans = sum(cell is only for cell in row) > 1
    elsewhere = all(only is not c for n in ("summary", "program") for c in columns.cells(row, n))
    return bool(words.page.match(texts[0])) or (
        (spans or elsewhere)
        and not places.prefecture_name(only.text)
        and not _may_go_on(only, columns, row)
    )


def _may_go_on(only: Cell, columns: Columns, row: Row) -> bool:
    """Whether a row's only cell may be the rest of the row above it, cut by a page end."""
    if cues.reading().rows.note.match(only.text):
        return False
    fields = ("department", "phone", "contact", "body")
    spans = sum(cell is only for cell in row) > 1
    return not spans and any(only is c for name in fields for c in columns.cells(row, name))


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


def _set_aside(state: _State, held: Sequence[Cell]) -> None:
    text = " ".join(" ".join(cell.text.split()) for cell in held)
    if not cues.reading().rows.page.match(cues.normal(text)):
        state.unplaced.append(Unplaced(held[0].source, text))
