"""Commands that change the tags of taxonomy.yaml, or learn a rule from a decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classify.cli.options import Labels, ModelFile, Taxonomy, say_wrote, tagger_of
from classify.cli.taxonomy import app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classify.corpus import Corpus
    from classify.crosswalk import Kind, Step
    from classify.evolution import Plan
    from classify.proposals import Card, Effect, Proposal

# The commands of cli/taxonomy.py with those of this room.
__all__ = ["app"]

Name = Annotated[str, typer.Option("--as", help="Who makes the change.")]
Reason = Annotated[str, typer.Option(help="Why, for those who read the crosswalk.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")]


@app.command("rename")
def rename(
    old: str,
    new: str,
    name: Name,
    reason: Reason = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    dry_run: DryRun = False,
) -> None:
    """Give a tag another id; its decisions and what the model learnt of it stay."""
    wanted = _wanted("rename", [old], [new], name, reason)
    _carry_out(wanted, labels, taxonomy, model, dry_run=dry_run)


@app.command("merge")
def merge(
    tags: Annotated[list[str], typer.Argument(metavar="TAG... INTO")],
    name: Name,
    reason: Reason = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    dry_run: DryRun = False,
) -> None:
    """Make one tag of several; INTO may be one of them, another tag, or new."""
    *olds, into = tags
    wanted = _wanted("merge", olds, [into], name, reason)
    _carry_out(wanted, labels, taxonomy, model, dry_run=dry_run)


@app.command("split")
def split(
    tag: str,
    parts: Annotated[list[str], typer.Argument(metavar="INTO...")],
    name: Name,
    reason: Reason = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    dry_run: DryRun = False,
) -> None:
    """Make several tags of one; where it was present, its parts wait to be looked at."""
    wanted = _wanted("split", [tag], parts, name, reason)
    _carry_out(wanted, labels, taxonomy, model, dry_run=dry_run)


@app.command("retire")
def retire(
    tag: str,
    name: Name,
    reason: Reason = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    dry_run: DryRun = False,
) -> None:
    """Take a tag out, with its rules; its decisions stay on disk and count no more."""
    wanted = _wanted("retire", [tag], [], name, reason)
    _carry_out(wanted, labels, taxonomy, model, dry_run=dry_run)


@app.command("crosswalk")
def crosswalk(
    labels: Labels = Path("labeled"),
    output: Annotated[
        str, typer.Option("-o", "--output", help="A .csv file; - is standard output.")
    ] = "-",
) -> None:
    """Print every tag that ever changed beside what it is now, and whether sums compare."""
    from classify.crosswalk import load, rows
    from classify.export.files import by_suffix, deliver
    from classify.export.tables import csv_chunks

    found = rows(load(labels))
    chunks = by_suffix(output, {".csv": csv_chunks})
    columns = ("old", "new", "kinds", "version", "compares")
    cells = [[getattr(row, column) for column in columns] for row in found]
    deliver(output, chunks(columns, cells))
    say_wrote(output, f"{len(found)} rows")


@app.command("propose")
def propose(
    program_id: str,
    tag: str,
    present: Annotated[bool, typer.Option("--present/--absent", help="What was decided.")],
    quote: Annotated[str, typer.Option(help="The words that show it.")] = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    accept: Annotated[
        int | None, typer.Option(help="Write this proposal into the taxonomy.")
    ] = None,
) -> None:
    """Show which phrases would make the rules decide as a person did of a program and a tag, and
    what each fixes and breaks."""
    from classify import proposals
    from classify.corpus import corpus
    from classify.lessons import read_labelled

    tagger = tagger_of(taxonomy, model, no_model=False)
    texts = corpus(read_labelled(labels), tagger)
    card = _card(texts, program_id, tag, quote, present=present)
    found = proposals.propose(card, texts)
    if not found:
        typer.echo("the rules say so already, or no phrase would make them")
    for number, one in enumerate(found, start=1):
        if accept in (None, number):
            _propose(number, one, proposals.effect(one, card, texts))
    if accept is not None:
        _accept(found, accept, Path(tagger.taxonomy.path))


def _card(texts: Corpus, program_id: str, tag: str, quote: str, *, present: bool) -> Card:
    from classify.errors import InputError
    from classify.labels import find
    from classify.proposals import Card

    programs = {program.program_id: program for program in texts.labelled.programs}
    tags = [known.id for known in texts.tagger.taxonomy.tags]
    if program_id not in programs:
        raise InputError(program_id, "is no labelled program", "name one of labeled/programs")
    if tag not in tags:
        raise InputError(tag, "is no tag", f"use one of: {', '.join(tags)}")
    if quote and find(quote, programs[program_id]) is None:
        problem = f"quote '{quote}' does not stand in {program_id}"
        raise InputError("--quote", problem, "copy the words to the letter")
    return Card(programs[program_id], tag, present, quote)


def _propose(number: int, one: Proposal, effect: Effect) -> None:
    side = "yes" if one.present else "no"
    typer.echo(f"{number}. {one.entry}, {one.key}: {one.phrase} -> {one.status}")
    typer.echo(f"   {one.rule}, {side}: {' / '.join(one.sentence.splitlines())}")
    for name, changes in (("rules alone", effect.rules), ("whole tagger", effect.whole)):
        fixed = sum(change.right for change in changes)
        typer.echo(f"   {name}: {fixed} fixed, {len(changes) - fixed} broken")
        for change in changes:
            what = "fixes" if change.right else "breaks"
            typer.echo(f"     {what} {change.program.program_id} {change.after.tag}")


def _accept(found: Sequence[Proposal], number: int, path: Path) -> None:
    from classify import proposals
    from classify.errors import InputError
    from classify.export.files import deliver
    from classify.taxonomy import source

    if not 1 <= number <= len(found):
        remedy = f"choose 1 to {len(found)}" if found else "write a rule by hand"
        raise InputError("--accept", f"there is no proposal {number}", remedy)
    new = proposals.accept(str(path), source(path), found[number - 1])
    deliver(path, [new.encode()])
    say_wrote(str(path), f"{found[number - 1].entry} knows {found[number - 1].phrase}")


def _wanted(kind: Kind, olds: list[str], news: list[str], name: str, reason: str) -> Step:
    from datetime import UTC, datetime

    from classify.crosswalk import Step
    from classify.desk import name_of

    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Step(kind, tuple(dict.fromkeys(olds)), tuple(news), at, name_of(name), "", "", reason)


def _carry_out(
    wanted: Step, labels: Path, taxonomy: Path | None, model: Path | None, *, dry_run: bool
) -> None:
    from classify.crosswalk import load
    from classify.evolution import plan
    from classify.taxonomy import default_path, source

    path = taxonomy or default_path()
    old = source(path)
    made = plan(str(path), old, wanted, load(labels))
    if dry_run:
        _show(old, made)
    _report(made, labels)
    if dry_run:
        return
    _write(made, path, labels, model or _own_model(taxonomy))


def _own_model(taxonomy: Path | None) -> Path | None:
    """The built-in model belongs to the built-in taxonomy."""
    from classify import model as models
    from classify.taxonomy import default_path

    built_in = taxonomy is None or taxonomy.resolve() == default_path().resolve()
    return models.default_path() if built_in and models.default_path().is_file() else None


def _show(old: str, made: Plan) -> None:
    """The lines of the taxonomy that change."""
    from difflib import unified_diff

    for line in unified_diff(old.splitlines(), made.text.splitlines(), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            typer.echo(line)


def _report(made: Plan, labels: Path) -> None:
    """What becomes of labels and model, and what is left to a person."""
    from classify.crosswalk import load, to_look_at
    from classify.labels import load_contrast, load_programs, read_labels

    step = made.step
    for sentence in made.dropped:
        typer.echo(f"dropped, as it showed nothing any more: {sentence}")
    if (labels / "programs").is_dir():
        said = read_labels(labels, load_programs(labels))
        steps = load(labels)
        again = to_look_at(said, (*steps, step)) - to_look_at(said, steps)
        decisions = sum(label.tag in step.olds for label in said)
        typer.echo(f"{decisions} decisions are read through the crosswalk; none is rewritten")
        if step.kind == "split":
            texts = sum(any(s.tag in step.olds for s in t.said) for t in load_contrast(labels))
            typer.echo(f"{len(again)} cards wait to be looked at again; {texts} written texts")
    typer.echo(_ADVICE[step.kind].format(olds=", ".join(step.olds), news=", ".join(step.news)))


_ADVICE = {
    "rename": "the model goes on under the new id; the same words may stand in your own files",
    "merge": "look over the wording of {news}; rules alone decide on it until `classify train`",
    "split": (
        "word {news}, and move rules of {olds} to where they belong; "
        "rules alone decide on them until `classify train`"
    ),
    "retire": "{olds} is no column any more; what was decided of it stays on disk",
}


def _write(made: Plan, path: Path, labels: Path, model: Path | None) -> None:
    """Write what changed, the taxonomy last: a change that was cut short can be made again."""
    from classify import crosswalk
    from classify.export.files import deliver
    from classify.labels import derive, gold_lines, load_labels, load_programs

    if not _kept(made, crosswalk.load(labels)):
        kept = labels / crosswalk.FILE
        old = kept.read_bytes() if kept.exists() else b""
        gap = b"\n" if old and not old.endswith(b"\n") else b""
        deliver(kept, [old, gap, crosswalk.line(made.step)])
    if (labels / "programs").is_dir():
        gold = derive(load_labels(labels, load_programs(labels)))
        deliver(labels / "gold.jsonl", [gold_lines(gold)])
    if model:
        _carry_model(made, path, model)
    deliver(path, [made.text.encode()])
    versions = f"version {made.step.version_before} -> {made.step.version_after}"
    say_wrote(str(path), versions)


def _kept(made: Plan, steps: Sequence[Step]) -> bool:
    """Whether the crosswalk ends with this very change, made by a run that was cut short."""
    from dataclasses import replace

    last = [replace(step, at="", by="", reason="") for step in steps[-1:]]
    return last == [replace(made.step, at="", by="", reason="")]


def _carry_model(made: Plan, path: Path, model: Path) -> None:
    from classify import model as models
    from classify.errors import ModelError
    from classify.evolution import carried
    from classify.export.files import deliver
    from classify.taxonomy import load

    try:
        models.load(model, made.taxonomy)
    except ModelError:
        before = models.load(model, load(path))
        deliver(model, [models.dump(carried(before, made.step))])
        say_wrote(str(model), "the model with the tags as they are now")
