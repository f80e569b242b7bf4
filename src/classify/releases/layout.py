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

from classify import cues, places
from classify.records import Unplaced
from classify.releases import contact, table, unwrap
from classify.releases.columns import Columns, header_at
from classify.releases.drafts import Drafts
from classify.releases.grid import EMPTY, Cell, Grid, Line, distinct

__all__ = ["Page", "Word", "drafts"]

_TALLEST = 4  # lines of a header
_DRIFT = 5  # letters by which columnar text may stray from its column
_GAP_BONUS = 2.0
_CUT_COST = 3.0
_REST_COST = 6.0


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text without a gap, and its box; `width` in the unit in which a wide letter is `em`."""

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


_Line = tuple[Word, ...]
_Slots = tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """A header that was found: what its columns mean, and where they end."""

    columns: Columns
    leaves: tuple[tuple[float, float], ...]
    edges: tuple[float, ...]
    starts: tuple[float, ...]


def drafts(pages: Sequence[Page], *, by_line: bool = False) -> Drafts:
    """The programs of pages of placed words; with `by_line`, sources count lines of text.

    Returns no drafts when no line heads a table of programs.
    """
    grids: list[Grid] = []
    unplaced: list[Unplaced] = []
    layout: _Layout | None = None
    for page in pages:
        lines = _lines(page.words)
        heads = _heads(lines)
        starts = [0, *(start + height for start, height, _, _ in heads)]
        ends = [*(start for start, *_ in heads), len(lines)]
        for index, (start, end) in enumerate(zip(starts, ends)):
            body = lines[start:end]
            if index:
                _, _, columns, leaves = heads[index - 1]
                layout = _layout(columns, leaves, body)
                grids.append(_header_grid(layout, page.source, continues=bool(grids)))
            if layout is None:
                unplaced += _aside(body, page.source)
                continue
            kept, notes = _without_notes(body, layout)
            unplaced += _aside(notes, page.source)
            if kept:
                rows = _rows(kept, layout, page, by_line=by_line)
                grids.append(Grid(rows, page.source, continues=True))
    found = table.drafts_of(grids)
    return Drafts(found.drafts, (*unplaced, *found.unplaced))


def _lines(words: Iterable[Word]) -> list[_Line]:
    """Words by line, from the top; words on one line overlap by half their height."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.left)):
        if lines and abs(word.middle - lines[-1][0].middle) < (word.bottom - word.top) * 0.4:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [tuple(sorted(line, key=lambda w: w.left)) for line in lines]


def _aside(lines: Iterable[_Line], source: str) -> Iterator[Unplaced]:
    page = cues.reading().rows.page
    for line in lines:
        text = " ".join(word.text.strip() for word in line)
        if not page.match(cues.normal(text)) and not _labels_only(line):
            yield Unplaced(source, text)


def _labels_only(line: _Line) -> bool:
    return all(places.prefecture_name(word.text) for word in line)


# ---- headers --------------------------------------------------------------------------------


def _heads(lines: Sequence[_Line]) -> list[tuple[int, int, Columns, tuple[tuple[float, float], ...]]]:
    """Every header among the lines: where it starts, its height, its columns and their boxes."""
    found = []
    start = 0
    while start < len(lines):
        best = None
        for height in range(1, min(_TALLEST, len(lines) - start) + 1):
            leaves, rows = _header_rows(lines[start : start + height])
            head = header_at(rows, 0)
            if head and head[1] == height:
                better = best is None or len(head[0].slots) > len(best[2].slots)
                best = (start, height, head[0], leaves) if better else best
        if best is None:
            start += 1
            continue
        found.append(best)
        start += best[1]
    return found


def _header_rows(
    lines: Sequence[_Line],
) -> tuple[tuple[tuple[float, float], ...], tuple[tuple[Cell, ...], ...]]:
    """The boxes of the lowest headers, and each line as cells over them."""
    leaves: list[tuple[float, float]] = []
    for line in reversed(lines):
        for word in line:
            if not any(_overlap(word, leaf) > 0 for leaf in leaves):
                leaves.append((word.left, word.right))
    leaves.sort()
    rows = []
    for line in lines:
        cells = {id(word): Cell((word.line,), "") for word in line}
        over = [next((w for w in line if _overlap(w, leaf) > 0), None) for leaf in leaves]
        rows.append(tuple(cells[id(word)] if word else EMPTY for word in over))
    return tuple(leaves), tuple(rows)


def _overlap(word: Word, box: tuple[float, float]) -> float:
    return min(word.right, box[1]) - max(word.left, box[0])


