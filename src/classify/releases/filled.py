"""A table that the tool wrote and people filled in comes back: workbook or CSV, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from classify.errors import InputError
from classify.formulas import unguarded
from classify.releases import delimited, sheet
from classify.releases.grid import Row

__all__ = ["rows"]


def rows(path: Path, heads: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    """Each row of the table as its place and its cells, under the keys of `heads`.

    `heads` gives the header of every column that is wanted. Columns may have been moved, others
    added, rows sorted or hidden by a filter. Raises InputError where no row holds these headers.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise InputError(str(path), f"cannot be read ({reason})", "Check the name") from None
    for name, table in _tables(path, data):
        for number, row in enumerate(table):
            found = _columns(row, heads)
            if found is not None:
                return [
                    (f"{path}:{name}{at}", _cells(line, found))
                    for at, line in enumerate(table[number + 1 :], start=number + 2)
                    if any(line)
                ]
    missing = ", ".join(heads.values())
    raise InputError(str(path), "is no filled-in queue", f"It needs the columns {missing}")


def _tables(path: Path, data: bytes) -> list[tuple[str, tuple[Row, ...]]]:
    if data.startswith(b"PK"):
        grids, _ = sheet.grids(data, str(path), filtered=True)
        return [(f"{grid.source}:", grid.rows) for grid in grids]
    text = delimited.decode(data)
    if text is None:
        raise InputError(str(path), "is neither workbook nor text", "Save it as .xlsx or .csv")
    return [("", delimited.records(text, separator)) for separator in ",\t;"]


def _columns(row: Row, heads: Mapping[str, str]) -> dict[str, int] | None:
    named = {cell.text.strip().lstrip("\ufeff"): column for column, cell in enumerate(row)}
    if not all(head in named for head in heads.values()):
        return None
    return {key: named[head] for key, head in heads.items()}


def _cells(row: Row, columns: Mapping[str, int]) -> dict[str, str]:
    return {
        key: unguarded(row[column].text.strip()) if column < len(row) else ""
        for key, column in columns.items()
    }
