"""Files out: programs, taggings and the coverage matrix, in the formats that people ask for.

Every file is whole or absent, and the same input gives the same bytes. Nothing that a release says
can become a formula in a spreadsheet or a script in a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import pandas as pd

from classify.coverage import Matrix, body_table, matrix, prefecture_table
from classify.export import tables
from classify.export.files import by_suffix, deliver
from classify.records import Program, Tag, Tagging

__all__ = ["By", "program_chunks", "write_matrix", "write_programs", "write_taggings"]

By = Literal["body", "prefecture"]
Chunks = Iterable[bytes]


def write_programs(
    path: str | Path, programs: Iterable[Program], *, stream: BinaryIO | None = None
) -> None:
    """Write programs as `.csv`, `.jsonl` or `.parquet`, a row each; `-` is CSV to `stream`.

    In the CSV a text that opens like a formula carries an apostrophe in front, by a rule that can
    be undone (`formulas.guarded`). Raises InputError where the file cannot be written.
    """
    deliver(path, program_chunks(path, programs), stream=stream)


def program_chunks(path: str | Path, programs: Iterable[Program]) -> Chunks:
    """The bytes that `write_programs` writes to a file of this name."""
    return by_suffix(path, _PROGRAMS)(programs)


def write_taggings(
    path: str | Path, taggings: Iterable[Tagging], *, stream: BinaryIO | None = None
) -> None:
    """Write taggings as `.jsonl`, a line per program, or `.csv` or `.parquet`, a row per decision.

    `-` is JSON lines to `stream`. Raises InputError where the file cannot be written.
    """
    deliver(path, by_suffix(path, _TAGGINGS)(taggings), stream=stream)


def write_matrix(
    path: str | Path,
    taggings: Iterable[Tagging],
    tags: Sequence[Tag],
    *,
    by: By = "body",
    taxonomy: str = "",
    stream: BinaryIO | None = None,
) -> None:
    """Write the coverage matrix as `.csv`, `.xlsx`, `.html` or `.parquet`; `-` is CSV to `stream`.

    `by` says which table: a CSV or Parquet file holds that one, a workbook or page shows it first.
    `taxonomy` is the version that the legend names. Raises InputError where the file cannot be
    written, or where a tagging knows nothing of one of the tags.
    """
    render = by_suffix(path, _MATRIX)
    deliver(path, render(matrix(taggings, tags), by, taxonomy), stream=stream)


def _table(whole: Matrix, by: By) -> pd.DataFrame:
    return body_table(whole) if by == "body" else prefecture_table(whole)


def _matrix_csv(whole: Matrix, by: By, _: str) -> Chunks:
    table = _table(whole, by)
    return tables.csv_chunks(list(table), table.itertuples(index=False, name=None))


def _matrix_workbook(whole: Matrix, by: By, taxonomy: str) -> Chunks:
    from classify.export.workbook import workbook  # XlsxWriter, for whoever wants a workbook

    return [workbook(whole, by, taxonomy)]


def _matrix_page(whole: Matrix, by: By, taxonomy: str) -> Chunks:
    from classify.export.page import page  # Jinja2, for whoever wants a page

    return [page(whole, by, taxonomy)]


def _program_objects(programs: Iterable[Program]) -> Iterable[dict[str, object]]:
    rows = map(tables.program_row, programs)
    return (dict(zip(tables.PROGRAM_COLUMNS, row, strict=True)) for row in rows)


_PROGRAMS: dict[str, Callable[[Iterable[Program]], Chunks]] = {
    ".csv": lambda programs: tables.csv_chunks(
        tables.PROGRAM_COLUMNS, map(tables.program_row, programs)
    ),
    ".jsonl": lambda programs: tables.json_lines(_program_objects(programs)),
    ".parquet": lambda programs: [
        tables.parquet(tables.PROGRAM_SCHEMA, map(tables.program_row, programs))
    ],
}
_TAGGINGS: dict[str, Callable[[Iterable[Tagging]], Chunks]] = {
    ".jsonl": lambda taggings: tables.json_lines(map(tables.tagging_object, taggings)),
    ".csv": lambda taggings: tables.csv_chunks(
        tables.DECISION_COLUMNS, tables.decision_rows(taggings)
    ),
    ".parquet": lambda taggings: [
        tables.parquet(tables.DECISION_SCHEMA, tables.decision_rows(taggings))
    ],
}
_MATRIX: dict[str, Callable[[Matrix, By, str], Chunks]] = {
    ".csv": _matrix_csv,
    ".xlsx": _matrix_workbook,
    ".html": _matrix_page,
    ".parquet": lambda whole, by, _: [_table(whole, by).to_parquet(index=False)],
}
