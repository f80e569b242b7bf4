"""What the model sees of a text: its passages, and the surroundings of a mention."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classify.clauses import Outline
from classify.records import Document, Field, Vote, Word

__all__ = ["Passage", "View", "context", "units_of", "view"]

# Words of these roles say nothing by themselves.
_SILENT = frozenset({"space", "line", "stop", "comma", "open", "close", "mark", "digit"})

# How many words next to a mention are told apart by their distance.
_NEAR_BEHIND = 4
_NEAR_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or item of a text: units `first` to `end`, and its features, each once."""

    first: int
    end: int
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One field of a program as the model sees it, with what the rules say of it."""

    field: Field
    outline: Outline
    votes: tuple[Vote, ...]
    passages: tuple[Passage, ...]

    @property
    def document(self) -> Document:
        """The words of the field."""
        return self.outline.document


def view(field: Field, outline: Outline, votes: tuple[Vote, ...]) -> View:
    """Cut a document at its lines and sentences; features are words, neighbours and rules' tags.

    >>> from classify.clauses import outline
    >>> from classify.language import analyse
    >>> seen = view("summary", outline(analyse("居場所\\n相談会")), ())
    >>> [passage.features for passage in seen.passages]
    [('居', '居_場所', '場所', '居場所'), ('相談', '相談_会', '会')]
    """
    document = outline.document
    found = []
    ranges = list(_ranges(document))
    begins = [document.starts[first] for first, _ in ranges]
    told: dict[int, list[str]] = {}
    for vote in votes:
        number = bisect_right(begins, vote.span.start) - 1
        if number >= 0 and vote.span.start < document.starts[ranges[number][1]]:
            told.setdefault(number, []).append(f"rule:{vote.tag}")
    for number, (first, end) in enumerate(ranges):
        words = list(_words(document, first, end))
        if words:
            features = tuple(dict.fromkeys([*words, *told.get(number, ())]))
            found.append(Passage(first, end, features))
    return View(field, outline, votes, tuple(found))


def context(seen: View, passage: Passage, first: int, end: int, tag: str) -> tuple[str, ...]:
    """Features of the surroundings of a mention at units `first` to `end` of a passage.

    In its clause, words ahead of it and behind it are told apart, and so are the nearest and the
    last ones; the rest of the passage counts by its words only. To these comes what the rules say
    of the tag there. The words of the mention itself say which service, not whether it is offered.
    """
    words = seen.document.words
    opening, closing = seen.outline.clause(first, end)
    opening, closing = max(opening, passage.first), min(closing, passage.end)
    ahead = _telling(words, opening, first)
    behind = _telling(words, end, closing)
    found: list[str] = [f"tag:{tag}"]
    for side, keys in (("<", ahead), (">", behind)):
        for previous, key in zip(["", *keys], keys, strict=False):
            found += [f"{side}{key}", f"*{key}"]
            if previous:
                found += [f"{side}{previous}_{key}", f"*{previous}_{key}"]
    found += [f">{n}:{key}" for n, key in enumerate(behind[:_NEAR_BEHIND])]
    found += [f"<{n}:{key}" for n, key in enumerate(reversed(ahead[-_NEAR_AHEAD:]))]
    found += _last("end", behind)
    found += [f"-{key}" for key in _telling(words, passage.first, opening)]
    rest = _telling(words, closing, passage.end)
    found += [f"+{key}" for key in rest]
    found += _last("last", rest)
    start, stop = seen.document.starts[passage.first], seen.document.starts[passage.end]
    for vote in seen.votes:
        if vote.tag == tag and start <= vote.span.start < stop:
            found += [f"rule:{vote.status}", f"cue:{vote.cue}"]
    return tuple(dict.fromkeys(found))


def _last(name: str, keys: Sequence[str]) -> list[str]:
    return [f"{name}:{keys[-1]}", f"{name}:{'_'.join(keys[-2:])}"] if keys else [f"{name}:"]


def units_of(seen: View, start: int, end: int) -> tuple[int, int]:
    """The units that characters `start` to `end` of a view's text lie on."""
    starts = seen.document.starts
    inside = [i for i in range(len(starts) - 1) if starts[i] < end and starts[i + 1] > start]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _ranges(document: Document) -> Iterator[tuple[int, int]]:
    first = 0
    for index, word in enumerate(document.words):
        if word.role in ("line", "stop"):
            if index > first:
                yield first, index
            first = index + 1
    if len(document.words) > first:
        yield first, len(document.words)


def _words(document: Document, first: int, end: int) -> Iterator[str]:
    keys = _telling(document.words, first, end)
    for previous, key in zip(["", *keys], keys, strict=False):
        if previous:
            yield f"{previous}_{key}"
        yield key
    wholes = document.wholes
    for _, _, word in wholes[bisect_left(wholes, (first,)) : bisect_left(wholes, (end,))]:
        yield word.key


def _telling(words: Sequence[Word], first: int, end: int) -> list[str]:
    return [word.key for word in words[first:end] if word.role not in _SILENT and word.key]
