"""Where a name ends and a summary begins, where it ends and a department begins.

In text that runs cell after cell nothing but the words tells. Each way to part a program's lines
costs something for all that speaks against it; the cheapest wins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from classify import places, wording
from classify.releases import unwrap
from classify.releases.grid import Line

__all__ = ["department_start", "name_end", "widest"]

_MOST_NAME_LINES = 4
_MOST_DEPARTMENT_LINES = 6
_NEVER = 100.0


def widest(widths: Sequence[float]) -> unwrap.Edge:
    """The edge of a column: the largest of its widths that another comes near to.

    >>> widest([30.0, 22.0, 21.5, 8.0]).full
    22.0
    """
    ordered = sorted(widths, reverse=True)
    near = (a for a, b in pairwise(ordered) if a - b <= 1.0)
    return unwrap.Edge(next(near, ordered[0] if ordered else float("inf")))


def name_end(lines: Sequence[Line], edge: unwrap.Edge, *, alone: bool) -> int:
    """How many of a program's lines are its name; `alone` says that its body had its own line."""
    ends = range(1, min(_MOST_NAME_LINES, len(lines)) + 1)
    return min(ends, key=lambda n: (_name_cost(lines, n, alone, edge), n), default=0)


def department_start(lines: Sequence[Line], edge: unwrap.Edge, body: str, sure: int) -> int:
    """Where the department begins among the lines after the name; it holds the last `sure` ones."""
    lowest = max(len(lines) - _MOST_DEPARTMENT_LINES, 0)
    starts = range(lowest, len(lines) - sure + 1)
    return min(starts, key=lambda n: (_department_cost(lines, n, body, edge), n), default=0)


def _name_cost(lines: Sequence[Line], count: int, alone: bool, edge: unwrap.Edge) -> float:
    """What speaks against the first `count` lines being the program's name."""
    words = wording.reading()
    name = lines[:count]
    cost = 0.0
    for line, following in pairwise(name):
        if words.items.marker.match(following.text) and not _open(line.text):
            return _NEVER
        full = unwrap.is_wrap(line, following, edge)
        cost += (1.0 if words.stream.name_end.search(line.text) else 0.0) if full else 6.0
    cost += sum(3.0 for line in name if line.width > edge.full + 1.0)
    cost += 5.0 if _open("".join(line.text for line in name)) else 0.0
    cost += 0.0 if words.stream.name_end.search(name[-1].text) else 2.0
    runs_on = count < len(lines) and unwrap.is_wrap(name[-1], lines[count], edge)
    cost += 1.0 if runs_on else 0.0
    # A name of two lines stands below or above its body's line, a name of one line beside it.
    return cost + (1.5 if alone == (count == 1) else 0.0)


def _open(text: str) -> bool:
    """Whether a bracket is still open at the end of `text`."""
    kinds = [unicodedata.category(character) for character in text]
    return sum(kind in ("Ps", "Pi") for kind in kinds) > sum(kind in ("Pe", "Pf") for kind in kinds)


def _department_cost(lines: Sequence[Line], start: int, body: str, edge: unwrap.Edge) -> float:
    """What speaks against the lines from `start` on being the department."""
    words = wording.reading()
    found = lines[start:]
    if not found:
        return 8.0
    cost = 0.0
    for line in found:
        text = line.text.strip()
        prose = words.stream.prose.search(text) or words.items.marker.match(line.text)
        cost += 4.0 if prose else 0.0
        cost += 3.0 if line.width > edge.full + 1.0 else 0.0
    for line, following in pairwise(found):
        whole = words.stream.unit.search(line.text.strip()) or places.candidates(line.text.strip())
        cost += 0.0 if whole or unwrap.is_wrap(line, following, edge) else 1.5
    whole_text = unwrap.whole(found)
    cost += 0.0 if words.stream.unit.search(whole_text) else 2.0
    cost += 0.0 if words.stream.opening.search(found[0].text) else 1.0
    cost -= 2.0 if body and whole_text.startswith(body) else 0.0
    if start:
        cost += _leaves_department(lines[start - 1])
    return cost


def _leaves_department(line: Line) -> float:
    """What speaks against a line being the last of a summary: that it reads like a department."""
    words = wording.reading()
    text = line.text.strip()
    if words.stream.prose.search(text) or words.items.marker.match(line.text):
        return 0.0
    return 2.0 if words.stream.unit.search(text) and words.stream.opening.search(text) else 0.0
