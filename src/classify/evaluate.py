"""How right a tagger is: counts, precision, recall and F1 per tag, for every judge side by side."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from classify.records import Decision, Gold, Program, Tagging
from classify.taxonomy import Taxonomy

__all__ = ["Error", "Report", "Score", "evaluate", "keyword_search", "macro_f1"]


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
class Error:
    """A decision that gold contradicts, with what it rested on."""

    program: Program
    decision: Decision
    gold: Gold


@dataclass(frozen=True, slots=True)
class Report:
    """Scores by judge and tag, the decisions that are wrong, and how much waits for review.

    Judges: `both` (what the tagger decides), `rules` and `model` alone, `keywords` as yardstick.
    """

    programs: int
    decisions: int
    scores: Mapping[str, Mapping[str, Score]]
    flagged: int
    wrong_unflagged: int
    errors: tuple[Error, ...]


Judge = Callable[[Tagging, Decision], bool]


def evaluate(
    taggings: Sequence[Tagging], gold: Mapping[tuple[str, str], Gold], taxonomy: Taxonomy
) -> Report:
    """Compare decisions with gold; decisions without gold are left out."""
    judges: dict[str, Judge] = {
        "both": lambda _, decision: decision.present,
        "rules": lambda _, decision: decision.rule == "present",
        "model": lambda _, decision: (decision.model or 0.0) >= 0.5,
        "keywords": lambda tagging, decision: keyword_search(
            tagging.program, taxonomy.keywords[decision.tag]
        ),
    }
    judged = [
        (tagging, decision, gold[tagging.program.program_id, decision.tag])
        for tagging in taggings
        for decision in tagging.decisions
        if (tagging.program.program_id, decision.tag) in gold
    ]
    scores = {
        name: {
            tag.id: _score([(judge(t, d), g.present) for t, d, g in judged if d.tag == tag.id])
            for tag in taxonomy.tags
        }
        for name, judge in judges.items()
    }
    errors = tuple(Error(t.program, d, g) for t, d, g in judged if d.present != g.present)
    return Report(
        programs=len(taggings),
        decisions=len(judged),
        scores=scores,
        flagged=sum(d.review for _, d, _ in judged),
        wrong_unflagged=sum(not error.decision.review for error in errors),
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


def _score(pairs: Sequence[tuple[bool, bool]]) -> Score:
    return Score(
        right=sum(said and true for said, true in pairs),
        wrong=sum(said and not true for said, true in pairs),
        missed=sum(true and not said for said, true in pairs),
    )
