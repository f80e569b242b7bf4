"""Evidence in its place: the words that a decision rests on, with those around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from classify.records import Decision, Program

__all__ = ["passages"]

REACH = 40  # characters of its item that a reader needs on each side
CLIPPED = "…"


def passages(program: Program, decision: Decision, mark: str) -> list[str]:
    """The evidence of a decision, each within its item, as `mark` shows it ("《{}》").

    Words of one item stand in one passage; the name of the program comes before its summary.
    """
    return [
        passage
        for field, text in (("program", program.program), ("summary", program.summary))
        for passage in _passages(
            text, sorted((e.start, e.end) for e in decision.evidence if e.field == field), mark
        )
    ]


def _passages(text: str, spans: Iterable[tuple[int, int]], mark: str) -> Iterator[str]:
    """The passages of one text around its sorted spans.

    >>> list(_passages("(1) a window, a meeting\\n(2) publicity", [(6, 12), (16, 23)], "<{}>"))
    ['(1) a <window>, a <meeting>']
    """
    shown, written = "", 0
    for start, end in spans:
        if shown and _apart(text, written, start):
            yield shown + _after(text, written)
            shown = ""
        if not shown:
            shown, written = _before(text, start), start
        if end > written:
            begin = max(start, written)
            shown += text[written:begin] + mark.format(text[begin:end])
            written = end
    if shown:
        yield shown + _after(text, written)


def _apart(text: str, end: int, start: int) -> bool:
    return start - end > 2 * REACH or "\n" in text[end:start]


def _before(text: str, start: int) -> str:
    item = text.rfind("\n", 0, start) + 1
    near = max(item, start - REACH)
    return CLIPPED * (near > item) + text[near:start]


def _after(text: str, end: int) -> str:
    item = text.find("\n", end)
    item = len(text) if item < 0 else item
    near = min(item, end + REACH)
    return text[end:near] + CLIPPED * (near < item)
