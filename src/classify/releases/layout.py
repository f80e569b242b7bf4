"""Words with places become grids: tables without ruling lines, and columnar text.

Headers say where columns stand, white gutters where they end. A row is what lies around one
anchor (a phone number, else a name): gaps and rulings part rows, and where there are none, the
cells' common alignment does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from classify import places, wording
from classify.records import Unplaced
from classify.releases import rows, stops, table
from classify.releases.columns import Columns, header_at
from classify.releases.drafts import Drafts
from classify.releases.grid import EMPTY, Cell, Grid, Line, Row, distinct, measure
from classify.releases.words import Page, Slots, Word, Words, lines_of

__all__ = ["drafts"]

_TALLEST = 4  # lines of a header
_DRIFT = 5  # letters of an indent at most
_STRAY = 10  # letters by which columnar text may stray from its column
_NEAR = 0.5  # em within which a letter stands at the start of its column
_FULL = 2.5  # letters by which a full line may fall short
_CRACK = 0.05  # em; letters of one word leave less between them


@dataclass(frozen=True, slots=True)
class _Layout:
    """A header that was found: what its columns mean, and where they end."""

    columns: Columns
    leaves: tuple[tuple[float, float], ...]
    edges: tuple[float, ...]  # none in text, where the starts alone tell
    starts: tuple[float, ...]
    widths: tuple[float, ...] = ()  # of the widest word of each column of a text


def drafts(pages: Sequence[Page], *, by_line: bool = False) -> Drafts:
    """The programs of pages of placed words; with `by_line`, sources count lines of text.

    Returns no drafts when no line heads a table of programs.
    """
    grids: list[Grid] = []
    unplaced: list[Unplaced] = []
    layout: _Layout | None = None
    for page in pages:
        lines = lines_of(page.words)
        heads = _heads(lines)
        tops = [0, *(start + height for start, height, _, _ in heads)]
        ends = [*(start for start, *_ in heads), len(lines)]
        for index, (start, end) in enumerate(zip(tops, ends, strict=True)):
            body = lines[start:end]
            if index:
                _, _, columns, leaves = heads[index - 1]
                layout = _layout(columns, leaves, body, by_line=by_line)
                grids.append(_header_grid(layout, page.source, continues=bool(grids)))
            elif layout and by_line:
                starts = stops.after(layout.starts, body)
                layout = replace(layout, starts=starts, widths=stops.widths(starts, body))
            if layout is None:
                unplaced += _aside(body, page.source)
                continue
            kept, notes = _without_notes(body, layout)
            unplaced += _aside(notes, page.source)
            if kept:
                body_rows = _rows(kept, layout, page, by_line=by_line)
                grids.append(Grid(body_rows, page.source, continues=True))
    found = table.drafts_of(grids)
    return Drafts(found.drafts, (*unplaced, *found.unplaced))


def _aside(lines: Iterable[Words], source: str) -> Iterator[Unplaced]:
    page = wording.reading().rows.page
    for line in lines:
        text = " ".join(word.text.strip() for word in line)
        if not page.match(wording.normal(text)) and not _labels_only(line):
            yield Unplaced(source, text)


def _labels_only(line: Words) -> bool:
    return all(places.prefecture_name(word.text) for word in line)


# ---- headers --------------------------------------------------------------------------------


def _heads(
    lines: Sequence[Words],
) -> list[tuple[int, int, Columns, tuple[tuple[float, float], ...]]]:
    """Every header among the lines: where it starts, its height, its columns and their boxes."""
    found = []
    start = 0
    while start < len(lines):
        best = None
        for height in range(1, min(_TALLEST, len(lines) - start) + 1):
            if height > 1 and _apart(lines[start + height - 2], lines[start + height - 1]):
                break
            leaves, cells = _header_rows(lines[start : start + height])
            head = header_at(cells, 0)
            if head and head[1] == height:
                better = best is None or len(head[0].slots) > len(best[2].slots)
                best = (start, height, head[0], leaves) if better else best
        if best is None:
            start += 1
            continue
        found.append(best)
        start += best[1]
    return found


def _apart(above: Words, below: Words) -> bool:
    """Whether a line's height and more lies between two lines, as below a title."""
    height = below[0].bottom - below[0].top
    return below[0].top - max(word.bottom for word in above) >= height


