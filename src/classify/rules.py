"""The rules of a taxonomy over a text: which services it mentions, and with which status.

A mention votes for its tag. It counts as provided unless a cue in its surroundings says otherwise:
right behind it, in its clause or sentence, ahead of it, or in the heading over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from classify.clauses import Outline, outline
from classify.errors import TaxonomyError
from classify.language import analyse
from classify.patterns import Grammar, Hits, Range, compile_grammar
from classify.records import Document, Field, RuleVerdict, Span, Standing, Vote
from classify.scope import Heard, Place, Scene, bearing, heard, places_of, scene_of
from classify.taxonomy import PLACES, Cue, Rule, Taxonomy

__all__ = ["RuleBook", "check", "compile_rules", "standing", "verdict"]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A taxonomy's rules, compiled, and the places of its cues: the first that fits decides."""

    grammar: Grammar
    rules: tuple[Rule, ...]
    places: tuple[Place, ...]

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
        shape = outline(document, frozenset([end for _, end in hits.get("joints", ())]))
        found = [(rule, mentions) for rule in self.rules if (mentions := _mentions(rule, hits))]
        if not found:
            return shape, ()
        scene = scene_of(hits, shape)
        places = heard(self.places, hits, body)
        votes: list[Vote] = []
        for rule, mentions in found:
            told = [place for place in places if rule.id in place[0].rules]
            votes += [_vote(rule, mention, field, told, scene) for mention in mentions]
        return shape, tuple(votes)


def _vote(rule: Rule, mention: Range, field: Field, places: list[Heard], scene: Scene) -> Vote:
    document = scene.shape.document
    span = _span(field, mention, document)
    found = bearing(mention, places, scene)
    if found is None:
        return Vote(rule.tag, rule.id, "provided", span)
    cue, units = found
    return Vote(rule.tag, rule.id, cue.status, span, cue.id, _span(field, units, document))


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
        for part in (*PLACES, "unless"):
            lists[f"cue {cue.id} {part}"] = getattr(cue, part)
    places = [place for cue in taxonomy.cues for place in places_of(cue, taxonomy.rules)]
    return RuleBook(compile_grammar(taxonomy.concepts, lists), taxonomy.rules, tuple(places))


def standing(votes: tuple[Vote, ...], tag: str) -> Standing:
    """What all rules together say of a tag, and how plainly: one provided mention is enough for
    present; it is affirmed where words beside the mention say that the service is provided.

    >>> standing((), "ibasho")
    'silent'
    """
    said = [vote for vote in votes if vote.tag == tag]
    provided = [vote for vote in said if vote.status == "provided"]
    if any(vote.cue for vote in provided):
        return "affirmed"
    if provided:
        return "present"
    return "ruled_out" if said else "silent"


def verdict(found: Standing) -> RuleVerdict:
    """A standing as the exports tell it.

    >>> verdict("affirmed")
    'present'
    """
    return "present" if found == "affirmed" else found


def _mentions(rule: Rule, hits: Hits) -> list[Range]:
    """A rule's mentions in reading order, the shortest where several begin together, without
    those that its `unless` covers."""
    ranges = hits.get(f"rule {rule.id}")
    if not ranges:
        return []
    barred = hits.get(f"unless {rule.id}", ())
    mentions: list[Range] = []
    last = -1
    for first, end in ranges:
        if first < last or any(a <= first and end <= b for a, b in barred):
            continue
        last = end
        mentions.append((first, end))
    return mentions


def _span(field: Field, units: Range, document: Document) -> Span:
    first, end = units
    start, stop = document.starts[first], document.starts[end]
    # A mention ends where its last word ends, not behind the spaces that follow it.
    while stop > start and document.text[stop - 1].isspace():
        stop -= 1
    return Span(field, start, stop)


def check(book: RuleBook, taxonomy: Taxonomy) -> list[TaxonomyError]:
    """Every `yes:` and `no:` sentence that does not do what it says, a fault each.

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
) -> TaxonomyError:
    said = "; ".join(f"{v.rule} {v.status}" + (f" by {v.cue}" if v.cue else "") for v in votes)
    kind = "yes" if wanted else "no"
    problem = (
        f"{entry.id}: its {kind} sentence '{sentence}' does not hold (votes: {said or 'none'})"
    )
    return TaxonomyError(taxonomy.path, problem, "Mend the phrases or the sentence")
