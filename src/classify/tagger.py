"""The one place that decides: votes of the rules, the model's probability and implications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from classify.features import Passage, passages
from classify.language import analyse
from classify.model import Blend, Model
from classify.records import (
    Decision,
    Document,
    Evidence,
    Field,
    Program,
    RuleVerdict,
    Status,
    Tagging,
    Vote,
)
from classify.rules import RuleBook, compile_rules, verdict
from classify.taxonomy import Taxonomy

__all__ = ["MODEL_EVIDENCE", "Analysis", "Tagger"]

# What stands for a rule's id where the model alone saw the evidence.
MODEL_EVIDENCE = "model"

# Without a model the rules' word is taken as it is: sure enough to decide, not to be certain.
_UNTRAINED = Blend(intercept=-3.0, logit=0.0, present=6.0, ruled_out=0.0)
_UNTRAINED_BAND = (0.2, 0.8)

# Which status a tag shows when several of its mentions rule it out: the most telling first.
_STATUS_ORDER: tuple[Status, ...] = (
    "provided", "ended", "considered", "referral", "publicity", "background",
)  # fmt: skip

Reason = Literal["agree", "rule_only", "model_only", "ruled_out", "disagree", "unsure", "implied"]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A program with all that is known of it before anything is decided."""

    program: Program
    documents: tuple[tuple[Field, Document], ...]
    votes: tuple[Vote, ...]
    passages: tuple[tuple[Field, Passage], ...]


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
        >>> program = Program("r-001", "r", 1, "", "", "", "つながり事業", "居場所を提供する", "", "", "")
        >>> tagging = next(Tagger.of(load()).tag([program]))
        >>> [(d.tag, d.evidence[0].text) for d in tagging.decisions if d.present]
        [('ibasho', '居場所')]
        """
        for program in programs:
            yield self.decide(self.analyse(program))

    def analyse(self, program: Program) -> Analysis:
        """Cut a program's name and summary into words, and ask the rules."""
        documents: tuple[tuple[Field, Document], ...] = (
            ("program", analyse(program.program)),
            ("summary", analyse(program.summary)),
        )
        votes: list[Vote] = []
        found: list[tuple[Field, Passage]] = []
        for field, document in documents:
            said = self.rules.votes_on(document, field)
            votes += said
            found += [(field, passage) for passage in passages(document, said)]
        return Analysis(program, documents, tuple(votes), tuple(found))

    def decide(self, analysis: Analysis) -> Tagging:
        """Make one decision per tag out of an analysis."""
        logits, best = self._ask_model(analysis)
        decisions = {
            tag.id: self._decision(tag.id, analysis, logits.get(tag.id), best.get(tag.id))
            for tag in self.taxonomy.tags
        }
        for tag in self.taxonomy.tags:
            if decisions[tag.id].present:
                for other in tag.implies:
                    decisions[other] = _implied(decisions[other], decisions[tag.id])
        return Tagging(analysis.program, tuple(decisions.values()))

    def _ask_model(self, analysis: Analysis) -> tuple[dict[str, float], dict[str, int]]:
        """The model's logit for each tag it knows, and the passage that it rests on."""
        if self.model is None or not analysis.passages:
            return {}, {}
        scores = self.model.scores(tuple(passage for _, passage in analysis.passages))
        best = np.argmax(scores, axis=0)
        tags = self.model.tags
        return (
            {tag: float(scores[best[column], column]) for column, tag in enumerate(tags)},
            {tag: int(best[column]) for column, tag in enumerate(tags)},
        )

    def _decision(
        self, tag: str, analysis: Analysis, logit: float | None, best: int | None
    ) -> Decision:
        votes = tuple(vote for vote in analysis.votes if vote.tag == tag)
        said = verdict(votes, tag)
        alone, probability = self._probabilities(logit, said)
        present = probability >= 0.5
        low, high = self.model.band if self.model else _UNTRAINED_BAND
        evidence = _evidence(votes, analysis, present=present)
        if present and not evidence and best is not None:
            evidence = (_passage_evidence(analysis, best),)
        # A tag without words behind it does not exist.
        present = present and bool(evidence)
        disagree = alone is not None and (said == "present") != (alone >= 0.5)
        unsure = low < probability < high
        return Decision(
            tag=tag,
            present=present,
            probability=probability,
            status=_status(votes, present=present),
            rule=said,
            model=alone,
            review=unsure,
            reason=_reason(said, present=present, disagree=disagree, unsure=unsure),
            evidence=evidence,
        )

    def _probabilities(self, logit: float | None, said: RuleVerdict) -> tuple[float | None, float]:
        if self.model is None:
            return None, _UNTRAINED.probability(0.0, said)
        if logit is None:
            return None, self.model.rules_only.probability(0.0, said)
        return (
            self.model.alone.probability(logit, said),
            self.model.blend.probability(logit, said),
        )


def _evidence(
    votes: tuple[Vote, ...], analysis: Analysis, *, present: bool
) -> tuple[Evidence, ...]:
    """The words behind a decision: what is provided, or the mentions that were ruled out."""
    texts = {field: document.text for field, document in analysis.documents}
    telling = [vote for vote in votes if (vote.status == "provided") == present]
    spans = {
        (vote.span.field, vote.span.start, vote.span.end): vote.rule
        for vote in sorted(telling, key=lambda v: (v.span.field, v.span.start, v.span.end, v.rule))
    }
    return tuple(
        Evidence(field, start, end, texts[field][start:end], rule)
        for (field, start, end), rule in spans.items()
    )


def _passage_evidence(analysis: Analysis, best: int) -> Evidence:
    field, passage = analysis.passages[best]
    document = dict(analysis.documents)[field]
    start, end = document.starts[passage.first], document.starts[passage.end]
    text = document.text[start:end]
    start += len(text) - len(text.lstrip())
    return Evidence(field, start, start + len(text.strip()), text.strip(), MODEL_EVIDENCE)


def _status(votes: tuple[Vote, ...], *, present: bool) -> Status:
    if present:
        return "provided"
    statuses = {vote.status for vote in votes} - {"provided"}
    return next((status for status in _STATUS_ORDER if status in statuses), "none")


def _reason(said: RuleVerdict, *, present: bool, disagree: bool, unsure: bool) -> Reason:
    if disagree and unsure:
        return "disagree"
    if unsure:
        return "unsure"
    if said == "present" and present:
        return "rule_only" if disagree else "agree"
    if present:
        return "model_only"
    return "ruled_out" if said == "ruled_out" else "agree"


def _implied(decision: Decision, by: Decision) -> Decision:
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
