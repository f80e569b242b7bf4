"""Records as tables: CSV that a spreadsheet opens unharmed, JSON lines, and Parquet."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import chain

import pandas as pd
import pyarrow as pa

from classify.formulas import guarded
from classify.records import Decision, Evidence, Program, Tagging

__all__ = [
    "DECISION_COLUMNS",
    "DECISION_SCHEMA",
    "PROBABILITY_DIGITS",
    "PROGRAM_COLUMNS",
    "PROGRAM_SCHEMA",
    "csv_chunks",
    "decision_object",
    "decision_rows",
    "json_lines",
    "parquet",
    "program_row",
    "tagging_object",
]

Row = Sequence[object]
PROGRAM_COLUMNS = tuple(field.name for field in fields(Program))
PROBABILITY_DIGITS = 4

_HEAD = ("program_id", "release", "number", "prefecture", "body", "code", "program")
_NUMBERS = dict.fromkeys(("number", "start", "end"), pa.int64())
_SHARES = dict.fromkeys(("probability", "model"), pa.float64())
_TRUTHS = dict.fromkeys(("present", "review"), pa.bool_())


def _schema(names: Iterable[str], **others: pa.DataType) -> pa.Schema:
    types = _NUMBERS | _SHARES | _TRUTHS | others
    return pa.schema({name: types.get(name, pa.string()) for name in names})


_EVIDENCE = pa.struct(_schema(field.name for field in fields(Evidence)))
PROGRAM_SCHEMA = _schema(PROGRAM_COLUMNS)
DECISION_SCHEMA = _schema(
    [*_HEAD, *(field.name for field in fields(Decision))], evidence=pa.list_(_EVIDENCE)
)
DECISION_COLUMNS = tuple(DECISION_SCHEMA.names)


def csv_chunks(columns: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV line by line, as Excel in Japan opens it: UTF-8 with its mark, lines ended by CRLF.

    Texts are guarded; truth is `true` or `false`, nothing is empty, lists are JSON.

    >>> b"".join(csv_chunks(["body", "n"], [["=A1", None], ["x", True]])).decode("utf-8-sig")
    "body,n\\r\\n'=A1,\\r\\nx,true\\r\\n"
    """
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield codecs.BOM_UTF8
    for row in chain([columns], rows):
        yield writer.writerow([_csv_cell(value) for value in row]).encode()


class _Echo:
    """A file that hands back what is written to it: `csv` then yields lines, not one big text."""

    def write(self, text: str) -> str:
        return text


def _csv_cell(value: object) -> object:
    match value:
        case str():
            return guarded(value)
        case bool():
            return str(value).lower()
        case list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return value


def json_lines(objects: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """A line of JSON per object, in UTF-8 as it is read, not escaped."""
    for item in objects:
        yield (json.dumps(item, ensure_ascii=False) + "\n").encode()


def parquet(schema: pa.Schema, rows: Iterable[Row]) -> bytes:
    """Rows as a Parquet file with these columns and types."""
    content: bytes = pd.DataFrame(list(rows), columns=schema.names).to_parquet(
        index=False, schema=schema
    )
    return content


def program_row(program: Program) -> list[object]:
    """A program as the cells of PROGRAM_COLUMNS."""
    return [getattr(program, name) for name in PROGRAM_COLUMNS]


def tagging_object(tagging: Tagging) -> dict[str, object]:
    """A tagging as a line of `tags.jsonl` holds it: the program, and `tags` by tag id."""
    head: dict[str, object] = {name: getattr(tagging.program, name) for name in _HEAD}
    return head | {
        "tags": {decision.tag: decision_object(decision) for decision in tagging.decisions}
    }


def decision_rows(taggings: Iterable[Tagging]) -> Iterator[list[object]]:
    """A row of DECISION_COLUMNS per program and tag."""
    for tagging in taggings:
        head = [getattr(tagging.program, name) for name in _HEAD]
        for decision in tagging.decisions:
            yield [*head, decision.tag, *decision_object(decision).values()]


def decision_object(decision: Decision) -> dict[str, object]:
    """A decision as `tags.jsonl` holds it under its tag, probabilities rounded."""
    return {
        "present": decision.present,
        "probability": round(decision.probability, PROBABILITY_DIGITS),
        "status": decision.status,
        "rule": decision.rule,
        "model": None if decision.model is None else round(decision.model, PROBABILITY_DIGITS),
        "review": decision.review,
        "reason": decision.reason,
        "evidence": [asdict(evidence) for evidence in decision.evidence],
    }
