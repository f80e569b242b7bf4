"""Commands that look after taxonomy.yaml: check, rules, schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classify.cli.options import (
    Labels,
    Taxonomy,
    tagger_of,
)

if TYPE_CHECKING:
    from classify.taxonomy import Cue, Rule

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Look after taxonomy.yaml.")


@app.command("check")
def check_(
    path: Annotated[Path | None, typer.Argument(help="A taxonomy file.")] = None,
) -> None:
    """Check a taxonomy: its form, and that each yes and no sentence does what it says."""
    from classify.rules import check, compile_rules
    from classify.taxonomy import load

    taxonomy = load(path)
    faults = check(compile_rules(taxonomy), taxonomy)
    for fault in faults:
        typer.echo(str(fault), err=True)
    if faults:
        raise typer.Exit(1)
    entries: tuple[Rule | Cue, ...] = (*taxonomy.rules, *taxonomy.cues)
    sentences = sum(len(entry.yes) + len(entry.no) for entry in entries)
    typer.echo(
        f"{taxonomy.path}: {len(taxonomy.tags)} tags, {len(taxonomy.rules)} rules, "
        f"{len(taxonomy.cues)} cues and {sentences} sentences are in order"
    )


@app.command("rules")
def rules(labels: Labels = Path("labeled"), taxonomy: Taxonomy = None) -> None:
    """Show what each rule and cue does on the labelled texts: fires, alone, in conflict, right,
    wrong; and which are dead or shadowed."""
    from classify import console
    from classify.lessons import read_labelled
    from classify.usage import usage

    tagger = tagger_of(taxonomy, None, no_model=True)
    console.usage(usage(read_labelled(labels), tagger))


@app.command("schema")
def schema_() -> None:
    """Print the JSON Schema of taxonomy files, for editors."""
    import json

    from classify.taxonomy import schema

    typer.echo(json.dumps(schema(), ensure_ascii=False, indent=2))
