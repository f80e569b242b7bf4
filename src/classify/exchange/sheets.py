"""A person's sheet on one program: the text as it is sent to an annotation tool, the tags that are
ticked, the words that are marked, and what a tool has no place for.

A mark of a ticked tag shows that it is present; a mark of another tag could mislead (`near_miss`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from classify.errors import InputError
from classify.labels import find, quote_at
from classify.records import Field, Label, Program, Span

__all__ = ["Mark", "Pick", "Sheet", "decisions", "every", "marks", "sheet", "starts", "text_of"]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Characters `start` to `end` (code points, end exclusive) of a sent text that show a tag."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person says of one program.

    `asked` are the tags that the sheet decides: those not ticked are absent. `base` are the
    decisions that the sheet was made of, by which changes are told from what was there before.
    """

    program_id: str
    text: str
    by: str
    asked: tuple[str, ...]
    ticked: tuple[str, ...]
    marks: tuple[Mark, ...]
    base: tuple[Label, ...] = ()


# Which of all marks a tool can hold.
Pick = Callable[[Iterable[Mark]], tuple[Mark, ...]]


def every(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """All marks, in order: for tools whose marks may overlap."""
    return tuple(sorted(set(found)))


def text_of(program: Program) -> str:
    """The text that is sent: the name of a program, and below it the summary.

    >>> text_of(Program("r-1", "r", 1, "", "", "", "事業", "居場所\\n相談", "", "", ""))
    '事業\\n居場所\\n相談'
    """
    return "\n".join(part for part in (program.program, program.summary) if part)


def sheet(
    program: Program, by: str, labels: Sequence[Label], tags: Sequence[str], pick: Pick
) -> Sheet:
    """A person's decisions on a program as a sheet; without any, one that asks for all `tags`."""
    return Sheet(
        program_id=program.program_id,
        text=text_of(program),
        by=by,
        asked=tuple(label.tag for label in labels) or tuple(tags),
        ticked=tuple(label.tag for label in labels if label.present),
        marks=pick(mark for label in labels for mark in marks(label, program)),
        base=tuple(labels),
    )


def decisions(
    place: str, filled: Sheet, program: Program, pick: Pick, stamp: tuple[str, str] = ("", "")
) -> tuple[Label, ...]:
    """The decisions of a sheet that came back: those of its base where nothing has changed.

    What is new or has changed carries `stamp`: when, and under which version of the taxonomy.
    Raises InputError, naming `place`, where text or quotes are not the program's (any more), and
    where words are marked for a tag that is neither asked nor ticked.
    """
    again = "export it again, and label that"
    if filled.text != text_of(program):
        problem = f"the text of {program.program_id} is not the one in labeled/programs"
        raise InputError(place, problem, again)
    for label in filled.base:
        for quote in label.quotes + label.near_miss:
            if find(quote, program) is None:
                problem = f"quote '{quote}' does not stand in {program.program_id}"
                raise InputError(place, problem, again)
    stray = sorted({mark.tag for mark in filled.marks} - {*filled.asked, *filled.ticked})
    if stray:
        problem = f"words are marked for {', '.join(stray)}, which is not ticked"
        raise InputError(place, problem, "tick it, or remove the mark")
    sent = set(pick(mark for label in filled.base for mark in marks(label, program)))
    base = {label.tag: label for label in filled.base}
    found = []
    for tag in dict.fromkeys((*filled.asked, *filled.ticked)):
        was, present = base.get(tag), tag in filled.ticked
        same = was if was and was.present == present else None
        shown = {mark for mark in filled.marks if mark.tag == tag}
        if same and shown == {mark for mark in sent if mark.tag == tag}:
            found.append(same)
            continue
        label = same or Label(filled.program_id, tag, present, filled.by)
        kept = _kept(label, sent, shown, program)
        words = tuple(dict.fromkeys((*kept, *_new(place, label, shown, program))))
        label = replace(label, quotes=words) if present else replace(label, near_miss=words)
        held = "" if was is None else "present" if was.present else "absent"
        found.append(replace(label, at=stamp[0], taxonomy=stamp[1], was=held))
    return tuple(found)


def marks(label: Label, program: Program) -> tuple[Mark, ...]:
    """Where the words that a decision rests on stand in the sent text."""
    return tuple(
        mark for quote in _words(label) if (mark := _mark(quote, label.tag, program)) is not None
    )


def _kept(label: Label, sent: Set[Mark], shown: Set[Mark], program: Program) -> Iterator[str]:
    """The words of a decision that are still marked, or that the tool could not show."""
    for quote in _words(label):
        mark = _mark(quote, label.tag, program)
        if mark in shown or mark not in sent:
            yield quote


def _new(place: str, label: Label, shown: Set[Mark], program: Program) -> Iterator[str]:
    """The words that are marked only now."""
    for mark in sorted(shown - set(marks(label, program))):
        yield from _quotes(place, mark, program)


def _words(label: Label) -> tuple[str, ...]:
    return label.quotes if label.present else label.near_miss


def _mark(quote: str, tag: str, program: Program) -> Mark | None:
    span = find(quote, program)
    if span is None:
        return None
    shift = starts(program)[span.field]
    return Mark(shift + span.start, shift + span.end, tag)


def starts(program: Program) -> Mapping[Field, int]:
    """Where each field of a program begins in the sent text."""
    return {"program": 0, "summary": len(program.program) + 1 if program.program else 0}


def _quotes(place: str, mark: Mark, program: Program) -> tuple[str, ...]:
    """The words of a mark, field by field, without the white space at their ends."""
    found = []
    fields: tuple[tuple[Field, str], ...] = (
        ("program", program.program), ("summary", program.summary),
    )  # fmt: skip
    for field, text in fields:
        shift = starts(program)[field]
        start, end = max(mark.start - shift, 0), min(mark.end - shift, len(text))
        if start < end and text[start:end].strip():
            found.append(quote_at(program, Span(field, start, end)))
    if not found:
        problem = f"the mark {mark.start} to {mark.end} ({mark.tag}) holds no words"
        raise InputError(place, problem, "remove the mark")
    return tuple(found)