def _header_grid(layout: _Layout, source: str, *, continues: bool) -> Grid:
    paths = [[Cell((Line(text, 0.0),), source) for text in p] for p in layout.columns.headers]
    levels = range(max(len(path) for path in paths))
    rows = [tuple(p[min(n, len(p) - 1)] if p else EMPTY for p in paths) for n in levels]
    return Grid(tuple(rows), source, continues)


# ---- columns --------------------------------------------------------------------------------


def _layout(
    columns: Columns, leaves: Sequence[tuple[float, float]], body: Sequence[_Line]
) -> _Layout:
    """Columns end where fewest words cross; each starts where most of its words do."""
    words = [word for line in body for word in line]
    edges = tuple(_gutter(a, b, words) for a, b in pairwise(leaves))
    bounds = pairwise([float("-inf"), *edges, float("inf")])
    lefts = [[word.left for word in words if low <= word.left < high] for low, high in bounds]
    starts = [_usual(found) if found else leaf[0] for found, leaf in zip(lefts, leaves)]
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


def _slots(line: _Line, layout: _Layout) -> _Slots:
    """The words of a line by column; a word across a gutter parts at its space."""
    slots: list[list[Word]] = [[] for _ in layout.leaves]
    for word in line:
        for part in _parted(word, layout):
            slots[_column(part, layout)].append(part)
    return tuple(tuple(slot) for slot in slots)


def _column(word: Word, layout: _Layout) -> int:
    bounds = [float("-inf"), *layout.edges, float("inf")]
    boxes = list(pairwise(bounds))
    return max(range(len(boxes)), key=lambda index: (_overlap(word, boxes[index]), -index))


def _parted(word: Word, layout: _Layout) -> list[Word]:
    """A word that runs from one column into the next, parted at the space where that one starts."""
    scale = (word.right - word.left) / len(word.text)
    spaces = [n for n, c in enumerate(word.text) if c == " " and word.text[:n].strip()]
    for start in layout.starts[1:]:
        near = [n for n in spaces if abs(word.left + (n + 1) * scale - start) < _DRIFT * scale]
        if word.left < start - _DRIFT * scale and near:
            at = min(near, key=lambda n: abs(word.left + (n + 1) * scale - start))
            cut, share = word.left + at * scale, word.width / len(word.text)
            rest = word.text[at:].lstrip()
            first = replace(word, text=word.text[:at], right=cut, width=at * share)
            second = replace(word, text=rest, left=cut + scale, width=len(rest) * share)
            return [first, *_parted(second, layout)]
    return [word]


# ---- rows -----------------------------------------------------------------------------------


def _without_notes(body: Sequence[_Line], layout: _Layout) -> tuple[list[_Line], list[_Line]]:
    """The table's lines, and the page numbers, labels and footnotes among them."""
    kept: list[_Line] = []
    aside: list[_Line] = []
    for line in body:
        (aside if _is_note(line, layout) else kept).append(line)
    return kept, aside


def _is_note(line: _Line, layout: _Layout) -> bool:
    if len(line) > 1:
        return False
    word = line[0]
    words = cues.reading().rows
    if words.page.match(cues.normal(word.text)):
        return not any(word is w for w in _slots(line, layout)[_first(layout, "summary")])
    across = sum(word.left < edge < word.right for edge in layout.edges)
    starts = _column(replace(word, right=word.left + 0.1), layout)
    return across > 1 or bool(words.note.match(word.text) and starts < _first(layout, "summary"))


def _first(layout: _Layout, field: str) -> int:
    return next(iter(layout.columns.slots.get(field, ())), len(layout.leaves) - 1)


def _rows(
    lines: Sequence[_Line], layout: _Layout, page: Page, *, by_line: bool
) -> tuple[tuple[Cell, ...], ...]:
    slots = [_slots(line, layout) for line in lines]
    rows = []
    for first, last in _spans(lines, slots, layout, page.rules):
        top, bottom = lines[first][0].top, lines[last - 1][0].top
        source = f"l.{top + 1:.0f}-{bottom + 1:.0f}" if by_line else page.source
        cells = [
            _cell(slots[first:last], slot, start, source)
            for slot, start in enumerate(layout.starts)
        ]
        # A label that stands alone on its line is the middle of its merged cell, and heads nothing.
        if not all(places.prefecture_name(cell.text) for cell in distinct(cells)):
            rows.append(tuple(cells))
    return tuple(rows)


def _cell(lines: Sequence[_Slots], slot: int, start: float, source: str) -> Cell:
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


