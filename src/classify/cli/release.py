"""Commands over releases: read, tag, matrix, explain."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from classify.cli.options import (
    Inputs,
    ModelFile,
    NoModel,
    Settled,
    Strict,
    Taxonomy,
    programs_of,
    readings_of,
    refuse_overwriting,
    refuse_unplaced,
    say_read,
    say_wrote,
    tagger_of,
    taggings_of,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def read(
    inputs: Inputs,
    output: Annotated[str, typer.Option("-o", "--output", help=".csv .jsonl .parquet or -")] = (
        "programs.csv"
    ),
    strict: Strict = False,
) -> None:
    """Turn releases into a table of programs, and list every text that found no place in it."""
    from classify import export

    refuse_overwriting(inputs, [output])
    readings = readings_of(inputs)
    programs = [program for reading in readings for program in reading.programs]
    refuse_unplaced(readings, strict=strict)
    export.write_programs(output, programs, stream=sys.stdout.buffer)
    say_read(readings)
    say_wrote(output, f"{len(programs)} programs")


@app.command()
def tag(
    inputs: Inputs,
    output: Annotated[str, typer.Option("-o", "--output", help=".jsonl .csv .parquet or -")] = (
        "tags.jsonl"
    ),
    strict: Strict = False,
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    no_model: NoModel = False,
    labels: Settled = None,
) -> None:
    """Say what each program provides, with the words that show it."""
    from classify import export

    refuse_overwriting(inputs, [output])
    tagger = tagger_of(taxonomy, model, no_model=no_model)
    programs = programs_of(inputs, strict=strict)
    taggings = taggings_of(tagger, programs, labels)
    export.write_taggings(output, taggings, stream=sys.stdout.buffer)
    say_wrote(output, f"{len(programs)} programs, {len(tagger.taxonomy.tags)} tags each")


@app.command()
def matrix(
    inputs: Inputs,
    output: Annotated[
        list[str] | None,
        typer.Option("-o", "--output", help=".xlsx .html .csv .parquet or -; may be repeated"),
    ] = None,
    by: Annotated[
        Literal["body", "prefecture"], typer.Option("--by", help="What a row stands for.")
    ] = "body",
    strict: Strict = False,
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    no_model: NoModel = False,
    labels: Settled = None,
) -> None:
    """Export who offers what, where, and where nobody does."""
    from classify import export

    outputs = output or ["matrix.xlsx"]
    refuse_overwriting(inputs, outputs)
    tagger = tagger_of(taxonomy, model, no_model=no_model)
    taggings = tuple(taggings_of(tagger, programs_of(inputs, strict=strict), labels))
    tags = tagger.taxonomy.tags
    for path in outputs:
        export.write_matrix(
            path,
            taggings,
            tags,
            by=by,
            taxonomy=tagger.taxonomy.version,
            stream=sys.stdout.buffer,
        )
    if "-" not in outputs:
        from classify import console

        console.matrix(taggings, tags)
    for path in outputs:
        say_wrote(path, f"{len(taggings)} programs")


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The text of a summary; - is stdin.")],
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
    no_model: NoModel = False,
    language: Annotated[
        Literal["ja", "en"], typer.Option("--lang", help="Words of the answer.")
    ] = ("ja"),
) -> None:
    """Show how one text is decided: its words, each rule's vote, the model's reasons."""
    from classify import console, releases
    from classify.errors import InputError
    from classify.records import Program

    if text == "-":
        text = releases.text_of(sys.stdin.buffer.read(), "stdin")
    if not text.strip():
        raise InputError("TEXT", "is empty", "give the words of a summary, or - and a file by <")
    tagger = tagger_of(taxonomy, model, no_model=no_model)
    program = Program("text-001", "text", 1, "", "", "", "", text.strip(), "", "", "")
    analysis = tagger.analyse(program)
    console.explanation(tagger, analysis, tagger.decide(analysis), language)
