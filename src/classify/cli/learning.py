"""Commands that learn from labeled/ and judge what was learnt: train, evaluate, agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from classify.cli.options import (
    Labels,
    Language,
    ModelFile,
    Taxonomy,
    say_wrote,
    tagger_of,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(
    labels: Labels = Path("labeled"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The model file; default: the built-in.")
    ] = None,
    taxonomy: Taxonomy = None,
) -> None:
    """Fit the model to the labelled programs, and note what models that had not seen a program
    say of it: the queue then shows where a label may be wrong."""
    from classify import model as models
    from classify.export.files import deliver
    from classify.labels import out_of_fold_lines
    from classify.lessons import read_labelled
    from classify.lessons import train as fit
    from classify.training import FEWEST_TEXTS

    tagger = tagger_of(taxonomy, None, no_model=True)
    trained = fit(read_labelled(labels), tagger)
    path = output or models.default_path()
    deliver(path, [models.dump(trained.model)])
    words = len(trained.model.passage.words)
    say_wrote(str(path), f"{len(trained.model.tags)} tags, {words} words")
    for tag in tagger.taxonomy.tags:
        if tag.id not in trained.model.tags:
            typer.echo(f"left to its rules: {tag.id} (fewer than {FEWEST_TEXTS} texts provide it)")
    beside = labels / "out_of_fold.jsonl"
    deliver(beside, [out_of_fold_lines(trained.out_of_fold)])
    say_wrote(str(beside), f"{len(trained.out_of_fold)} probabilities")


@app.command()
def evaluate(
    labels: Labels = Path("labeled"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The report as .json or .html too.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="An older taxonomy.yaml, or a git revision of it: what has changed?"),
    ] = None,
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
) -> None:
    """Cross-validate the tagger by prefecture, beside rules, model and keyword search alone; then
    judge it on the texts set aside. With --against, show what a change of the rules does."""
    from classify import console
    from classify.evaluate import Report
    from classify.export import report as reports
    from classify.export.files import by_suffix, deliver
    from classify.lessons import cross_validate, judge_aside, read_labelled

    tagger = tagger_of(taxonomy, model, no_model=False)
    labelled = read_labelled(labels)
    if against:
        from classify.changes import changes, older

        console.changes(changes(labelled, older(against, tagger), tagger))
        return
    formats: dict[str, Callable[[Sequence[Report]], bytes]] = {
        ".json": reports.as_json,
        ".html": partial(reports.as_html, tags=tagger.taxonomy.tags),
    }
    render = by_suffix(output, formats) if output else None
    found = (cross_validate(labelled, tagger), *judge_aside(labelled.aside, tagger))
    for report in found:
        console.report(report)
    if output and render:
        deliver(output, [render(found)])
        say_wrote(str(output), "the report")


@app.command()
def agreement(
    labels: Labels = Path("labeled"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The figures as .json or .html too.")
    ] = None,
    tagger: Annotated[
        bool,
        typer.Option(
            "--tagger", help="Rules, and a model that has not seen the text, are raters too."
        ),
    ] = False,
    taxonomy: Taxonomy = None,
    language: Language = "ja",
) -> None:
    """Show how far the annotators agree, per tag and over all, people apart from machines."""
    from classify import console_agreement
    from classify.agreement import Agreement, as_raters
    from classify.agreement import agreement as measure
    from classify.export import agreed
    from classify.export.files import by_suffix, deliver
    from classify.labels import load_labels, load_programs
    from classify.people import load_machines

    judge = tagger_of(taxonomy, None, no_model=not tagger)
    tags = judge.taxonomy.tags
    formats: dict[str, Callable[[Agreement], bytes]] = {
        ".json": agreed.as_json,
        ".html": partial(agreed.as_html, tags=tags),
    }
    render = by_suffix(output, formats) if output else None
    programs = load_programs(labels)
    machines = load_machines(labels)
    decided = load_labels(labels, programs)
    if tagger:
        from classify.lessons import read_labelled, tag_unseen

        decided += as_raters(tag_unseen(read_labelled(labels), judge))
    found = measure(decided, programs, [tag.id for tag in tags], machines)
    if output and render:
        deliver(output, [render(found)])
    if str(output) != "-":
        console_agreement.show(found, tags, language)
    if output:
        say_wrote(str(output), "agreement")
