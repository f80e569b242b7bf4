"""Phrases and concepts as one small grammar, compiled once and matched over a Document's units.

Every phrase, concept and list of phrases is a *symbol*; a *production* says that a sequence of
symbols makes another. Matching is bottom-up: words make symbols, symbols make symbols.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from classify.language import keys
from classify.phrases import elements
from classify.records import Document

__all__ = ["Grammar", "Hits", "compile_grammar"]

# How many units a gap (…) spans at the most; it never leaves its sentence.
GAP_UNITS = 16

# Stands behind the last unit; no phrase holds it.
_END = "\0"

# No gap reaches over words of these roles.
_BARRIERS = frozenset({"stop", "line"})

Range = tuple[int, int]
Hits = dict[str, list[Range]]
_Sequence = list[tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class _Production:
    """`first`, then each of `rest` (right behind, or within a gap), makes `target`."""

    target: str
    first: str
    rest: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiled phrases. `beginnings` maps every beginning of a phrase's joined keys to the symbols
    that it makes, for most none; `levels` are the productions, those that feed others first."""

    beginnings: Mapping[str, tuple[str, ...]]
    levels: tuple[Mapping[str, tuple[_Production, ...]], ...]

    def match(self, document: Document) -> Hits:
        """Every symbol that the document makes, with its unit ranges in reading order.

        >>> from classify.language import analyse
        >>> grammar = compile_grammar({"place": ("居場所", "サロン")}, {"rule": ("{place}…開く",)})
        >>> grammar.match(analyse("サロンを毎週開きます。"))["rule"]
        [(0, 4)]
        """
        hits = self._words(document)
        for level in self.levels:
            made: dict[str, set[Range]] = defaultdict(set)
            for symbol in hits.keys() & level.keys():
                for production in level[symbol]:
                    if ranges := _ranges(production, hits, document):
                        made[production.target].update(ranges)
            for symbol, found in made.items():
                hits[symbol] = sorted(found.union(hits.get(symbol, ())))
        return hits

    def _words(self, document: Document) -> Hits:
        """Symbols made by words: over their keys, their longer forms, and as they are written.

        As written too, because the analyser now and then cuts a phrase otherwise among other words
        than alone: 居場所 in を居場所とする is the verb 居る and a place.
        """
        hits: Hits = {}
        begins = self.beginnings
        keys = [*[word.key for word in document.words], _END]
        written = [*[word.written for word in document.words], _END]
        fine = [(unit, unit + 1, key) for unit, key in enumerate(keys) if key in begins]
        other = [
            (unit, unit + 1, form)
            for unit, form in enumerate(written)
            if form in begins and form != keys[unit]
        ]
        # The whole says more than its units only where its normalised form differs.
        whole = [
            (first, first + count, word.key)
            for first, count, word in document.wholes
            if word.key in begins and word.key != "".join(keys[first : first + count])
        ]
        self._walk(fine, keys, hits)
        if other or whole:
            self._walk(whole, keys, hits)
            self._walk(other, written, hits)
            return {symbol: sorted(set(ranges)) for symbol, ranges in hits.items()}
        return hits

    def _walk(self, begun: list[tuple[int, int, str]], forms: list[str], hits: Hits) -> None:
        """Add what the phrases make whose beginnings stand at (first unit, end, joined forms)."""
        made = self.beginnings.get
        for first, end, joined in begun:
            symbols = made(joined)
            while symbols is not None:
                for symbol in symbols:
                    if symbol in hits:
                        hits[symbol].append((first, end))
                    else:
                        hits[symbol] = [(first, end)]
                while not forms[end]:
                    end += 1
                joined += forms[end]
                end += 1
                symbols = made(joined)


def compile_grammar(
    concepts: Mapping[str, Iterable[str]], lists: Mapping[str, Iterable[str]]
) -> Grammar:
    """Compile concepts and named lists of phrases; the names are the symbols that `match` reports.

    Concepts may name other concepts, lists may name concepts, and none may name itself.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    renames: dict[str, set[str]] = defaultdict(set)
    sequences: list[tuple[str, _Sequence]] = []
    for target, listed in [*concepts.items(), *lists.items()]:
        for phrase in listed:
            sequence = _sequence(phrase, direct)
            if len(sequence) > 1:
                sequences.append((target, sequence))
            else:
                renames[sequence[0][1]].add(target)
    # Only these are ever asked for; most phrases of concepts are not, once they are renamed.
    wanted = {*lists, *(symbol for _, sequence in sequences for _, symbol in sequence)}
    targets = {
        symbol: _closure(symbol, renames) & wanted
        for symbol in {*direct, *renames, *concepts, *lists}
    }
    words: dict[str, set[str]] = defaultdict(set)
    for symbol, joined in direct.items():
        for key in joined:
            words[key] |= targets[symbol]
    productions = [
        _Production(target, sequence[0][1], tuple(sequence[1:]))
        for made, sequence in sequences
        for target in sorted(targets[made])
    ]
    beginnings = {key[:length]: () for key in words for length in range(1, len(key))}
    return Grammar(
        beginnings=beginnings | {key: tuple(sorted(made)) for key, made in words.items()},
        levels=_levels(productions),
    )


def _sequence(phrase: str, direct: dict[str, set[str]]) -> _Sequence:
    """A phrase as (after a gap?, symbol); the words in it are entered into `direct`."""
    sequence: _Sequence = []
    gap = False
    for part in elements(phrase):
        if part.kind == "gap":
            gap = True
            continue
        symbol = part.text
        if part.kind == "words":
            symbol = f"'{part.text}'"
            direct[symbol] |= keys(part.text)
        sequence.append((gap, symbol))
        gap = False
    return sequence


def _closure(symbol: str, renames: Mapping[str, set[str]]) -> set[str]:
    reached = {symbol}
    wave = {symbol}
    while wave:
        wave = {target for name in wave for target in renames.get(name, ())} - reached
        reached |= wave
    return reached


def _levels(productions: list[_Production]) -> tuple[dict[str, tuple[_Production, ...]], ...]:
    """Productions in waves: none needs a symbol that a later wave makes."""
    levels: list[dict[str, tuple[_Production, ...]]] = []
    left = productions
    while left:
        made = {production.target for production in left}
        ready = [p for p in left if not made & {p.first, *(symbol for _, symbol in p.rest)}]
        if not ready:
            raise ValueError("concepts contain one another")
        level: dict[str, list[_Production]] = defaultdict(list)
        for production in ready:
            level[production.first].append(production)
        levels.append({symbol: tuple(listed) for symbol, listed in level.items()})
        left = [production for production in left if production not in ready]
    return tuple(levels)


def _ranges(production: _Production, hits: Hits, document: Document) -> list[Range]:
    """Where a production stands whose first symbol has hits."""
    ranges = hits[production.first]
    for gap, symbol in production.rest:
        further = hits.get(symbol)
        if not further:
            return []
        ranges = [
            (first, last)
            for first, end in ranges
            for last in _reached(end, further, document, gap=gap)
        ]
    return ranges


def _reached(end: int, ranges: list[Range], document: Document, *, gap: bool) -> Iterator[int]:
    """The ends of those ranges that begin at a unit, behind spaces, or within a gap from it."""
    for index in range(bisect_left(ranges, (end,)), len(ranges)):
        begin, last = ranges[index]
        if begin > end:
            between = {word.role for word in document.words[end:begin]}
            if not gap and between != {"space"}:
                return
            if gap and (begin - end > GAP_UNITS or between & _BARRIERS):
                return
        yield last
