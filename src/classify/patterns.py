"""Phrases and concepts as one small grammar, compiled once and matched over a Document's units.

Every phrase, concept and list of phrases is a *symbol*; a *production* says that a sequence of
symbols makes another. Matching is bottom-up: words make symbols, symbols make symbols.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

from classify.language import keys
from classify.phrases import elements
from classify.records import Document, Word

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
    """`first`, then each of `rest` (right behind, or within a gap), makes all of `targets`."""

    targets: tuple[str, ...]
    first: str
    rest: tuple[tuple[bool, str], ...]


# For each unit the last one at which words may begin that stand right behind it (but for spaces),
# and that stand within a gap from it.
_Limits = tuple[list[int], list[int]]

_Level = Mapping[str, Mapping[str, tuple[_Production, ...]]]

# A beginning of phrases: the symbols that end with it, and the beginnings that it grows into, by
# the key that follows. Plain tuples and dicts, because every word of every text passes through.
_Beginning = tuple[tuple[str, ...], dict[str, "_Beginning"]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Compiled phrases: their `beginnings`, by the joined keys of these, and the productions in
    `levels`, those that feed others first, by their first symbols and then their second."""

    beginnings: Mapping[str, _Beginning]
    levels: tuple[_Level, ...]

    def match(self, document: Document) -> Hits:
        """Every symbol that the document makes, with its unit ranges in reading order.

        >>> from classify.language import analyse
        >>> grammar = compile_grammar({"place": ("居場所", "サロン")}, {"rule": ("{place}…開く",)})
        >>> grammar.match(analyse("サロンを毎週開きます。"))["rule"]
        [(0, 4)]
        """
        hits = self._words(document)
        limits = _limits(document.words)
        begins: dict[str, list[int]] = {}
        for level in self.levels:
            made: Hits = {}
            for symbol in hits.keys() & level.keys():
                following = level[symbol]
                for second in hits.keys() & following.keys():
                    # Most pairs stand the other way round.
                    if hits[second][-1][0] <= hits[symbol][0][0]:
                        continue
                    for production in following[second]:
                        if ranges := _ranges(production, hits, begins, limits):
                            for target in production.targets:
                                made.setdefault(target, []).extend(ranges)
            _add(made, hits)
            for symbol in made.keys() & begins.keys():
                del begins[symbol]
        return hits

    def _words(self, document: Document) -> Hits:
        """Symbols made by words: over their keys, their longer forms, and as they are written.

        As written too, because the analyser now and then cuts a phrase otherwise among other words
        than alone: 居場所 in を居場所とする is the verb 居る and a place.
        """
        keys = [*[word.key for word in document.words], _END]
        written = [*[word.written for word in document.words], _END]
        at = self.beginnings.get
        hits = _grow([(i, i + 1, begun) for i, begun in enumerate(map(at, keys)) if begun], keys)
        as_written = [
            (unit, unit + 1, begun)
            for unit, (form, key) in enumerate(zip(written, keys, strict=True))
            if form is not key and (begun := at(form))
        ]
        wholes = [
            (first, first + count, begun)
            for first, count, word in document.wholes
            if (begun := at(word.key))
        ]
        if as_written:
            _add(_grow(as_written, written), hits)
        if wholes:
            _add(_grow(wholes, keys), hits)
        return hits


def _grow(begun: list[tuple[int, int, _Beginning]], forms: list[str]) -> Hits:
    """What the phrases make whose beginnings stand at units (first, end), where forms go on so."""
    hits: Hits = defaultdict(list)
    for first, end, (symbols, further) in begun:
        for symbol in symbols:
            hits[symbol].append((first, end))
        while further:
            while not forms[end]:
                end += 1
            following = further.get(forms[end])
            if following is None:
                break
            symbols, further = following
            end += 1
            for symbol in symbols:
                hits[symbol].append((first, end))
    return hits


def _add(more: Hits, hits: Hits) -> None:
    for symbol, ranges in more.items():
        hits[symbol] = sorted({*hits.get(symbol, ()), *ranges})


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
    made: dict[tuple[tuple[bool, str], ...], set[str]] = defaultdict(set)
    for target, sequence in sequences:
        made[tuple(sequence)] |= targets[target]
    productions = [
        _Production(tuple(sorted(symbols)), sequence[0][1], sequence[1:])
        for sequence, symbols in made.items()
    ]
    return Grammar(_beginnings(words), _levels(productions))


def _beginnings(words: Mapping[str, set[str]]) -> dict[str, _Beginning]:
    """Every beginning of the keys of words, linked however a text may cut it into units."""
    found: dict[str, _Beginning] = {}
    for key in words:
        for end in range(1, len(key) + 1):
            beginning = intern(key[:end])
            if beginning not in found:
                found[beginning] = tuple(sorted(words.get(beginning, ()))), {}
                for cut in range(1, end):
                    found[key[:cut]][1][intern(key[cut:end])] = found[beginning]
    return found


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


def _levels(productions: list[_Production]) -> tuple[_Level, ...]:
    """Productions in waves: none needs a symbol that a later wave makes."""
    levels: list[_Level] = []
    left = productions
    while left:
        made = {target for production in left for target in production.targets}
        ready = [p for p in left if not made & {p.first, *(symbol for _, symbol in p.rest)}]
        if not ready:
            raise ValueError("concepts contain one another")
        level: dict[str, dict[str, list[_Production]]] = defaultdict(lambda: defaultdict(list))
        for production in ready:
            level[production.first][production.rest[0][1]].append(production)
        levels.append(
            {
                symbol: {second: tuple(listed) for second, listed in following.items()}
                for symbol, following in level.items()
            }
        )
        left = [production for production in left if production not in ready]
    return tuple(levels)


def _limits(words: Sequence[Word]) -> _Limits:
    count = len(words)
    behind, within = list(range(count + 1)), [count] * (count + 1)
    wall = count
    for unit in range(count - 1, -1, -1):
        role = words[unit].role
        if role == "space":
            behind[unit] = behind[unit + 1]
        elif role in _BARRIERS:
            wall = unit
        within[unit] = min(unit + GAP_UNITS, wall)
    return behind, within


def _ranges(
    production: _Production, hits: Hits, begins: dict[str, list[int]], limits: _Limits
) -> list[Range]:
    """Where a production stands whose first symbol has hits.

    `begins` remembers at which units the hits of a symbol begin.
    """
    ranges = hits[production.first]
    for gap, symbol in production.rest:
        further = hits.get(symbol)
        if not further:
            return []
        starts = begins.get(symbol)
        if starts is None:
            starts = begins[symbol] = [first for first, _ in further]
        limit, last = limits[gap], starts[-1]
        found = []
        for first, end in ranges:
            if end <= last:
                at, until = bisect_left(starts, end), limit[end]
                while at < len(starts) and starts[at] <= until:
                    found.append((first, further[at][1]))
                    at += 1
        if not found:
            return []
        ranges = found
    return ranges
