"""What the model sees of a text: passages, and the features of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from classify.records import Document, Span, Vote

__all__ = ["Passage", "passages"]

# Words of these roles say nothing by themselves.
_SILENT = frozenset({"space", "line", "stop", "comma", "open", "close", "mark", "digit"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or item of a text: units `first` to `end`, and its features, each once."""

    first: int
    end: int
    features: tuple[str, ...]


def passages(document: Document, votes: tuple[Vote, ...]) -> tuple[Passage, ...]:
    """Cut a document at its lines and sentences; features are words, neighbours and rule votes.

    `votes` are those of this document's field.

    >>> from classify.language import analyse
    >>> [passage.features for passage in passages(analyse("居場所\\n相談会"), ())]
    [('居', '居_場所', '場所', '居場所'), ('相談', '相談_会', '会')]
    """
    found = []
    for first, end in _ranges(document):
        span = Span("summary", document.starts[first], document.starts[end])
        marks = [
            f"{vote.tag}={vote.status}"
            for vote in votes
            if span.start <= vote.span.start < span.end
        ]
        words = list(_words(document, first, end))
        if words:
            found.append(Passage(first, end, tuple(dict.fromkeys(words + marks))))
    return tuple(found)


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
    previous = ""
    for word in document.words[first:end]:
        if word.role in _SILENT:
            continue
        if previous:
            yield f"{previous}_{word.key}"
        yield word.key
        previous = word.key
    for begin, _, word in document.wholes:
        if first <= begin < end:
            yield word.key
