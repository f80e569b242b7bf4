"""Builds releases of other layouts out of known programs: workbooks, PDFs, columnar text."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

Truth = dict[str, str]
R3 = Path(__file__).parents[1] / "data" / "r3"
RELEASES = Path(__file__).parents[2] / "labeled" / "releases"
FONT = "HeiseiKakuGo-W5"


def truths() -> list[Truth]:
    """The 82 programs of R3 as `expected.csv` gives them."""
    with (R3 / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(programs: Iterable[Truth], *columns: str | Callable[[Truth], str]) -> list[list[str]]:
    """A row per program; a column is a field's name or a function of the program."""
    return [[c(p) if callable(c) else p[c] for c in columns] for p in programs]


def blank_repeats(rows: list[list[str]], *columns: int) -> list[list[str]]:
    """The rows with a cell left blank where it says the same as the one above it."""
    kept = [list(row) for row in rows]
    for above, row, new in zip(rows, rows[1:], kept[1:], strict=False):
        for column in columns:
            if row[column] == above[column]:
                new[column] = ""
    return kept


def workbook(path: Path, rows: Sequence[Sequence[Any]], merged: Iterable[str] = ()) -> Path:
    """A workbook of one sheet, with its ranges merged."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    book.save(path)
    return path


def runs(values: Sequence[str]) -> list[tuple[int, int]]:
    """First and last index of each run of equal values.

    >>> runs(["a", "a", "b"])
    [(0, 1), (2, 2)]
    """
    starts = [n for n, value in enumerate(values) if not n or value != values[n - 1]]
    return [(a, b - 1) for a, b in zip(starts, [*starts[1:], len(values)], strict=True)]


def pdf(
    path: Path,
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    heads: int = 1,
    style: Sequence[tuple[Any, ...]] = (),
    ruled: bool = True,
    page: tuple[float, float] = landscape(A4),
    size: float = 7.0,
    title: str = "",
    note: str = "",
    align: str = "TOP",
    split: bool = False,
) -> Path:
    """A PDF with one table over as many pages as it needs, page numbers at the foot."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = ParagraphStyle("cell", fontName=FONT, fontSize=size, leading=size * 1.3, wordWrap="CJK")
    data = [[_paragraph(text, base) for text in row] for row in rows]
    look: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), align), *style]
    if ruled:
        look.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    table = Table(data, colWidths=widths, repeatRows=heads, style=look, splitInRow=int(split))
    story: list[Any] = [Paragraph(title, base), Spacer(1, 8)] if title else []
    story.append(table)
    story += [Spacer(1, 8), Paragraph(note, base)] if note else []
    document = SimpleDocTemplate(
        str(path), pagesize=page, leftMargin=30, rightMargin=30, topMargin=30, bottomMargin=40
    )

    def number(canvas: Any, drawn: Any) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawCentredString(page[0] / 2, 20, f"- {drawn.page} -")

    document.build(story, onFirstPage=number, onLaterPages=number)
    return path


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Paragraph(escaped.replace("\n", "<br/>"), style)


def columnar(rows: Sequence[Sequence[str]], widths: Sequence[int], *, middle: bool = False) -> str:
    """Rows as text in columns of so many wide letters, a blank line after each row."""
    lines: list[str] = []
    for row in rows:
        wrapped = [_wrap(text, width) for text, width in zip(row, widths, strict=True)]
        height = max(len(part) for part in wrapped)
        tops = [(height - len(part)) // 2 if middle else 0 for part in wrapped]
        padded = [[""] * top + part for top, part in zip(tops, wrapped, strict=True)]
        for n in range(height):
            texts = [part[n] if n < len(part) else "" for part in padded]
            lines.append(
                "  ".join(_pad(t, 2 * w) for t, w in zip(texts, widths, strict=True)).rstrip()
            )
        lines.append("")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for part in text.split("\n"):
        line = ""
        for character in part:
            if _width(line + character) > 2 * width:
                lines.append(line)
                line = ""
            line += character
        lines.append(line)
    return lines
