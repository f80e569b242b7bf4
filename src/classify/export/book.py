"""The only door to XlsxWriter: sheets for people, where every text stays a text.

Excel's limits hold here: what is too long is cut with a mark, what XML cannot carry is replaced,
and links and notes beyond what a sheet can hold are left out.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range

__all__ = ["ACCENT", "HATCH", "INK", "MUTED", "PALE", "RULE", "Book", "Sheet", "cut", "width"]

CELL_LIMIT = 32_767  # UTF-16 units that Excel holds in one cell
NOTE_LIMIT = 600  # UTF-16 units that a person would still read in a note
LINK_LIMIT = 65_530  # links that Excel holds in one sheet
NOTE_PIXELS, NOTE_LINE, NOTE_COLUMNS = 400, 19, 58  # width, height of a line, its narrow characters
LINE, TALLEST = 16, 409  # points: a line of text, the tallest row that Excel allows
A4 = 9
HATCH = 14  # Excel's pattern "light up"

INK, MUTED, RULE, ACCENT, PALE = "#1C2430", "#5A6472", "#9AA5B1", "#1F5F8B", "#EAF2F8"
FONT = {"font_name": "Meiryo", "font_size": 10}
BASE = FONT | {"font_color": INK, "valign": "vcenter"}

# What XML cannot carry: control characters, half a surrogate pair, two non-characters.
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def width(text: str) -> int:
    """How many narrow characters wide `text` prints; a kanji is two.

    >>> width("A市")
    3
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def cut(text: str, limit: int, mark: str) -> str:
    """`text` within `limit` UTF-16 units, as Excel counts, and then `mark` where it was cut.

    >>> cut("abcdef", 5, "…"), cut("𠮷𠮷𠮷", 4, "…")
    ('abcd…', '𠮷…')
    """
    units = text.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return text
    return units[: 2 * (limit - len(mark))].decode("utf-16-le", "ignore") + mark


def plain(text: str) -> str:
    """`text` as a workbook can hold it, which is nearly always as it is.

    XlsxWriter writes a text that looks like its own rich-text markup as markup; a space at the end
    keeps it a text.

    >>> plain("a\\x00b"), plain("<r><t>x</t></r>")
    ('a\ufffdb', '<r><t>x</t></r> ')
    """
    text = _NO_XML.sub("\ufffd", text)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


class Book:
    """A workbook in the making; `mark` tells a reader where a text was cut."""

    def __init__(self, title: str, *, mark: str, page: str) -> None:
        self.mark = mark
        self.page = page
        self._sink = io.BytesIO()
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self._file = xlsxwriter.Workbook(
            self._sink,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": FONT,
            },
        )
        # The day of making would change the bytes of the same matrix.
        self._file.set_properties({"title": title, "created": datetime(2000, 1, 1)})

    def sheet(self, name: str) -> Sheet:
        """A new sheet behind the others."""
        return Sheet(self, self._file.add_worksheet(name))

    def style(self, properties: dict[str, object]) -> Any:
        """The cell format with these XlsxWriter properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._file.add_format(BASE | properties)
        return self._formats[key]

    def content(self) -> bytes:
        """The finished file; nothing can be written after this."""
        self._file.close()
        return self._sink.getvalue()


@dataclass(slots=True)
class Sheet:
    """One sheet; rows and columns count from 0, `style` holds XlsxWriter's format properties."""

    book: Book
    to: Any
    links: int = 0
    columns: tuple[int, ...] = ()

    def text(self, row: int, column: int, text: str, **style: object) -> None:
        """A text, whatever it looks like; an empty one leaves the cell blank, but in this style."""
        whole = cut(plain(text), CELL_LIMIT, self.book.mark)
        write = self.to.write_string if whole else self.to.write_blank
        write(row, column, whole, self.book.style(style))

    def number(self, row: int, column: int, value: float, **style: object) -> None:
        """A number."""
        self.to.write_number(row, column, value, self.book.style(style))

    def total(self, row: int, column: int, formula: str, value: float, **style: object) -> None:
        """A formula with its value, which a reader that does not calculate shows."""
        self.to.write_formula(row, column, formula, self.book.style(style), value)

    def link(self, row: int, column: int, text: str, target: str, **style: object) -> None:
        """A short text that leads to a cell of this workbook, as in `'Sheet'!A5`."""
        if self.links == LINK_LIMIT:
            self.text(row, column, text, **style)
            return
        self.links += 1
        self.to.write_url(row, column, f"internal:{target}", self.book.style(style), text)

    def note(self, row: int, column: int, text: str) -> None:
        """A note on a cell, tall enough for its text."""
        short = cut(plain(text), NOTE_LIMIT, self.book.mark)
        lines = sum(1 + width(line) // NOTE_COLUMNS for line in short.split("\n"))
        look = {"width": NOTE_PIXELS, "height": NOTE_LINE * (lines + 1), "color": "#FFFFFF"}
        self.to.write_comment(row, column, short, look | {"font_name": "Meiryo", "font_size": 9})

    def line(self, row: int, values: Sequence[str | float], **style: object) -> None:
        """A row of texts and numbers from the first column on, wrapped and tall enough for them."""
        look = {"text_wrap": True, "valign": "top"} | style
        lines = 1
        for column, value in enumerate(values):
            if isinstance(value, str):
                self.text(row, column, value, **look)
                room = self.columns[column]
                lines = max(lines, sum(1 + width(part) // room for part in value.split("\n")))
            else:
                self.number(row, column, value, num_format="0.00", **look | {"align": "center"})
        self.to.set_row(row, min(LINE * lines + 4, TALLEST))

    def widths(self, *characters: int) -> None:
        """The widths of the columns from the first on, in narrow characters."""
        self.columns = characters
        for column, value in enumerate(characters):
            self.to.set_column(column, column, value)

    def table(self, header: int, heads: Sequence[str], rows: int, *, frozen: int = 0) -> None:
        """A header line with filters over `rows` rows, always in sight, as are `frozen` columns."""
        for column, head in enumerate(heads):
            look = {"bold": True, "text_wrap": True, "font_color": "#FFFFFF", "bg_color": ACCENT}
            side = {"align": "left" if column < frozen else "center"}
            self.text(header, column, head, **look, **side)
        self.to.set_row(header, 40)
        self.to.freeze_panes(header + 1, frozen)
        self.to.autofilter(header, 0, header + max(rows, 1), len(heads) - 1)
        self.to.repeat_rows(0, header)

    def choice(self, first: int, last: int, column: int, values: Sequence[str]) -> None:
        """A list to choose from in each cell of a column, which takes other texts as well."""
        look = {"validate": "list", "source": list(values), "error_type": "information"}
        self.to.data_validation(first, column, last, column, look)

    def print_on_a4(self) -> None:
        """Landscape A4, as many pages long as it needs and one wide."""
        self.to.hide_gridlines(2)
        self.to.set_landscape()
        self.to.set_paper(A4)
        self.to.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.to.fit_to_pages(1, 0)
        self.to.set_footer(f"&L&8&A&R&8{self.book.page}")


def cells(first: int, last: int, column: int) -> str:
    """A column's cells as a formula names them.

    >>> cells(3, 84, 4)
    'E4:E85'
    """
    return str(xl_range(first, column, last, column))