def _spans(
    lines: Sequence[_Line], slots: Sequence[_Slots], layout: _Layout, rules: Sequence[float]
) -> list[tuple[int, int]]:
    """The lines of each row, as half-open ranges."""
    summary = _first(layout, "summary")
    edge = unwrap.edge_of([tuple(w.line for line in slots for w in line[summary])])
    steps = _Steps(tuple(slots), tuple(_gaps(lines)), summary, edge)
    ruled = [any(a[0].middle < y < b[0].middle for y in rules) for a, b in pairwise(lines)]
    cuts = [0, *(n for n, cut in enumerate(ruled, start=1) if cut), len(lines)]
    anchors = _anchors(slots, layout)
    found: list[tuple[int, int]] = []
    for first, last in pairwise(cuts):
        inside = [anchor for anchor in anchors if first <= anchor < last]
        found += _parts(range(first, last), inside, steps)
    return found


def _gaps(lines: Sequence[_Line]) -> list[float]:
    """The distance of each line from the one above, in multiples of the usual one."""
    steps = [b[0].middle - a[0].middle for a, b in pairwise(lines)]
    ordered = sorted(step for step in steps if step > 0.5)
    usual = ordered[len(ordered) // 4] if ordered else 1.0
    return [0.0, *(step / usual for step in steps)]


def _anchors(slots: Sequence[_Slots], layout: _Layout) -> list[int]:
    """One line of each row: that of its phone number, else that on which its name begins."""
    fields = layout.columns.slots
    for field in ("phone", "contact"):
        held = [_said(line, fields.get(field, ())) for line in slots]
        numbers = [n for n, text in enumerate(held) if contact.has_number(text)]
        if numbers:
            return _once(numbers, slots, fields.get("body", ()))
    for field in ("number", "body", "program"):
        held = [_said(line, fields.get(field, ())) for line in slots]
        starts = [n for n, text in enumerate(held) if text and (not n or not held[n - 1])]
        if starts:
            return starts
    return []


def _once(numbers: Sequence[int], slots: Sequence[_Slots], body: Sequence[int]) -> list[int]:
    """A second number right under the first one belongs to it, unless a body stands beside it."""
    kept: list[int] = []
    for number in numbers:
        follows = bool(kept) and number - kept[-1] == 1
        if not follows or _said(slots[number], body):
            kept.append(number)
    return kept


def _said(line: _Slots, slots: Iterable[int]) -> str:
    return "".join(word.text for slot in slots for word in line[slot]).strip()


def _parts(band: range, anchors: Sequence[int], steps: _Steps) -> list[tuple[int, int]]:
    """A band parted so that each row holds one anchor and its cells are aligned alike.

    What stands before the first row or after the last may be the rest of a row of another page.
    """
    if not anchors:
        return [(band.start, band.stop)]
    ways = [_aligned(band, anchors, steps, share) for share in (0.5, 0.0)]
    return list(pairwise(dict.fromkeys(min(ways)[1])))


def _aligned(
    band: range, anchors: Sequence[int], steps: _Steps, share: float
) -> tuple[float, tuple[int, ...]]:
    """The cheapest cuts when cells stand at `share` of the row's height (0 top, 0.5 middle)."""
    reached = {band.start: (0.0, (band.start,))}
    for start in range(band.start + 1, anchors[0] + 1):
        reached[start] = (_REST_COST + steps.cut_cost(start), (band.start, start))
    for anchor, stop in zip(anchors, [*anchors[1:], band.stop]):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in range(anchor + 1, stop + 1):
            cut = steps.cut_cost(end) + (_REST_COST if stop == band.stop else 0.0)
            following[end] = min(
                (cost + steps.row_cost(start, end, share) + cut * (end < band.stop), (*path, end))
                for start, (cost, path) in reached.items()
            )
        reached = following
    return min((cost, (*path, band.stop)) for cost, path in reached.values())


@dataclass(frozen=True, slots=True)
class _Steps:
    """What it costs to part the lines of a page here or there."""

    slots: tuple[_Slots, ...]
    gaps: tuple[float, ...]
    summary: int
    edge: unwrap.Edge

    def cut_cost(self, end: int) -> float:
        """Gaps invite a row to end here, a sentence that runs on forbids it."""
        if end == len(self.slots):
            return 0.0
        above, below = self.slots[end - 1][self.summary], self.slots[end][self.summary]
        runs_on = bool(above and below) and unwrap.is_wrap(above[-1].line, below[0].line, self.edge)
        return _CUT_COST * runs_on - _GAP_BONUS * max(self.gaps[end] - 1.0, 0.0)

    def row_cost(self, start: int, end: int, share: float) -> float:
        """How far the cells of a row stand from where they should: at one share of its height."""
        cost = 0.0
        for slot in range(len(self.slots[start])):
            held = [n for n in range(start, end) if self.slots[n][slot]]
            if held:
                above, below = held[0] - start, end - 1 - held[-1]
                cost += abs((1 - share) * above - share * below)
        return cost
