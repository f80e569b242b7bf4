"""Commands that put disagreements before a person: disagreements, review."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classify.cli.options import (
    Labels,
    ModelFile,
    Taxonomy,
    programs_of,
    refuse_overwriting,
    say_wrote,
    tagger_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classify.desk import Desk, Verdict
    from classify.records import Label
    from classify.review import Door

__all__ = ["app"]

app = typer.Typer()

Maybe = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[INPUT]...", help="Releases or programs; without one, the labelled programs."
    ),
]
Name = Annotated[str, typer.Option("--as", help="Your name: it is kept with each decision.")]


@app.command()
def disagreements(
    inputs: Maybe = None,
    labels: Labels = Path("labeled"),
    output: Annotated[
        list[str] | None,
        typer.Option("-o", "--output", help=".csv .xlsx or -; without one, a table here."),
    ] = None,
    tag: Annotated[str, typer.Option(help="Only this tag.")] = "",
    kind: Annotated[str, typer.Option(help="Only this kind: rule_model, annotators, …")] = "",
    prefecture: Annotated[str, typer.Option(help="Only this prefecture.")] = "",
    release: Annotated[str, typer.Option(help="Only this release.")] = "",
    apply: Annotated[
        Path | None, typer.Option(help="Take the decisions of a filled-in .csv or .xlsx.")
    ] = None,
    name: Name = "",
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
) -> None:
    """List what a person should decide, the most useful first; --apply takes the decisions in."""
    from classify.disagreements import KINDS, chosen, queue

    refuse_overwriting(inputs or (), output or ())
    desk = _desk(inputs, labels, taxonomy, model)
    if apply:
        _apply(desk, apply, name)
        return
    tags = desk.tagger.taxonomy.tags
    # A person knows a tag by its name.
    tag = next((one.id for one in tags if tag in one.name.values()), desk.tag_now(tag))
    _one_of("--tag", tag, [one.id for one in tags])
    _one_of("--kind", kind, KINDS)
    known = dict.fromkeys(card.program.prefecture for card in desk.cards if card.program.prefecture)
    _one_of("--prefecture", prefecture, tuple(known))
    _one_of("--release", release, tuple(dict.fromkeys(c.program.release for c in desk.cards)))
    found = chosen(queue(desk.cards), tag=tag, kind=kind, prefecture=prefecture, release=release)
    if not output:
        from classify import console

        console.queue(found, tags)
        return
    from classify.export.queue import write_queue

    seen = {card.key: desk.seen(card.key) for card in found}
    for path in output:
        write_queue(path, found, tags, seen, stream=sys.stdout.buffer)
        say_wrote(path, f"{len(found)} cards")


def _one_of(option: str, value: str, known: Sequence[str]) -> None:
    if value and value not in known:
        raise typer.BadParameter(f"'{value}' is none of {', '.join(known)}", param_hint=option)


def _apply(desk: Desk, path: Path, name: str) -> None:
    from classify.answers import read_answers

    answers = read_answers(path, desk, name)
    outcome = desk.settle([verdict for _, verdict in answers.verdicts])
    left = {verdict.key for verdict in outcome.left}
    for place, verdict in answers.verdicts:
        if verdict.key in left:
            held = desk.held(verdict.key)
            typer.echo(f"{place}: left, since {_meanwhile(held, verdict)}", err=True)
    typer.echo(
        f"took {len(outcome.taken)} decisions; left {answers.empty} rows without an answer, "
        f"{answers.known} taken before, {len(left)} decided meanwhile"
    )
    _rebuild(desk)


def _meanwhile(held: Label | None, verdict: Verdict) -> str:
    """Why a row of a spreadsheet was left, and what to do."""
    if held is None:
        return "a decision was made or taken back meanwhile. Look at it again"
    if held.by.endswith(f"-{verdict.by}"):
        return "you have decided since the file was made. Correct it in a new queue or on the page"
    return f"{held.by} decided otherwise meanwhile. Look at it again"


def _rebuild(desk: Desk) -> None:
    """Bring gold.jsonl up to what was decided."""
    if desk.changed:
        from classify.cli.labels import rebuild

        rebuild(desk.folder)


@app.command()
def review(
    inputs: Maybe = None,
    labels: Labels = Path("labeled"),
    name: Name = "",
    blind: Annotated[
        bool, typer.Option("--blind", help="An annotator's first pass: hide what others say.")
    ] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 0,
    token: Annotated[str, typer.Option(help="What opens the page; made up for a network.")] = "",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    taxonomy: Taxonomy = None,
    model: ModelFile = None,
) -> None:
    """Open the page on which disagreements are settled, in the browser; Ctrl-C ends it."""
    import secrets

    from classify.desk import name_of
    from classify.people import load_machines
    from classify.review import Door, serve

    if blind and not name:
        raise typer.BadParameter("a blind pass needs a name", param_hint="--as")
    who = name_of(name, load_machines(labels)) if name else ""
    desk = _desk(inputs, labels, taxonomy, model, blind=who if blind else "")
    desk.prepare()
    door = Door(host, port, token)
    if not door.loopback and not token:
        door = Door(host, port, secrets.token_urlsafe(24))

    def ready(bound: Door) -> None:
        typer.echo(f"{len(desk.programs)} programs at {bound.address} (Ctrl-C ends)")
        if not no_open:
            import webbrowser

            webbrowser.open(bound.address)

    serve(desk, door, who, ready)
    _rebuild(desk)


def _desk(
    inputs: list[str] | None,
    labels: Path,
    taxonomy: Path | None,
    model: Path | None,
    *,
    blind: str = "",
) -> Desk:
    from classify.desk import Desk
    from classify.labels import load_programs

    tagger = tagger_of(taxonomy, model, no_model=False)
    found = programs_of(inputs, strict=False) if inputs else load_programs(labels).values()
    return Desk(labels, tagger, list(tagger.tag(found)), blind=blind)
