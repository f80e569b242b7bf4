"""What the terminal shows of agreement: figures by group and tag, and where annotators differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classify.agreement import Agreement, Dispute, Group, Measure
from classify.chance import Figure
from classify.records import Tag
from classify.texts import texts

__all__ = ["show"]


def show(found: Agreement, tags: Sequence[Tag], language: str) -> None:
    """Print a table for each group, then the programs on which its members differ."""
    out = Console()
    words = texts()[language]["agreement"]
    names = {tag.id: tag.name[language] for tag in tags}
    if not found.groups:
        out.print(words["nobody"])
    for group in found.groups:
        out.print(_table(group, names, words))
        for line in _kappas(group, words):
            _say(out, line)
        out.print()
    if found.groups:
        _say(out, words["undefined_means"])
        _say(out, words["intervals_mean"])
    for text in found.texts:
        _say(out, f"\n{text.program.program_id} {text.program.body} {text.program.program}")
        for dispute in text.disputes:
            for line in _sides(dispute, names, words):
                _say(out, line)


def _table(group: Group, names: dict[str, str], words: dict[str, str]) -> Table:
    title = f"{words[group.name]}: {', '.join(group.raters)}"
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for key in ("cards", "disputed", "raw", "interval", "alpha", "interval"):
        table.add_column(words[key], justify="right", no_wrap=True)
    for tag, measure in group.tags.items():
        table.add_row(names[tag], *_cells(measure, words))
    table.add_row(words["overall"], *_cells(group.overall, words))
    if group.programs:
        figures = _told(group.sets, words)
        table.add_row(words["sets"], str(group.programs), "", "", "", *figures)
    return table


def _cells(measure: Measure, words: dict[str, str]) -> tuple[str, ...]:
    counts = (str(measure.cards), str(measure.disputed))
    return (*counts, *_told(measure.raw, words), *_told(measure.alpha, words))


def _told(figure: Figure, words: dict[str, str]) -> tuple[str, str]:
    value = words["undefined"] if figure.value is None else f"{figure.value:.3f}"
    if figure.low is None or figure.high is None:
        return value, ""
    return value, f"{figure.low:.3f}–{figure.high:.3f}"


def _kappas(group: Group, words: dict[str, str]) -> Iterator[str]:
    for pair, figure in group.overall.kappa.items():
        yield f"{words['kappa']} {' × '.join(pair)}: {' '.join(_told(figure, words)).strip()}"


def _sides(dispute: Dispute, names: dict[str, str], words: dict[str, str]) -> Iterator[str]:
    yield f"  {names[dispute.tag]}"
    for key, side in (("present", dispute.present), ("absent", dispute.absent)):
        for label in side:
            said = [f"    {words[key]} {label.by}"]
            said += [words["unsure"]] if label.unsure else []
            for kind, quotes in (("quotes", label.quotes), ("near_miss", label.near_miss)):
                if quotes:
                    joined = " / ".join(" ".join(quote.split()) for quote in quotes)
                    said.append(f"{words[kind]} {joined}")
            yield "; ".join(said)


def _say(out: Console, line: str) -> None:
    out.print(Text(line), highlight=False, soft_wrap=True)
