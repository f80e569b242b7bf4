"""The one place that decides: votes of the rules, the model's probability and implications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from classify.features import SILENT, View, view
from classify.language import analyse
from classify.model import Model, Opinion
from classify.records import (
    Decision,
    Document,
    Evidence,
    Field,
    Program,
    RuleVerdict,
    Standing,
    Status,
    Tagging,
    Vote,
)
from classify.rules import RuleBook, compile_rules, standing, verdict
from classify.taxonomy import Taxonomy

__all__ = ["MODEL_EVIDENCE", "Analysis", "Tagger", "implied"]

# What stands for a rule's id where the model alone saw the evidence.
MODEL_EVIDENCE = "model"

# The fields that are read, and how many programs are cut into words at a time.
FIELDS: tuple[Field, ...] = ("program", "summary")
TOGETHER = 64

# How many words of its clause are shown on each side of the words at which the model sees a tag.
AROUND_UNITS = 8

# Without a model the rules' word is taken as it is: sure enough to decide, not to be certain.
_UNTRAINED: Mapping[Standing, float] = {
    "affirmed": 0.95, "present": 0.95, "ruled_out": 0.05, "silent": 0.05,
}  # fmt: skip
_UNTRAINED_BAND = (0.2, 0.8)

# Which status a tag shows when several of its mentions rule it out: the most telling first.
_STATUS_ORDER: tuple[Status, ...] = (
    "provided", "ended", "considered", "referral", "publicity", "background",
)  # fmt: skip

Reason = Literal[
    "agree", "model_only", "rules_only", "ruled_out", "disagree", "unsure", "implied"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Analysis:
    """A program with all that is known of it before anything is decided: a view of each field."""

    program: Program
    views: tuple[View, ...]

    @property
    def votes(self) -> tuple[Vote, ...]:
        """What the rules say of the name and the summary."""
        return tuple(vote for seen in self.views for vote in seen.votes)

    def text(self, field: Field) -> str:
        """The untouched text of a field."""
        return next(seen.document.text for seen in self.views if seen.field == field)


@dataclass(frozen=True, slots=True)
class Tagger:
    """A taxonomy, its compiled rules, and the model where there is one."""

    taxonomy: Taxonomy
    rules: RuleBook
    model: Model | None

    @classmethod
    def of(cls, taxonomy: Taxonomy, model: Model | None = None) -> Tagger:
        """A tagger for a taxonomy; without a model the rules decide alone."""
        return cls(taxonomy, compile_rules(taxonomy), model)

    def tag(self, programs: Iterable[Program]) -> Iterator[Tagging]:
        """Decide every tag of every program, in order.

        >>> from classify.taxonomy import load
        >>> program = Program("r-1", "r", 1, "", "", "", "事業", "居場所を提供する", "", "", "")
        >>> tagging = next(Tagger.of(load()).tag([program]))
        >>> [(d.tag, d.evidence[0].text) for d in tagging.decisions if d.present]
        [('ibasho', '居場所')]
        """
        # Some at a time: the analyser and the rules each need the processor's cache for themselves.
        left = iter(programs)
        while some := list(islice(left, TOGETHER)):
            documents = [_documents(program) for program in some]
            for program, both in zip(some, documents, strict=True):
                yield self.decide(self._analysis(program, both))

    def analyse(self, program: Program) -> Analysis:
        """Cut a program's name and summary into words, and ask the rules."""
        return self._analysis(program, _documents(program))

    def _analysis(self, program: Program, documents: Iterable[Document]) -> Analysis:
        views = (
            view(field, *self.rules.read(document, field, program.body))
            for field, document in zip(FIELDS, documents, strict=True)
        )
        return Analysis(program, tuple(views))

    def decide(self, analysis: Analysis) -> Tagging:
        """Make one decision per tag out of an analysis."""
        opinions = self.model.opinions(analysis.views) if self.model else {}
        votes: dict[str, list[Vote]] = {tag.id: [] for tag in self.taxonomy.tags}
        for vote in analysis.votes:
            votes[vote.tag].append(vote)
        decisions = {
            tag: self._decision(analysis, tuple(said), tag, opinions.get(tag))
            for tag, said in votes.items()
        }
        for tag in self.taxonomy.tags:
            if decisions[tag.id].present:
                for other in tag.implies:
                    decisions[other] = implied(decisions[other], decisions[tag.id])
        return Tagging(analysis.program, tuple(decisions.values()))

    def _decision(
        self, analysis: Analysis, votes: tuple[Vote, ...], tag: str, opinion: Opinion | None
    ) -> Decision:
        if opinion is None and not any(rule.tag == tag for rule in self.rules.rules):
            return _undecidable(tag)
        found = standing(votes, tag)
        said = verdict(found)
        alone, probability = self._probabilities(opinion, found)
        present = probability >= 0.5
        evidence = _evidence(votes, analysis, present=present)
        if present and opinion and opinion.placed and ((alone or 0.0) >= 0.5 or not evidence):
            seen = _seen_by_model(analysis, opinion)
            evidence += () if any(_overlap(item, seen) for item in evidence) else (seen,)
        # A tag without words behind it does not exist.
        present = present and bool(evidence)
        low, high = self.model.band if self.model else _UNTRAINED_BAND
        opposed = alone is not None and said != "silent" and (said == "present") != (alone >= 0.5)
        unsure = low < probability < high
        return Decision(
            tag=tag,
            present=present,
            probability=probability,
            status=_status(votes, present=present),
            rule=said,
            model=alone,
            review=unsure,
            reason=_reason(said, alone, present=present, opposed=opposed, unsure=unsure),
            evidence=evidence,
        )

    def _probabilities(self, opinion: Opinion | None, said: Standing) -> tuple[float | None, float]:
        if self.model is None:
            return None, _UNTRAINED[said]
        if opinion is None:
            return None, self.model.rules_only[said]
        return (
            self.model.alone.probability(opinion.logits),
            self.model.blend[said].probability(opinion.logits),
        )


