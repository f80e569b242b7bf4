"""What each word and each pair of words adds to the sums of a model's two linear parts.

A row per word or pair of neighbours, a column per output, and one for the squares that their sum
is divided by: `scoring.py` adds rows up. A word that no feature is about is known by its class.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.features import AHEAD, BEHIND, BESIDE, NEAR_AHEAD, NEAR_BEHIND
from classify.linear import Floats, Linear
from classify.word_classes import word_classes

__all__ = ["Reals", "Rows", "Tables"]

Rows = npt.NDArray[np.int64]
Reals = npt.NDArray[np.floating[Any]]

# A pair of words is one number: the id of the first above the bits of the second.
_BITS = 24

# For a kind of feature: what it adds to which output (the last: its square) goes to which column.
_Cells = Mapping[str, Sequence[tuple[int, int]]]

# What the features of a kind add, logit and square, by their word or words.
_Told = dict[str | tuple[str, str], tuple[float, float]]


class Tables:
    """The tables of a model. Each of `spoken`, `closing` and `around` is one of words and one of
    pairs; row 0 is for what no feature is about.

    `spoken`: for each output of the passage's part a logit, and the square; beside a word's own
    stand its class's. `closing`: the same for words at a passage's end. `around`: the surroundings
    of a mention, to be read by `columns`. `votes` are what rules add to each output, `told` what
    else speaks for a mention, `behind` and `ahead` its nearest words by distance.

    >>> none = Linear.of([], [], np.zeros(0), np.zeros((0, 2)), np.zeros(2))
    >>> around = Linear.of([], [], np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    >>> Tables(("ibasho",), none, around).rows(["あああ"]).tolist()
    [0]
    """

    def __init__(self, tags: tuple[str, ...], passage: Linear, provided: Linear) -> None:
        known = dict.fromkeys(("", *passage.words, *provided.words))
        self._ids = {word: row for row, word in enumerate(known)}
        self._rows = len(self._ids)
        codes = np.concatenate([self._codes(passage), self._codes(provided)])
        self._pair_codes = np.unique(codes[codes >= 0])
        self._outputs = len(passage.intercepts)
        width = self._outputs + 1
        cells = _passage_cells(self._outputs)
        self.spoken = self._tables(passage, {"w": cells}, 2 * width, width)
        self.closing = self._tables(passage, {"e": cells}, width, width)
        sides = _side_cells(tags)
        across = 4 * len(tags) + 6
        self.around = self._tables(provided, sides, across, across)
        column, by_tag = _side_columns(len(tags))
        self.columns = (column, by_tag), (column[:, :4], by_tag[:4])
        self._class = _class_table(passage)
        fine = word_classes().fine
        both = [(row, fine[word]) for word, row in self._ids.items() if word in fine]
        rows, classes = np.array(both or [(0, 0)], dtype=np.int64).T
        self.spoken[0][rows[: len(both)], width:] = self._class[classes[: len(both)]]
        self.votes = {name: row[:-1] for name, row in _few(passage, {"rule"}).items()}
        self.told: dict[str, _Told] = defaultdict(dict)
        for (kind, *words), row in _few(provided, set(provided.kinds) - sides.keys()).items():
            said = words[0] if len(words) == 1 else (words[0], words[1])
            self.told[kind][said] = float(row[0]), float(row[1])
        self.behind = [self.told[f"{BEHIND}{n}"] for n in range(NEAR_BEHIND)]
        self.ahead = [self.told[f"{AHEAD}{n}"] for n in range(NEAR_AHEAD)]

    def rows(self, words: Sequence[str]) -> Rows:
        """The rows of words, by their keys."""
        known = self._ids.get
        found = [known(word, -1) for word in words] or [0]
        if -1 in found:
            found = [self.row(word) for word in words]
        return np.array(found[: len(words) or None], dtype=np.int64)

    def pairs(self, ids: Rows) -> Rows:
        """The rows of words with the word before each; the first has none."""
        found = np.zeros(len(ids), dtype=np.int64)
        if len(ids) > 1 and len(self._pair_codes):
            code = (ids[:-1] << _BITS) | ids[1:]
            at = np.searchsorted(self._pair_codes[:-1], code)
            found[1:] = np.where(self._pair_codes[at] == code, at + 1, 0)
        return found

    def row(self, key: str) -> int:
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
        if row == len(self.spoken[0]):
            for tables in (self.spoken, self.closing, self.around):
                tables[0] = np.concatenate([tables[0], np.zeros_like(tables[0])])
        self.spoken[0][row, self._outputs + 1 :] = self._class[fine]
        return row

    def _codes(self, linear: Linear) -> Rows:
        """The pair of each feature as one number, -1 for those of one word."""
        ids = self.rows(linear.words)
        pair = (ids[linear.first] << _BITS) | ids[linear.second]
        codes: Rows = np.where(linear.second >= 0, pair, -1)
        return codes

    def _tables(
        self, linear: Linear, cells: _Cells, word_width: int, pair_width: int
    ) -> list[Reals]:
        """What each word and each pair of words adds, by column."""
        # Single precision: what is read from memory at random should be small.
        words = np.zeros((self._rows, word_width), dtype=np.float32)
        pairs = np.zeros((len(self._pair_codes) + 1, pair_width), dtype=np.float32)
        single = self.rows(linear.words)[linear.first]
        double = np.searchsorted(self._pair_codes, self._codes(linear)) + 1
        for kind in cells.keys() & set(linear.kinds):
            of_kind = linear.kind == linear.kinds.index(kind)
            for table, rows, some in (
                (words, single, of_kind & (linear.second < 0)),
                (pairs, double, of_kind & (linear.second >= 0)),
            ):
                outputs, columns = zip(*cells[kind], strict=True)
                at = rows[some][:, None], np.array(columns)
                table[at] += _added(linear, some)[:, np.array(outputs)]
        return [words, pairs]


def _class_table(passage: Linear) -> Floats:
    """What a word's finest class adds, and those above it."""
    paths = word_classes().paths
    table = np.zeros((len(paths), len(passage.intercepts) + 1))
    known = _few(passage, {"c"})
    for row, path in enumerate(paths):
        for name in path:
            table[row] += known.get(("c", name), 0.0)
    return table


def _passage_cells(outputs: int) -> list[tuple[int, int]]:
    return [(output, output) for output in range(outputs + 1)]


def _side_cells(tags: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """By kind, the columns of `around`: for each tag logits and squares of the words ahead of a
    mention, then of those behind it; then of the words before and after its clause, and its own."""
    count = len(tags)
    ahead, behind = (
        [[(0, first + tag), (1, first + count + tag)] for tag in range(count)]
        for first in (0, 2 * count)
    )
    cells = {
        side: [cell for of_tag in by_tag for cell in of_tag]
        for side, by_tag in ((AHEAD, ahead), (BEHIND, behind))
    }
    cells[BESIDE] = cells[AHEAD] + cells[BEHIND]
    cells |= {f"{BESIDE}{tag}": ahead[n] + behind[n] for n, tag in enumerate(tags)}
    for n, kind in enumerate(("-", "+", "m")):
        cells[kind] = [(0, 4 * count + 2 * n), (1, 4 * count + 2 * n + 1)]
    return cells


def _few(linear: Linear, kinds: set[str]) -> dict[tuple[str, ...], Floats]:
    """The features of some kinds, with what each adds to every output, and its square."""
    wanted = np.array([kind in kinds for kind in linear.kinds] or [False])
    rows = np.flatnonzero(wanted[linear.kind])
    found: dict[tuple[str, ...], Floats] = {}
    for row, added in zip(rows.tolist(), _added(linear, rows), strict=True):
        kind, first, second = linear.kind[row], linear.first[row], linear.second[row]
        more = (linear.words[second],) if second >= 0 else ()
        found[linear.kinds[kind], linear.words[first], *more] = added
    return found


def _added(linear: Linear, rows: npt.NDArray[np.generic]) -> Floats:
    """What features add to every output, and their squares, shape (features, outputs + 1)."""
    idf = linear.idf[rows]
    return np.column_stack([idf[:, None] * linear.weights[rows], idf**2])


def _side_columns(count: int) -> tuple[Rows, Rows]:
    """For logits and squares (2) and each edge of `scoring.py`: the column to read, and whether it
    is the first of one per tag."""
    parts = []
    for part in (0, 1):
        ahead, behind = part * count, (2 + part) * count
        rest = [4 * count + 2 * n + part for n in range(3)]
        parts.append([column for column in (ahead, behind, *rest) for _ in range(2)])
    by_tag = [1] * 4 + [0] * 6
    return np.array(parts), np.array(by_tag)
