"""A rule out of a settled card: phrases for taxonomy.yaml, what each would fix and break.

Where a tag is present and the rules are silent, words become a phrase of a rule; where they speak
of it and should not, words become a cue's, or an exception (`unless`). The card's sentence goes
along as a `yes:` or `no:`, so that what was learnt is checked for ever after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from classify.changes import Change, changes
from classify.corpus import Corpus, forms_of
from classify.errors import TaxonomyError
from classify.features import View, units_of
from classify.labels import find
from classify.language import analyse
from classify.patterns import Range
from classify.records import Gold, Program, Span, Status, Vote
from classify.rules import check, compile_rules
from classify.tagger import MODEL_EVIDENCE, Analysis
from classify.taxonomy import Cue, Rule, Taxonomy, parse
from classify.taxonomy.editing import append, values

__all__ = ["Card", "Effect", "Proposal", "accept", "effect", "propose"]

# Places of a cue from the one that reaches least to the one that reaches most.
_NARROW_FIRST = ("next", "prev", "near", "end", "after", "before", "heading", "sentence")

# How far a phrase may reach to either side of a mention.
_REACH = 3

_BOM = "\ufeff"
_LONGEST = 1000

E = TypeVar("E", Rule, Cue)


@dataclass(frozen=True, slots=True)
class Card:
    """What was decided of a program and a tag; `quote` are the words that show it, if any."""

    program: Program
    tag: str
    present: bool
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase for list `key` of a rule or cue, and a sentence for the `yes` or `no` of `rule`.

    `status` is what a mention with these words then counts as; `none` where it is no mention.
    """

    section: Literal["rules", "cues"]
    entry: str
    key: str
    phrase: str
    status: Status
    rule: str
    sentence: str
    present: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """The decisions with gold that a proposal changes: by the rules alone over all labelled texts,
    and by the whole tagger over the published programs."""

    rules: tuple[Change, ...]
    whole: tuple[Change, ...]


def propose(card: Card, on: Corpus) -> tuple[Proposal, ...]:
    """What could be added to the taxonomy so that its rules decide the card's sentence as a person
    did; none where they do so already, or where no phrase would do it."""
    analysis = on.tagger.analyse(card.program)
    votes = [vote for vote in analysis.votes if vote.tag == card.tag]
    provided = [vote for vote in votes if vote.status == "provided"]
    if card.present and not provided:
        found = [*_phrases(card, analysis, on), *_exceptions(card, votes, analysis, on)]
    elif card.present:
        found = []
    else:
        found = [one for vote in provided for one in _denials(card, vote, analysis, on)]
    return tuple(one for one in dict.fromkeys(found) if _does_it(one, on.tagger.taxonomy))


def effect(proposal: Proposal, card: Card, on: Corpus) -> Effect:
    """Which decisions a proposal fixes and breaks, the card's own among them.

    Only texts that have the phrase's words can change, so only those are decided again.
    """
    forms = forms_of(proposal.phrase)
    bearing = {name for name, text in on.texts.items() if text.may_hold(forms)}
    programs = {p.program_id: p for p in on.labelled.programs if p.program_id in bearing}
    programs[card.program.program_id] = card.program
    own = Gold(card.program.program_id, card.tag, card.present, "adjudicated", "", (), 0)
    labelled = replace(
        on.labelled,
        programs=tuple(programs.values()),
        gold={**on.labelled.gold, (own.program_id, own.tag): own},
        contrast=tuple(text for text in on.labelled.contrast if text.id in bearing),
    )
    taxonomy = _amended(on.tagger.taxonomy, proposal)
    after = replace(on.tagger, taxonomy=taxonomy, rules=compile_rules(taxonomy))
    alone = changes(labelled, replace(on.tagger, model=None), replace(after, model=None))
    whole = changes(replace(labelled, contrast=()), on.tagger, after) if after.model else ()
    return Effect(alone, whole)


