"""The model's sums over a whole program at once: where each tag is spoken of, and is it provided.

The features are those of `features.py`; here what they add lies in tables, a row per word or pair
of neighbours, so that a passage or a side of a mention is a difference of two running sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from classify.features import (
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
from classify.tables import Reals, Rows, Tables

__all__ = ["Asked", "Laid", "Scorer"]

# A sum of squares this small means that no feature is known.
_TINY = 1e-12

# Words that add to a mention lie between two edges each: ahead of it, behind it, before its clause,
# after its clause, its own; by the places in `Scorer._bounds`, later edge first.
_EDGES = np.array([2, 1, 4, 3, 1, 0, 5, 4, 3, 2])


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
    """The sums over a model's two linear parts.

    >>> from classify.linear import Linear
    >>> passage = Linear.of([], [], np.zeros(0), np.zeros((0, 2)), np.zeros(2))
    >>> provided = Linear.of([], [], np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    >>> Scorer(("ibasho",), passage, provided).spoken(())[1].shape
    (0, 2)
    """

    def __init__(self, tags: tuple[str, ...], passage: Linear, provided: Linear) -> None:
        self.tags = tags
        self._outputs = len(passage.intercepts)
        self._intercepts = passage.intercepts, float(provided.intercepts[0])
        self._tables = Tables(tags, passage, provided)

    def spoken(self, views: Sequence[View]) -> tuple[Laid, Reals, Reals]:
        """For each passage of a program (rows) the logits that it speaks of each tag and then that
        it provides each, and for each of its telling words how much it speaks of each tag."""
        laid = self._lay(views)
        count = self._outputs
        tags = slice(0, len(self.tags))
        if not laid.passages:
            return laid, np.zeros((0, count)), np.zeros((0, len(self.tags)))
        wholes = self._wholes(laid)
        # Words that were new have their rows by now: the tables grow no more.
        of_words, of_pairs = self._tables.spoken
        single, double = of_words[laid.ids], of_pairs[laid.pairs]
        begins = [passage[2] for passage in laid.passages]
        words, pairs = np.add.reduceat(single, begins), np.add.reduceat(double, begins)
        np.add.at(words, [row for row, *_ in wholes], of_words[[at for _, at, *_ in wholes]])
        of_word = of_pair = slice(0, count)
        of_class = slice(count + 1, 2 * count + 1)
        by_word, by_class, by_pair = (
            1 / np.sqrt(np.maximum(squares, _TINY))[:, None]
            for squares in (words[:, count], words[:, 2 * count + 1], pairs[:, count])
        )
        logits = words[:, of_word] * by_word + words[:, of_class] * by_class
        logits = logits + pairs[:, of_pair] * by_pair + self._closings(laid)
        logits += self._intercepts[0]
        for row, votes in enumerate(laid.votes):
            for vote in votes:
                logits[row] += self._tables.votes.get(("rule", vote.tag), 0.0)
                logits[row] += self._tables.votes.get(("rule", vote.tag, vote.status), 0.0)
        rows = np.repeat(np.arange(len(begins)), np.diff([*begins, len(single)]))
        told = single[:, of_word][:, tags] * by_word[rows]
        told += single[:, of_class][:, tags] * by_class[rows]
        half = double[:, tags] * by_pair[rows] / 2
        told += half
        told[:-1] += half[1:]
        for at_row, at, first, end, length in wholes:
            said = of_words[at]
            told[first:end] += (
                said[of_word][tags] * by_word[at_row] + said[of_class][tags] * by_class[at_row]
            ) / length
        return laid, logits, told

    def _closings(self, laid: Laid) -> Reals:
        """What the words at the end of each passage add, shape (passages, outputs)."""
        sums = np.zeros((len(laid.passages), self._outputs + 1))
        of_words, of_pairs = (laid.ids, CLOSING), (laid.pairs, CLOSING - 1)
        for table, (ids, reach) in zip(self._tables.closing, (of_words, of_pairs), strict=True):
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
        single, double = self._tables.columns
        sums = _between(self._tables.around[0][laid.ids], edges[_EDGES], single, tags)
        # The pair of a side's first word reaches outside of it.
        inner = edges[_EDGES[:4]]
        inner[1::2] = np.minimum(inner[1::2] + 1, inner[::2])
        sums += _between(self._tables.around[1][laid.pairs], inner, double, tags)
        sums += [self._details(laid, one, at) for one, at in zip(asked, bounds, strict=True)]
        logits: Floats = sums[:, 0] / np.sqrt(np.maximum(sums[:, 1], _TINY))
        logits += self._intercepts[1]
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
        ids = self._tables.rows(keys)
        pairs = self._tables.pairs(ids)
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
        keys, tag, told = laid.keys, self.tags[one.tag], self._tables.told
        found = [told["tag"].get(tag)]
        for table, key in zip(
            self._tables.behind, keys[end : min(closing, end + NEAR_BEHIND)], strict=False
        ):
            found.append(table.get(key))
        for table, key in zip(
            self._tables.ahead, keys[max(opening, first - NEAR_AHEAD) : first][::-1], strict=False
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
                at = self._tables.row(word.key)
                place = bisect_right(ends, first)
                if at and place < len(here):
                    begin = bisect_left(laid.units, first, low, high)
                    end = bisect_left(laid.units, first + length, low, high)
                    found.append((here[place], at, begin, end, length))
        return found


def _between(rows: Reals, edges: Rows, columns: tuple[Rows, Rows], tags: Rows) -> Floats:
    """What the rows between pairs of edges add up to, shape (mentions, 2)."""
    sums = np.zeros((len(rows) + 1, rows.shape[1]))
    np.cumsum(rows, axis=0, dtype=np.float64, out=sums[1:])
    column, by_tag = columns
    places = edges * rows.shape[1] + by_tag[:, None] * tags
    found = sums.ravel().take(places + column[:, :, None])
    total: Floats = (found[:, ::2] - found[:, 1::2]).sum(axis=1).T
    return total
