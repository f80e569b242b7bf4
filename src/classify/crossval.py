"""Judging labelled texts by a tagger that has learnt nothing from them or their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from classify.records import Tagging
from classify.tagger import Analysis, Tagger
from classify.training import Example, cross_fit

__all__ = ["Lesson", "tag_out_of_fold"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled text, analysed, and what the model can learn from it."""

    analysis: Analysis
    example: Example


def tag_out_of_fold(
    lessons: Sequence[Lesson], tagger: Tagger, *, folds: int = 10
) -> tuple[Tagging, ...]:
    """Tag every text, in order, by a model fitted without the texts of its group."""
    tags = tuple(tag.id for tag in tagger.taxonomy.tags)
    examples = [lesson.example for lesson in lessons]
    found: dict[int, Tagging] = {}
    for held, model in cross_fit(examples, tags, folds=folds):
        fold = replace(tagger, model=model)
        for index in held:
            found[index] = fold.decide(lessons[index].analysis)
    return tuple(found[index] for index in range(len(lessons)))
