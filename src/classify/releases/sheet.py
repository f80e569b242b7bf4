"""Workbooks: the only door to openpyxl. A sheet becomes a grid, merged cells and all."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from classify.errors import InputError
from classify.records import Unplaced
from classify.releases.grid import EMPTY, Cell, Grid, Row, cell_of, distinct

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["grids"]

_LARGEST = 300_000_000  # bytes, unpacked
_MOST_CELLS = 3_000_000
_SAVE_AGAIN = "Open it in Excel or LibreOffice and save it again as .xlsx"


def grids(
    data: bytes, name: str, *, filtered: bool = False
) -> tuple[tuple[Grid, ...], tuple[Unplaced, ...]]:
    """One grid per visible sheet, in order, and what its author had hidden.

    Hidden rows and sheets were taken out of the release by its author: they are listed as
    unplaced, never read as programs; with `filtered` hidden rows count, since a filter hid them.
    Formulas count with the value that was saved.

    Raises `InputError` when the file is no workbook, is broken, or unpacks beyond all measure.
    """
    _check(data, name)
    workbook = _load(data, name)
    found: list[Grid] = []
    hidden: list[Unplaced] = []
    for sheet in workbook.worksheets:
        if sheet.max_row * sheet.max_column > _MOST_CELLS:
            raise InputError(
                f"{name}:{sheet.title}",
                f"the sheet spans {sheet.max_row} rows and {sheet.max_column} columns",
                "Delete the empty rows and columns around the table and save it again",
            )
        rows = tuple(_rows(sheet))
        if sheet.sheet_state != "visible":
            hidden += _hidden(rows)
            continue
        concealed = {n for n, d in sheet.row_dimensions.items() if d.hidden and not filtered}
        shown = [row for n, row in enumerate(rows, start=1) if n not in concealed]
        hidden += _hidden(tuple(row for n, row in enumerate(rows, start=1) if n in concealed))
        found.append(Grid(tuple(shown), sheet.title))
    return tuple(found), (*hidden, *_unsaved(data, name, workbook))


def _check(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InputError(name, "the workbook is broken or cut off", _SAVE_AGAIN) from error
    names = {member.filename for member in members}
    if not any(member.startswith("xl/") for member in names):
        raise InputError(name, _other_zip(names), "Save the table as .xlsx, .csv or .pdf")
    if any(member.endswith("workbook.bin") for member in names):
        raise InputError(name, "this is a binary workbook (.xlsb)", "Save it as .xlsx")
    size = sum(member.file_size for member in members)
    if size > _LARGEST:
        raise InputError(
            name, f"the workbook unpacks to {size // 1_000_000} MB", "Keep only the table in it"
        )


def _other_zip(names: set[str]) -> str:
    if any(member.startswith("word/") for member in names):
        return "this is a Word document, not a workbook"
    if "content.xml" in names:
        return "this is an OpenDocument file, not an Excel workbook"
    return "this zip file is no workbook"


def _unsaved(data: bytes, name: str, values: Workbook) -> Iterator[Unplaced]:
    """Formulas whose value no spreadsheet program has saved: their cells look empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [m for m in archive.namelist() if m.startswith("xl/worksheets/")]
        if not any(b"<f>" in archive.read(m) or b"<f " in archive.read(m) for m in sheets):
            return
    for sheet in _load(data, name, values=False).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and values[sheet.title][cell.coordinate].value is None:
                    yield Unplaced(f"{sheet.title}!{cell.coordinate}", str(cell.value))


def _load(data: bytes, name: str, *, values: bool = True) -> Workbook:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of every feature that it will not write back; we only read.
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(data), data_only=values)
    except Exception as error:  # openpyxl lets whatever its parsers raise through
        raise InputError(name, "the workbook is broken or cut off", _SAVE_AGAIN) from error


def _rows(sheet: Worksheet) -> Iterator[Row]:
    merged = _merged(sheet)
    for cells in sheet.iter_rows():
        row = []
        for cell in cells:
            key = (cell.row or 0, cell.column or 0)
            value = _text(cell.value)
            source = f"{sheet.title}!{cell.coordinate}"
            row.append(merged.get(key) or (cell_of(value, source) if value.strip() else EMPTY))
        yield tuple(row)


def _merged(sheet: Worksheet) -> dict[tuple[int, int], Cell]:
    """One cell for every slot of each merged range."""
    slots: dict[tuple[int, int], Cell] = {}
    for span in sheet.merged_cells.ranges:
        first = sheet.cell(span.min_row, span.min_col)
        cell = cell_of(_text(first.value), f"{sheet.title}!{first.coordinate}")
        for row in range(span.min_row, min(span.max_row, sheet.max_row) + 1):
            for column in range(span.min_col, min(span.max_col, sheet.max_column) + 1):
                slots[row, column] = cell
    return slots


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def _hidden(rows: tuple[Row, ...]) -> list[Unplaced]:
    held = [distinct(row) for row in rows]
    return [
        Unplaced(cells[0].source, " ".join(" ".join(cell.text.split()) for cell in cells))
        for cells in held
        if cells
    ]
