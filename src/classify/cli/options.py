"""What commands share: the options they take, how inputs are read, and what they say of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from classify.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classify.records import Program, Reading, Tagging
    from classify.tagger import Tagger

    Taggings = Iterable[Tagging]

__all__ = [
    "Inputs",
    "Labels",
    "Language",
    "ModelFile",
    "NoModel",
    "Settled",
    "Strict",
    "Taxonomy",
    "programs_of",
    "readings_of",
    "refuse_unplaced",
    "say_read",
    "say_wrote",
    "tagger_of",
    "taggings_of",
]

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Releases (.pdf .xlsx .csv .txt) or programs (.csv .jsonl .parquet); - is stdin.",
    ),
]
Taxonomy = Annotated[
    Path | None, typer.Option("--taxonomy", help="Another taxonomy.yaml than the built-in one.")
]
ModelFile = Annotated[
    Path | None, typer.Option("--model", help="Another model than the built-in one.")
]
NoModel = Annotated[bool, typer.Option("--no-model", help="Let the rules decide alone.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Fail when some text of a release could not be placed.")
]
Language = Annotated[Literal["ja", "en"], typer.Option("--lang", help="The answer's words.")]
Settled = Annotated[
    Path | None,
    typer.Option("--labels", help="Take what people have settled there in place of the tagger's."),
]
Labels = Annotated[Path, typer.Option("--labels", help="The folder with labelled programs.")]


def readings_of(inputs: Iterable[str]) -> list[Reading]:
    """Read every input; refuse two that name the same program."""
    from classify import releases

    readings = []
    seen: dict[str, str] = {}
    for name in inputs:
        if name == "-":
            reading = releases.read_stream(sys.stdin.buffer.read(), "stdin")
        else:
            reading = releases.read(name)
        for program in reading.programs:
            other = seen.setdefault(program.program_id, name)
            if other != name:
                problem = f"program {program.program_id} is also in {other}"
                raise InputError(name, problem, "give each release a file name of its own")
        readings.append(reading)
    return readings


def programs_of(inputs: Iterable[str], *, strict: bool) -> list[Program]:
    """The programs of all inputs; what found no place is told, or with `strict` refused."""
    readings = readings_of(inputs)
    refuse_unplaced(readings, strict=strict)
    say_read(readings)
    return [program for reading in readings for program in reading.programs]


def refuse_unplaced(readings: Sequence[Reading], *, strict: bool) -> None:
    """With `strict`, tell what found no place and end with status 1."""
    if strict and any(reading.unplaced for reading in readings):
        say_read(readings)
        raise typer.Exit(1)


def say_read(readings: Sequence[Reading]) -> None:
    """Tell every block of text that found no place, with where it stood, on standard error."""
    for reading in readings:
        for block in reading.unplaced:
            text = " ".join(block.text.split())
            typer.echo(f"not placed: {block.source}: {text}", err=True)


def say_wrote(path: str, what: str) -> None:
    """Tell which file was written; nothing where data went to standard output."""
    if path != "-":
        typer.echo(f"wrote {path} ({what})")


def taggings_of(tagger: Tagger, programs: Sequence[Program], settled: Path | None) -> Taggings:
    """What the tagger decides of programs, and with a labels folder what people have settled."""
    found = tagger.tag(programs)
    if settled is None:
        return found
    from classify.settled import honoured, load_settled

    return honoured(found, load_settled(settled, programs), tagger.taxonomy.tags)


def tagger_of(taxonomy: Path | None, model: Path | None, *, no_model: bool) -> Tagger:
    """The tagger that the options ask for."""
    from classify import model as models
    from classify.tagger import Tagger
    from classify.taxonomy import load

    loaded = load(taxonomy)
    if no_model:
        return Tagger.of(loaded)
    return Tagger.of(loaded, models.load(model or models.default_path(), loaded))
