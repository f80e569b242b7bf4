"""How a phrase of `taxonomy.yaml` is written: words, `{concept}` and `…` for a gap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Element", "elements"]

_TOKEN = re.compile(r"\{(?P<concept>[^{}]*)\}|(?P<gap>…+)|(?P<words>[^{}…]+)|(?P<stray>.)")


@dataclass(frozen=True, slots=True)
class Element:
    """A part of a phrase: words as they are, the name of a concept, or a gap."""

    kind: Literal["words", "concept", "gap"]
    text: str


def elements(phrase: str) -> tuple[Element, ...]:
    """Cut a phrase into its elements; ValueError says what is wrong with it.

    >>> [(part.kind, part.text) for part in elements("{supporter}…研修")]
    [('concept', 'supporter'), ('gap', '…'), ('words', '研修')]
    """
    found: list[Element] = []
    for match in _TOKEN.finditer(phrase.strip()):
        kind, text = match.lastgroup, match.group(match.lastgroup or 0).strip()
        if kind == "stray":
            raise ValueError("has a brace without its partner")
        if kind == "concept":
            found.append(Element("concept", text))
        elif kind == "gap":
            found.append(Element("gap", "…"))
        elif text:
            found.append(Element("words", text))
    if not found or found[0].kind == "gap" or found[-1].kind == "gap":
        raise ValueError("must begin and end with words or a concept")
    return tuple(found)
