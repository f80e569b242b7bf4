"""Which lines of a page make up one row of a table that no ruling parts.

Every row has one anchor: its phone number, else its number or the line on which its name begins.
Between two anchors a row ends where it costs least: gaps invite an end, a sentence that runs on
forbids it, and the cells of a row stand alike, at its top or in its middle.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from classify import places
from classify.releases import contact, unwrap
from classify.releases.columns import Columns
from classify.releases.words import Slots, Words

__all__ = ["spans"]

_GAP_BONUS = 2.0  # for each line's height that a gap is wider than usual
_RUN_ON_COST = 3.0
_SLACK = 0.3  # lines by which a cell may stand off its place
_REST_COST = 6.0  # for lines that belong to a row of another page


_TOP, _MIDDLE = 0.0, 0.5  # where cells stand in their rows: above them lies this share of the rest


def spans(
    lines: Sequence[Words], slots: Sequence[Slots], columns: Columns, rules: Sequence[float]
) -> list[tuple[int, int]]:
    """The lines of each row, as half-open ranges that follow one another.

    `slots` holds the words of each line by column, `rules` the heights of horizontal rulings.
    """
    steps = _steps(lines, slots, columns)
    ruled = [any(a[0].middle < y < b[0].middle for y in rules) for a, b in pairwise(lines)]
    heads = [n for n, line in enumerate(lines) if _is_heading(line)]
    parted = {n for n, cut in enumerate(ruled, start=1) if cut}
    cuts = sorted(parted.union((0, len(lines)), heads, (n + 1 for n in heads)))
    anchors = _anchors(slots, columns)
    found: list[tuple[int, int]] = []
    for first, last in pairwise(cuts):
        inside = [anchor for anchor in anchors if first <= anchor < last]
        found += _parts(range(first, last), inside, steps)
    return found


def _is_heading(line: Words) -> bool:
    """Whether a line holds nothing but a prefecture's name between marks."""
    text = line[0].text
    bare = places.bare(text)
    return len(line) == 1 and bare != text and bool(places.prefecture_name(bare))


@dataclass(frozen=True, slots=True)
class _Steps:
    """What it costs to part the lines of a page here or there.

    `gaps` holds each line's distance from the one above and `heights` that from the first one, in
    multiples of the usual distance; `held`
    the lines of each column that hold something; `runs_on` says whether the summary of a line
    goes on from the line above.
    """

    gaps: tuple[float, ...]
    heights: tuple[float, ...]
    held: tuple[tuple[int, ...], ...]
    runs_on: tuple[bool, ...]

    def cut(self, end: int) -> float:
        """The cost of a row that ends before line `end`."""
        if end == len(self.gaps):
            return 0.0
        return _RUN_ON_COST * self.runs_on[end] - _GAP_BONUS * max(self.gaps[end] - 1.0, 0.0)

    def row(self, start: int, end: int, stands: Sequence[float]) -> float:
        """How far the cells of a row stand from where the `stands` of their columns are."""
        cost = 0.0
        for held, stand in zip(self.held, stands, strict=True):
            first, last = bisect_left(held, start), bisect_left(held, end) - 1
            if first <= last:
                above = self.heights[held[first]] - self.heights[start]
                below = self.heights[end - 1] - self.heights[held[last]]
                off = max(abs((1 - stand) * above - stand * below) - _SLACK, 0.0)
                cost += min(off, off * off)
        return cost


def _steps(lines: Sequence[Words], slots: Sequence[Slots], columns: Columns) -> _Steps:
    summary = columns.slots["summary"][0]
    texts = [line[summary][0].line if line[summary] else None for line in slots]
    edge = unwrap.edge_of([tuple(text for text in texts if text)])
    runs_on = [
        a is not None and b is not None and unwrap.is_wrap(a, b, edge) for a, b in pairwise(texts)
    ]
    gaps = _gaps(lines)
    return _Steps(
        gaps=tuple(gaps),
        heights=tuple(accumulate(gaps)),
        held=tuple(
            tuple(n for n, line in enumerate(slots) if line[slot])
            for slot in range(len(columns.headers))
        ),
        runs_on=(False, *runs_on),
    )


def _gaps(lines: Sequence[Words]) -> list[float]:
    steps = [b[0].middle - a[0].middle for a, b in pairwise(lines)]
    ordered = sorted(step for step in steps if step > 0.5)
    usual = ordered[len(ordered) // 4] if ordered else 1.0
    return [0.0, *(step / usual for step in steps)]


def _anchors(slots: Sequence[Slots], columns: Columns) -> list[int]:
    fields = columns.slots
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


def _once(numbers: Sequence[int], slots: Sequence[Slots], body: Sequence[int]) -> list[int]:
    """A second number right under the first one belongs to it, unless a body stands beside it."""
    kept: list[int] = []
    for number in numbers:
        follows = bool(kept) and number - kept[-1] == 1
        if not follows or _said(slots[number], body):
            kept.append(number)
    return kept


def _said(line: Slots, slots: Iterable[int]) -> str:
    return "".join(word.text for slot in slots for word in line[slot]).strip()


def _parts(band: range, anchors: Sequence[int], steps: _Steps) -> list[tuple[int, int]]:
    """A band between two rulings, parted so that each row holds one anchor.

    What stands before the first row or after the last may be the rest of a row of another page.
    """
    if not anchors:
        return [(band.start, band.stop)]
    ways = [_settled(band, anchors, steps, stand) for stand in (_TOP, _MIDDLE)]
    return list(pairwise(dict.fromkeys(min(ways)[1])))


def _settled(
    band: range, anchors: Sequence[int], steps: _Steps, stand: float
) -> tuple[float, tuple[int, ...]]:
    """The cheapest ends of rows when each column, all from `stand` on, finds where it stands."""
    stands = [stand] * len(steps.held)
    best = _aligned(band, anchors, steps, stands)
    settled = False
    while not settled:
        settled = True
        for column in range(len(stands)):
            other = _MIDDLE if stands[column] == _TOP else _TOP
            tried = [*stands[:column], other, *stands[column + 1 :]]
            found = _aligned(band, anchors, steps, tried)
            if found < best:
                best, stands, settled = found, tried, False
    return best


def _aligned(
    band: range, anchors: Sequence[int], steps: _Steps, stands: Sequence[float]
) -> tuple[float, tuple[int, ...]]:
    """The cheapest ends of rows whose cells stand as the `stands` of their columns say."""
    reached: dict[int, tuple[float, tuple[int, ...]]] = {band.start: (0.0, (band.start,))}
    for start in range(band.start + 1, anchors[0] + 1):
        reached[start] = (_REST_COST + steps.cut(start), (band.start, start))
    for anchor, stop in zip(anchors, [*anchors[1:], band.stop], strict=True):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in range(anchor + 1, stop + 1):
            rest = _REST_COST if stop == band.stop else 0.0
            cut = steps.cut(end) + rest if end < band.stop else 0.0
            following[end] = min(
                (cost + cut + steps.row(start, end, stands), (*path, end))
                for start, (cost, path) in reached.items()
            )
        reached = following
    return min((cost, (*path, band.stop)) for cost, path in reached.values())
