"""The model's sums over a whole program at once: where each tag is spoken of, and is it provided.

The features are those of `features.py`; here what they add lies in tables, a row per word or pair
of neighbours, so that a passage or a side of a mention is a difference of two running sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classify.features import (
    AHEAD,
    BEHIND,
    BESIDE,
    NEAR_AHEAD,
    NEAR_BEHIND,
    View,
    telling,
    units_of,
    votes_in,
)
from classify.linear import Floats, Linear
from classify.word_classes import word_classes

__all__ = ["Asked", "Laid", "Scorer"]

Rows = npt.NDArray[np.int64]

# A pair of words is one number: the id of the first above the bits of the second.
_BITS = 24

# A sum of squares this small means that no feature is known.
_TINY = 1e-12

# For a kind of feature: which output's weight goes to which column, and where its square goes (-1:
# nowhere, another column of the same feature has taken it).
_Cells = Mapping[str, Sequence[tuple[int, int, int]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A tag (by its column) in a passage of a view, at units `first` to `end`."""

    view: int
    passage: int
    tag: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Laid:
    """The telling words of a program in one row: their keys and units, their rows in the tables
    (`pairs`: with the word before). `bounds[view]` is where a view's words begin; `passages` are
    (view, passage, first word, end word)."""

    views: Sequence[View]
    keys: list[str]
    units: list[int]
    ids: Rows
    pairs: Rows
    bounds: list[int]
    passages: list[tuple[int, int, int, int]]


