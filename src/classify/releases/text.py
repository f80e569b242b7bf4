"""The text of a PDF: columnar, as `pdftotext -layout` gives it, or cell after cell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.releases import layout, stream
from classify.releases.drafts import Drafts
from classify.releases.grid import measure

__all__ = ["drafts"]

_RUN = re.compile(r"\S+(?: \S+)*")


def drafts(content: str) -> Drafts:
    """The programs of a text. Columns that stand one under another win over a stream of cells."""
    columnar = layout.drafts(tuple(_pages(content)), by_line=True)
    return columnar if columnar.drafts else stream.drafts(content)


def _pages(content: str) -> Iterator[layout.Page]:
    first = 0
    for page in content.split("\f"):
        lines = page.split("\n")
        words = tuple(word for n, line in enumerate(lines, start=first) for word in _words(line, n))
        yield layout.Page("text", words)
        first += len(lines) - 1


def _words(line: str, number: int) -> Iterator[layout.Word]:
    for run in _RUN.finditer(line.replace("\t", "  ")):
        text = run.group()
        yield layout.Word(
            text, run.start(), run.end(), number, number + 1, measure(text), 1.0
        )
