"""What the model sees of a text: the words of a passage, and the surroundings of a mention.

A feature is a name: its kind and the words it is about, parted by tabs. `scoring.py` sums the same
features without making their names; these lists are what it is held against.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify.clauses import Outline
from classify.records import Document, Field, Vote, Word
from classify.word_classes import word_classes

__all__ = [
    "AHEAD",
    "BEHIND",
    "BESIDE",
    "CLOSING",
    "NEAR_AHEAD",
    "NEAR_BEHIND",
    "SILENT",
    "Passage",
    "View",
    "around",
    "part_of",
    "spoken",
    "telling",
    "units_of",
    "view",
    "votes_in",
    "words_of",
]

# Words of these roles say nothing by themselves.
SILENT = frozenset({"space", "line", "stop", "comma", "open", "close", "mark", "digit"})

# How many words next to a mention are told apart by their distance.
NEAR_BEHIND = 4
NEAR_AHEAD = 3

# How many words at the end of a passage, where Japanese puts the predicate, are told apart.
CLOSING = 6

# The kinds of the words of a mention's clause, on each side and on both.
AHEAD, BEHIND, BESIDE = "<", ">", "*"


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or item of a text: units `first` to `end`."""

    first: int
    end: int


@dataclass(frozen=True, slots=True)
class View:
    """One field of a program as the model sees it, with what the rules say of it.

    `said` holds the votes on mentions that begin in a passage, by the passage's first unit.
    """

    field: Field
    outline: Outline
    votes: tuple[Vote, ...]
    passages: tuple[Passage, ...]
    said: Mapping[int, Sequence[Vote]]

    @property
    def document(self) -> Document:
        """The words of the field."""
        return self.outline.document


def view(field: Field, outline: Outline, votes: tuple[Vote, ...]) -> View:
    """Cut a document into its passages: at its lines and sentences, those that have a word.

    >>> from classify.clauses import outline
    >>> from classify.language import analyse
    >>> view("summary", outline(analyse("居場所\\n相談会")), ()).passages
    (Passage(first=0, end=2), Passage(first=3, end=5))
    """
    passages = tuple(_passages(outline.document.words))
    starts = outline.document.starts
    begins = [starts[passage.first] for passage in passages]
    said: dict[int, list[Vote]] = {}
    for vote in votes:
        number = bisect_right(begins, vote.span.start) - 1
        if number >= 0 and vote.span.start < starts[passages[number].end]:
            said.setdefault(passages[number].first, []).append(vote)
    return View(field, outline, votes, passages, said)


def telling(word: Word) -> bool:
    """Is it a word, and not a mark, a number or white space?"""
    return bool(word.key) and word.role not in SILENT


def spoken(seen: View, passage: Passage) -> list[str]:
    """The features that tell of what a passage speaks and whether it says that it is provided,
    repeated as often as they stand in it.

    >>> from classify.clauses import outline
    >>> from classify.language import analyse
    >>> seen = view("summary", outline(analyse("居場所")), ())
    >>> [name for name in spoken(seen, seen.passages[0]) if name[0] == "w"]
    ['w\\t居', 'w\\t場所', 'w\\t居\\t場所', 'w\\t居場所']
    """
    document = seen.document
    keys = _keys(document.words, passage.first, passage.end)
    first, end = (bisect_left(document.wholes, (unit,)) for unit in (passage.first, passage.end))
    wholes = [word.key for _, _, word in document.wholes[first:end] if word.key]
    found = [*_side("w", keys), *(f"w\t{key}" for key in wholes)]
    classes = word_classes()
    found += [f"c\t{name}" for key in (*keys, *wholes) for name in classes.of(key)]
    found += _side("e", keys[-CLOSING:])
    for vote in votes_in(seen, passage):
        found += [f"rule\t{vote.tag}", f"rule\t{vote.tag}\t{vote.status}"]
    return found


