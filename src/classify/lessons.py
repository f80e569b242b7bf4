"""Labelled texts as the model's lessons: which passage of a text speaks of which tag, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classify.crossval import Lesson, tag_out_of_fold
from classify.errors import InputError
from classify.evaluate import Report, evaluate
from classify.labels import derive, find, load_contrast, load_labels, load_programs
from classify.language import dictionary_name
from classify.model import Model
from classify.records import Contrast, Gold, Label, Program, Tagging
from classify.rules import standing
from classify.tagger import Analysis, Tagger
from classify.training import FEWEST_TEXTS, Example, Mention, cross_fit, fitted, learnable

__all__ = [
    "Labelled",
    "Trained",
    "cross_validate",
    "gold_of",
    "judge_aside",
    "read_labelled",
    "tag_unseen",
    "train",
]

# Into how many parts labelled texts go when they are judged out of fold.
FOLDS = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """All of a labels folder: programs with gold and decisions, the written lessons, and the texts
    set aside to judge by."""

    programs: tuple[Program, ...]
    gold: Mapping[tuple[str, str], Gold]
    labels: tuple[Label, ...]
    contrast: tuple[Contrast, ...]
    aside: tuple[Contrast, ...]


def read_labelled(folder: Path) -> Labelled:
    """Read a labels folder; InputError tells what is wrong with it."""
    programs = load_programs(folder)
    labels = load_labels(folder, programs)
    return Labelled(
        programs=tuple(programs.values()),
        gold={(gold.program_id, gold.tag): gold for gold in derive(labels)},
        labels=labels,
        contrast=load_contrast(folder),
        aside=load_contrast(folder, "aside"),
    )


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and what models that had not seen a labelled program say of its decided tags."""

    model: Model
    out_of_fold: Mapping[tuple[str, str], float]


def train(labelled: Labelled, tagger: Tagger) -> Trained:
    """Fit a model to the gold decisions and written lessons of a labels folder."""
    lessons = _lessons(labelled, tagger)
    examples = [lesson.example for lesson in lessons]
    made_from = {"taxonomy": tagger.taxonomy.digest, "dictionary": dictionary_name()}
    found = fitted(examples, _learnt(examples, tagger), made_from=made_from)
    unseen = _published(labelled, tag_out_of_fold(lessons, found.folds, tagger))
    return Trained(
        found.model,
        {
            (tagging.program.program_id, decision.tag): decision.probability
            for tagging in unseen
            for decision in tagging.decisions
            if (tagging.program.program_id, decision.tag) in labelled.gold
        },
    )


def cross_validate(labelled: Labelled, tagger: Tagger) -> Report:
    """Tag the labelled programs by models that have not seen their prefecture, and compare."""
    # Programs of which a reviewer decided a few tags only were chosen for being hard.
    judged = [
        tagging
        for tagging in tag_unseen(labelled, tagger)
        if all((tagging.program.program_id, tag) in labelled.gold for tag in _tags(tagger))
    ]
    return evaluate("cross-validated by prefecture", judged, labelled.gold, tagger.taxonomy)


def tag_unseen(labelled: Labelled, tagger: Tagger) -> tuple[Tagging, ...]:
    """The labelled programs that teach, each tagged by a model that has not seen its prefecture."""
    lessons = _lessons(labelled, tagger)
    examples = [lesson.example for lesson in lessons]
    folds = cross_fit(examples, _learnt(examples, tagger), folds=FOLDS)
    return _published(labelled, tag_out_of_fold(lessons, folds, tagger))


def _published(labelled: Labelled, taggings: Iterable[Tagging]) -> tuple[Tagging, ...]:
    programs = {program.program_id for program in labelled.programs}
    return tuple(tagging for tagging in taggings if tagging.program.program_id in programs)


def _learnt(examples: Sequence[Example], tagger: Tagger) -> tuple[str, ...]:
    """The tags that a model can learn; InputError when there is none, or no calibrating."""
    tags = learnable(examples, _tags(tagger))
    whole = {example.group for example in examples if example.whole}
    if not tags or len(whole) < 2:
        needed = f"a tag in {FEWEST_TEXTS} texts, and every tag decided in two prefectures"
        problem = f"teach too little: it takes {needed}"
        raise InputError("labels", problem, "decide more programs, or name the whole folder")
    return tags


def _tags(tagger: Tagger) -> tuple[str, ...]:
    return tuple(tag.id for tag in tagger.taxonomy.tags)


def judge_aside(aside: Sequence[Contrast], tagger: Tagger) -> tuple[Report, ...]:
    """One report per set of texts that nobody learnt from, by the tagger as it is."""
    groups: dict[str, list[Contrast]] = {}
    for text in aside:
        groups.setdefault(text.group, []).append(text)
    reports = []
    for name, texts in groups.items():
        taggings = list(tagger.tag(_program(text) for text in texts))
        gold = {(g.program_id, g.tag): g for text in texts for g in _gold(text, tagger)}
        statuses = {(text.id, said.tag): said.status for text in texts for said in text.said[::-1]}
        found = evaluate(f"set aside: {name}", taggings, gold, tagger.taxonomy, statuses=statuses)
        reports.append(found)
    return tuple(reports)