def _header_rows(
    lines: Sequence[Words],
) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[Cell, ...], ...]]:
    """The boxes of the lowest headers, and each line as cells over them."""
    leaves: list[tuple[float, float]] = []
    over: dict[tuple[float, float], list[Word]] = {}
    for line in reversed(lines):
        orphans = [leaf for leaf in leaves if not any(_overlap(word, leaf) > 0 for word in line)]
        for word in line:
            below = [leaf for leaf in leaves if _overlap(word, leaf) > 0]
            below = below or _between(word, leaves, orphans)
            if not below:
                below = [(word.left, word.right)]
                leaves.append(below[0])
            for leaf in below:
                over.setdefault(leaf, []).append(word)
        leaves.sort()
    cells = {id(word): Cell((word.line,), "") for line in lines for word in line}
    found = [
        tuple(
            next((cells[id(word)] for word in over[leaf] if word in line), EMPTY) for leaf in leaves
        )
        for line in lines
    ]
    return tuple(leaves), tuple(found)


def _between(
    word: Word,
    leaves: Sequence[tuple[float, float]],
    orphans: Sequence[tuple[float, float]],
) -> list[tuple[float, float]]:
    """The two headers below and beside a word that heads both, if nothing else heads them."""
    left = max((leaf for leaf in leaves if leaf[1] <= word.left), default=None)
    right = min((leaf for leaf in leaves if leaf[0] >= word.right), default=None)
    if left in orphans and right in orphans and left is not None and right is not None:
        return [left, right]
    return []


def _overlap(word: Word, box: tuple[float, float]) -> float:
    return min(word.right, box[1]) - max(word.left, box[0])


def _header_grid(layout: _Layout, source: str, *, continues: bool) -> Grid:
    paths = [[Cell((Line(text, 0.0),), source) for text in p] for p in layout.columns.headers]
    levels = range(max(len(path) for path in paths))
    found = [tuple(p[min(n, len(p) - 1)] if p else EMPTY for p in paths) for n in levels]
    return Grid(tuple(found), source, continues)


# ---- columns --------------------------------------------------------------------------------


def _layout(
    columns: Columns,
    leaves: Sequence[tuple[float, float]],
    body: Sequence[Words],
    *,
    by_line: bool,
) -> _Layout:
    """Columns end where fewest words cross; each starts where most of its words do."""
    if by_line:
        at = stops.under(leaves, body)
        return _Layout(columns, tuple(leaves), (), at, stops.widths(at, body))
    words = [word for line in body for word in line]
    edges = tuple(_gutter(a, b, words) for a, b in pairwise(leaves))
    bounds = pairwise([float("-inf"), *edges, float("inf")])
    lefts = [[word.left for word in words if low <= word.left < high] for low, high in bounds]
    starts = [
        _usual(found) if found else leaf[0] for found, leaf in zip(lefts, leaves, strict=True)
    ]
    return _Layout(columns, tuple(leaves), edges, tuple(starts))


def _usual(lefts: Sequence[float]) -> float:
    counts = Counter(lefts)
    return max(counts, key=lambda left: (counts[left], -left))


def _gutter(a: tuple[float, float], b: tuple[float, float], words: Sequence[Word]) -> float:
    low, high = (a[0] + a[1]) / 2, (b[0] + b[1]) / 2
    marks = {low, high, *(x for w in words for x in (w.left, w.right) if low < x < high)}
    spans = [
        (sum(w.left < (x + y) / 2 < w.right for w in words), x - y, x, y)
        for x, y in pairwise(sorted(marks))
    ]
    if not spans:
        return high
    _, _, left, right = min(spans)
    return (left + right) / 2


def _slots(line: Words, layout: _Layout) -> Slots:
    """The words of a line by column; a word across a gutter parts at its space."""
    parts = [part for word in line for part in _parted(word, layout)]
    if not layout.edges:
        return stops.placed(parts, layout.starts)
    columns = [_column(part, layout) for part in parts]
    return tuple(
        tuple(part for part, column in zip(parts, columns, strict=True) if column == slot)
        for slot in range(len(layout.leaves))
    )


def _column(word: Word, layout: _Layout) -> int:
    bounds = [float("-inf"), *layout.edges, float("inf")]
    boxes = list(pairwise(bounds))
    return max(range(len(boxes)), key=lambda index: (_overlap(word, boxes[index]), -index))


def _parted(word: Word, layout: _Layout) -> list[Word]:
    """A word that runs from one column into the next, parted where that one starts."""
    for column, start in enumerate(layout.starts[1:]):
        at = _joint(word, start, layout.widths[column] if layout.widths else float("inf"))
        if at:
            # A full cell may have pushed what follows it off its place.
            return [word.part(0, at), *_parted(word.part(at).moved(start), layout)]
    return [word]


