"""`labeled/` in and out: programs as read, what each annotator decided, and the gold from both.

Decisions are lines of JSON, one file per person, only ever appended; gold is derived from them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from classify import crosswalk, releases
from classify.errors import InputError
from classify.records import Contrast, Field, Gold, Label, Program, Said, Span

__all__ = [
    "ADJUDICATOR",
    "derive",
    "find",
    "gold_lines",
    "load_gold",
    "load_labels",
    "load_programs",
    "read_labels",
]

# Decisions in this file settle what annotators disagree about.
ADJUDICATOR = "adjudication"


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
    """Every decision of every annotator under the present tags (see `crosswalk.carry_labels`).

    Raises what `read_labels` does.
    """
    return crosswalk.carry_labels(read_labels(folder, programs), crosswalk.load(folder))


def read_labels(folder: Path, programs: Mapping[str, Program]) -> tuple[Label, ...]:
    """Every decision of every annotator as it was written, in file and line order.

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
    """The written texts of `labeled/contrast/*.jsonl`, or of another kind, under the present tags.

    In file and line order. A line holds `id`, `text`, `labels` (tag to status and quote), and where
    it has them `program` and `mentions` for every further place. Raises InputError for a line that
    does not.
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
    return crosswalk.carry_contrast(found, crosswalk.load(folder))


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


def derive(labels: Iterable[Label]) -> tuple[Gold, ...]:
    """Gold out of decisions: the adjudicator's word holds, then what all or most annotators say.

    Of several decisions by one person about one program and tag, the last holds.

    >>> a = Label("r-001", "ibasho", True, by="a", quotes=("サロン",))
    >>> b = Label("r-001", "ibasho", True, by="b", quotes=("サロン",))
    >>> [(gold.present, gold.origin, gold.quotes) for gold in derive([a, b])]
    [(True, 'unanimous', ('サロン',))]
    """
    cards: dict[tuple[str, str], dict[str, Label]] = defaultdict(dict)
    for label in labels:
        cards[label.program_id, label.tag][label.by] = label
    return tuple(_gold(card) for card in cards.values())


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


def _gold(card: Mapping[str, Label]) -> Gold:
    annotators = [label for by, label in card.items() if by != ADJUDICATOR]
    settled = card.get(ADJUDICATOR)
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
