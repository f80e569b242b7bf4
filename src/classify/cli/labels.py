"""Commands that look after labeled/: rebuild, export, import."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from classify.cli.options import Labels, Taxonomy, say_wrote, tagger_of
from classify.errors import InputError

__all__ = ["app"]

Tool = Annotated[
    Literal["doccano", "label-studio"],
    typer.Option("--format", help="The annotation tool: doccano (1.8) or label-studio (1.23)."),
]

app = typer.Typer(no_args_is_help=True, help="Look after labeled/.")


@app.command("rebuild")
def rebuild(labels: Labels = Path("labeled")) -> None:
    """Derive labeled/gold.jsonl from the annotators' decisions."""
    from classify.export.files import deliver
    from classify.labels import derive, gold_lines, load_labels, load_programs

    gold = derive(load_labels(labels, load_programs(labels)))
    path = labels / "gold.jsonl"
    deliver(path, [gold_lines(gold)])
    say_wrote(str(path), f"{len(gold)} decisions")


@app.command("export")
def export(
    form: Tool,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file for the tool.")],
    by: Annotated[
        str, typer.Option("--as", help="Whose decisions; somebody new is asked for all of them.")
    ] = "",
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Label Studio: with what the tagger decides.")
    ] = False,
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
) -> None:
    """Write decisions for doccano (one person's) or Label Studio (everybody's), words marked."""
    from classify.exchange import doccano, labelstudio, sheets
    from classify.export.files import deliver
    from classify.labels import load_labels, load_programs

    tagger = tagger_of(taxonomy, None, no_model=not predictions)
    tags = [tag.id for tag in tagger.taxonomy.tags]
    programs = load_programs(labels)
    found = list(sheets(load_labels(labels, programs), programs, tags, form, by=by))
    if form == "doccano":
        names = dict.fromkeys(sheet.by for sheet in found)
        if len(names) != 1:
            problem = f"a file for doccano holds one person's decisions, not {len(names)} people's"
            raise InputError(str(output), problem, f"name whose with --as: {', '.join(names)}")
        deliver(output, [doccano.as_lines(found)])
    else:
        taggings = tagger.tag(programs.values()) if predictions else ()
        said = {tagging.program.program_id: tagging for tagging in taggings}
        version = f"classify, taxonomy {tagger.taxonomy.version}"
        deliver(output, [labelstudio.as_tasks(found, tags, said, version)])
        if str(output) != "-":
            deliver(output.with_suffix(".xml"), [labelstudio.config(tagger.taxonomy.tags).encode()])
            say_wrote(str(output.with_suffix(".xml")), "the labelling interface to paste")
    say_wrote(str(output), f"{len(found)} sheets")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="What the tool exported.")],
    form: Tool,
    by: Annotated[
        str, typer.Option("--as", help="Whose decisions these are, where the file does not say.")
    ] = "",
    labels: Labels = Path("labeled"),
    taxonomy: Taxonomy = None,
) -> None:
    """Add decisions made in doccano or Label Studio to labeled/decisions: all, or at a fault none.

    With --as, a doccano file is taken as that person's, whoever's decisions were sent.
    """
    from classify import crosswalk
    from classify.exchange import read_back, to_append
    from classify.journal import locked
    from classify.labels import TIME, append, load_labels, load_programs
    from classify.taxonomy import load

    try:
        data = file.read_bytes()
    except OSError as fault:
        raise InputError(str(file), "cannot be read", "name the tool's export") from fault
    if not data.strip():
        raise InputError(str(file), "is empty", "export it again")
    loaded = load(taxonomy)
    tags = [tag.id for tag in loaded.tags]
    programs = load_programs(labels)
    steps = crosswalk.load(labels)
    with locked(labels / "decisions"):
        stamp = (datetime.now(UTC).strftime(TIME), loaded.version)
        found = read_back(data, str(file), form, programs, tags, by=by, stamp=stamp, steps=steps)
        added = to_append(found, load_labels(labels, programs))
        append(labels, added)
    for name in dict.fromkeys(label.by for label in added):
        count = sum(label.by == name for label in added)
        say_wrote(str(labels / "decisions" / f"{name}.jsonl"), f"{count} decisions added")
    typer.echo(f"{len(found) - len(added)} decisions are as they were")
