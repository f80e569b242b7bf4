"""`labeled/` in and out: programs as read, what each annotator decided, and the gold from both.

Decisions are lines of JSON, one file per person, only ever appended; gold is derived from them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from classify import releases
from classify.errors import InputError
from classify.records import Contrast, Field, Gold, Label, Program, Said, Span

__all__ = [
    "ADJUDICATOR",
    "append",
    "derive",
    "find",
    "gold_lines",
    "line_of",
    "load_gold",
    "load_labels",
    "load_programs",
    "quote_at",
    "settles",
    "standing",
]

# Decisions by this name, or by one that begins with it ("adjudication-hana"), settle what
# annotators disagree about.
ADJUDICATOR = "adjudication"

_NAME = re.compile(r"\w[\w-]*")
_ALWAYS = ("program_id", "tag", "present", "by")

# How many characters a quote grows by until it stands at one place only.
_REACH = 40


def load_programs(folder: Path) -> dict[str, Program]:
    """The labelled programs by id, from `labeled/programs/*.csv` in the order of file names."""
    found: dict[str, Program] = {}
    for path in sorted((folder / "programs").glob("*.csv")):
        for program in releases.read(path).programs:
            found[program.program_id] = program
    if not found:
        place, remedy = str(folder / "programs"), "name the labels' folder with --labels"
        raise InputError(place, "holds no labelled programs", remedy)
    return found


def load_labels(folder: Path, programs: Mapping[str, Program]) -> tuple[Label, ...]:
    """Every decision of every annotator, in file and line order.

    Raises InputError for a line that is not a decision, for a program that `programs` does not
    hold, and for a quote that does not stand in the program's text.
    """
    found: list[Label] = []
    for path in sorted((folder / "decisions").glob("*.jsonl")):
        for place, entry in _lines(path):
            label = _label(place, entry)
            _check(place, label, programs)
            found.append(label)
    return tuple(found)


def load_gold(folder: Path) -> dict[tuple[str, str], Gold]:
    """The decisions that hold, by program id and tag, from `labeled/gold.jsonl`."""
    found: dict[tuple[str, str], Gold] = {}
    for place, entry in _lines(folder / "gold.jsonl"):
        try:
            entry["quotes"] = tuple(entry["quotes"])
            gold = Gold(**entry)
        except (KeyError, TypeError):
            raise InputError(
                place, "is not a gold decision", "run `classify labels rebuild`"
            ) from None
        found[gold.program_id, gold.tag] = gold
    return found


def load_contrast(folder: Path, kind: str = "contrast") -> tuple[Contrast, ...]:
    """The written texts of `labeled/contrast/*.jsonl`, or of another kind, in file and line order.

    A line holds `id`, `text`, `labels` (tag to status and quote), and where it has them `program`
    and `mentions` for every further place. Raises InputError for a line that does not.
    """
    found = []
    for path in sorted((folder / kind).glob("*.jsonl")):
        for place, entry in _lines(path):
            try:
                found.append(_contrast(entry, path.stem))
            except (KeyError, TypeError, AttributeError):
                raise InputError(place, "is not a contrast line", "mend the line") from None
            missing = _unquoted(found[-1])
            if missing:
                problem = f"quote '{missing}' does not stand in the text"
                raise InputError(place, problem, "copy the words to the letter")
    return tuple(found)


def _contrast(entry: dict[str, Any], group: str) -> Contrast:
    whole = [{"tag": tag, **label} for tag, label in entry["labels"].items()]
    places = {
        (place["tag"], place["status"], place["quote"]): None
        for place in [*whole, *entry.get("mentions", ())]
    }
    return Contrast(
        id=str(entry["id"]),
        group=group,
        program=str(entry.get("program", "")),
        text=str(entry["text"]),
        said=tuple(Said(*place) for place in places),
    )


def _unquoted(contrast: Contrast) -> str | None:
    program = Program("", "", 0, "", "", "", contrast.program, contrast.text, "", "", "")
    return next((s.quote for s in contrast.said if find(s.quote, program) is None), None)


def settles(by: str) -> bool:
    """Does a decision by this name settle a disagreement?

    >>> settles("adjudication"), settles("adjudication-hana"), settles("hana")
    (True, True, False)
    """
    return by == ADJUDICATOR or by.startswith(f"{ADJUDICATOR}-")


def standing(labels: Iterable[Label]) -> dict[tuple[str, str], dict[str, Label]]:
    """What each person's word on each program and tag is, the latest person last.

    Of several decisions by one person the last holds; an `undone` line takes it back, and the one
    before holds again. Lines come in the order of their time, those without one first.

    >>> first = Label("r-1", "ibasho", True, by="hana", at="2026-04-01T09:00:00Z")
    >>> again = Label("r-1", "ibasho", False, by="hana", at="2026-04-01T09:01:00Z")
    >>> undone = Label("r-1", "ibasho", False, "hana", at="2026-04-01T09:02:00Z", undone=True)
    >>> standing([first, again, undone])["r-1", "ibasho"]["hana"].present
    True
    """
    said: dict[tuple[str, str], dict[str, list[tuple[int, Label]]]] = {}
    ordered = sorted(labels, key=lambda label: label.at)
    for turn, label in enumerate(ordered):
        stack = said.setdefault((label.program_id, label.tag), {}).setdefault(label.by, [])
        if not label.undone:
            stack.append((turn, label))
        elif stack:
            stack.pop()
    return {
        key: {label.by: label for _, label in sorted(tops, key=lambda top: top[0])}
        for key, card in said.items()
        if (tops := [stack[-1] for stack in card.values() if stack])
    }


def derive(labels: Iterable[Label]) -> tuple[Gold, ...]:
    """Gold out of decisions: who settled last holds, else what all or most annotators say.

    >>> a = Label("r-001", "ibasho", True, by="a", quotes=("サロン",))
    >>> b = Label("r-001", "ibasho", True, by="b", quotes=("サロン",))
    >>> [(gold.present, gold.origin, gold.quotes) for gold in derive([a, b])]
    [(True, 'unanimous', ('サロン',))]
    """
    return tuple(_gold(card) for card in standing(labels).values())


def line_of(label: Label) -> bytes:
    """A decision as its line: what every line has, then what is set.

    >>> line_of(Label("r-1", "ibasho", True, by="hana", unsure=True)).decode()
    '{"program_id": "r-1", "tag": "ibasho", "present": true, "by": "hana", "unsure": true}\\n'
    """
    entry = {
        field.name: value
        for field in fields(label)
        if (value := getattr(label, field.name)) or field.name in _ALWAYS
    }
    return (json.dumps(entry, ensure_ascii=False) + "\n").encode()


def append(folder: Path, labels: Iterable[Label]) -> None:
    """Add decisions to their people's files, `decisions/<by>.jsonl`, a whole line each.

    Raises InputError where a name cannot be a file's name, or a file cannot be written.
    """
    lines: dict[str, bytes] = {}
    for label in labels:
        if not _NAME.fullmatch(label.by):
            remedy = "use letters, digits, - and _"
            raise InputError(str(folder), f"'{label.by}' cannot be an annotator's name", remedy)
        lines[label.by] = lines.get(label.by, b"") + line_of(label)
    for name, added in lines.items():
        path = folder / "decisions" / f"{name}.jsonl"
        try:
            path.parent.mkdir(exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(handle, added)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as fault:
            reason = fault.strerror or type(fault).__name__
            raise InputError(str(path), f"cannot be written ({reason})", "make room") from fault


def gold_lines(gold: Iterable[Gold]) -> bytes:
    """Gold as the lines of `gold.jsonl`, ordered by program and tag."""
    ordered = sorted(gold, key=lambda g: (g.program_id, g.tag))
    return "".join(json.dumps(asdict(g), ensure_ascii=False) + "\n" for g in ordered).encode()


def find(quote: str, program: Program) -> Span | None:
    """Where a quote stands in a program's summary or name, white space aside.

    >>> program = Program("r-1", "r", 1, "", "", "", "事業", "居場所を\\n提供", "", "", "")
    >>> find("居場所を提供", program)
    Span(field='summary', start=0, end=7)
    """
    wanted = "".join(quote.split())
    texts: tuple[tuple[Field, str], ...] = (
        ("summary", program.summary),
        ("program", program.program),
    )
    for field, text in texts:
        kept = [index for index, character in enumerate(text) if not character.isspace()]
        start = "".join(text[index] for index in kept).find(wanted)
        if wanted and start >= 0:
            return Span(field, kept[start], kept[start + len(wanted) - 1] + 1)
    return None


def quote_at(program: Program, span: Span) -> str:
    """The words at a span as a quote that `find` leads back to that span and to no earlier place.

    Words that stand in the text before are quoted with those around them, line by line.

    >>> text = "SNSで周知する\\nSNSで相談を受ける"
    >>> program = Program("r-1", "r", 1, "", "", "", "事業", text, "", "", "")
    >>> quote_at(program, Span("summary", 9, 12)), quote_at(program, Span("summary", 0, 3))
    ('SNSで相', 'SNS')
    """
    text: str = getattr(program, span.field)
    start, end = span.start, span.end
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    for _ in range(_REACH):
        found = find(text[start:end], program)
        if found is None or (found.field == span.field and found.end > span.start):
            return text[start:end].strip()
        if end < stop:
            end += 1
        else:
            start = max(line, start - 1)
    return text[span.start : span.end].strip()


def _gold(card: dict[str, Label]) -> Gold:
    annotators = [label for by, label in card.items() if not settles(by)]
    settled = next((label for by, label in reversed(card.items()) if settles(by)), None)
    yes = sum(label.present for label in annotators)
    present = settled.present if settled else yes * 2 > len(annotators)
    agreeing = [label for label in card.values() if label.present == present]
    quotes = dict.fromkeys(quote for label in agreeing for quote in label.quotes)
    some = settled or annotators[0]
    return Gold(
        program_id=some.program_id,
        tag=some.tag,
        present=present,
        origin="adjudicated" if settled else "unanimous" if yes in (0, len(card)) else "majority",
        reason=settled.reason if settled else "",
        quotes=tuple(quotes) if present else (),
        unsure=sum(label.unsure for label in annotators),
    )


def _lines(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        remedy = "name the labels' folder with --labels"
        raise InputError(str(path), "cannot be read", remedy) from None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            raise InputError(place, "is not JSON", "mend or remove the line") from None
        if not isinstance(entry, dict):
            raise InputError(place, "is not a JSON object", "mend or remove the line")
        yield place, entry


def _label(place: str, entry: dict[str, Any]) -> Label:
    try:
        for key in ("quotes", "near_miss"):
            entry[key] = tuple(entry.get(key, ()))
        return Label(**entry)
    except TypeError:
        keys = ", ".join(sorted(entry))
        raise InputError(place, f"is not a decision (it has {keys})", "mend the line") from None


def _check(place: str, label: Label, programs: Mapping[str, Program]) -> None:
    program = programs.get(label.program_id)
    if program is None:
        problem = f"program '{label.program_id}' is not among the labelled programs"
        raise InputError(place, problem, "add its release to labeled/programs")
    for quote in label.quotes + label.near_miss:
        if find(quote, program) is None:
            problem = f"quote '{quote}' does not stand in {label.program_id}"
            raise InputError(place, problem, "copy the words to the letter")
