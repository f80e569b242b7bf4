"""Judging labelled texts by a tagger that has learnt nothing from them or their neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from classify.model import Model
from classify.records import Tagging
from classify.tagger import Analysis, Tagger
from classify.training import Example

__all__ = ["Lesson", "tag_out_of_fold"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled text, analysed, and what the model can learn from it."""

    analysis: Analysis
    example: Example


def tag_out_of_fold(
    lessons: Sequence[Lesson], folds: Iterable[tuple[frozenset[int], Model]], tagger: Tagger
) -> tuple[Tagging, ...]:
    """Tag every text, in order, by the model of the fold that was fitted without its group."""
    found: dict[int, Tagging] = {}
    for held, model in folds:
        fold = replace(tagger, model=model)
        for index in held:
            found[index] = fold.decide(lessons[index].analysis)
    return tuple(found[index] for index in range(len(lessons)))