def _undecidable(tag: str) -> Decision:
    """A tag without rules that the model does not know, as after a split: a no would be untrue."""
    return Decision(
        tag=tag,
        present=False,
        probability=0.5,
        status="none",
        rule="silent",
        model=None,
        review=True,
        reason="unsure",
        evidence=(),
    )


def _documents(program: Program) -> tuple[Document, Document]:
    """The name and the summary, in the order of `FIELDS`."""
    return analyse(program.program), analyse(program.summary)


def _evidence(
    votes: tuple[Vote, ...], analysis: Analysis, *, present: bool
) -> tuple[Evidence, ...]:
    """The words behind a decision: what is provided, or the mentions that were ruled out."""
    telling = [vote for vote in votes if (vote.status == "provided") == present]
    if not telling:
        return ()
    found: list[Evidence] = []
    # The longest of those that begin together comes first, and holds what lies within it.
    for vote in sorted(telling, key=lambda v: (v.span.field, v.span.start, -v.span.end, v.rule)):
        field, start, end = vote.span.field, vote.span.start, vote.span.end
        if found and found[-1].field == field and end <= found[-1].end:
            continue
        found.append(Evidence(field, start, end, analysis.text(field)[start:end], vote.rule))
    return tuple(found)


def _seen_by_model(analysis: Analysis, opinion: Opinion) -> Evidence:
    """The words around which the model sees a tag: what a reader needs to be convinced by."""
    seen = next(v for v in analysis.views if v.field == opinion.field)
    document, passage = seen.document, seen.passages[opinion.passage]
    opening, closing = seen.outline.clause(opinion.first, opinion.end)
    first = max(opening, passage.first, opinion.first - AROUND_UNITS)
    end = min(closing, passage.end, opinion.end + AROUND_UNITS)
    while first < opinion.first and document.words[first].role in SILENT:
        first += 1
    while end > opinion.end and document.words[end - 1].role in SILENT:
        end -= 1
    start, stop = document.starts[first], document.starts[end]
    return Evidence(opinion.field, start, stop, document.text[start:stop], MODEL_EVIDENCE)


def _overlap(one: Evidence, other: Evidence) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _status(votes: tuple[Vote, ...], *, present: bool) -> Status:
    if present:
        return "provided"
    statuses = {vote.status for vote in votes} - {"provided"}
    return next((status for status in _STATUS_ORDER if status in statuses), "none")


def _reason(
    said: RuleVerdict, alone: float | None, *, present: bool, opposed: bool, unsure: bool
) -> Reason:
    if opposed:
        return "disagree"
    if unsure:
        return "unsure"
    if said == "ruled_out":
        return "ruled_out"
    if alone is None:
        return "rules_only"
    return "model_only" if present and said == "silent" else "agree"


def implied(decision: Decision, by: Decision) -> Decision:
    """A decision made present because another tag implies it; it rests on that tag's words."""
    if decision.present:
        return decision
    return replace(
        decision,
        present=True,
        probability=max(decision.probability, by.probability),
        status="provided",
        review=by.review,
        reason="implied",
        evidence=by.evidence,
    )
