"""Judging labelled programs by a tagger that has learnt nothing from them or their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from classify.records import Tagging
from classify.tagger import Analysis, Tagger
from classify.training import Example, cross_fit

__all__ = ["Lesson", "tag_out_of_fold"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled program, analysed, and what the model can learn from it."""

    analysis: Analysis
    example: Example


def tag_out_of_fold(
    judged: Sequence[Lesson], tagger: Tagger, *, extra: Sequence[Example] = (), folds: int = 10
) -> tuple[Tagging, ...]:
    """Tag every judged program by a model fitted without the programs of its group.

    `extra` lessons are in every fit. The order is that of `judged`.
    """
    tags = tuple(tag.id for tag in tagger.taxonomy.tags)
    examples = [lesson.example for lesson in judged]
    found: dict[int, Tagging] = {}
    for held, model in cross_fit(examples, tags, extra=extra, folds=folds):
        fold = replace(tagger, model=model)
        for index in held:
            found[index] = fold.decide(judged[index].analysis)
    return tuple(found[index] for index in range(len(judged)))
