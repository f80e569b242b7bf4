"""Where the words of a cue must stand so that they bear on a mention."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from classify.clauses import Outline
from classify.patterns import Hits, Range
from classify.records import Role
from classify.taxonomy import PLACES, Cue, Rule

__all__ = ["Heard", "Place", "Scene", "bearing", "heard", "places_of", "scene_of"]

# How far from the end of a clause its last words may end: する, ます, こととする may follow.
END_UNITS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of place at which a cue can stand: `symbol` its words there, `unless` the words
    that bar them, `rules` the ids of those rules whose mentions the cue can speak of.

    A place of the kind `closing` has no words: it is the end of a mention's line.
    """

    cue: Cue
    kind: str
    symbol: str
    unless: str
    rules: frozenset[str]


# A place with the ranges at which a text has its words.
Heard = tuple[Place, Sequence[Range]]

# The units at which words may begin, and end, so that they bear on a mention.
_Reach = tuple[Container[int], Container[int]]

_ANYWHERE: range = range(sys.maxsize)


def places_of(cue: Cue, rules: Iterable[Rule]) -> tuple[Place, ...]:
    """The places of a cue, in the order in which they are tried."""
    spoken_of = frozenset(
        rule.id
        for rule in rules
        if cue.id not in rule.keeps and (not cue.tags or rule.tag in cue.tags)
    )
    kinds = [kind for kind in PLACES if getattr(cue, kind)]
    if cue.closing:
        kinds.append("closing")
    return tuple(
        Place(cue, kind, f"cue {cue.id} {kind}", f"cue {cue.id} unless", spoken_of)
        for kind in kinds
    )


def heard(places: Iterable[Place], hits: Hits, body: str) -> list[Heard]:
    """The places whose words a text of a body has, without words that an `unless` covers.

    A cue that speaks of another's doing is not heard where that other is the body itself.
    """
    found: list[Heard] = []
    for place in places:
        if place.symbol in hits or place.kind == "closing":
            if body and body.endswith(place.cue.bodies_except):
                continue
            ranges = hits.get(place.symbol, [])
            if place.unless in hits:
                barred = hits[place.unless]
                ranges = [r for r in ranges if not any(a <= r[0] and r[1] <= b for a, b in barred)]
            found.append((place, ranges))
    return found


@dataclass(frozen=True, slots=True)
class Scene:
    """What of a text decides how far a mention reaches: its shape, its connectors, where those end
    that begin at a unit, where topics begin, and the predicates that affirm.

    `stops` and `said` remember what was found out: where words right behind a unit can begin, and
    up to where a sentence speaks of a mention.
    """

    shape: Outline
    connectors: Sequence[Range]
    onward: Mapping[int, Sequence[int]]
    topics: frozenset[int]
    affirm: Sequence[Range]
    stops: dict[int, Sequence[int]] = field(default_factory=dict)
    said: dict[Range, int] = field(default_factory=dict)


def scene_of(hits: Hits, shape: Outline) -> Scene:
    """Set the scene for the mentions of a text."""
    connectors = hits.get("connectors", ())
    onward: dict[int, list[int]] = defaultdict(list)
    for first, end in connectors:
        onward[first].append(end)
    topics = frozenset([begin for begin, _ in hits.get("topics", ())])
    return Scene(shape, connectors, onward, topics, hits.get("affirm", ()))


def bearing(mention: Range, places: Iterable[Heard], scene: Scene) -> tuple[Cue, Range] | None:
    """The first cue that bears on a mention, and the units at which it does."""
    reaches: dict[str, _Reach] = {}
    for place, ranges in places:
        kind = place.kind
        if kind == "closing":
            if _closes(mention, scene):
                return place.cue, mention
            continue
        if kind not in reaches:
            reaches[kind] = _REACHES[kind](mention, scene)
        begins, ends = reaches[kind]
        for units in ranges:
            if units[0] in begins and units[1] in ends:
                return place.cue, units
    return None


