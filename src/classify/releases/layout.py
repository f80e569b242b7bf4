"""Words with places become grids: tables without ruling lines, and columnar text.

Headers say where columns stand, white gutters where they end. A row is what lies around one
anchor (a phone number, else a name): gaps and rulings part rows, and where there are none, the
cells' common alignment does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from classify import cues, places
from classify.records import Unplaced
from classify.releases import contact, table, unwrap
from classify.releases.columns import Columns, header_at
from classify.releases.drafts import Drafts
from classify.releases.grid import EMPTY, Cell, Grid, Line

__all__ = ["Page", "Word", "drafts"]

_TALLEST = 4  # lines of a header
_WIDE = 1.6  # a gap this many times the usual one parts rows
_GAP_BONUS = 2.0
_CUT_COST = 3.0


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
                layout = _Layout(columns, leaves, _edges(leaves, body))
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
    height = max(len(path) for path in layout.columns.headers)
    rows = [
        tuple(
            Cell((Line(path[min(level, len(path) - 1)], 0.0),), source) if path else EMPTY
            for path in layout.columns.headers
        )
        for level in range(height)
    ]
    return Grid(tuple(rows), source, continues)


# ---- columns --------------------------------------------------------------------------------


def _edges(leaves: Sequence[tuple[float, float]], body: Sequence[_Line]) -> tuple[float, ...]:
    """Where one column ends and the next begins: the place that fewest words cross."""
    words = [word for line in body for word in line]
    return tuple(_gutter(a, b, words) for a, b in pairwise(leaves))


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
        for part in _parted(word, layout.edges):
            slots[_column(part, layout)].append(part)
    return tuple(tuple(slot) for slot in slots)


def _column(word: Word, layout: _Layout) -> int:
    bounds = [float("-inf"), *layout.edges, float("inf")]
    boxes = list(pairwise(bounds))
    return max(range(len(boxes)), key=lambda index: (_overlap(word, boxes[index]), -index))


def _parted(word: Word, edges: Sequence[float]) -> list[Word]:
    for edge in edges:
        if not word.left < edge < word.right or " " not in word.text.strip():
            continue
        scale = (word.right - word.left) / len(word.text)
        spaces = [i for i, c in enumerate(word.text) if c == " " and word.text[:i].strip()]
        at = min(spaces, key=lambda i: abs(word.left + i * scale - edge), default=0)
        if at and abs(word.left + at * scale - edge) < 3 * scale:
            share = word.width / len(word.text)
            cut = word.left + at * scale
            first = replace(word, text=word.text[:at], right=cut, width=at * share)
            rest = word.text[at:].lstrip()
            second = replace(word, text=rest, left=cut + scale, width=len(rest) * share)
            return [first, *_parted(second, edges)]
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
        rows.append(tuple(_cell(slots[first:last], slot, source) for slot in range(len(layout.leaves))))
    return tuple(rows)


def _cell(lines: Sequence[_Slots], slot: int, source: str) -> Cell:
    found = []
    for line in lines:
        words = line[slot]
        if words:
            text = " ".join(word.text.strip() if n else word.text.rstrip() for n, word in enumerate(words))
            width = sum(word.width for word in words)
            found.append(Line(text, width, words[0].em))
    return Cell(tuple(found), source)


def _spans(
    lines: Sequence[_Line], slots: Sequence[_Slots], layout: _Layout, rules: Sequence[float]
) -> list[tuple[int, int]]:
    """The lines of each row, as half-open ranges."""
    gaps = _gaps(lines)
    anchors = _anchors(slots, layout)
    ruled = [
        any(a[0].middle < rule < b[0].middle for rule in rules) for a, b in pairwise(lines)
    ]
    cuts = [0]
    cuts += [n for n, line in enumerate(ruled, start=1) if line or gaps[n] > _WIDE]
    bands = list(pairwise([*cuts, len(lines)]))
    if any(ruled) is False:
        bands = _with_anchors(bands, anchors)
    found: list[tuple[int, int]] = []
    edge = unwrap.edge_of([tuple(w.line for s in slots for w in s[_first(layout, "summary")])])
    for first, last in bands:
        inside = [anchor for anchor in anchors if first <= anchor < last]
        found += _parts(range(first, last), inside, slots, gaps, layout, edge)
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


def _with_anchors(bands: Sequence[tuple[int, int]], anchors: Sequence[int]) -> list[tuple[int, int]]:
    """Bands that hold no anchor go to the band above: a gap inside a cell parts nothing."""
    joined: list[tuple[int, int]] = []
    for first, last in bands:
        has = any(first <= anchor < last for anchor in anchors)
        if joined and not has:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _parts(
    band: range,
    anchors: Sequence[int],
    slots: Sequence[_Slots],
    gaps: Sequence[float],
    layout: _Layout,
    edge: unwrap.Edge,
) -> list[tuple[int, int]]:
    """A band parted so that each row holds one anchor and its cells are aligned alike."""
    if len(anchors) < 2:
        return [(band.start, band.stop)]
    best = min(
        (_aligned(band, anchors, slots, gaps, layout, edge, share) for share in (0.5, 0.0)),
        key=lambda found: found[0],
    )
    return list(pairwise(best[1]))


def _aligned(
    band: range,
    anchors: Sequence[int],
    slots: Sequence[_Slots],
    gaps: Sequence[float],
    layout: _Layout,
    edge: unwrap.Edge,
    share: float,
) -> tuple[float, tuple[int, ...]]:
    """The cheapest cuts when cells stand at `share` of the row's height (0 top, 0.5 middle)."""
    summary = _first(layout, "summary")
    reached: dict[int, tuple[float, tuple[int, ...]]] = {band.start: (0.0, (band.start,))}
    stops = [*anchors[1:], band.stop]
    for anchor, stop in zip(anchors, stops):
        ends = [band.stop] if stop == band.stop else range(anchor + 1, stop + 1)
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in ends:
            cut = 0.0 if end == band.stop else _cut_cost(slots, end, summary, gaps, edge)
            costs = [
                (cost + cut + _row_cost(slots, start, end, share), (*path, end))
                for start, (cost, path) in reached.items()
                if start <= anchor
            ]
            following[end] = min(costs)
        reached = following
    return reached[band.stop]


def _cut_cost(
    slots: Sequence[_Slots], end: int, summary: int, gaps: Sequence[float], edge: unwrap.Edge
) -> float:
    """What it costs to end a row here: gaps invite it, a sentence that runs on forbids it."""
    above, below = slots[end - 1][summary], slots[end][summary]
    runs_on = bool(above and below) and unwrap.is_wrap(above[-1].line, below[0].line, edge)
    return _CUT_COST * runs_on - _GAP_BONUS * max(gaps[end] - 1.0, 0.0)


def _row_cost(slots: Sequence[_Slots], start: int, end: int, share: float) -> float:
    """How far the cells of a row stand from where they should: at one share of its height."""
    cost = 0.0
    for slot in range(len(slots[start])):
        held = [n for n in range(start, end) if slots[n][slot]]
        if held:
            above, below = held[0] - start, end - 1 - held[-1]
            cost += abs((1 - share) * above - share * below)
    return cost
