"""The words of the workbook and the page, and the places of the prefectures on the tile map."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["MARKS", "Tile", "resource", "review_texts", "texts", "tiles"]

MARKS = {"1": "●", "?": "?", "0": ""}


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a prefecture lies on the tile map (from 1), and its short names."""

    code: str
    row: int
    column: int
    ja: str
    en: str


def resource(name: str) -> str:
    """The text of a file in `classify/data`."""
    return files("classify").joinpath("data", name).read_text(encoding="utf-8")


@cache
def texts() -> dict[str, Any]:
    """The wording by language: `texts()["ja"]["title"]`; one shared copy, not to be changed."""
    return tomllib.loads(resource("texts.toml"))


@cache
def review_texts() -> dict[str, Any]:
    """The wording of the queue and the review page by language, and beside it `why` and `answers`.

    One shared copy, not to be changed.
    """
    own = tomllib.loads(resource("review/words.toml"))
    for language in ("ja", "en"):
        for shared in ("statuses", "states", "reasons"):
            own[language][shared] = texts()[language][shared]
    return own


@cache
def tiles() -> tuple[Tile, ...]:
    """The 47 tiles, in JIS order.

    >>> tiles()[0].en
    'Hokkaido'
    """
    rows = csv.DictReader(resource("tiles.csv").splitlines())
    return tuple(
        Tile(row["code"], int(row["row"]), int(row["column"]), row["ja"], row["en"]) for row in rows
    )