def accept(path: str, text: str, proposal: Proposal) -> str:
    """A taxonomy's text with a proposal in it, comments and all other lines as they are.

    Raises TaxonomyError where the text would not be in order, with every sentence it would break.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    new = text.removeprefix(_BOM)
    side = "yes" if proposal.present else "no"
    for section, entry, key, value in (
        (proposal.section, proposal.entry, proposal.key, proposal.phrase),
        ("rules", proposal.rule, side, proposal.sentence),
    ):
        entries = values(new)[section]
        number = next(n for n, one in enumerate(entries) if one["id"] == entry)
        if value not in (entries[number].get(key) or ()):
            new = append(new, (section, number, key), value)
    taxonomy = parse(path, new)
    faults = check(compile_rules(taxonomy), taxonomy)
    if faults:
        raise TaxonomyError.told(faults)
    return mark + new


def _phrases(card: Card, analysis: Analysis, on: Corpus) -> Iterator[Proposal]:
    """Words that become a phrase of the tag's first rule."""
    rule = next((one for one in on.tagger.taxonomy.rules if one.tag == card.tag), None)
    gold = on.labelled.gold.get((card.program.program_id, card.tag))
    seen = [
        e for d in on.tagger.decide(analysis).decisions if d.tag == card.tag for e in d.evidence
    ]
    span = find(card.quote, card.program)
    if rule is None:
        return
    if span is None and seen and seen[0].rule == MODEL_EVIDENCE:
        view = _view(analysis, seen[0].field)
        units = units_of(view, seen[0].start, seen[0].end)
        words = _telling([_slice(view, r) for r in _windows(view, units)], card, on)
        span = find(words, card.program)
    for quote in gold.quotes if gold and span is None else ():
        span = span or find(quote, card.program)
    if span:
        view = _view(analysis, span.field)
        words, units = _words(view, span), units_of(view, span.start, span.end)
        sentence = _sentence(view, units)
        yield Proposal("rules", rule.id, "phrases", words, "provided", rule.id, sentence, True)


def _exceptions(
    card: Card, votes: Iterable[Vote], analysis: Analysis, on: Corpus
) -> Iterator[Proposal]:
    """Words in which the cue that ruled a mention out means something else."""
    for vote in votes:
        if vote.cue_span is None:
            continue
        view = _view(analysis, vote.span.field)
        units = units_of(view, vote.cue_span.start, vote.cue_span.end)
        words = _around(card, view, units, on)
        mention = units_of(view, vote.span.start, vote.span.end)
        sentence = _sentence(view, mention)
        if words:
            yield Proposal("cues", vote.cue, "unless", words, "provided", vote.rule, sentence, True)


def _denials(card: Card, vote: Vote, analysis: Analysis, on: Corpus) -> Iterator[Proposal]:
    """Words that take a mention back: a cue's words beside it, or an exception of the rule."""
    view = _view(analysis, vote.span.field)
    mention = units_of(view, vote.span.start, vote.span.end)
    rule = next(one for one in on.tagger.taxonomy.rules if one.id == vote.rule)
    for words in _deciding(card, view, mention):
        place = _place(on.tagger.taxonomy, rule, words, view, mention)
        sentence = _sentence(view, mention, heading=place == "heading")
        for cue in _cues(on.tagger.taxonomy, rule, place, words) if place else ():
            yield Proposal("cues", cue.id, place, words, cue.status, rule.id, sentence, False)
    words = _around(card, view, mention, on)
    if words:
        sentence = _sentence(view, mention)
        yield Proposal("rules", rule.id, "unless", words, "none", rule.id, sentence, False)


def _deciding(card: Card, view: View, mention: Range) -> list[str]:
    """The quoted words behind and ahead of a mention. Without a quote none: which words take a
    service back, and to which status, is for a person to say."""
    text = view.document.text
    start, end = (view.document.starts[unit] for unit in mention)
    span = find(card.quote, card.program)
    if span is None or span.field != view.field:
        return []
    parts = (text[max(span.start, end) : span.end], text[span.start : min(span.end, start)])
    return [words for part in parts if (words := "".join(part.split()))]


def _around(card: Card, view: View, units: Range, on: Corpus) -> str:
    """A phrase that covers given units and more: the quoted words, else the shortest telling."""
    start, end = view.document.starts[units[0]], view.document.starts[units[1]]
    span = find(card.quote, card.program)
    if span and span.field == view.field and span.start <= start and end <= span.end:
        return _words(view, span)
    wider = [_slice(view, found) for found in _windows(view, units) if found != units]
    return _telling(wider, card, on) if wider else ""


def _telling(candidates: Sequence[str], card: Card, on: Corpus) -> str:
    """The first phrase that stands in no sentence of the taxonomy, and in no text in which the tag
    was decided the other way; else the longest."""
    other = [*on.sentences]
    other += [t for t in on.texts.values() if t.gold.get(card.tag) == (not card.present)]
    for words in candidates:
        forms = forms_of(words)
        if forms and not any(text.may_hold(forms) for text in other):
            return words
    return candidates[-1]


