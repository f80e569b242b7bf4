"""How right a tagger is: per tag and judge, with intervals, and what to trust of what it says."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classify.labels import find
from classify.records import Decision, Gold, Program, Status, Tagging
from classify.taxonomy import Taxonomy

__all__ = ["Bin", "Error", "Interval", "Report", "Score", "evaluate", "keyword_search", "macro_f1"]

# How many times groups are drawn anew for an interval.
DRAWS = 1000

# Shares of decisions sent to review at which the error of the others is told.
SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)

BINS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right and wrong decisions for one tag."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of tags given that are right; 1 where none is given.

        >>> Score(right=3, wrong=1, missed=0).precision
        0.75
        """
        given = self.right + self.wrong
        return self.right / given if given else 1.0

    @property
    def recall(self) -> float:
        """The share of tags that are there and were found; 1 where none is there."""
        there = self.right + self.missed
        return self.right / there if there else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where nothing is there nor given.

        >>> Score(right=3, wrong=1, missed=2).f1
        0.6666666666666666
        """
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the bounds that hold 95 % of it when groups are drawn anew."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions whose probability lies between `low` and `high`: how many, the mean probability,
    and the share of them in which the tag is there."""

    low: float
    high: float
    decisions: int
    probability: float
    present: float


@dataclass(frozen=True, slots=True)
class Error:
    """A decision that gold contradicts, with what it rested on."""

    program: Program
    decision: Decision
    gold: Gold