class Scorer:
    """The tables of a model's two linear parts, and the sums over them.

    >>> from classify.linear import Linear
    >>> none = Linear.of([], np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    >>> Scorer(("ibasho",), none, none).spoken(())[1].shape
    (0, 1)
    """

    def __init__(self, tags: tuple[str, ...], mention: Linear, provided: Linear) -> None:
        self.tags = tags
        self._mention, self._provided = mention, provided
        # Row 0 of a table is for what no feature is about.
        known = dict.fromkeys(("", *mention.words, *provided.words))
        self._ids = {word: row for row, word in enumerate(known)}
        self._rows = len(self._ids)
        codes = np.concatenate([self._codes(mention), self._codes(provided)])
        self._pair_codes = np.unique(codes[codes >= 0])
        self._spoken = self._tables(mention, {"w": _spoken_cells(len(tags))}, len(tags) + 1)
        sides = _side_cells(tags)
        self._around = self._tables(provided, sides, 4 * len(tags) + 6)
        self._class = self._class_table()
        fine = word_classes().fine
        both = [(row, fine[word]) for word, row in self._ids.items() if word in fine]
        rows, classes = np.array(both or [(0, 0)], dtype=np.int64).T
        self._spoken[0][rows[: len(both)]] += self._class[classes[: len(both)]]
        self._votes = _few(mention, {"rule"})
        self._told = _few(provided, set(provided.kinds) - sides.keys())

    def spoken(self, views: Sequence[View]) -> tuple[Laid, Floats, Floats]:
        """For each passage of a program (rows) the logit that it speaks of each tag, and for each
        of its telling words how much it says so."""
        laid = self._lay(views)
        count = len(self.tags)
        if not laid.passages:
            return laid, np.zeros((0, count)), np.zeros((0, count))
        single, double = self._spoken[0][laid.ids], self._spoken[1][laid.pairs]
        told = single[:, :count] + double[:, :count] / 2
        told[:-1] += double[1:, :count] / 2
        sums = np.add.reduceat(single + double, [passage[2] for passage in laid.passages])
        for row, (view, place, _, _) in enumerate(laid.passages):
            for vote in votes_in(views[view], views[view].passages[place]):
                sums[row] += self._votes.get(("rule", vote.tag), 0.0)
        self._add_wholes(laid, sums, told)
        logits = sums[:, :count] / np.sqrt(np.maximum(sums[:, count:], _TINY))
        return laid, logits + self._mention.intercepts, told

    def locate(self, laid: Laid, told: Floats, row: int, tag: int) -> Asked:
        """Where a passage speaks of a tag: at a rule's mention, else at the most telling words."""
        view, place, first, end = laid.passages[row]
        seen = laid.views[view]
        votes = [v for v in votes_in(seen, seen.passages[place]) if v.tag == self.tags[tag]]
        if votes:
            vote = next((v for v in votes if v.status == "provided"), votes[0])
            return Asked(view, place, tag, *units_of(seen, vote.span.start, vote.span.end))
        said = told[first:end, tag].tolist()
        units = laid.units[first:end]
        begin = said.index(max(said))
        least, stop = said[begin] / 3, begin + 1
        while begin and said[begin - 1] > least > 0 and units[begin - 1] == units[begin] - 1:
            begin -= 1
        while stop < len(said) and said[stop] > least > 0 and units[stop] == units[stop - 1] + 1:
            stop += 1
        return Asked(view, place, tag, units[begin], units[stop - 1] + 1)

    def provided(self, laid: Laid, asked: Sequence[Asked]) -> Floats:
        """For each mention the logit that the words around it say that it is provided."""
        single = _running(self._around[0][laid.ids])
        double = _running(self._around[1][laid.pairs])
        bounds = [self._bounds(laid, one) for one in asked]
        start, opening, first, end, closing, stop = np.array(bounds, dtype=np.int64).T
        tag = np.array([one.tag for one in asked])
        count = len(self.tags)
        sums = np.zeros((len(asked), 2))
        for part in (0, 1):
            ahead, behind = tag + part * count, tag + (2 + part) * count
            before, after, own = (4 * count + 2 * n + part for n in range(3))
            sums[:, part] = (
                (single[first, ahead] - single[opening, ahead])
                + (single[closing, behind] - single[end, behind])
                + (single[opening, before] - single[start, before])
                + (single[stop, after] - single[closing, after])
                + (single[end, own] - single[first, own])
                + _between(double, opening, first, ahead)
                + _between(double, end, closing, behind)
            )
        for row, one in enumerate(asked):
            for feature in self._details(laid, one, bounds[row]):
                if feature in self._told:
                    sums[row] += self._told[feature]
        logits: Floats = sums[:, 0] / np.sqrt(np.maximum(sums[:, 1], _TINY))
        logits += self._provided.intercepts[0]
        return logits

    def _lay(self, views: Sequence[View]) -> Laid:
        keys: list[str] = []
        units: list[int] = []
        bounds = [0]
        passages = []
        for number, seen in enumerate(views):
            words = seen.document.words
            for place, passage in enumerate(seen.passages):
                begin = len(keys)
                for unit in range(passage.first, passage.end):
                    if telling(words[unit]):
                        keys.append(words[unit].key)
                        units.append(unit)
                passages.append((number, place, begin, len(keys)))
            bounds.append(len(keys))
        ids = np.array([self._id(key) for key in keys], dtype=np.int64)
        pairs = np.zeros(len(keys), dtype=np.int64)
        if len(keys) > 1 and len(self._pair_codes):
            code = (ids[:-1] << _BITS) | ids[1:]
            at = np.searchsorted(self._pair_codes[:-1], code)
            pairs[1:] = np.where(self._pair_codes[at] == code, at + 1, 0)
            pairs[[passage[2] for passage in passages]] = 0
        return Laid(views, keys, units, ids, pairs, bounds, passages)

    def _bounds(self, laid: Laid, one: Asked) -> tuple[int, ...]:
        """The words at which the passage, the clause ahead of the mention, the mention, the clause
        behind it, the rest and the next passage begin."""
        seen = laid.views[one.view]
        passage = seen.passages[one.passage]
        opening, closing = seen.outline.clause(one.first, one.end)
        units = (
            passage.first,
            max(opening, passage.first),
            one.first,
            one.end,
            min(closing, passage.end),
            passage.end,
        )
        low, high = laid.bounds[one.view], laid.bounds[one.view + 1]
        return tuple(bisect_left(laid.units, unit, low, high) for unit in units)

    def _details(self, laid: Laid, one: Asked, bounds: Sequence[int]) -> list[tuple[str, ...]]:
        """The features of a mention that are told apart by distance, or are no words."""
        _, opening, first, end, closing, stop = bounds
        keys, tag = laid.keys, self.tags[one.tag]
        behind = keys[end : min(closing, end + NEAR_BEHIND)]
        ahead = keys[max(opening, first - NEAR_AHEAD) : first]
        found: list[tuple[str, ...]] = [("tag", tag)]
        found += [(f"{BEHIND}{n}", key) for n, key in enumerate(behind)]
        found += [(f"{AHEAD}{n}", key) for n, key in enumerate(reversed(ahead))]
        for kind, low, high in (("end", end, closing), ("last", closing, stop)):
            found.append((kind, keys[high - 1] if high > low else ""))
            if high - low > 1:
                found.append((kind, keys[high - 2], keys[high - 1]))
        seen = laid.views[one.view]
        for vote in votes_in(seen, seen.passages[one.passage]):
            if vote.tag == tag:
                found += [("rule", vote.status), ("cue", vote.cue)]
        return found

    def _add_wholes(self, laid: Laid, sums: Floats, told: Floats) -> None:
        """Words of mode C count beside their units; each unit tells its share of what they say."""
        count = len(self.tags)
        firsts = [
            (view, laid.views[view].passages[place].first) for view, place, _, _ in laid.passages
        ]
        for view, seen in enumerate(laid.views):
            low, high = laid.bounds[view], laid.bounds[view + 1]
            for first, units, word in seen.document.wholes:
                at = self._id(word.key)
                row = bisect_right(firsts, (view, first)) - 1
                if not at or row < 0 or laid.passages[row][0] != view:
                    continue
                if first >= seen.passages[laid.passages[row][1]].end:
                    continue
                added = self._spoken[0][at]
                sums[row] += added
                begin = bisect_left(laid.units, first, low, high)
                end = bisect_left(laid.units, first + units, low, high)
                told[begin:end] += added[:count] / units

    def _id(self, key: str) -> int:
        """A word's row in the tables; a word that only its class tells of gets a new one."""
        found = self._ids.get(key)
        if found is None:
            fine = word_classes().fine.get(key)
            found = 0 if fine is None else self._enter(fine)
            self._ids[key] = found
        return found

    def _enter(self, fine: int) -> int:
        row = self._rows
        self._rows += 1
        if row == len(self._spoken[0]):
            for tables in (self._spoken, self._around):
                tables[0] = np.concatenate([tables[0], np.zeros_like(tables[0])])
        self._spoken[0][row] = self._class[fine]
        return row

    def _codes(self, linear: Linear) -> Rows:
        """The pair of each feature as one number, -1 for those of one word."""
        ids = self._rows_of(linear)
        pair = (ids[linear.first] << _BITS) | ids[linear.second]
        codes: Rows = np.where(linear.second >= 0, pair, -1)
        return codes

    def _rows_of(self, linear: Linear) -> Rows:
        return np.array([self._ids[word] for word in linear.words] or [0], dtype=np.int64)

    def _tables(self, linear: Linear, cells: _Cells, width: int) -> list[Floats]:
        """What each word and each pair of words adds, by column."""
        words = np.zeros((self._rows, width))
        pairs = np.zeros((len(self._pair_codes) + 1, width))
        single = self._rows_of(linear)[linear.first]
        double = np.searchsorted(self._pair_codes, self._codes(linear)) + 1
        for kind in cells.keys() & set(linear.kinds):
            of_kind = linear.kind == linear.kinds.index(kind)
            for table, rows, some in (
                (words, single, of_kind & (linear.second < 0)),
                (pairs, double, of_kind & (linear.second >= 0)),
            ):
                for output, column, square in cells[kind]:
                    idf = linear.idf[some]
                    table[rows[some], column] += idf * linear.weights[some, output]
                    if square >= 0:
                        table[rows[some], square] += idf**2
        return [words, pairs]

    def _class_table(self) -> Floats:
        """What a word's finest class adds, and those above it."""
        paths = word_classes().paths
        table = np.zeros((len(paths), len(self.tags) + 1))
        known = _few(self._mention, {"c"})
        for row, path in enumerate(paths):
            for name in path:
                table[row] += known.get(("c", name), 0.0)
        return table


