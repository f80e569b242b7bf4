"""What the tool itself wrote comes in again: programs as `.csv`, `.jsonl` or `.parquet`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from classify.errors import InputError
from classify.formulas import unguarded
from classify.records import Program, Reading

__all__ = ["from_csv", "from_jsonl", "from_parquet"]

COLUMNS = tuple(field.name for field in fields(Program))
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEEDED = ("body", "program", "summary")


def from_csv(text: str, name: str) -> Reading | None:
    """The programs of a `programs.csv`, less its guards; None when it is another table."""
    head = text.partition("\n")[0].lstrip("\ufeff")
    if tuple(next(csv.reader([head]), ())) != COLUMNS:
        return None
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    rows = ((f"{name}:{reader.line_num}", _unguarded(row)) for row in reader)
    return Reading(tuple(_programs(rows, "")), ())


def _unguarded(row: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The row as it was before the export guarded it against being taken for formulas."""
    return {k: unguarded(value) if isinstance(value, str) else value for k, value in row.items()}


def from_jsonl(text: str, name: str, release: str) -> Reading | None:
    """The programs of a `.jsonl`, one object a line; None when its first line is no object."""
    if not text.lstrip().startswith("{"):
        return None
    return Reading(tuple(_programs(_objects(text, name), release)), ())


def from_parquet(data: bytes, name: str, release: str) -> Reading:
    """The programs of a `.parquet` with the same columns."""
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(data))
    except Exception as error:  # pyarrow raises many kinds for a broken file
        raise InputError(name, "the parquet file is broken", "Write it again") from error
    rows = frame.fillna("").to_dict("records")
    numbered = ((f"{name}: row {n}", row) for n, row in enumerate(rows, start=1))
    return Reading(tuple(_programs(numbered, release)), ())


def _objects(text: str, name: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            value = json.loads(line)
        except ValueError as error:
            raise InputError(
                place, "the line is no JSON object", "Write one object a line"
            ) from error
        if not isinstance(value, dict):
            raise InputError(place, "the line is no JSON object", "Write one object a line")
        yield place, value


def _programs(rows: Iterable[tuple[str, Mapping[Any, Any]]], release: str) -> Iterable[Program]:
    for count, (place, row) in enumerate(rows, start=1):
        missing = [column for column in _NEEDED if not isinstance(row.get(column), str)]
        if missing:
            raise InputError(place, f"no {missing[0]}", f"Give each program {', '.join(_NEEDED)}")
        yield _program(place, row, count, release)


def _program(place: str, row: Mapping[Any, Any], count: int, release: str) -> Program:
    number = row.get("number") or count
    try:
        number = int(number)
    except (TypeError, ValueError) as error:
        raise InputError(place, f"number {number!r} is no number", "Count from 1") from error
    texts = {name: str(row.get(name) or "") for name in COLUMNS if name != "number"}
    broken = next((name for name, text in texts.items() if _SURROGATE.search(text)), "")
    if broken:
        problem = f"{broken} holds half of a character (a lone surrogate)"
        raise InputError(place, problem, "Write the file again as UTF-8")
    texts["release"] = texts["release"] or release
    texts["program_id"] = texts["program_id"] or f"{texts['release']}-{number:03d}"
    return Program(number=number, **texts)
