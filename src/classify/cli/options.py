"""What commands share: the options they take, how inputs are read, and what they say of it."""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from classify.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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
    "refuse_overwriting",
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

# How many names a note tells.
MOST_NAMED = 5


def readings_of(inputs: Sequence[str]) -> list[Reading]:
    """Read every input; refuse two that name the same program."""
    from classify import releases

    readings = []
    seen: dict[str, str] = {}
    for number, name in enumerate(inputs):
        if name in inputs[:number]:
            raise InputError(name, "is named twice", "name it once")
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


def programs_of(inputs: Sequence[str], *, strict: bool) -> list[Program]:
    """The programs of all inputs; what found no place is told, or with `strict` refused."""
    readings = readings_of(inputs)
    refuse_unplaced(readings, strict=strict)
    say_read(readings)
    return [program for reading in readings for program in reading.programs]


def refuse_unplaced(readings: Sequence[Reading], *, strict: bool) -> None:
    """With `strict`, tell what found no place and end with status 1."""
    if strict and any(reading.unplaced for reading in readings):
        say_read(readings)
        typer.echo("nothing was written, since --strict takes no text without a place", err=True)
        raise typer.Exit(1)


def refuse_overwriting(inputs: Iterable[str], outputs: Iterable[str]) -> None:
    """Refuse to write over what is read."""
    read = {os.path.realpath(name) for name in inputs if name != "-"}
    for path in outputs:
        if path != "-" and os.path.realpath(path) in read:
            raise InputError(path, "is what is read", "write to another file")


def say_read(readings: Sequence[Reading]) -> None:
    """Tell on standard error every block of text that found no place, with where it stood, and
    what else of a release a person should look at."""
    for reading in readings:
        for block in reading.unplaced:
            text = " ".join(block.text.split())
            typer.echo(f"not placed: {block.source}: {text}", err=True)
        lost = dict.fromkeys(p.body or p.program_id for p in reading.programs if not p.code)
        _say_note(lost, "no prefecture or municipality by name", "check the spelling")
        empty = [p.program_id for p in reading.programs if not p.summary.strip()]
        _say_note(empty, "without a summary", "only the names of these programs are tagged")


def _say_note(names: Collection[str], problem: str, remedy: str) -> None:
    if names:
        told = ", ".join(islice(names, MOST_NAMED))
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        typer.echo(f"note: {problem}: {told}{more}. {remedy}", err=True)


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