def _spoken_cells(count: int) -> list[tuple[int, int, int]]:
    return [(tag, tag, -1 if tag else count) for tag in range(count)]


def _side_cells(tags: Sequence[str]) -> dict[str, list[tuple[int, int, int]]]:
    """By kind, the columns of `_around`: for each tag logits and squares of the words ahead of a
    mention, then of those behind it; then of the words before and after its clause, and its own."""
    count = len(tags)
    ahead = [(0, tag, tag + count) for tag in range(count)]
    behind = [(0, tag + 2 * count, tag + 3 * count) for tag in range(count)]
    cells = {AHEAD: ahead, BEHIND: behind, BESIDE: ahead + behind}
    cells |= {f"{BESIDE}{tag}": [ahead[n], behind[n]] for n, tag in enumerate(tags)}
    for n, kind in enumerate(("-", "+", "m")):
        cells[kind] = [(0, 4 * count + 2 * n, 4 * count + 2 * n + 1)]
    return cells


def _few(linear: Linear, kinds: set[str]) -> dict[tuple[str, ...], Floats]:
    """The features of some kinds, with what each adds to every output, and its square."""
    wanted = np.array([kind in kinds for kind in linear.kinds] or [False])
    added = np.column_stack([linear.idf[:, None] * linear.weights, linear.idf**2])
    found: dict[tuple[str, ...], Floats] = {}
    for row in np.flatnonzero(wanted[linear.kind]).tolist():
        kind, first, second = linear.kind[row], linear.first[row], linear.second[row]
        more = (linear.words[second],) if second >= 0 else ()
        found[linear.kinds[kind], linear.words[first], *more] = added[row]
    return found


def _running(rows: Floats) -> Floats:
    """Running sums with a first row of zeros: rows a to b add up to sums[b] - sums[a]."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, out=sums[1:])
    return sums


def _between(sums: Floats, begin: Rows, end: Rows, column: Rows) -> Floats:
    """What the pairs add whose words both lie between: the first word's pair reaches outside."""
    found: Floats = sums[end, column] - sums[np.minimum(begin + 1, end), column]
    return found
