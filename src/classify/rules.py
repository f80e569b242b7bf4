"""The rules of a taxonomy over a text: which services it mentions, and with which status.

A mention votes for its tag. It counts as provided unless a cue in its surroundings says otherwise:
right behind it, in its clause or sentence, ahead of it, or in the heading over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from classify.clauses import Outline, outline
from classify.language import analyse
from classify.patterns import Grammar, Hits, Range, compile_grammar
from classify.records import Document, Field, RuleVerdict, Span, Vote
from classify.taxonomy import Cue, Rule, Taxonomy

__all__ = ["RuleBook", "check", "compile_rules", "verdict"]

# How far from the end of a clause its last words may end: する, ます, こととする may follow.
END_UNITS = 4


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A taxonomy's rules and cues, compiled."""

    grammar: Grammar
    rules: tuple[Rule, ...]
    cues: tuple[Cue, ...]

    def votes_on(
        self, document: Document, field: Field = "summary", body: str = ""
    ) -> tuple[Vote, ...]:
        """What the rules say of one text of a body's program.

        >>> from classify.taxonomy import load
        >>> book = compile_rules(load())
        >>> [(v.tag, v.status) for v in book.votes_on(analyse("居場所づくりについても検討する"))]
        [('ibasho', 'considered')]
        """
        return self.read(document, field, body)[1]

    def read(
        self, document: Document, field: Field, body: str = ""
    ) -> tuple[Outline, tuple[Vote, ...]]:
        """The shape of a text and what the rules say of it."""
        hits = self.grammar.match(document)
        shape = outline(document, frozenset(end for _, end in hits.get("joints", ())))
        cues = [cue for cue in self.cues if not _own(cue, body)]
        votes = tuple(
            _vote(rule, mention, field, hits, shape, cues)
            for rule in self.rules
            for mention in _mentions(rule, hits)
        )
        return shape, votes


def _own(cue: Cue, body: str) -> bool:
    """Does a cue speak of another's doing, and is the body that other itself?"""
    return any(body.endswith(end) for end in cue.bodies_except) if body else False


def _vote(
    rule: Rule, mention: Range, field: Field, hits: Hits, shape: Outline, cues: Iterable[Cue]
) -> Vote:
    span = _span(field, mention, shape.document)
    for cue in cues:
        if cue.id in rule.keeps or (cue.tags and rule.tag not in cue.tags):
            continue
        for found in _places(cue, mention, hits, shape):
            cue_span = _span(field, found, shape.document)
            return Vote(rule.tag, rule.id, cue.status, span, cue.id, cue_span)
    return Vote(rule.tag, rule.id, "provided", span)


def compile_rules(taxonomy: Taxonomy) -> RuleBook:
    """Compile the phrases of a taxonomy's rules and cues with the analyser that reads the texts."""
    lists: dict[str, tuple[str, ...]] = {
        "connectors": taxonomy.connectors,
        "joints": taxonomy.joints,
        "topics": taxonomy.topics,
        "affirm": taxonomy.affirm,
    }
    for rule in taxonomy.rules:
        lists[f"rule {rule.id}"] = rule.phrases
        lists[f"unless {rule.id}"] = rule.unless
    for cue in taxonomy.cues:
        for part in (*_REACHES, "unless"):
            lists[f"cue {cue.id} {part}"] = getattr(cue, part)
    return RuleBook(compile_grammar(taxonomy.concepts, lists), taxonomy.rules, taxonomy.cues)


def verdict(votes: tuple[Vote, ...], tag: str) -> RuleVerdict:
    """What all rules together say of a tag: one provided mention is enough for present.

    >>> verdict((), "ibasho")
    'silent'
    """
    statuses = {vote.status for vote in votes if vote.tag == tag}
    if "provided" in statuses:
        return "present"
    return "ruled_out" if statuses else "silent"


def _mentions(rule: Rule, hits: Hits) -> Iterator[Range]:
    """A rule's mentions in reading order, the shortest where several begin together, without
    those that its `unless` covers."""
    barred = hits.get(f"unless {rule.id}", ())
    last = -1
    for first, end in sorted(hits.get(f"rule {rule.id}", ())):
        if first < last or any(a <= first and end <= b for a, b in barred):
            continue
        last = end
        yield first, end


def _places(cue: Cue, mention: Range, hits: Hits, shape: Outline) -> Iterator[Range]:
    """Where a cue's words stand so that they bear on a mention."""
    barred = hits.get(f"cue {cue.id} unless", ())
    for part, reaches in _REACHES.items():
        ranges = hits.get(f"cue {cue.id} {part}")
        if not ranges:
            continue
        reach = reaches(mention, hits, shape)
        for begin, end in ranges:
            inside = any(first <= begin and end <= last for first, last in barred)
            if not inside and reach(begin, end):
                yield begin, end


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
        further = {last for first, last in steps if first == at}
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


def _span(field: Field, units: Range, document: Document) -> Span:
    first, end = units
    start, stop = document.starts[first], document.starts[end]
    # A mention ends where its last word ends, not behind the spaces that follow it.
    while stop > start and document.text[stop - 1].isspace():
        stop -= 1
    return Span(field, start, stop)


def check(book: RuleBook, taxonomy: Taxonomy) -> list[str]:
    """Every `yes:` and `no:` sentence that does not do what it says, one line each.

    A rule's `yes` must be found provided by that rule, its `no` must not; a cue's `yes` must get
    its status from that cue, its `no` must not.

    >>> from classify.taxonomy import load
    >>> check(compile_rules(load()), load())
    []
    """
    faults = []
    for rule in taxonomy.rules:
        for sentence, wanted in _sentences(rule):
            votes = book.votes_on(analyse(sentence))
            said = any(vote.rule == rule.id and vote.status == "provided" for vote in votes)
            if said != wanted:
                faults.append(_broken(taxonomy, rule, sentence, votes, wanted=wanted))
    for cue in taxonomy.cues:
        for sentence, wanted in _sentences(cue):
            votes = book.votes_on(analyse(sentence))
            if any(vote.cue == cue.id for vote in votes) != wanted:
                faults.append(_broken(taxonomy, cue, sentence, votes, wanted=wanted))
    return faults


def _sentences(entry: Rule | Cue) -> Iterator[tuple[str, bool]]:
    yield from ((sentence, True) for sentence in entry.yes)
    yield from ((sentence, False) for sentence in entry.no)


def _broken(
    taxonomy: Taxonomy, entry: Rule | Cue, sentence: str, votes: tuple[Vote, ...], *, wanted: bool
) -> str:
    said = "; ".join(f"{v.rule} {v.status}" + (f" by {v.cue}" if v.cue else "") for v in votes)
    kind = "yes" if wanted else "no"
    return (
        f"{taxonomy.path}: {entry.id}: its {kind} sentence '{sentence}' does not hold "
        f"(votes: {said or 'none'}). Mend the phrases or the sentence"
    )
