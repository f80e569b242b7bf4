"""Commands that look after labeled/: rebuild."""

from __future__ import annotations

from pathlib import Path

import typer

from classify.cli.options import (
    Labels,
    say_wrote,
)

__all__ = ["app"]

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