def _gold(text: Contrast, tagger: Tagger) -> Iterable[Gold]:
    for tag in tagger.taxonomy.tags:
        if tag.id in text.undecided:
            continue
        quotes = tuple(s.quote for s in text.said if s.tag == tag.id and s.status == "provided")
        yield Gold(text.id, tag.id, bool(quotes), "unanimous", "", quotes, 0)


def _program(text: Contrast) -> Program:
    return Program(text.id, text.group, 1, "", "", "", text.program, text.text, "", "", "")


def gold_of(labelled: Labelled, tagger: Tagger) -> Iterator[tuple[Program, dict[str, bool]]]:
    """Every labelled text, published or written, with whether each decided tag is there."""
    tags = [tag.id for tag in tagger.taxonomy.tags]
    for program in labelled.programs:
        known = {tag: labelled.gold.get((program.program_id, tag)) for tag in tags}
        yield program, {tag: gold.present for tag, gold in known.items() if gold}
    for text in labelled.contrast:
        provided = {said.tag for said in text.said if said.status == "provided"}
        decided = [tag for tag in tags if tag not in text.undecided]
        yield _program(text), {tag: tag in provided for tag in decided}


def _lessons(labelled: Labelled, tagger: Tagger) -> tuple[Lesson, ...]:
    return (*_from_gold(labelled, tagger), *_from_contrast(labelled.contrast, tagger))


def _from_gold(labelled: Labelled, tagger: Tagger) -> tuple[Lesson, ...]:
    """One lesson per program that has a gold decision for a tag of the taxonomy.

    Of the tags that nobody decided it teaches nothing. Probabilities are calibrated on programs
    with every tag decided: of the others people decided what was doubtful. Programs of one
    prefecture stay together in cross-validation: neighbours copy one another.
    """
    tags = [tag.id for tag in tagger.taxonomy.tags]
    misleading = _misleading(labelled)
    found = []
    for program in labelled.programs:
        decided = [labelled.gold.get((program.program_id, tag)) for tag in tags]
        known = [decision for decision in decided if decision is not None]
        if not known:
            continue
        analysis = tagger.analyse(program)
        quotes = [(g.tag, quote, True) for g in known for quote in g.quotes]
        quotes += [(tag, quote, False) for tag, quote in misleading[program.program_id]]
        present = {decision.tag: decision.present for decision in known}
        group = program.prefecture or program.program_id
        example = _example(analysis, group, present, quotes, complete=False)
        whole = example.whole and len(known) == len(tags)
        found.append(Lesson(analysis, replace(example, whole=whole)))
    return tuple(found)


def _misleading(labelled: Labelled) -> Mapping[str, Sequence[tuple[str, str]]]:
    """By program, what annotators quoted for tags that gold says are absent."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for label in labelled.labels:
        gold = labelled.gold.get((label.program_id, label.tag))
        if gold and not gold.present:
            found[label.program_id] += [(label.tag, q) for q in label.near_miss + label.quotes]
    return found


def _from_contrast(contrast: Iterable[Contrast], tagger: Tagger) -> Iterable[Lesson]:
    """One lesson per written text without open questions. A pass stays together: it has one
    writer's habits."""
    tags = [tag.id for tag in tagger.taxonomy.tags]
    for text in contrast:
        if text.undecided:
            continue
        quotes = [(said.tag, said.quote, said.status == "provided") for said in text.said]
        provided = {tag for tag, _, here in quotes if here}
        present = {tag: tag in provided for tag in tags}
        analysis = tagger.analyse(_program(text))
        yield Lesson(analysis, _example(analysis, text.group, present, quotes, complete=True))


def _example(
    analysis: Analysis,
    group: str,
    present: Mapping[str, bool],
    quotes: Iterable[tuple[str, str, bool]],
    *,
    complete: bool,
) -> Example:
    told: dict[tuple[str, int, int], bool] = {}
    for tag, quote, provided in quotes:
        for view, passage in _passages(analysis, quote):
            told[tag, view, passage] = told.get((tag, view, passage), False) or provided
    return Example(
        name=analysis.program.program_id,
        group=group,
        views=analysis.views,
        standings={tag: standing(analysis.votes, tag) for tag in present},
        present=dict(present),
        mentions=tuple(Mention(*place, provided) for place, provided in told.items()),
        complete=complete,
        whole=bool(analysis.program.program),
    )


def _passages(analysis: Analysis, quote: str) -> Iterable[tuple[int, int]]:
    """The (view, passage) indices that a quote touches."""
    span = find(quote, analysis.program)
    for number, seen in enumerate(analysis.views):
        if span is None or span.field != seen.field:
            continue
        starts = seen.document.starts
        for index, passage in enumerate(seen.passages):
            if span.start < starts[passage.end] and starts[passage.first] < span.end:
                yield number, index
