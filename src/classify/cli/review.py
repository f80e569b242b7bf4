"""Commands that put disagreements before a person: disagreements, review."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classify.cli.options import Labels, ModelFile, Taxonomy, programs_of, say_wrote, tagger_of

if TYPE_CHECKING:
    from classify.desk import Desk
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
    from classify.review import Door, serve

    if blind and not name:
        raise typer.BadParameter("a blind pass needs a name", param_hint="--as")
    who = name_of(name) if name else ""
    desk = _desk(inputs, labels, taxonomy, model, blind=who if blind else "")
    door = Door(host, port, token)
    if not door.loopback and not token:
        door = Door(host, port, secrets.token_urlsafe(24))

    def ready(bound: Door) -> None:
        typer.echo(f"{len(desk.programs)} programs at {bound.address} (Ctrl-C ends)")
        if not no_open:
            import webbrowser

            webbrowser.open(bound.address)

    serve(desk, door, who, ready)


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
