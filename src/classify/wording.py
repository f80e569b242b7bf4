"""The Japanese words and patterns that reading rests on: `data/reading.toml`, frozen."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Reading", "normal", "reading"]

_DATA = resources.files("classify") / "data" / "reading.toml"


@dataclass(frozen=True, slots=True)
class Header:
    """The words that name one field in a table's header.

    `words` may stand inside a longer header, `exact` must be all of it; `without` rules it out.
    """

    words: tuple[str, ...]
    exact: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headers:
    """What headers are made of, and how cells say "as above" or "nothing"."""

    fields: Mapping[str, Header]
    endings: tuple[str, ...]
    repeats: frozenset[str]
    blanks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contact:
    """Patterns of phone numbers and of what stands beside them."""

    number: re.Pattern[str]
    extension: re.Pattern[str]
    between: re.Pattern[str]
    cut: re.Pattern[str]
    label: re.Pattern[str]
    fax: re.Pattern[str]
    mail: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Items:
    """How lines open an item, and which characters may not open or close a line."""

    marker: re.Pattern[str]
    not_first: str
    not_last: str
    ends: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are no programs, and bodies that say "the prefecture itself"."""

    total: re.Pattern[str]
    total_label: re.Pattern[str]
    page: re.Pattern[str]
    note: re.Pattern[str]
    own_office: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stream:
    """How departments and program names look where no table tells them apart."""

    unit: re.Pattern[str]
    opening: re.Pattern[str]
    prose: re.Pattern[str]
    name_end: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Bodies:
    """What stands around the name of a body, and variant spellings with the usual ones."""

    offices: tuple[str, ...]
    districts: str
    wards: str
    spellings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All of `data/reading.toml`."""

    headers: Headers
    contact: Contact
    items: Items
    rows: Rows
    stream: Stream
    bodies: Bodies


@cache
def reading() -> Reading:
    """The reader's words and patterns.

    >>> reading().headers.fields["summary"].words[0]
    '概要'
    """
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    items = data["items"]
    return Reading(
        headers=_headers(data["headers"]),
        contact=Contact(**_patterns(data["contact"])),
        items=Items(
            re.compile(items["marker"]), items["not_first"], items["not_last"], items["ends"]
        ),
        rows=Rows(own_office=frozenset(data["rows"].pop("own_office")), **_patterns(data["rows"])),
        stream=Stream(**_patterns(data["stream"])),
        bodies=Bodies(
            offices=tuple(data["bodies"]["offices"]),
            districts=data["bodies"]["districts"],
            wards=data["bodies"]["wards"],
            spellings=tuple((a, b) for a, b in data["bodies"]["spellings"]),
        ),
    )


def normal(text: str) -> str:
    """`text` as headers and cells are compared: NFKC, lower case, no spaces.

    >>> normal("Ｎｏ． \\n(注)")
    'no.(注)'
    """
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _headers(data: Mapping[str, Any]) -> Headers:
    tables = {name: value for name, value in data.items() if isinstance(value, dict)}
    return Headers(
        fields={name: _header(table) for name, table in tables.items()},
        endings=tuple(data["endings"]),
        repeats=frozenset(normal(word) for word in data["repeats"]),
        blanks=frozenset(normal(word) for word in data["blanks"]),
    )


def _header(table: Mapping[str, list[str]]) -> Header:
    return Header(
        words=tuple(normal(word) for word in table["words"]),
        exact=tuple(normal(word) for word in table.get("exact", [])),
        without=tuple(normal(word) for word in table.get("without", [])),
    )


def _patterns(table: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(text, re.IGNORECASE) for name, text in table.items()}
