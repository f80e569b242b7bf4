"""The model's sums over a whole program at once: where each tag is spoken of, and is it provided.

The features are those of `features.py`; here what they add lies in tables, a row per word or pair
of neighbours, so that a passage or a side of a mention is a difference of two running sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.features import (
    AHEAD,
    BEHIND,
    BESIDE,
    CLOSING,
    NEAR_AHEAD,
    NEAR_BEHIND,
    SILENT,
    View,
    units_of,
    votes_in,
)
from classify.linear import Floats, Linear
from classify.records import Vote
from classify.word_classes import word_classes

__all__ = ["Asked", "Laid", "Scorer"]

Rows = npt.NDArray[np.int64]
Reals = npt.NDArray[np.floating[Any]]

# A pair of words is one number: the id of the first above the bits of the second.
_BITS = 24

# A sum of squares this small means that no feature is known.
_TINY = 1e-12

# Words that add to a mention lie between two edges each: ahead of it, behind it, before its clause,
# after its clause, its own; by the places in `Scorer._bounds`, later edge first.
_EDGES = np.array([2, 1, 4, 3, 1, 0, 5, 4, 3, 2])

# For a kind of feature: which output's weight goes to which column, and where its square goes (-1:
# nowhere, another column of the same feature has taken it).
_Cells = Mapping[str, Sequence[tuple[int, int, int]]]


# What the features of a kind add, logit and square, by their word or words.
_Told = dict[str | tuple[str, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A tag (by its column) in a passage (by its row), at units `first` to `end` of its view."""

    row: int
    tag: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Laid:
    """The telling words of a program in one row: their keys and units, their rows in the tables
    (`pairs`: with the word before). `bounds[view]` is where a view's words begin; `passages` are
    (view, passage, first word, end word), `votes` the rules' votes in each."""

    views: Sequence[View]
    keys: list[str]
    units: list[int]
    ids: Rows
    pairs: Rows
    bounds: list[int]
    passages: list[tuple[int, int, int, int]]
    votes: list[Sequence[Vote]]


