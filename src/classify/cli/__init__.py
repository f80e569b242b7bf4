"""The command line: files in, files out, one line for what is wrong.

Heavy libraries are imported inside the commands, so that `classify --help` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from classify.cli import labels, learning, release, retagging, review
from classify.errors import ClassifyError

__all__ = ["app", "main"]

# How many faults of one file are told: a file of another kind has one on every line.
MOST_FAULTS = 20

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Read releases of support programs, tag what each provides, export the coverage matrix.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"classify {version('classify-programs')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None: ...


app.add_typer(release.app)
app.add_typer(review.app)
app.add_typer(learning.app)
app.add_typer(retagging.app, name="taxonomy")
app.add_typer(labels.app, name="labels")


def main() -> NoReturn:
    """Run the command line; a fault of the data is one line on stderr and exit status 1."""
    try:
        app(standalone_mode=True)
    except ClassifyError as error:
        faults = str(error).splitlines()
        typer.echo("\n".join(faults[:MOST_FAULTS]), err=True)
        if len(faults) > MOST_FAULTS:
            typer.echo(f"and {len(faults) - MOST_FAULTS} more like these", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has enough of it.
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)
