"""Figures of agreement beyond chance, each with what it is when bodies are drawn anew."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "UNDEFINED",
    "Figure",
    "Floats",
    "Ints",
    "alphas",
    "drawn",
    "figure",
    "kappas",
    "masi",
    "shares",
]

# How many times bodies are drawn anew for an interval.
DRAWS = 1000

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the bounds that hold 95 % of it when bodies are drawn anew.

    `value` is None where the figure is undefined; the bounds are None too where there is only one
    body to draw. Draws in which the figure is undefined are left out.
    """

    value: float | None
    low: float | None
    high: float | None


UNDEFINED = Figure(None, None, None)


def masi(one: Set[str], other: Set[str]) -> float:
    """The distance of two sets of tags (Passonneau 2006): 1 - Jaccard x monotonicity.

    Two empty sets agree: to say that a program offers nothing is a decision like any other.

    >>> masi(set(), set()), masi(set(), {"a"}), round(masi({"a"}, {"a", "b"}), 3)
    (0.0, 1.0, 0.667)
    """
    if one == other:
        return 0.0
    shared = one & other
    monotonicity = 2 / 3 if shared in (one, other) else 1 / 3
    return 1 - len(shared) / len(one | other) * monotonicity


def drawn(bodies: int) -> Floats:
    """How often each draw takes each body, a row per draw.

    The first row takes each once: what comes of it is the figure itself.
    """
    taken = np.random.default_rng(0).multinomial(bodies, np.full(bodies, 1 / bodies), size=DRAWS)
    return np.vstack([np.ones(bodies), taken])


def kappas(counts: Floats) -> Floats:
    """Cohen's kappa of each row of counts (neither, second alone, first alone, both).

    Not a number where both raters always say the same one thing.

    >>> kappas(np.array([[20.0, 5.0, 10.0, 15.0]])).round(3).tolist()
    [0.4]
    """
    neither, second, first, both = counts.T
    size = counts.sum(axis=1)
    by_chance = (first + both) * (second + both) + (neither + first) * (neither + second)
    return shares((neither + both) * size - by_chance, size * size - by_chance)


def alphas(apart: Floats, counts: Floats, distances: Floats, weights: Floats) -> Floats:
    """Krippendorff's alpha of each draw; not a number where values do not vary.

    By body: `apart` sums, over its units, the distances of all ordered pairs of a unit's values by
    their number less one; `counts` has how often each value was given in units with two or more.
    `distances` are those between values, `weights` the draws.
    """
    totals = weights @ counts
    size = totals.sum(axis=1)
    expected = ((totals @ distances) * totals).sum(axis=1)
    return 1 - shares((weights @ apart) * (size - 1), expected)


def shares(part: Floats, whole: Floats) -> Floats:
    """Part by whole; not a number where the whole is nothing."""
    empty = whole <= 0
    return np.where(empty, np.nan, part / np.where(empty, 1.0, whole))


def figure(values: Floats, bodies: int) -> Figure:
    """The figure and its bounds out of its value in each draw, of which the first is the figure."""
    value = float(values[0])
    if np.isnan(value):
        return UNDEFINED
    known = values[1:][~np.isnan(values[1:])]
    if bodies < 2 or not known.size:
        return Figure(value, None, None)
    low, high = np.quantile(known, (0.025, 0.975))
    return Figure(value, float(low), float(high))
