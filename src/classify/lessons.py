"""Labelled texts as the model's lessons: which passage of a text shows which tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from classify.crossval import Lesson, tag_out_of_fold
from classify.evaluate import Report, evaluate
from classify.labels import find, load_gold, load_programs
from classify.language import dictionary_name
from classify.model import Model
from classify.records import Gold, Program
from classify.rules import verdict
from classify.tagger import Analysis, Tagger
from classify.training import Example, fit

__all__ = ["cross_validate", "example", "from_gold", "train"]


def train(labels: Path, tagger: Tagger) -> Model:
    """Fit a model to the gold decisions of a labels folder."""
    lessons = from_gold(load_programs(labels).values(), load_gold(labels), tagger)
    tags = tuple(tag.id for tag in tagger.taxonomy.tags)
    made_from = {"taxonomy": tagger.taxonomy.digest, "dictionary": dictionary_name()}
    return fit([lesson.example for lesson in lessons], tags, made_from=made_from)


def cross_validate(labels: Path, tagger: Tagger) -> Report:
    """Tag the labelled programs by models that have not seen their prefecture, and compare."""
    gold = load_gold(labels)
    lessons = from_gold(load_programs(labels).values(), gold, tagger)
    return evaluate(tag_out_of_fold(lessons, tagger), gold, tagger.taxonomy)


def from_gold(
    programs: Iterable[Program], gold: Mapping[tuple[str, str], Gold], tagger: Tagger
) -> tuple[Lesson, ...]:
    """One lesson per program that has a gold decision for every tag of the taxonomy.

    Programs of one prefecture stay together in cross-validation: neighbours copy one another.
    """
    tags = [tag.id for tag in tagger.taxonomy.tags]
    found = []
    for program in programs:
        decided = [gold.get((program.program_id, tag)) for tag in tags]
        known = [decision for decision in decided if decision is not None]
        if len(known) == len(tags):
            analysis = tagger.analyse(program)
            group = program.prefecture or program.program_id
            present = {decision.tag: decision.present for decision in known}
            quotes = {decision.tag: decision.quotes for decision in known}
            found.append(Lesson(analysis, example(analysis, group, present, quotes)))
    return tuple(found)


def example(
    analysis: Analysis,
    group: str,
    present: Mapping[str, bool],
    quotes: Mapping[str, tuple[str, ...]],
) -> Example:
    """An example out of an analysed text, what is present in it, and the words that show it."""
    return Example(
        name=analysis.program.program_id,
        group=group,
        passages=tuple(passage for _, passage in analysis.passages),
        verdicts={tag: verdict(analysis.votes, tag) for tag in present},
        present=dict(present),
        shows={
            tag: _quoted(analysis, quotes.get(tag, ())) if here else frozenset()
            for tag, here in present.items()
        },
    )


def _quoted(analysis: Analysis, quotes: Iterable[str]) -> frozenset[int]:
    documents = dict(analysis.documents)
    spans = [span for quote in quotes if (span := find(quote, analysis.program))]
    return frozenset(
        index
        for index, (field, passage) in enumerate(analysis.passages)
        for span in spans
        if span.field == field
        and span.start < documents[field].starts[passage.end]
        and documents[field].starts[passage.first] < span.end
    )
