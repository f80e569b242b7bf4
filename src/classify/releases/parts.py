"""Where a name ends and a summary begins, where it ends and a department begins.

In text that runs cell after cell nothing but the words tells. Each way to part a program's lines
costs something for all that speaks against it; the cheapest wins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from classify import places, wording
from classify.releases import unwrap
from classify.releases.grid import Line

__all__ = ["department_edge", "department_start", "name_edge", "name_end"]

_T = TypeVar("_T")

_MOST_NAME_LINES = 4
_MOST_DEPARTMENT_LINES = 6
_WIDEST = 30.0  # letters of a line of a name or a department
_NEVER = 100.0

# So many programs tell the width of a column as well as all of them, in less time.
_SAMPLE = 24


def name_edge(names: Sequence[tuple[Sequence[Line], bool]]) -> unwrap.Edge:
    """The width of the column of names; each with whether its body had a line of its own."""
    names = _sample(names)
    widths = {line.width for lines, _ in names for line in lines[:_MOST_NAME_LINES]}
    return _cheapest(
        widths,
        lambda edge: sum(
            min((_name_cost(lines, n, alone, edge) for n in _name_ends(lines)), default=0.0)
            for lines, alone in names
        ),
    )


def name_end(lines: Sequence[Line], edge: unwrap.Edge, *, alone: bool) -> int:
    """How many of a program's lines are its name; `alone` says that its body had its own line."""
    return min(_name_ends(lines), key=lambda n: (_name_cost(lines, n, alone, edge), n), default=0)


def department_edge(rests: Sequence[tuple[Sequence[Line], str, int]]) -> unwrap.Edge:
    """The width of the column of departments, from what follows each name."""
    rests = _sample(rests)
    widths = {line.width for lines, _, _ in rests for line in lines[-_MOST_DEPARTMENT_LINES:]}
    return _cheapest(
        widths,
        lambda edge: sum(
            min(_department_cost(lines, n, body, edge) for n in _department_starts(lines, sure))
            for lines, body, sure in rests
        ),
    )


def department_start(lines: Sequence[Line], edge: unwrap.Edge, body: str, sure: int) -> int:
    """Where the department begins among the lines after the name; it holds the last `sure` ones."""
    starts = _department_starts(lines, sure)
    return min(starts, key=lambda n: (_department_cost(lines, n, body, edge), n))


def _sample(programs: Sequence[_T]) -> Sequence[_T]:
    """Programs from all over the release."""
    return programs[:: max(1, len(programs) // _SAMPLE)]


def _cheapest(widths: Iterable[float], cost: Callable[[unwrap.Edge], float]) -> unwrap.Edge:
    """The edge with which all programs together are parted most cheaply."""
    edges = [unwrap.Edge(width) for width in sorted(set(widths)) if width <= _WIDEST]
    return min(edges, key=cost, default=unwrap.Edge())


def _name_ends(lines: Sequence[Line]) -> range:
    return range(1, min(_MOST_NAME_LINES, len(lines)) + 1)


def _department_starts(lines: Sequence[Line], sure: int) -> range:
    return range(max(len(lines) - _MOST_DEPARTMENT_LINES, 0), len(lines) - sure + 1)


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
