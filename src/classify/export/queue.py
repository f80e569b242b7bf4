"""The queue as a table for those who work in a spreadsheet, with columns to fill in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from classify.disagreements import Card, Key
from classify.export import tables
from classify.export.book import MUTED, Book, Sheet
from classify.export.files import by_suffix, deliver
from classify.export.passages import passages
from classify.records import Tag
from classify.texts import review_texts, texts
from classify.voices import settles

__all__ = ["COLUMNS", "FILLED", "heads", "write_queue"]

# The columns that a person fills in, between what they read and what leads back to the card.
FILLED = ("present", "unsure", "why", "words", "by")
COLUMNS = (
    *("number", "prefecture", "body", "program", "tag_name", "kinds", "changes", "evidence"),
    *("summary", "tagger", "rule", "model", "probability", "annotators", "gold"),
    *FILLED,
    *("release", "program_id", "tag", "seen"),
)
_WIDTHS = dict.fromkeys(("number", "model", "probability", "seen", "unsure"), 8) | {
    **{"body": 16, "program": 24, "tag_name": 14, "kinds": 18, "evidence": 44, "summary": 60},
    **{"annotators": 26, "present": 11, "why": 28, "words": 30},
}
_TINT = "#FFF9E8"
Cells = list[object]


def heads() -> dict[str, str]:
    """The header of each column, as the file has it."""
    named: dict[str, str] = review_texts()["ja"]["columns"]
    return {column: named[column] for column in COLUMNS}


def write_queue(
    path: str | Path,
    cards: Sequence[Card],
    tags: Sequence[Tag],
    seen: Mapping[Key, int],
    *,
    stream: BinaryIO | None = None,
) -> None:
    """Write cards as `.csv` or `.xlsx`, a row each; `-` is CSV to `stream`.

    `seen` is how many lines there are about each card: a file that comes back after somebody else
    decided is then told from one that does not. Raises InputError where it cannot be written.
    """
    render = by_suffix(path, {".csv": _csv, ".xlsx": _workbook})
    names = {tag.id: tag.name["ja"] for tag in tags}
    rows = [_row(n, card, names, seen) for n, card in enumerate(cards, start=1)]
    deliver(path, render(rows), stream=stream)


def _csv(rows: Sequence[Cells]) -> Iterator[bytes]:
    return tables.csv_chunks(list(heads().values()), rows)


def _row(number: int, card: Card, names: Mapping[str, str], seen: Mapping[Key, int]) -> Cells:
    words, common = review_texts()["ja"], texts()["ja"]
    program, decision = card.program, card.decision
    state = "?" if decision.review else "1" if decision.present else "0"
    cells: dict[str, object] = {
        **{name: getattr(program, name) for name in ("prefecture", "body", "program", "summary")},
        "number": number,
        "tag_name": names[decision.tag],
        "kinds": words["comma"].join(words["kinds"][kind] for kind in card.kinds),
        "changes": words["sheet"]["yes"] if card.changes else "",
        "evidence": "\n".join(passages(program, decision, common["quoted"])),
        "tagger": common["states"][state],
        "rule": common["rules"][decision.rule],
        "model": "" if decision.model is None else round(decision.model, 2),
        "probability": round(decision.probability, 2),
        "annotators": "\n".join(_said(card)),
        "gold": _answer(card.gold.present) if card.gold else "",
        **dict.fromkeys(FILLED, ""),
        "release": program.release,
        "program_id": program.program_id,
        "tag": decision.tag,
        "seen": seen.get(card.key, 0),
    }
    return [cells[column] for column in COLUMNS]


def _answer(present: bool) -> str:
    answer: str = review_texts()["ja"]["present" if present else "absent"]
    return answer


def _said(card: Card) -> Iterator[str]:
    unsure = review_texts()["ja"]["unsure_said"]
    for label in card.said:
        doubt = f" ({unsure})" if label.unsure else ""
        name = label.by.removeprefix("adjudication-") if settles(label.by) else label.by
        yield f"{name}: {_answer(label.present)}{doubt}"


def _workbook(rows: Sequence[Cells]) -> Iterable[bytes]:
    words, common = review_texts()["ja"], texts()["ja"]
    book = Book(words["sheet"]["title"], mark=common["cut"], page=common["page_of"])
    sheet = book.sheet(words["sheet"]["title"])
    sheet.widths(*(_WIDTHS.get(column, 12) for column in COLUMNS))
    sheet.table(0, list(heads().values()), len(rows), frozen=COLUMNS.index("tag_name") + 1)
    for at, row in enumerate(rows, start=1):
        _line(sheet, at, row)
    answers = [words["present"], words["absent"]]
    for column, choice in (("present", answers), ("unsure", [review_texts()["answers"]["yes"][1]])):
        sheet.choice(1, max(len(rows), 1), COLUMNS.index(column), choice)
    guide = book.sheet(words["sheet"]["guide"])
    guide.widths(110)
    for at, line in enumerate(words["sheet"]["lines"]):
        guide.line(at, [line])
    sheet.print_on_a4()
    return [book.content()]


def _line(sheet: Sheet, at: int, row: Cells) -> None:
    sheet.line(at, [value if isinstance(value, str | float) else str(value) for value in row])
    for column, name in enumerate(COLUMNS):
        if name in FILLED:
            sheet.text(at, column, "", bg_color=_TINT, text_wrap=True, valign="top", border=1)
        elif name in ("release", "program_id", "tag", "seen"):
            sheet.text(at, column, str(row[column]), font_color=MUTED, valign="top")