@dataclass(frozen=True, slots=True)
class Report:
    """What one set of labelled texts says of the tagger.

    Judges: `both` (what the tagger decides), `rules` and `model` alone, `keywords` as yardstick.
    `macro` holds their macro-F1, and under `both - rules` and `both - model` the differences.
    `curve` tells, for a share of decisions flagged (the least sure first), the share of the others
    that is wrong. `statuses` counts (right, all) of the mentions whose status is known: provided
    ones found present, others not. `evidence` counts (overlapping, all) of the right tags whose
    quotes are known.
    """

    name: str
    programs: int
    decisions: int
    scores: Mapping[str, Mapping[str, Score]]
    macro: Mapping[str, Interval]
    flagged: int
    wrong_unflagged: int
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]
    evidence: tuple[int, int]
    statuses: Mapping[Status, tuple[int, int]]
    errors: tuple[Error, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One decision beside its gold."""

    group: str
    tagging: Tagging
    decision: Decision
    gold: Gold


_JUDGES: dict[str, Callable[[_Judged, Taxonomy], bool]] = {
    "both": lambda one, _: one.decision.present,
    "rules": lambda one, _: one.decision.rule == "present",
    "model": lambda one, _: (one.decision.model or 0.0) >= 0.5,
    "keywords": lambda one, taxonomy: keyword_search(
        one.tagging.program, taxonomy.keywords[one.decision.tag]
    ),
}


def evaluate(
    name: str,
    taggings: Sequence[Tagging],
    gold: Mapping[tuple[str, str], Gold],
    taxonomy: Taxonomy,
    *,
    statuses: Mapping[tuple[str, str], Status] | None = None,
) -> Report:
    """Compare decisions with gold; decisions without gold are left out.

    Intervals draw prefectures anew, or programs where no prefecture is known.
    """
    judged = [
        _Judged(
            t.program.prefecture or t.program.program_id, t, d, gold[t.program.program_id, d.tag]
        )
        for t in taggings
        for d in t.decisions
        if (t.program.program_id, d.tag) in gold
    ]
    said = {judge: [rule(one, taxonomy) for one in judged] for judge, rule in _JUDGES.items()}
    tags = [tag.id for tag in taxonomy.tags]
    errors = tuple(
        Error(one.tagging.program, one.decision, one.gold)
        for one in judged
        if one.decision.present != one.gold.present
    )
    return Report(
        name=name,
        programs=len(taggings),
        decisions=len(judged),
        scores={judge: _scores(judged, answers, tags) for judge, answers in said.items()},
        macro=_intervals(judged, said, tags),
        flagged=sum(one.decision.review for one in judged),
        wrong_unflagged=sum(not error.decision.review for error in errors),
        bins=_bins(judged),
        curve=_curve(judged),
        evidence=_evidence(judged),
        statuses=_statuses(judged, statuses or {}),
        errors=errors,
    )


def macro_f1(scores: Mapping[str, Score]) -> float:
    """The mean of the tags' F1.

    >>> macro_f1({"a": Score(1, 0, 0), "b": Score(1, 1, 1)})
    0.75
    """
    return sum(score.f1 for score in scores.values()) / len(scores)


def keyword_search(program: Program, keywords: Sequence[str]) -> bool:
    """What a search for words in the text would say: the yardstick for everything else."""
    text = unicodedata.normalize("NFKC", f"{program.program}\n{program.summary}")
    return any(unicodedata.normalize("NFKC", word) in text for word in keywords)


def _scores(
    judged: Sequence[_Judged], answers: Sequence[bool], tags: Sequence[str]
) -> dict[str, Score]:
    counts = dict.fromkeys(tags, Score(0, 0, 0))
    for one, yes in zip(judged, answers, strict=True):
        old, true = counts[one.decision.tag], one.gold.present
        counts[one.decision.tag] = Score(
            old.right + (yes and true),
            old.wrong + (yes and not true),
            old.missed + (true and not yes),
        )
    return counts


def _intervals(
    judged: Sequence[_Judged], said: Mapping[str, Sequence[bool]], tags: Sequence[str]
) -> dict[str, Interval]:
    """Macro-F1 by judge and the gains of both over each alone, groups drawn with replacement."""
    groups = sorted({one.group for one in judged})
    row = {group: index for index, group in enumerate(groups)}
    column = {tag: index for index, tag in enumerate(tags)}
    figures: dict[str, np.ndarray] = {}
    # The first draw takes each group once: it is the figure itself.
    drawn = np.random.default_rng(0).multinomial(
        len(groups), np.full(len(groups), 1 / len(groups)), size=DRAWS
    )
    weights = np.vstack([np.ones(len(groups)), drawn])
    for judge, answers in said.items():
        counts = np.zeros((len(groups), len(tags), 2))
        for one, yes in zip(judged, answers, strict=True):
            cell = counts[row[one.group], column[one.decision.tag]]
            cell[0] += 2 * (yes and one.gold.present)
            cell[1] += yes + one.gold.present
        totals = np.einsum("dg,gtc->dtc", weights, counts)
        empty = totals[:, :, 1] == 0
        f1 = np.where(empty, 1.0, totals[:, :, 0] / np.where(empty, 1.0, totals[:, :, 1]))
        figures[judge] = f1.mean(axis=1)
    for other in ("rules", "model"):
        figures[f"both - {other}"] = figures["both"] - figures[other]
    return {name: _interval(values) for name, values in figures.items()}


def _interval(values: np.ndarray) -> Interval:
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return Interval(float(values[0]), float(low), float(high))


def _bins(judged: Sequence[_Judged]) -> tuple[Bin, ...]:
    found = []
    for number in range(BINS):
        inside = [
            one for one in judged if min(int(one.decision.probability * BINS), BINS - 1) == number
        ]
        if inside:
            found.append(
                Bin(
                    low=number / BINS,
                    high=(number + 1) / BINS,
                    decisions=len(inside),
                    probability=sum(one.decision.probability for one in inside) / len(inside),
                    present=sum(one.gold.present for one in inside) / len(inside),
                )
            )
    return tuple(found)


def _curve(judged: Sequence[_Judged]) -> tuple[tuple[float, float], ...]:
    surest = sorted(judged, key=lambda one: -abs(one.decision.probability - 0.5))
    wrong = [one.decision.present != one.gold.present for one in surest]
    found = []
    for share in SHARES:
        kept = wrong[: round(len(wrong) * (1 - share))]
        found.append((share, sum(kept) / len(kept) if kept else 0.0))
    return tuple(found)


def _evidence(judged: Sequence[_Judged]) -> tuple[int, int]:
    right = [one for one in judged if one.decision.present and one.gold.present and one.gold.quotes]
    return sum(map(_overlaps, right)), len(right)


def _overlaps(one: _Judged) -> bool:
    """Do words of the evidence lie in a quote, or a quote's in the evidence?"""
    program, evidence = one.tagging.program, one.decision.evidence
    for quote in one.gold.quotes:
        span = find(quote, program)
        plain = "".join(quote.split())
        for item in evidence:
            if (
                span
                and item.field == span.field
                and max(item.start, span.start) < min(item.end, span.end)
            ):
                return True
            # The same words may stand in the text more than once.
            if "".join(item.text.split()) in plain:
                return True
    return False


def _statuses(
    judged: Sequence[_Judged], statuses: Mapping[tuple[str, str], Status]
) -> dict[Status, tuple[int, int]]:
    counts: dict[Status, tuple[int, int]] = {}
    for one in judged:
        status = statuses.get((one.gold.program_id, one.gold.tag))
        if status:
            right, total = counts.get(status, (0, 0))
            told = one.decision.present == (status == "provided")
            counts[status] = (right + told, total + 1)
    return dict(sorted(counts.items()))
