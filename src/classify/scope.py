"""Where the words of a cue must stand so that they bear on a mention."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from classify.clauses import Outline
from classify.patterns import Hits, Range
from classify.records import Document
from classify.taxonomy import Cue

__all__ = ["FoundCue", "bearing", "find_cue"]

# How far from the end of a clause its last words may end: する, ます, こととする may follow.
END_UNITS = 4


@dataclass(frozen=True, slots=True)
class FoundCue:
    """A cue with the places at which a text has its words, by the kind of place."""

    cue: Cue
    places: tuple[tuple[str, tuple[Range, ...]], ...]


def find_cue(cue: Cue, hits: Hits, body: str) -> FoundCue | None:
    """The words of a cue in a text of a body, without those that its `unless` covers.

    None where the text has none, and where the cue speaks of another's doing but that other is
    the body itself.
    """
    if body and body.endswith(cue.bodies_except):
        return None
    barred = hits.get(f"cue {cue.id} unless", ())
    places = []
    for part in _REACHES:
        ranges = hits.get(f"cue {cue.id} {part}", ())
        free = tuple(r for r in ranges if not any(a <= r[0] and r[1] <= b for a, b in barred))
        if free:
            places.append((part, free))
    return FoundCue(cue, tuple(places)) if places or cue.closing else None


def bearing(found: FoundCue, mention: Range, hits: Hits, shape: Outline) -> Range | None:
    """The first place of a cue that bears on a mention."""
    for part, ranges in found.places:
        reach = _REACHES[part](mention, hits, shape)
        for begin, end in ranges:
            if reach(begin, end):
                return begin, end
    if found.cue.closing and _closes(mention, hits, shape):
        return mention
    return None


def _closes(mention: Range, hits: Hits, shape: Outline) -> bool:
    line = shape.lines[shape.line_of[mention[0]]]
    return line.end in _behind(mention[1], hits, shape.document)


# Does a cue at units `begin` to `end` bear on the mention? One answer per kind of place.
_Reach = Callable[[int, int], bool]


def _next(mention: Range, hits: Hits, shape: Outline) -> _Reach:
    stops = _behind(mention[1], hits, shape.document)
    return lambda begin, _: begin in stops


def _prev(mention: Range, hits: Hits, shape: Outline) -> _Reach:
    stops = _ahead(mention[0], hits, shape.document)
    return lambda _, end: end in stops


def _near(mention: Range, _: Hits, shape: Outline) -> _Reach:
    last = shape.clause(*mention, item=True)[1]
    return lambda begin, end: mention[1] <= begin and end <= last


def _after(mention: Range, hits: Hits, shape: Outline) -> _Reach:
    last = _said_until(mention, hits, shape)
    return lambda begin, end: mention[1] <= begin and end <= last


def _end(mention: Range, hits: Hits, shape: Outline) -> _Reach:
    last = _said_until(mention, hits, shape)
    return lambda begin, end: mention[1] <= begin and last - END_UNITS <= end <= last


def _said_until(mention: Range, hits: Hits, shape: Outline) -> int:
    """The unit up to which a sentence speaks of a mention: the end of its clause, or, where it is
    the topic, of the first clause that affirms something, at most of the sentence."""
    last = shape.clause(*mention)[1]
    stops = _behind(mention[1], hits, shape.document)
    if not any(begin in stops for begin, _ in hits.get("topics", ())):
        return last
    end = shape.sentence(*mention)[1]
    first = mention[1]
    while last < end and not any(first <= b and e <= last for b, e in hits.get("affirm", ())):
        first, last = last, shape.clause(last, last + 1)[1]
    return last


def _sentence(mention: Range, _: Hits, shape: Outline) -> _Reach:
    last = shape.sentence(*mention)[1]
    return lambda begin, end: mention[1] <= begin and end <= last


def _before(mention: Range, _: Hits, shape: Outline) -> _Reach:
    first = shape.clause(*mention)[0]
    return lambda begin, end: first <= begin and end <= mention[0]


def _heading(mention: Range, _: Hits, shape: Outline) -> _Reach:
    line = shape.heading(mention[0])
    return lambda begin, end: line is not None and line.first <= begin and end <= line.end


_REACHES: dict[str, Callable[[Range, Hits, Outline], _Reach]] = {
    "next": _next,
    "prev": _prev,
    "near": _near,
    "after": _after,
    "end": _end,
    "sentence": _sentence,
    "before": _before,
    "heading": _heading,
}


def _behind(end: int, hits: Hits, document: Document) -> set[int]:
    """Where words right behind a mention can begin: past connectors, spaces and a bracket."""
    stops = {end}
    wave = [end]
    steps = hits.get("connectors", ())
    while wave:
        at = wave.pop()
        here = bisect_left(steps, (at, 0))
        further = {last for _, last in steps[here : bisect_left(steps, (at + 1, 0))]}
        if at < len(document.words) and document.words[at].role == "space":
            further.add(at + 1)
        if at < len(document.words) and document.words[at].role == "open":
            further.add(_close(at, document))
        wave += further - stops
        stops |= further
    return stops


def _ahead(first: int, hits: Hits, document: Document) -> set[int]:
    """Where words right ahead of a mention can end: before connectors, spaces, an open bracket."""
    stops = {first}
    wave = [first]
    steps = hits.get("connectors", ())
    while wave:
        at = wave.pop()
        further = {begin for begin, last in steps if last == at}
        if at and document.words[at - 1].role in ("space", "open"):
            further.add(at - 1)
        wave += further - stops
        stops |= further
    return stops


def _close(opening: int, document: Document) -> int:
    """One behind the bracket that closes the one at `opening`; 0 where none does on its line."""
    depth = 0
    for index in range(opening, len(document.words)):
        role = document.words[index].role
        if role == "line":
            return 0
        depth += (role == "open") - (role == "close")
        if depth == 0:
            return index + 1
    return 0
