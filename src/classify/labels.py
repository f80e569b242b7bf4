"""`labeled/` in and out: programs as read, what each annotator decided, and the gold from both.

Decisions are lines of JSON, one file per person, only ever appended; gold is derived from them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from classify import crosswalk, journal, releases
from classify.errors import InputError
from classify.records import Contrast, Field, Gold, Label, Program, Said, Span
from classify.voices import settles, standing

__all__ = [
    "TIME",
    "append",
    "derive",
    "entry_of",
    "find",
    "gold_lines",
    "label_of",
    "line_of",
    "load_gold",
    "load_labels",
    "load_out_of_fold",
    "load_programs",
    "out_of_fold_lines",
    "quote_at",
    "read_labels",
    "refuse_namesakes",
]

# How many characters a quote grows by until it stands at one place only.
_REACH = 40
_ALWAYS = ("program_id", "tag", "present", "by")
_NAME = re.compile(r"\w[\w-]*")
# How a line tells the time, always to the same width: lines are ordered by it as they stand.
TIME = "%Y-%m-%dT%H:%M:%SZ"
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def load_programs(folder: Path, files: str = "*.csv") -> dict[str, Program]:
    """The labelled programs by id, from `labeled/programs/*.csv` in the order of file names."""
    found: dict[str, Program] = {}
    for path in sorted((folder / "programs").glob(files)):
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

    A line that a crash tore in the middle of a save is left out, and told. Raises InputError for
    a line that is not a decision, for a program that `programs` does not hold, and for a quote
    that does not stand in the program's text.
    """
    return tuple(
        label_of(place, entry, programs)
        for path in sorted((folder / "decisions").glob("*.jsonl"))
        for place, entry in _lines(path)
    )


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


def load_out_of_fold(folder: Path) -> dict[tuple[str, str], float]:
    """By program id and tag the probability of a model that had not seen the program.

    `classify train` writes them to `labeled/out_of_fold.jsonl`; none where it has not run.
    """
    path = folder / "out_of_fold.jsonl"
    found: dict[tuple[str, str], float] = {}
    for place, entry in _lines(path) if path.exists() else ():
        try:
            found[entry["program_id"], entry["tag"]] = float(entry["probability"])
        except (KeyError, TypeError, ValueError):
            raise InputError(place, "is not a probability", "run `classify train`") from None
    return found


def out_of_fold_lines(probabilities: Mapping[tuple[str, str], float]) -> bytes:
    """Probabilities as the lines of `out_of_fold.jsonl`, ordered by program and tag.

    >>> out_of_fold_lines({("r-1", "ibasho"): 0.98765}).decode()
    '{"program_id": "r-1", "tag": "ibasho", "probability": 0.9877}\\n'
    """
    entries = (
        {"program_id": program_id, "tag": tag, "probability": round(probability, 4)}
        for (program_id, tag), probability in sorted(probabilities.items())
    )
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()


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
    """Add decisions to `decisions/<by>.jsonl` of who made them. Hold the lock of `decisions`.

    Raises InputError where a name cannot be a file's name, or where lines cannot be kept.
    """
    files: dict[str, bytes] = {}
    for label in labels:
        if not _NAME.fullmatch(label.by):
            remedy = "use letters, digits, - and _"
            raise InputError(str(folder), f"'{label.by}' cannot be an annotator's name", remedy)
        files[label.by] = files.get(label.by, b"") + line_of(label)
    for name, lines in files.items():
        journal.append(folder / "decisions" / f"{name}.jsonl", lines)


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


def _gold(card: Mapping[str, Label]) -> Gold:
    annotators = [label for by, label in card.items() if not settles(by)]
    settled = next((label for label in [*card.values()][::-1] if settles(label.by)), None)
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
    for number, line in enumerate(journal.tail(path)[0], start=1):
        if line.strip():
            place = f"{path}:{number}"
            yield place, entry_of(place, line)


def entry_of(place: str, line: bytes) -> dict[str, Any]:
    """The object that a line of JSON holds; InputError where it holds none."""
    try:
        entry = json.loads(line)
    except ValueError:
        raise InputError(place, "is not JSON", "mend or remove the line") from None
    if not isinstance(entry, dict):
        raise InputError(place, "is not a JSON object", "mend or remove the line")
    return entry


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, TIME)  # checked, not kept
    except ValueError:
        return False
    return bool(_AT.fullmatch(text))


def label_of(place: str, entry: dict[str, Any], programs: Mapping[str, Program]) -> Label:
    """The decision that an entry holds, checked against the program it is about.

    Raises InputError as `load_labels` does; `place` says where the entry stands.
    """
    for key in ("quotes", "near_miss"):
        entry[key] = tuple(entry.get(key, ()))
    try:
        label = Label(**entry)
    except TypeError:
        keys = ", ".join(sorted(entry))
        raise InputError(place, f"is not a decision (it has {keys})", "mend the line") from None
    program = programs.get(label.program_id)
    if program is None:
        problem = f"program '{label.program_id}' is not among the labelled programs"
        raise InputError(place, problem, "add its release to labeled/programs")
    if label.at and not _is_time(label.at):
        raise InputError(place, f"'{label.at}' is no time", "write it as 2026-04-01T09:00:00Z")
    for quote in label.quotes + label.near_miss:
        if find(quote, program) is None:
            problem = f"quote '{quote}' does not stand in {label.program_id}"
            raise InputError(place, problem, "copy the words to the letter")
    return label


def refuse_namesakes(programs: Iterable[Program], known: Mapping[str, Program]) -> None:
    """Refuse a program whose id is that of another one among the labelled."""
    for program in programs:
        other = known.get(program.program_id)
        if other and _text(other) != _text(program):
            problem = f"program {program.program_id} is another one in the labelled programs"
            raise InputError(program.release, problem, "give the release a file name of its own")


def _text(program: Program) -> tuple[str, ...]:
    return tuple("".join(x.split()) for x in (program.body, program.program, program.summary))