def _windows(view: View, units: Range) -> list[Range]:
    """Units and their neighbours, the fewest words first, within the words of one sentence."""
    words = view.document.words
    first, end = units
    bounds = ("line", "stop", "comma", "open", "close")
    ahead = next(
        (n for n in range(_REACH) if not first - n or words[first - n - 1].role in bounds), _REACH
    )
    behind = next(
        (n for n in range(_REACH) if end + n == len(words) or words[end + n].role in bounds), _REACH
    )
    sizes = [(a, b) for a in range(ahead + 1) for b in range(behind + 1)]
    return [(first - a, end + b) for a, b in sorted(sizes, key=lambda size: (sum(size), size))]


def _place(taxonomy: Taxonomy, rule: Rule, words: str, view: View, mention: Range) -> str:
    """The narrowest place of a cue in which words bear on a mention, empty where none does."""
    if not forms_of(words):
        return ""
    trial = replace(
        taxonomy,
        rules=(rule,),
        cues=tuple(
            Cue.model_validate({"id": f"at.{part}", "status": "none", part: (words,)})
            for part in _NARROW_FIRST
        ),
    )
    start = view.document.starts[mention[0]]
    for vote in compile_rules(trial).votes_on(view.document, view.field):
        if vote.span.start == start:
            return vote.cue.removeprefix("at.")
    return ""


def _cues(taxonomy: Taxonomy, rule: Rule, place: str, words: str) -> list[Cue]:
    """One cue of each status that could take the words, those with words alike first."""
    usable = [
        cue
        for cue in taxonomy.cues
        if cue.status != "provided"
        and cue.id not in rule.keeps
        and not cue.bodies_except
        and (not cue.tags or rule.tag in cue.tags)
    ]
    said = _keys_of([words])
    best: dict[Status, Cue] = {}
    for cue in sorted(usable, key=lambda cue: not getattr(cue, place)):
        best.setdefault(cue.status, cue)

    def unlike(cue: Cue) -> int:
        alike = [one for one in usable if one.status == cue.status]
        return -len(
            said
            & _keys_of(w for one in alike for part in _NARROW_FIRST for w in getattr(one, part))
        )

    return sorted(best.values(), key=unlike)


def _keys_of(phrases: Iterable[str]) -> set[str]:
    words = (word for phrase in phrases for word in analyse(phrase).words)
    return {word.key for word in words if len(word.key) > 1}


def _does_it(proposal: Proposal, taxonomy: Taxonomy) -> bool:
    """Whether a proposal makes the rules decide its sentence as the card does."""
    if not forms_of(proposal.phrase) or len(proposal.sentence) > _LONGEST:
        return False
    votes = compile_rules(_amended(taxonomy, proposal)).votes_on(analyse(proposal.sentence))
    said = any(vote.rule == proposal.rule and vote.status == "provided" for vote in votes)
    return said == proposal.present


def _amended(taxonomy: Taxonomy, proposal: Proposal) -> Taxonomy:
    """A taxonomy with a proposal's phrase."""
    phrase = (proposal.phrase,)
    if proposal.section == "rules":
        rules = (_longer(rule, proposal, phrase) for rule in taxonomy.rules)
        return replace(taxonomy, rules=tuple(rules))
    return replace(taxonomy, cues=tuple(_longer(cue, proposal, phrase) for cue in taxonomy.cues))


def _longer(entry: E, proposal: Proposal, phrase: tuple[str, ...]) -> E:
    if entry.id != proposal.entry:
        return entry
    return entry.model_copy(update={proposal.key: getattr(entry, proposal.key) + phrase})


def _view(analysis: Analysis, field: str) -> View:
    return next(view for view in analysis.views if view.field == field)


def _slice(view: View, units: Range) -> str:
    starts = view.document.starts
    return "".join(view.document.text[starts[units[0]] : starts[units[1]]].split())


def _words(view: View, span: Span) -> str:
    return "".join(view.document.text[span.start : span.end].split())


def _sentence(view: View, units: Range, *, heading: bool = False) -> str:
    """The sentence around a mention, under its heading where that decides."""
    starts, text = view.document.starts, view.document.text
    first, end = view.outline.sentence(*units)
    while end < len(view.document.words) and view.document.words[end].role == "stop":
        end += 1
    said = " ".join(text[starts[first] : starts[end]].split())
    line = view.outline.heading(units[0]) if heading else None
    over = " ".join(text[starts[line.first] : starts[line.end]].split()) if line else ""
    return f"{over}\n{said}" if over else said
