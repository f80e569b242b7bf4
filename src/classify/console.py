"""What the terminal shows: tables of the matrix, of one text's explanation, of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from classify.coverage import by_prefecture
from classify.disagreements import Card
from classify.evaluate import PROMISE, Report
from classify.features import View
from classify.model import Model
from classify.records import Tag, Tagging
from classify.tagger import Analysis, Tagger
from classify.texts import review_texts, texts

if TYPE_CHECKING:
    # These know scikit-learn, which a matrix or an explanation should not have to load.
    from classify.changes import Change
    from classify.usage import Usage

__all__ = ["changes", "explanation", "matrix", "queue", "report", "usage"]

# A tag of which the model thinks less is not listed in an explanation.
_WORTH_SHOWING = 0.05


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
    Console().print(table)


def report(found: Report) -> None:
    """Scores of all judges per tag, what can be trusted, and the decisions that are wrong."""
    out = Console()
    judges = list(found.scores)
    columns = ("F1", *judges, "95 %", "prec", "rec", "wrong", "miss")
    # Narrow columns: the figures must stand whole on a terminal of 80 characters.
    table = Table(
        title=found.name, title_justify="left", box=None, pad_edge=False, collapse_padding=True
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "F1" else "right", no_wrap=True)
    for tag, score in found.scores["both"].items():
        f1 = [f"{found.scores[judge][tag].f1:.3f}" for judge in judges]
        counts = (f"{score.precision:.3f}", f"{score.recall:.3f}", score.wrong, score.missed)
        span = found.by_tag[tag]["f1"]
        table.add_row(tag, *f1, f"{span.low:.2f}-{span.high:.2f}", *map(str, counts))
    macro = [found.macro[judge] for judge in judges]
    table.add_row("macro", *(f"{figure.value:.3f}" for figure in macro))
    table.add_row("95 % from", *(f"{figure.low:.3f}" for figure in macro))
    table.add_row("95 % to", *(f"{figure.high:.3f}" for figure in macro))
    out.print(table)
    for line in _remarks(found):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


def _remarks(found: Report) -> Iterator[str]:
    for other in ("rules", "model"):
        gain = found.macro[f"both - {other}"]
        yield f"both - {other}: {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    yield (
        f"{found.decisions} decisions on {found.programs} texts; "
        f"{found.flagged} wait for review, {found.wrong_unflagged} of the others are wrong"
    )
    error = found.unflagged_error
    yield (
        f"error of what is not flagged: {error.value:.2%} ({error.low:.2%} to {error.high:.2%}): "
        + ("1 % can be promised" if error.high <= PROMISE else "too little data to promise 1 %")
    )
    curve = ", ".join(f"{share:.0%}: {error:.2%}" for share, error in found.curve)
    yield f"error of the rest by share flagged: {curve}"
    if found.evidence[1]:
        yield f"evidence overlaps the quotes: {found.evidence[0]} of {found.evidence[1]} right tags"
    for status, (right, total) in found.statuses.items():
        yield f"{status}: {right} of {total} mentions told right ({right / total:.3f})"
    for wrong in found.errors:
        decision = wrong.decision
        words = " / ".join(" ".join(e.text.split()) for e in decision.evidence)
        kind = "wrong" if decision.present else "missed"
        yield (
            f"{wrong.program.program_id} {decision.tag} {kind} p={decision.probability:.2f} "
            f"({decision.reason}): {words or '-'} | gold: {' / '.join(wrong.gold.quotes) or '-'}"
        )


def queue(cards: Sequence[Card], tags: Sequence[Tag]) -> None:
    """The cards to review, a line each: why, what is asked, and what the tagger thinks."""
    words, names = review_texts()["ja"], {tag.id: tag.name["ja"] for tag in tags}
    heads = words["columns"]
    table = Table(box=None, pad_edge=False)
    # 80 columns: the rest is in the spreadsheet and on the page.
    for column in ("program_id", "body", "tag_name", "kinds"):
        table.add_column(heads[column], overflow="fold", no_wrap=column == "program_id")
    table.add_column(heads["probability"], justify="right", no_wrap=True)
    for card in cards:
        program = card.program
        kinds = words["comma"].join(words["kinds"][kind] for kind in card.kinds)
        likely = f"{card.decision.probability:.2f}"
        cells = (program.program_id, program.body, names[card.decision.tag], kinds, likely)
        table.add_row(*map(Text, cells))
    out = Console()
    out.print(table)
    deciding = sum(card.changes for card in cards)
    out.print(words["queue"].format(all=len(cards), changes=deciding), highlight=False)


def usage(found: Sequence[Usage]) -> None:
    """What each rule and cue does, a line each."""
    table = Table(box=None, pad_edge=False)
    table.add_column("rule or cue", overflow="fold")
    for column in ("fires", "alone", "conflict", "right", "wrong", "share", "state"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in found:
        told = one.right + one.wrong
        share = f"{one.right / told:.2f}" if told else "-"
        counts = (one.fires, one.alone, one.conflict, one.right, one.wrong)
        table.add_row(one.name, *map(str, counts), share, one.state)
    Console().print(table)


def changes(found: Sequence[Change]) -> None:
    """What a change of the taxonomy changes, fixes and breaks."""
    out = Console()
    for change in found:
        kind = "fixes" if change.right else "breaks"
        was, now = ("present" if d.present else "absent" for d in (change.before, change.after))
        words = " / ".join(item.text for item in change.after.evidence or change.before.evidence)
        line = f"{kind} {change.program.program_id} {change.after.tag}: {was} -> {now}: {words}"
        out.print(" ".join(line.split()), highlight=False, markup=False, soft_wrap=True)
    fixed = sum(change.right for change in found)
    out.print(f"{len(found)} decisions change: {fixed} fixed, {len(found) - fixed} broken")


def explanation(tagger: Tagger, analysis: Analysis, tagging: Tagging, language: str) -> None:
    """The decisions on one text, and why: what it says of services, what the model sees, words."""
    out = Console()
    words = texts()[language]
    names = {tag.id: tag.name[language] for tag in tagger.taxonomy.tags}
    seen = next(view for view in analysis.views if view.field == "summary")
    _decisions(out, tagging, names, words)
    _mentions(out, seen, names, words)
    if tagger.model:
        _opinions(out, tagger.model, analysis, names, words)
    cut = [seen.document.text[a:b] for a, b in pairwise(seen.document.starts)]
    out.print(f"\n[bold]{words['console']['words']}[/bold]")
    out.print("|".join(cut), markup=False, highlight=False)


def _decisions(
    out: Console, tagging: Tagging, names: Mapping[str, str], words: dict[str, Any]
) -> None:
    head = words["console"]
    table = _table(head["decision"], words["tag"], words["state"], words["probability"])
    table.add_column(words["quote"], overflow="fold")
    table.add_column(words["reason"], overflow="fold")
    for decision in tagging.decisions:
        state = head["ask"] if decision.review else head["yes"] if decision.present else head["no"]
        if not decision.present and decision.status != "none":
            state = f"{state} ({words['statuses'][decision.status]})"
        quotes = " / ".join(item.text for item in decision.evidence)
        reason = words["reasons"][decision.reason]
        cells = (names[decision.tag], state, f"{decision.probability:.2f}", quotes, reason)
        table.add_row(*map(Text, cells))
    out.print(table)


def _mentions(out: Console, seen: View, names: Mapping[str, str], words: dict[str, Any]) -> None:
    head = words["console"]
    text = seen.document.text
    if not seen.votes:
        out.print(f"\n{head['none']}")
        return
    table = _table(f"\n{head['mentions']}", words["tag"], head["mention"], head["status"])
    table.add_column(head["cue"], overflow="fold")
    table.add_column(head["rule"], style="dim", overflow="fold")
    for vote in seen.votes:
        cue = text[vote.cue_span.start : vote.cue_span.end] if vote.cue_span else ""
        status = words["statuses"][vote.status]
        said = text[vote.span.start : vote.span.end]
        by = f"{vote.rule}\n{vote.cue}".strip()
        table.add_row(*map(Text, (names[vote.tag], said, status, cue, by)))
    out.print(table)


def _opinions(
    out: Console, model: Model, analysis: Analysis, names: Mapping[str, str], words: dict[str, Any]
) -> None:
    head = words["console"]
    table = _table(f"\n{head['model']}", words["tag"], words["probability"], head["place"])
    table.add_column(head["for"], overflow="fold")
    table.add_column(head["against"], overflow="fold")
    for tag, opinion in model.opinions(analysis.views).items():
        probability = model.alone.probability(opinion.logits)
        if probability < _WORTH_SHOWING:
            continue
        document = next(v.document for v in analysis.views if v.field == opinion.field)
        place = document.text[document.starts[opinion.first] : document.starts[opinion.end]]
        told = (" ".join(side) for side in model.telling(analysis.views, tag, opinion))
        table.add_row(*map(Text, (names[tag], f"{probability:.2f}", place, *told)))
    out.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
