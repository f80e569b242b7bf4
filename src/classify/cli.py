"""The command line: files in, files out, one line for what is wrong.

Heavy libraries are imported inside the commands, so that `classify --help` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from classify.errors import ClassifyError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classify.records import Program, Reading
    from classify.tagger import Tagger
    from classify.taxonomy import Cue, Rule

__all__ = ["app", "main"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Read releases of support programs, tag what each provides, export the coverage matrix.",
)
taxonomy_app = typer.Typer(no_args_is_help=True, help="Look after taxonomy.yaml.")
labels_app = typer.Typer(no_args_is_help=True, help="Look after labeled/.")
app.add_typer(taxonomy_app, name="taxonomy")
app.add_typer(labels_app, name="labels")

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
Labels = Annotated[Path, typer.Option("--labels", help="The folder with labelled programs.")]


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

    readings = _read(inputs)
    programs = [program for reading in readings for program in reading.programs]
    _refuse_unplaced(readings, strict=strict)
    export.write_programs(output, programs, stream=sys.stdout.buffer)
    _say_read(readings)
    _say_wrote(output, f"{len(programs)} programs")


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
) -> None:
    """Say what each program provides, with the words that show it."""
    from classify import export

    tagger = _tagger(taxonomy, model, no_model=no_model)
    programs = _programs(inputs, strict=strict)
    export.write_taggings(output, tagger.tag(programs), stream=sys.stdout.buffer)
    _say_wrote(output, f"{len(programs)} programs, {len(tagger.taxonomy.tags)} tags each")


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
) -> None:
    """Export who offers what, where, and where nobody does."""
    from classify import export

    outputs = output or ["matrix.xlsx"]
    tagger = _tagger(taxonomy, model, no_model=no_model)
    taggings = tuple(tagger.tag(_programs(inputs, strict=strict)))
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
        _say_wrote(path, f"{len(taggings)} programs")


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
    from classify import console
    from classify.records import Program

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    tagger = _tagger(taxonomy, model, no_model=no_model)
    program = Program("text-001", "text", 1, "", "", "", "", text.strip(), "", "", "")
    analysis = tagger.analyse(program)
    console.explanation(tagger, analysis, tagger.decide(analysis), language)


@app.command()
def train(
    labels: Labels = Path("labeled"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The model file; default: the built-in.")
    ] = None,
    taxonomy: Taxonomy = None,
) -> None:
    """Fit the model to the labelled programs."""
    from classify import model as models
    from classify.export.files import deliver
    from classify.lessons import read_labelled
    from classify.lessons import train as fit

    tagger = _tagger(taxonomy, None, no_model=True)
    trained = fit(read_labelled(labels), tagger)
    path = output or models.default_path()
    deliver(path, [models.dump(trained)])
    _say_wrote(str(path), f"{len(trained.tags)} tags, {len(trained.mention.vocabulary)} words")


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
    from classify.export import report as reports
    from classify.export.files import by_suffix, deliver
    from classify.lessons import cross_validate, judge_aside, read_labelled

    tagger = _tagger(taxonomy, model, no_model=False)
    labelled = read_labelled(labels)
    if against:
        from classify.changes import changes, older

        console.changes(changes(labelled, older(against, tagger), tagger))
        return
    render = (
        by_suffix(output, {".json": reports.as_json, ".html": reports.as_html}) if output else None
    )
    found = (cross_validate(labelled, tagger), *judge_aside(labelled.aside, tagger))
    for report in found:
        console.report(report)
    if output and render:
        deliver(output, [render(found)])
        _say_wrote(str(output), "the report")


@taxonomy_app.command("check")
def taxonomy_check(
    path: Annotated[Path | None, typer.Argument(help="A taxonomy file.")] = None,
) -> None:
    """Check a taxonomy: its form, and that each yes and no sentence does what it says."""
    from classify.rules import check, compile_rules
    from classify.taxonomy import load

    taxonomy = load(path)
    faults = check(compile_rules(taxonomy), taxonomy)
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(1)
    entries: tuple[Rule | Cue, ...] = (*taxonomy.rules, *taxonomy.cues)
    sentences = sum(len(entry.yes) + len(entry.no) for entry in entries)
    typer.echo(
        f"{taxonomy.path}: {len(taxonomy.tags)} tags, {len(taxonomy.rules)} rules, "
        f"{len(taxonomy.cues)} cues and {sentences} sentences are in order"
    )


@taxonomy_app.command("rules")
def taxonomy_rules(labels: Labels = Path("labeled"), taxonomy: Taxonomy = None) -> None:
    """Show what each rule and cue does on the labelled texts: fires, alone, in conflict, right,
    wrong; and which are dead or shadowed."""
    from classify import console
    from classify.lessons import read_labelled
    from classify.usage import usage

    tagger = _tagger(taxonomy, None, no_model=True)
    console.usage(usage(read_labelled(labels), tagger))


@taxonomy_app.command("schema")
def taxonomy_schema() -> None:
    """Print the JSON Schema of taxonomy files, for editors."""
    import json

    from classify.taxonomy import schema

    typer.echo(json.dumps(schema(), ensure_ascii=False, indent=2))


@labels_app.command("rebuild")
def labels_rebuild(labels: Labels = Path("labeled")) -> None:
    """Derive labeled/gold.jsonl from the annotators' decisions."""
    from classify.export.files import deliver
    from classify.labels import derive, gold_lines, load_labels, load_programs

    gold = derive(load_labels(labels, load_programs(labels)))
    path = labels / "gold.jsonl"
    deliver(path, [gold_lines(gold)])
    _say_wrote(str(path), f"{len(gold)} decisions")


def main() -> NoReturn:
    """Run the command line; a fault of the data is one line on stderr and exit status 1."""
    try:
        app(standalone_mode=True)
    except ClassifyError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough of it.
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


def _read(inputs: Iterable[str]) -> list[Reading]:
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


def _programs(inputs: Iterable[str], *, strict: bool) -> list[Program]:
    readings = _read(inputs)
    _refuse_unplaced(readings, strict=strict)
    _say_read(readings)
    return [program for reading in readings for program in reading.programs]


def _refuse_unplaced(readings: Sequence[Reading], *, strict: bool) -> None:
    if strict and any(reading.unplaced for reading in readings):
        _say_read(readings)
        raise typer.Exit(1)


def _say_read(readings: Sequence[Reading]) -> None:
    for reading in readings:
        for block in reading.unplaced:
            text = " ".join(block.text.split())
            typer.echo(f"not placed: {block.source}: {text}", err=True)


def _say_wrote(path: str, what: str) -> None:
    if path != "-":
        typer.echo(f"wrote {path} ({what})")


def _tagger(taxonomy: Path | None, model: Path | None, *, no_model: bool) -> Tagger:
    from classify import model as models
    from classify.tagger import Tagger
    from classify.taxonomy import load

    loaded = load(taxonomy)
    if no_model:
        return Tagger.of(loaded)
    return Tagger.of(loaded, models.load(model or models.default_path(), loaded))