def _closes(mention: Range, scene: Scene) -> bool:
    return scene.shape.line(mention[0])[1] in _behind(mention[1], scene)


def _next(mention: Range, scene: Scene) -> _Reach:
    return _behind(mention[1], scene), _ANYWHERE


def _prev(mention: Range, scene: Scene) -> _Reach:
    return _ANYWHERE, _ahead(mention[0], scene)


def _near(mention: Range, scene: Scene) -> _Reach:
    return _between(mention[1], scene.shape.clause_end(mention[1], item=True))


def _after(mention: Range, scene: Scene) -> _Reach:
    return _between(mention[1], _said_until(mention, scene))


def _end(mention: Range, scene: Scene) -> _Reach:
    last = _said_until(mention, scene)
    return range(mention[1], last + 1), range(last - END_UNITS, last + 1)


def _sentence(mention: Range, scene: Scene) -> _Reach:
    return _between(mention[1], scene.shape.sentence(*mention)[1])


def _before(mention: Range, scene: Scene) -> _Reach:
    return _between(scene.shape.clause_begin(mention[0]), mention[0])


def _heading(mention: Range, scene: Scene) -> _Reach:
    line = scene.shape.heading(mention[0])
    return _between(line.first, line.end) if line else ((), ())


_REACHES: dict[str, Callable[[Range, Scene], _Reach]] = {
    "next": _next,
    "prev": _prev,
    "near": _near,
    "after": _after,
    "end": _end,
    "sentence": _sentence,
    "before": _before,
    "heading": _heading,
}


def _between(first: int, last: int) -> _Reach:
    units = range(first, last + 1)
    return units, units


def _said_until(mention: Range, scene: Scene) -> int:
    """The unit up to which a sentence speaks of a mention: the end of its clause, or, where it is
    the topic, of the first clause that affirms something, at most of the sentence."""
    if mention not in scene.said:
        scene.said[mention] = _speaks_until(mention, scene)
    return scene.said[mention]


def _speaks_until(mention: Range, scene: Scene) -> int:
    shape = scene.shape
    first = mention[1]
    last = shape.clause_end(first)
    if scene.topics.isdisjoint(_behind(first, scene)):
        return last
    end = shape.sentence(*mention)[1]
    while last < end and not any(first <= b and e <= last for b, e in scene.affirm):
        first, last = last, shape.clause_end(last + 1)
    return last


def _behind(end: int, scene: Scene) -> Sequence[int]:
    """Where words right behind a mention can begin: past connectors, spaces and a bracket."""
    if end in scene.stops:
        return scene.stops[end]
    roles = scene.shape.roles
    stops = [end]
    # The list grows while it is read: what can be passed from a stop is a stop too.
    for at in stops:
        stops += [unit for unit in scene.onward.get(at, ()) if unit not in stops]
        role = roles[at] if at < len(roles) else ""
        if role == "space" and at + 1 not in stops:
            stops.append(at + 1)
        elif role == "open" and (closed := _close(at, roles)) and closed not in stops:
            stops.append(closed)
    scene.stops[end] = stops
    return stops


def _ahead(first: int, scene: Scene) -> Sequence[int]:
    """Where words right ahead of a mention can end: before connectors, spaces, an open bracket."""
    roles = scene.shape.roles
    stops = [first]
    for at in stops:
        stops += [begin for begin, end in scene.connectors if end == at and begin not in stops]
        if at and roles[at - 1] in ("space", "open") and at - 1 not in stops:
            stops.append(at - 1)
    return stops


def _close(opening: int, roles: Sequence[Role]) -> int:
    """One behind the bracket that closes the one at `opening`; 0 where none does on its line."""
    depth = 0
    for unit in range(opening, len(roles)):
        role = roles[unit]
        if role == "line":
            return 0
        depth += (role == "open") - (role == "close")
        if depth == 0:
            return unit + 1
    return 0