def _joint(word: Word, start: float, width: float) -> int:
    """The character of a word that stands first in the column from `start` on; 0 if none does.

    Before it lies a space, or the narrow gap between two cells that are both full. In text, a word
    that runs over the column's start may have pushed it by a few letters, and a line that fills
    its own column, as wide as `width`, may have drawn it nearer.
    """
    scale = (word.right - word.left) / max(measure(word.text), 1.0)
    if not word.left < start - _NEAR * scale:
        return 0
    over = word.left < start - _DRIFT * scale and start < word.right
    found: list[tuple[float, int]] = []
    for n in range(1, len(word.text)):
        off = abs(word.boxes[n][0] - start) / scale
        space = word.text[n - 1].isspace()
        crack = word.boxes[n][0] - word.boxes[n - 1][1] > _CRACK * scale
        full = space and abs(measure(word.text[: n - 1]) - width) <= _FULL
        near = (space or crack) and off < _NEAR
        if near or ((full or (space and over)) and off < _STRAY):
            found.append((off, n))
    return min(found, default=(0.0, 0))[1]


# ---- rows -----------------------------------------------------------------------------------


def _without_notes(body: Sequence[Words], layout: _Layout) -> tuple[list[Words], list[Words]]:
    """The table's lines, and the page numbers, labels and footnotes among them."""
    aside = [line for line in body if _is_note(line, layout)]
    if body and body[-1] not in aside and _is_foot(body):
        aside.append(body[-1])
    return [line for line in body if line not in aside], aside


def _is_foot(body: Sequence[Words]) -> bool:
    """Whether the last line of a page stands apart from the others and holds a page number."""
    page = wording.reading().rows.page
    steps = sorted(b[0].middle - a[0].middle for a, b in pairwise(body))
    apart = bool(steps) and body[-1][0].middle - body[-2][0].middle > 1.5 * steps[len(steps) // 2]
    return apart and any(page.match(wording.normal(word.text)) for word in body[-1])


def _is_note(line: Words, layout: _Layout) -> bool:
    if len(line) > 1:
        return False
    word = line[0]
    words = wording.reading().rows
    slots = _slots(line, layout)
    column = next(n for n, held in enumerate(slots) if held)
    if words.page.match(wording.normal(word.text)):
        return column != _first(layout, "summary")
    bounds = layout.edges or layout.starts[1:]
    across = sum(word.left < bound < word.right for bound in bounds)
    return across > 1 or bool(words.note.match(word.text) and column < _first(layout, "summary"))


def _first(layout: _Layout, field: str) -> int:
    return next(iter(layout.columns.slots.get(field, ())), len(layout.leaves) - 1)


def _rows(lines: Sequence[Words], layout: _Layout, page: Page, *, by_line: bool) -> tuple[Row, ...]:
    slots = [_slots(line, layout) for line in lines]
    found: list[Row] = []
    for first, last in rows.spans(lines, slots, layout.columns, page.rules):
        source = _source(lines[first], lines[last - 1]) if by_line else page.source
        cells = tuple(
            _cell(slots[first:last], slot, start, source)
            for slot, start in enumerate(layout.starts)
        )
        # A label that stands alone on its line is the middle of its merged cell, and heads nothing.
        if not all(places.prefecture_name(cell.text) for cell in distinct(cells)):
            found.append(cells)
    return tuple(found)


def _source(first: Words, last: Words) -> str:
    """The numbers of the first and the last line, from 1."""
    top, bottom = round(first[0].top) + 1, round(last[0].top) + 1
    return f"l.{top}" if top == bottom else f"l.{top}-{bottom}"


def _cell(lines: Sequence[Slots], slot: int, start: float, source: str) -> Cell:
    found = [_joined(line[slot], start) for line in lines if line[slot]]
    return Cell(tuple(found), source)


def _joined(words: Sequence[Word], start: float) -> Line:
    """The words of one line of a cell, with the indent by which the first stands inside."""
    first = words[0]
    scale = (first.right - first.left) / max(first.width / first.em, 1.0)
    indent = round((first.left - start) / max(scale, 1.0))
    space = "\u3000" * indent if 0 < indent <= _DRIFT else ""
    text = " ".join(word.text.strip() for word in words)
    return Line(space + text, sum(word.width for word in words) + len(space) * first.em, first.em)