class Scorer:
    """The tables of a model's two linear parts, and the sums over them.

    >>> from classify.linear import Linear
    >>> none = Linear.of([], [], np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    >>> Scorer(("ibasho",), none, none).spoken(())[1].shape
    (0, 1)
    """

    def __init__(self, tags: tuple[str, ...], passage: Linear, provided: Linear) -> None:
        self.tags = tags
        self._passage, self._provided = passage, provided
        # Row 0 of a table is for what no feature is about.
        known = dict.fromkeys(("", *passage.words, *provided.words))
        self._ids = {word: row for row, word in enumerate(known)}
        self._rows = len(self._ids)
        codes = np.concatenate([self._codes(passage), self._codes(provided)])
        self._pair_codes = np.unique(codes[codes >= 0])
        # Of words and of pairs logits and their square; beside a word's own its class's.
        self._outputs = len(passage.intercepts)
        width = self._outputs + 1
        cells = _passage_cells(self._outputs)
        self._spoken = self._tables(passage, {"w": cells}, 2 * width, width)
        self._closing = self._tables(passage, {"e": cells}, width, width)
        sides = _side_cells(tags)
        across = 4 * len(tags) + 6
        self._around = self._tables(provided, sides, across, across)
        column, by_tag = _side_columns(len(tags))
        self._columns = (column, by_tag), (column[:, :4], by_tag[:4])
        self._class = self._class_table()
        fine = word_classes().fine
        both = [(row, fine[word]) for word, row in self._ids.items() if word in fine]
        rows, classes = np.array(both or [(0, 0)], dtype=np.int64).T
        self._spoken[0][rows[: len(both)], width:] = self._class[classes[: len(both)]]
        self._votes = {name: row[:-1] for name, row in _few(passage, {"rule"}).items()}
        self._told: dict[str, _Told] = defaultdict(dict)
        for (kind, *words), row in _few(provided, set(provided.kinds) - sides.keys()).items():
            said = words[0] if len(words) == 1 else (words[0], words[1])
            self._told[kind][said] = float(row[0]), float(row[1])
        self._behind = [self._told[f"{BEHIND}{n}"] for n in range(NEAR_BEHIND)]
        self._ahead = [self._told[f"{AHEAD}{n}"] for n in range(NEAR_AHEAD)]

    def spoken(self, views: Sequence[View]) -> tuple[Laid, Reals, Reals]:
        """For each passage of a program (rows) the logits that it speaks of each tag and then that
        it provides each, and for each of its telling words how much it speaks of each tag."""
        laid = self._lay(views)
        count = self._outputs
        tags = slice(0, len(self.tags))
        if not laid.passages:
            return laid, np.zeros((0, count)), np.zeros((0, len(self.tags)))
        single, double = self._spoken[0][laid.ids], self._spoken[1][laid.pairs]
        begins = [passage[2] for passage in laid.passages]
        words, pairs = np.add.reduceat(single, begins), np.add.reduceat(double, begins)
        wholes = self._wholes(laid)
        np.add.at(words, [row for row, *_ in wholes], self._spoken[0][[at for _, at, *_ in wholes]])
        of_word = of_pair = slice(0, count)
        of_class = slice(count + 1, 2 * count + 1)
        by_word, by_class, by_pair = (
            1 / np.sqrt(np.maximum(squares, _TINY))[:, None]
            for squares in (words[:, count], words[:, 2 * count + 1], pairs[:, count])
        )
        logits = words[:, of_word] * by_word + words[:, of_class] * by_class
        logits = logits + pairs[:, of_pair] * by_pair + self._closings(laid)
        logits += self._passage.intercepts
        for row, votes in enumerate(laid.votes):
            for vote in votes:
                logits[row] += self._votes.get(("rule", vote.tag), 0.0)
                logits[row] += self._votes.get(("rule", vote.tag, vote.status), 0.0)
        rows = np.repeat(np.arange(len(begins)), np.diff([*begins, len(single)]))
        told = single[:, of_word][:, tags] * by_word[rows]
        told += single[:, of_class][:, tags] * by_class[rows]
        half = double[:, tags] * by_pair[rows] / 2
        told += half
        told[:-1] += half[1:]
        for at_row, at, first, end, length in wholes:
            said = self._spoken[0][at]
            told[first:end] += (
                said[of_word][tags] * by_word[at_row] + said[of_class][tags] * by_class[at_row]
            ) / length
        return laid, logits, told

    def _closings(self, laid: Laid) -> Reals:
        """What the words at the end of each passage add, shape (passages, outputs)."""
        sums = np.zeros((len(laid.passages), self._outputs + 1))
        of_words, of_pairs = (laid.ids, CLOSING), (laid.pairs, CLOSING - 1)
        for table, (ids, reach) in zip(self._closing, (of_words, of_pairs), strict=True):
            places = [range(max(first, end - reach), end) for _, _, first, end in laid.passages]
            begins = np.cumsum([0, *map(len, places)])[:-1]
            sums += np.add.reduceat(table[ids[list(chain.from_iterable(places))]], begins)
        by_end: Reals = sums[:, :-1] / np.sqrt(np.maximum(sums[:, -1:], _TINY))
        return by_end

    def locate(self, laid: Laid, told: Reals, row: int, tag: int) -> Asked:
        """Where a passage speaks of a tag: at a rule's mention, else at the most telling words."""
        view, _, first, end = laid.passages[row]
        seen = laid.views[view]
        votes = [vote for vote in laid.votes[row] if vote.tag == self.tags[tag]]
        if votes:
            vote = next((v for v in votes if v.status == "provided"), votes[0])
            return Asked(row, tag, *units_of(seen, vote.span.start, vote.span.end))
        said = told[first:end, tag].tolist()
        units = laid.units[first:end]
        begin = said.index(max(said))
        least, stop = said[begin] / 3, begin + 1
        while begin and said[begin - 1] > least > 0 and units[begin - 1] == units[begin] - 1:
            begin -= 1
        while stop < len(said) and said[stop] > least > 0 and units[stop] == units[stop - 1] + 1:
            stop += 1
        return Asked(row, tag, units[begin], units[stop - 1] + 1)

    def provided(self, laid: Laid, asked: Sequence[Asked]) -> Floats:
        """For each mention the logit that the words around it say that it is provided."""
        # Several tags are often seen in the same words.
        known: dict[tuple[int, int, int], tuple[int, ...]] = {}
        for one in asked:
            place = one.row, one.first, one.end
            if place not in known:
                known[place] = self._bounds(laid, one)
        bounds = [known[one.row, one.first, one.end] for one in asked]
        edges = np.array(bounds, dtype=np.int64).T
        tags = np.array([one.tag for one in asked])
        single, double = self._columns
        sums = _between(self._around[0][laid.ids], edges[_EDGES], single, tags)
        # The pair of a side's first word reaches outside of it.
        inner = edges[_EDGES[:4]]
        inner[1::2] = np.minimum(inner[1::2] + 1, inner[::2])
        sums += _between(self._around[1][laid.pairs], inner, double, tags)
        sums += [self._details(laid, one, at) for one, at in zip(asked, bounds, strict=True)]
        logits: Floats = sums[:, 0] / np.sqrt(np.maximum(sums[:, 1], _TINY))
        logits += self._provided.intercepts[0]
        return logits

    def _lay(self, views: Sequence[View]) -> Laid:
        keys: list[str] = []
        units: list[int] = []
        bounds = [0]
        passages = []
        votes: list[Sequence[Vote]] = []
        for number, seen in enumerate(views):
            words = seen.document.words
            for place, passage in enumerate(seen.passages):
                inside = range(passage.first, passage.end)
                told = [u for u in inside if words[u].key and words[u].role not in SILENT]
                passages.append((number, place, len(units), len(units) + len(told)))
                units += told
                keys += [words[unit].key for unit in told]
                votes.append(votes_in(seen, passage))
            bounds.append(len(keys))
        ids = self._rows_of(keys)
        pairs = np.zeros(len(keys), dtype=np.int64)
        if len(keys) > 1 and len(self._pair_codes):
            code = (ids[:-1] << _BITS) | ids[1:]
            at = np.searchsorted(self._pair_codes[:-1], code)
            pairs[1:] = np.where(self._pair_codes[at] == code, at + 1, 0)
            pairs[[passage[2] for passage in passages]] = 0
        return Laid(views, keys, units, ids, pairs, bounds, passages, votes)

    def _bounds(self, laid: Laid, one: Asked) -> tuple[int, ...]:
        """The words at which the passage, the clause ahead of the mention, the mention, the clause
        behind it, the rest and the next passage begin."""
        view, place, _, _ = laid.passages[one.row]
        seen = laid.views[view]
        passage = seen.passages[place]
        opening, closing = seen.outline.clause(one.first, one.end)
        units = (
            passage.first,
            max(opening, passage.first),
            one.first,
            one.end,
            min(closing, passage.end),
            passage.end,
        )
        low, high = laid.bounds[view], laid.bounds[view + 1]
        return tuple(bisect_left(laid.units, unit, low, high) for unit in units)

    def _details(self, laid: Laid, one: Asked, bounds: Sequence[int]) -> tuple[float, float]:
        """What the features of a mention add that are told apart by distance, or are no words."""
        _, opening, first, end, closing, stop = bounds
        keys, tag, told = laid.keys, self.tags[one.tag], self._told
        found = [told["tag"].get(tag)]
        for table, key in zip(
            self._behind, keys[end : min(closing, end + NEAR_BEHIND)], strict=False
        ):
            found.append(table.get(key))
        for table, key in zip(
            self._ahead, keys[max(opening, first - NEAR_AHEAD) : first][::-1], strict=False
        ):
            found.append(table.get(key))
        for kind, low, high in (("end", end, closing), ("last", closing, stop)):
            found.append(told[kind].get(keys[high - 1] if high > low else ""))
            if high - low > 1:
                found.append(told[kind].get((keys[high - 2], keys[high - 1])))
        for vote in laid.votes[one.row]:
            if vote.tag == tag:
                found += [told["rule"].get(vote.status), told["cue"].get(vote.cue)]
        known = [part for part in found if part]
        return sum([logit for logit, _ in known]), sum([square for _, square in known])

    def _wholes(self, laid: Laid) -> list[tuple[int, int, int, int, int]]:
        """Words of mode C, which count beside their units: for each the row of its passage, its row
        in the tables, the words that are its units, and how many units it has."""
        found = []
        for view, seen in enumerate(laid.views):
            low, high = laid.bounds[view], laid.bounds[view + 1]
            here = [row for row, passage in enumerate(laid.passages) if passage[0] == view]
            ends = [seen.passages[laid.passages[row][1]].end for row in here]
            for first, length, word in seen.document.wholes:
                at = self._id(word.key)
                place = bisect_right(ends, first)
                if at and place < len(here):
                    begin = bisect_left(laid.units, first, low, high)
                    end = bisect_left(laid.units, first + length, low, high)
                    found.append((here[place], at, begin, end, length))
        return found

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
            for tables in (self._spoken, self._closing, self._around):
                tables[0] = np.concatenate([tables[0], np.zeros_like(tables[0])])
        self._spoken[0][row, self._outputs + 1 :] = self._class[fine]
        return row

    def _codes(self, linear: Linear) -> Rows:
        """The pair of each feature as one number, -1 for those of one word."""
        ids = self._rows_of(linear.words)
        pair = (ids[linear.first] << _BITS) | ids[linear.second]
        codes: Rows = np.where(linear.second >= 0, pair, -1)
        return codes

    def _rows_of(self, words: Sequence[str]) -> Rows:
        known = self._ids.get
        found = [known(word, -1) for word in words] or [0]
        if -1 in found:
            found = [self._id(word) for word in words]
        return np.array(found[: len(words) or None], dtype=np.int64)

    def _tables(
        self, linear: Linear, cells: _Cells, word_width: int, pair_width: int
    ) -> list[Reals]:
        """What each word and each pair of words adds, by column."""
        # Single precision: what is read from memory at random should be small.
        words = np.zeros((self._rows, word_width), dtype=np.float32)
        pairs = np.zeros((len(self._pair_codes) + 1, pair_width), dtype=np.float32)
        single = self._rows_of(linear.words)[linear.first]
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
        table = np.zeros((len(paths), self._outputs + 1))
        known = _few(self._passage, {"c"})
        for row, path in enumerate(paths):
            for name in path:
                table[row] += known.get(("c", name), 0.0)
        return table


def _passage_cells(outputs: int) -> list[tuple[int, int, int]]:
    return [(output, output, -1 if output else outputs) for output in range(outputs)]


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


def _side_columns(count: int) -> tuple[Rows, Rows]:
    """For logits and squares (2) and each of `_EDGES`: the column to read, and whether it is the
    first of one per tag."""
    parts = []
    for part in (0, 1):
        ahead, behind = part * count, (2 + part) * count
        rest = [4 * count + 2 * n + part for n in range(3)]
        parts.append([column for column in (ahead, behind, *rest) for _ in range(2)])
    by_tag = [1] * 4 + [0] * 6
    return np.array(parts), np.array(by_tag)


def _between(rows: Reals, edges: Rows, columns: tuple[Rows, Rows], tags: Rows) -> Floats:
    """What the rows between pairs of edges add up to, shape (mentions, 2)."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, dtype=np.float64, out=sums[1:])
    column, by_tag = columns
    places = edges * rows.shape[1] + by_tag[:, None] * tags
    found = sums.ravel().take(places + column[:, :, None])
    total: Floats = (found[:, ::2] - found[:, 1::2]).sum(axis=1).T
    return total
