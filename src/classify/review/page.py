"""The page's frame and words: the only part of it that is rendered; the rest is script."""

from __future__ import annotations

import tomllib
from functools import cache, reduce
from typing import Any

import jinja2

from classify.texts import resource, texts

__all__ = ["frame", "words"]


@cache
def words() -> dict[str, Any]:
    """The wording by language, and `why` and `answers`; one shared copy, not to be changed."""
    own = tomllib.loads(resource("review/words.toml"))
    for language in ("ja", "en"):
        for shared in ("statuses", "states", "reasons", "rules"):
            own[language][shared] = texts()[language][shared]
    return own


def frame(*, blind: bool) -> str:
    """The page as HTML, in Japanese; its script puts the English words in."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = _words
    return environment.from_string(resource("review/page.html.jinja")).render(blind=blind)


def _words(key: str) -> str:
    found: Any = reduce(lambda table, part: table[part], key.split("."), words()["ja"])
    return str(found)
