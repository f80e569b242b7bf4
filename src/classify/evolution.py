"""Tags renamed, merged, split or retired: the taxonomy, its labels and its model carried along."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from classify.crosswalk import Step, resolve, rows
from classify.errors import TaxonomyError
from classify.features import BESIDE
from classify.language import analyse
from classify.linear import Linear
from classify.model import Model
from classify.rules import check, compile_rules
from classify.taxonomy import Taxonomy, parse
from classify.taxonomy import retagging as edits
from classify.taxonomy.editing import drop
from classify.taxonomy.entries import IDENTIFIER

__all__ = ["Plan", "carried", "plan"]

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would make: the taxonomy's new text, and the step as the crosswalk keeps it.

    `dropped` are sentences of cues that only the words of a retired tag had shown.
    """

    text: str
    taxonomy: Taxonomy
    step: Step
    dropped: tuple[str, ...]


def plan(path: str, text: str, wanted: Step, steps: Sequence[Step] = ()) -> Plan:
    """A taxonomy's text after a change of its tags; nothing is written.

    `wanted` is the change with its kind, tags, date, name and reason; its versions are filled in.
    `steps` are the changes before it. Raises TaxonomyError for tags that cannot be changed so, for
    a taxonomy that is not in order, and for one that would not be in order afterwards.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    before = _in_order(path, text)
    wanted = _completed(wanted, before)
    _refuse(path, wanted, before, steps)
    new = _EDITS[wanted.kind](text, wanted)
    dropped: tuple[str, ...] = ()
    if wanted.kind == "retire":
        new, dropped = _without_empty_sentences(path, new)
    after = _in_order(path, new)
    step = replace(wanted, version_before=before.version, version_after=after.version)
    return Plan(mark + new, after, step, dropped)


def carried(model: Model, step: Step) -> Model:
    """A model after a change of tags: it knows a renamed tag as it did, and forgets those that
    were merged, split or retired. Rules alone decide on a tag that it does not know."""
    if step.kind == "rename":
        old, new = step.olds[0], step.news[0]
        return replace(
            model,
            tags=tuple(step.news[0] if tag in step.olds else tag for tag in model.tags),
            passage=_renamed(model.passage, old, new),
            provided=_renamed(model.provided, old, new),
        )
    left = [column for column, tag in enumerate(model.tags) if tag not in step.olds]
    outputs = left + [len(model.tags) + column for column in left]
    passage = replace(
        model.passage,
        weights=model.passage.weights[:, outputs],
        intercepts=model.passage.intercepts[outputs],
    )
    return replace(model, tags=tuple(model.tags[column] for column in left), passage=passage)


def _renamed(linear: Linear, old: str, new: str) -> Linear:
    """The features about a tag under its new name."""
    kinds = tuple(BESIDE + new if kind == BESIDE + old else kind for kind in linear.kinds)
    about = re.compile(rf"^((?:tag|rule)\t){re.escape(old)}(?=\t|$)")
    names = [about.sub(rf"\g<1>{new}", name) for name in replace(linear, kinds=kinds).names]
    return Linear.of(names, linear.part.tolist(), linear.idf, linear.weights, linear.intercepts)


def _in_order(path: str, text: str) -> Taxonomy:
    taxonomy = parse(path, text)
    faults = check(compile_rules(taxonomy), taxonomy)
    if faults:
        raise TaxonomyError.told(faults)
    return taxonomy


def _completed(wanted: Step, taxonomy: Taxonomy) -> Step:
    """A merge into a tag that is there already takes that tag's decisions in too."""
    known = {tag.id for tag in taxonomy.tags}
    into = [tag for tag in wanted.news if wanted.kind == "merge" and tag in known]
    return replace(wanted, olds=tuple(dict.fromkeys([*wanted.olds, *into])))


def _refuse(path: str, wanted: Step, taxonomy: Taxonomy, steps: Sequence[Step]) -> None:
    known = [tag.id for tag in taxonomy.tags]
    for tag in wanted.olds:
        if tag not in known:
            remedy = f"use one of: {', '.join(sorted(known))}"
            raise TaxonomyError(path, f"has no tag '{tag}'", remedy)
    fewest = {"merge": len(set(wanted.olds)), "split": len(set(wanted.news))}.get(wanted.kind, 2)
    if fewest < 2:
        raise TaxonomyError(path, f"a {wanted.kind} needs two tags", "name another one")
    for tag in wanted.news:
        if not re.fullmatch(IDENTIFIER, tag):
            problem = f"'{tag}' is no id for a tag"
            raise TaxonomyError(path, problem, "use small letters, digits and _ . -")
        if tag in known and not (wanted.kind == "merge" and tag in wanted.olds):
            raise TaxonomyError(path, f"has a tag '{tag}' already", "choose another id")
        # An id that once meant something else would turn old decisions into false ones.
        before = {row.old for row in rows(steps)}
        own = wanted.kind != "split" and set(resolve(tag, steps).tags) <= {tag, *wanted.olds}
        if tag in before and not own:
            problem = f"'{tag}' has been the id of another tag before"
            raise TaxonomyError(path, problem, "choose an id that was never used")


def _without_empty_sentences(path: str, text: str) -> tuple[str, tuple[str, ...]]:
    """A text without the `yes` sentences of cues that no longer have a mention to bear on."""
    taxonomy = parse(path, text)
    book = compile_rules(taxonomy)
    dropped = []
    for number, cue in enumerate(taxonomy.cues):
        for index in reversed(range(len(cue.yes))):
            votes = book.votes_on(analyse(cue.yes[index]))
            if not any(vote.cue == cue.id for vote in votes):
                dropped.append(f"{cue.id}: {cue.yes[index]}")
                text = drop(text, ("cues", number, "yes", index))
    return text, tuple(dropped)


_EDITS: dict[str, Callable[[str, Step], str]] = {
    "rename": lambda text, step: edits.renamed(text, step.olds[0], step.news[0]),
    "merge": lambda text, step: edits.merged(text, step.olds, step.news[0]),
    "split": lambda text, step: edits.split(text, step.olds[0], step.news),
    "retire": lambda text, step: edits.retired(text, step.olds[0]),
}
