"""What the terminal shows: tables of the matrix, of one text's explanation, of a report."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from classify.coverage import by_prefecture
from classify.evaluate import Report, macro_f1
from classify.records import Tag, Tagging
from classify.tagger import Analysis, Tagger

__all__ = ["explanation", "matrix", "report"]


def matrix(taggings: Sequence[Tagging], tags: Sequence[Tag]) -> None:
    """A line per tag: how many bodies offer it, in how many prefectures, how many wait."""
    table = Table(box=None, pad_edge=False)
    for name, right in (("tag", ""), ("", ""), ("bodies", "r"), ("prefectures", "r"), ("?", "r")):
        table.add_column(name, justify="right" if right else "left")
    counts = by_prefecture(taggings, tags)
    for tag in tags:
        waiting = sum(d.review for t in taggings for d in t.decisions if d.tag == tag.id)
        offered = counts[tag.id]
        cells = (int(offered.sum()), int((offered > 0).sum()), waiting)
        table.add_row(tag.id, tag.name["ja"], *map(str, cells))
    _console().print(table)


def report(found: Report, tags: Sequence[Tag]) -> None:
    """Scores of all judges per tag, and the decisions that are wrong."""
    out = _console()
    table = Table(box=None, pad_edge=False)
    table.add_column("F1")
    judges = list(found.scores)
    for judge in judges:
        table.add_column(judge, justify="right")
    for column in ("precision", "recall", "wrong", "missed"):
        table.add_column(column, justify="right")
    for tag in tags:
        score = found.scores["both"][tag.id]
        table.add_row(
            tag.id,
            *(f"{found.scores[judge][tag.id].f1:.3f}" for judge in judges),
            f"{score.precision:.3f}",
            f"{score.recall:.3f}",
            str(score.wrong),
            str(score.missed),
        )
    table.add_row("macro", *(f"{macro_f1(found.scores[judge]):.3f}" for judge in judges))
    out.print(table)
    out.print(
        f"{found.decisions} decisions on {found.programs} programs; "
        f"{found.flagged} wait for review, {found.wrong_unflagged} of the others are wrong"
    )
    for error in found.errors:
        decision = error.decision
        words = " / ".join(" ".join(e.text.split()) for e in decision.evidence)
        wanted = " / ".join(error.gold.quotes)
        kind = "wrong" if decision.present else "missed"
        out.print(
            f"{error.program.program_id} {decision.tag} {kind} p={decision.probability:.2f} "
            f"({decision.reason}): {words or '-'} | gold: {wanted or '-'}",
            highlight=False,
            markup=False,
        )


def explanation(tagger: Tagger, analysis: Analysis, tagging: Tagging) -> None:
    """Words, votes with their cues, the model's strongest words, and the decisions of one text."""
    out = _console()
    document = dict(analysis.documents)["summary"]
    words = " ".join(
        f"{document.text[document.starts[i] : document.starts[i + 1]]}[dim]({word.key})[/dim]"
        for i, word in enumerate(document.words)
        if word.key
    )
    out.print(words)
    for decision in tagging.decisions:
        out.print(decision)


def _console() -> Console:
    return Console(soft_wrap=True)
