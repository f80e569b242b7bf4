"""The page's frame: the only part of it that is rendered; the rest is script."""

from __future__ import annotations

from functools import reduce
from typing import Any

import jinja2

from classify.texts import resource, review_texts

__all__ = ["frame"]


def frame(*, blind: bool) -> str:
    """The page as HTML, in Japanese; its script puts the English words in."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = _words
    return environment.from_string(resource("review/page.html.jinja")).render(blind=blind)


def _words(key: str) -> str:
    found: Any = reduce(lambda table, part: table[part], key.split("."), review_texts()["ja"])
    return str(found)
