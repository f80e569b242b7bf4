"""Phrases and concepts as one small grammar, compiled once and matched over a Document's units.

Every phrase, concept and list of phrases is a *symbol*; a *production* says that a sequence of
symbols makes another. Matching is bottom-up: words make symbols, symbols make symbols.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classify.language import keys
from classify.phrases import elements
from classify.records import Document

__all__ = ["Grammar", "Hits", "compile_grammar"]

# How many units a gap (…) spans at the most; it never leaves its sentence.
GAP_UNITS = 16

Range = tuple[int, int]
Hits = dict[str, list[Range]]


@dataclass(frozen=True, slots=True)
class _Production:
    """`first`, then each of `rest` (right behind, or within a gap), makes `target`."""

    target: str
    first: str
    rest: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiled phrases. `words` maps joined keys to the symbols they make; `starts` holds every
    beginning of such a key; `levels` are the productions, those that feed others first."""

    words: Mapping[str, tuple[str, ...]]
    starts: frozenset[str]
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
                    for begin, end in hits[symbol]:
                        for last in _follow(production.rest, end, hits, document):
                            made[production.target].add((begin, last))
            for symbol, ranges in made.items():
                hits[symbol] = sorted(ranges.union(hits.get(symbol, ())))
        return hits

    def _words(self, document: Document) -> Hits:
        """Symbols made by words: over their keys, their longer forms, and as they are written.

        As written too, because the analyser now and then cuts a phrase otherwise among other words
        than alone: 居場所 in を居場所とする is the verb 居る and a place.
        """
        hits: dict[str, set[Range]] = {}
        starts, text, bounds = self.starts, document.text, document.starts
        units = [word.key for word in document.words]
        written = [text[bounds[i] : bounds[i + 1]].strip() for i in range(len(units))]
        for first, unit in enumerate(units):
            if unit in starts:
                self._walk(first, first + 1, unit, units, hits)
            if written[first] != unit and written[first] in starts:
                self._walk(first, first + 1, written[first], written, hits)
        for first, count, word in document.wholes:
            # The whole says more than its units only where its normalised form differs.
            if word.key in starts and word.key != "".join(units[first : first + count]):
                self._walk(first, first + count, word.key, units, hits)
        return {symbol: sorted(ranges) for symbol, ranges in hits.items()}

    def _walk(
        self, first: int, end: int, joined: str, units: list[str], hits: dict[str, set[Range]]
    ) -> None:
        while True:
            for symbol in self.words.get(joined, ()):
                hits.setdefault(symbol, set()).add((first, end))
            while end < len(units) and not units[end]:
                end += 1
            if end == len(units):
                return
            joined += units[end]
            end += 1
            if joined not in self.starts:
                return


def compile_grammar(
    concepts: Mapping[str, Iterable[str]], lists: Mapping[str, Iterable[str]]
) -> Grammar:
    """Compile concepts and named lists of phrases; the names are the symbols that `match` reports.

    Concepts may name other concepts, lists may name concepts, and none may name itself.
    """
    direct: dict[str, set[str]] = defaultdict(set)
    renames: dict[str, set[str]] = defaultdict(set)
    productions: list[_Production] = []
    for target, listed in [*concepts.items(), *lists.items()]:
        for phrase in listed:
            first, *rest = _sequence(phrase, direct)
            if rest:
                productions.append(_Production(target, first[1], tuple(rest)))
            else:
                renames[first[1]].add(target)
    targets = {
        symbol: _closure(symbol, renames) for symbol in {*direct, *renames, *concepts, *lists}
    }
    words: dict[str, set[str]] = defaultdict(set)
    for symbol, joined in direct.items():
        for key in joined:
            words[key] |= targets[symbol]
    whole = [
        _Production(target, production.first, production.rest)
        for production in productions
        for target in sorted(targets[production.target])
    ]
    return Grammar(
        words={key: tuple(sorted(symbols)) for key, symbols in words.items()},
        starts=frozenset(key[:length] for key in words for length in range(1, len(key) + 1)),
        levels=_levels(whole),
    )


def _sequence(phrase: str, direct: dict[str, set[str]]) -> list[tuple[bool, str]]:
    """A phrase as (after a gap?, symbol); the words in it are entered into `direct`."""
    sequence: list[tuple[bool, str]] = []
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


def _follow(
    rest: tuple[tuple[bool, str], ...], end: int, hits: Hits, document: Document
) -> list[int]:
    """Where a production that has come as far as `end` can finish."""
    ends = [end]
    for gap, symbol in rest:
        ranges = hits.get(symbol)
        if not ranges:
            return []
        ends = [
            last
            for begin_from in ends
            for begin, last in ranges
            if _reaches(begin_from, begin, document, gap=gap)
        ]
    return ends


def _reaches(end: int, begin: int, document: Document, *, gap: bool) -> bool:
    if begin < end:
        return False
    between = document.words[end:begin]
    if not gap:
        return all(word.role == "space" for word in between)
    return begin - end <= GAP_UNITS and all(word.role not in ("stop", "line") for word in between)
