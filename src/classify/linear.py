"""Linear scores over named features, as arrays: what training finds and scoring sums up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Ints", "Linear", "logistic"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Linear:
    """Scores over features that count as often as they stand, weighted by `idf` and divided by the
    root of their summed squares.

    Feature i is `kinds[kind[i]]` of the words `first[i]` and, unless it is -1, `second[i]`.
    `weights` is (features, outputs), `intercepts` (outputs,).
    """

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    kind: Ints
    first: Ints
    second: Ints
    idf: Floats
    weights: Floats
    intercepts: Floats

    @classmethod
    def of(cls, names: Sequence[str], idf: Floats, weights: Floats, intercepts: Floats) -> Linear:
        """From the names of the features, as `features.py` makes them."""
        parts = [(*name.split("\t"), "")[:3] for name in names]
        kinds = {kind: n for n, kind in enumerate(sorted({part[0] for part in parts}))}
        words = {word: n for n, word in enumerate(sorted({w for part in parts for w in part[1:]}))}
        single = [name.count("\t") < 2 for name in names]
        return cls(
            tuple(words),
            tuple(kinds),
            np.array([kinds[part[0]] for part in parts], dtype=np.int32),
            np.array([words[part[1]] for part in parts], dtype=np.int32),
            np.array(
                [-1 if one else words[part[2]] for one, part in zip(single, parts, strict=True)],
                dtype=np.int32,
            ),
            idf,
            weights,
            intercepts,
        )

    @cached_property
    def names(self) -> dict[str, int]:
        """The features by name."""
        return {
            f"{self.kinds[kind]}\t{self.words[one]}"
            + (f"\t{self.words[two]}" if two >= 0 else ""): n
            for n, (kind, one, two) in enumerate(
                zip(self.kind.tolist(), self.first.tolist(), self.second.tolist(), strict=True)
            )
        }

    def scores(self, features: Sequence[str]) -> Floats:
        """The logit of each output for the features of one place, shape (outputs,)."""
        rows = [self.names[name] for name in features if name in self.names]
        if not rows:
            return self.intercepts
        idf = self.idf[rows]
        total: Floats = idf @ self.weights[rows] / math.sqrt(float(idf @ idf)) + self.intercepts
        return total

    def told(self, features: Sequence[str], output: int) -> list[tuple[str, float]]:
        """What each known feature adds to an output's logit, the strongest first."""
        known = [name for name in features if name in self.names]
        rows = [self.names[name] for name in known]
        length = math.sqrt(float(self.idf[rows] @ self.idf[rows])) or 1.0
        sums: dict[str, float] = {}
        for name, row in zip(known, rows, strict=True):
            part = float(self.idf[row] * self.weights[row, output]) / length
            sums[name] = sums.get(name, 0.0) + part
        return sorted(sums.items(), key=lambda part: (-abs(part[1]), part[0]))


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), safe for any value.

    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if value < 0:
        power = math.exp(max(value, -700.0))
        return power / (1 + power) if value > -700 else 0.0
    return 1 / (1 + math.exp(-min(value, 700.0)))