def around(seen: View, passage: Passage, first: int, end: int, tag: str) -> list[str]:
    """The features of the surroundings of a mention at units `first` to `end` of a passage.

    In its clause, words ahead of it and behind it are told apart, and so are the nearest and the
    last ones; the rest of the passage counts by its words only. To these come the mention's own
    words, and what the rules say of the tag there. `*tag` is what a word means for one tag alone.
    """
    words = seen.document.words
    opening, closing = seen.outline.clause(first, end)
    opening, closing = max(opening, passage.first), min(closing, passage.end)
    ahead, behind = _keys(words, opening, first), _keys(words, end, closing)
    rest = _keys(words, closing, passage.end)
    found = [f"tag\t{tag}"]
    for side, keys in ((AHEAD, ahead), (BEHIND, behind)):
        for kind in (side, BESIDE, f"{BESIDE}{tag}"):
            found += _side(kind, keys)
    found += [f">{n}\t{key}" for n, key in enumerate(behind[:NEAR_BEHIND])]
    found += [f"<{n}\t{key}" for n, key in enumerate(reversed(ahead[-NEAR_AHEAD:]))]
    found += _last("end", behind) + _last("last", rest)
    found += [f"-\t{key}" for key in _keys(words, passage.first, opening)]
    found += [f"+\t{key}" for key in rest]
    found += [f"m\t{key}" for key in _keys(words, first, end)]
    for vote in votes_in(seen, passage):
        if vote.tag == tag:
            found += [f"rule\t{vote.status}", f"cue\t{vote.cue}"]
    return found


def units_of(seen: View, start: int, end: int) -> tuple[int, int]:
    """The units that characters `start` to `end` of a view's text lie on."""
    starts = seen.document.starts
    first, last = bisect_right(starts, start) - 1, bisect_left(starts, end)
    first, last = max(first, 0), min(last, len(starts) - 1)
    return (first, last) if first < last else (0, 0)


def part_of(name: str) -> str:
    """Which of a passage's features are weighed together: words, pairs, classes, its end, or rules.

    >>> part_of("w\\t居場所"), part_of("w\\t居\\t場所"), part_of("c\\t0:12")
    ('word', 'pair', 'class')
    """
    kind = name.split("\t")[0]
    if kind == "w":
        return "pair" if name.count("\t") > 1 else "word"
    return {"c": "class", "e": "end"}.get(kind, "rule")


def votes_in(seen: View, passage: Passage) -> Sequence[Vote]:
    """The votes on mentions that begin in a passage."""
    return seen.said.get(passage.first, ())


def words_of(name: str) -> str:
    """The words of the text that a feature is about; none for classes, rules, cues and tags.

    >>> words_of("*ibasho\\tを\\t開く"), words_of("rule\\tprovided")
    ('を開く', '')
    """
    kind, *words = name.split("\t")
    return "" if kind in ("c", "rule", "cue", "tag") else "".join(words)


def _passages(words: Sequence[Word]) -> Iterator[Passage]:
    first = 0
    said = False
    for index, word in enumerate(words):
        role = word.role
        if role == "line" or role == "stop":
            if said:
                yield Passage(first, index)
            first, said = index + 1, False
        elif not said:
            said = telling(word)
    if said:
        yield Passage(first, len(words))


def _keys(words: Sequence[Word], first: int, end: int) -> list[str]:
    return [word.key for word in words[first:end] if telling(word)]


def _side(kind: str, keys: Sequence[str]) -> list[str]:
    """Words and neighbours, as features of a kind."""
    return [f"{kind}\t{key}" for key in keys] + [f"{kind}\t{a}\t{b}" for a, b in pairwise(keys)]


def _last(kind: str, keys: Sequence[str]) -> list[str]:
    if not keys:
        return [f"{kind}\t"]
    pair = [f"{kind}\t{keys[-2]}\t{keys[-1]}"] if len(keys) > 1 else []
    return [f"{kind}\t{keys[-1]}", *pair]
