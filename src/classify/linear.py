"""Linear scores over named features, as arrays: what training finds and scoring sums up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["UNSCALED", "Floats", "Ints", "Linear", "logistic"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

# The part of those features that count as they are.
UNSCALED = -1


@dataclass(frozen=True)
class Linear:
    """Scores over features that count as often as they stand, weighted by `idf` and divided by the
    root of the summed squares of their part.

    Feature i is `kinds[kind[i]]` of the words `first[i]` and, unless it is -1, `second[i]`; it
    belongs to `part[i]`, and where that is `UNSCALED` it is not divided. `weights` is
    (features, outputs), `intercepts` (outputs,).
    """

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    kind: Ints
    first: Ints
    second: Ints
    part: Ints
    idf: Floats
    weights: Floats
    intercepts: Floats

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        part: Sequence[int],
        idf: Floats,
        weights: Floats,
        intercepts: Floats,
    ) -> Linear:
        """From the names of the features, as `features.py` makes them."""
        cut = [(*name.split("\t"), "")[:3] for name in names]
        kinds = {kind: n for n, kind in enumerate(sorted({name[0] for name in cut}))}
        words = {word: n for n, word in enumerate(sorted({w for name in cut for w in name[1:]}))}
        single = [name.count("\t") < 2 for name in names]
        return cls(
            tuple(words),
            tuple(kinds),
            np.array([kinds[name[0]] for name in cut], dtype=np.int32),
            np.array([words[name[1]] for name in cut], dtype=np.int32),
            np.array(
                [-1 if one else words[name[2]] for one, name in zip(single, cut, strict=True)],
                dtype=np.int32,
            ),
            np.array(part, dtype=np.int32),
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
        total: Floats = self._scaled(rows) @ self.weights[rows] + self.intercepts
        return total

    def told(self, features: Sequence[str], output: int) -> list[tuple[str, float]]:
        """What each known feature adds to an output's logit, the strongest first."""
        known = [name for name in features if name in self.names]
        rows = [self.names[name] for name in known]
        sums: dict[str, float] = {}
        for name, row, scaled in zip(known, rows, self._scaled(rows).tolist(), strict=True):
            sums[name] = sums.get(name, 0.0) + scaled * float(self.weights[row, output])
        return sorted(sums.items(), key=lambda part: (-abs(part[1]), part[0]))

    def _scaled(self, rows: Sequence[int]) -> Floats:
        """What features of one place count, one by one."""
        idf, part = self.idf[rows], self.part[rows] - UNSCALED
        squares = np.bincount(part, weights=idf**2)
        squares[0] = 1.0  # UNSCALED
        found: Floats = idf / np.sqrt(squares[part])
        return found


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), safe for any value.

    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if value < 0:
        power = math.exp(max(value, -700.0))
        return power / (1 + power) if value > -700 else 0.0
    return 1 / (1 + math.exp(-min(value, 700.0)))
