"""Label Studio's JSON tasks: choices for the tags, labelled spans for the words that show them.

A file holds all people's sheets, an annotation each. As read in Label Studio 1.23:
- `completed_by` must be a member's e-mail or id, or the import fails; without it everything belongs
  to whoever imports (label_studio/tasks/serializers.py, _insert_valid_completed_by). So each
  annotation says whose it is in a text field of its own, `by`, which annotators fill in too.
- `start` and `end` count code points, as Python does, not UTF-16 units
  (web/libs/editor/src/utils/selection-tools.js, charsToCodePoints); a line end counts one.
- `data` comes back as it was sent; an annotation without a result is one that ticks nothing.
- Predictions have `model_version` and `score`; the task with the lowest score comes first
  (https://labelstud.io/guide/predictions).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from classify.errors import InputError
from classify.exchange.entries import entry_of, labels_of, strings, text_in, whole
from classify.exchange.sheets import Mark, Sheet, every, starts
from classify.records import Tag, Tagging

__all__ = ["as_tasks", "config", "pieces", "sheet_in"]


def as_tasks(
    sheets: Iterable[Sheet],
    tags: Sequence[str],
    predictions: Mapping[str, Tagging] | None = None,
    version: str = "",
) -> bytes:
    """Sheets as tasks, one per program in the order in which programs first come.

    Sheets without a base ask for decisions: they become no annotation. Whoever is new is asked for
    all `tags`. `predictions`, by program id, are what the tagger of that `version` decides.
    """
    tasks: dict[str, dict[str, Any]] = {}
    for sheet in sheets:
        task = tasks.setdefault(sheet.program_id, _task(sheet, tags))
        if sheet.base:
            task["data"]["base"][sheet.by] = [entry_of(label) for label in sheet.base]
            task["annotations"].append({"result": _result(sheet)})
        tagging = (predictions or {}).get(sheet.program_id)
        if tagging and not task["predictions"]:
            task["predictions"].append(_prediction(sheet.text, tagging, version))
    return (json.dumps(list(tasks.values()), ensure_ascii=False, indent=1) + "\n").encode()


def config(tags: Sequence[Tag]) -> str:
    """The labelling interface to paste into a project's settings.

    >>> tag = Tag("ibasho", {"ja": "居場所"}, {}, (), (), ())
    >>> print(config([tag]).splitlines()[3].strip())
    <Choice value="ibasho" hint="居場所"/>
    """
    named = [f"value={quoteattr(tag.id)} hint={quoteattr(tag.name['ja'])}" for tag in tags]
    return "\n".join(
        [
            "<View>",
            '  <TextArea name="by" toName="text" maxSubmissions="1" required="true"/>',
            '  <Choices name="tags" toName="text" choice="multiple">',
            *(f"    <Choice {words}/>" for words in named),
            "  </Choices>",
            '  <Labels name="words" toName="text">',
            *(f"    <Label {words}/>" for words in named),
            "  </Labels>",
            '  <Text name="text" value="$text"/>',
            "</View>",
            "",
        ]
    )


def pieces(data: bytes, name: str) -> Iterator[tuple[str, Any]]:
    """The annotations of a Label Studio export (JSON) with their tasks' data, and their places.

    Those that were skipped are left out. Raises InputError where the file is no list of tasks.
    """
    with whole(name, "Label Studio"):
        tasks = json.loads(text_in(data, name))
        if not isinstance(tasks, list):
            raise TypeError(tasks)
    for number, task in enumerate(tasks, start=1):
        place = f"{name}: task {number}"
        if not isinstance(task, dict) or not isinstance(task.get("annotations"), list):
            yield place, None
            continue
        for turn, annotation in enumerate(task["annotations"], start=1):
            skipped = isinstance(annotation, dict) and annotation.get("was_cancelled")
            if not skipped:
                yield f"{place}, annotation {turn}", (task.get("data"), annotation)


def sheet_in(place: str, piece: Any, by: str = "") -> Sheet:
    """The sheet of an annotation; InputError where there is none.

    `by` names who made the annotations that do not say so themselves.
    """
    with whole(place, "Label Studio"):
        data, annotation = piece
        return _sheet(place, data, annotation["result"], by)


def _task(sheet: Sheet, tags: Sequence[str]) -> dict[str, Any]:
    data = {"text": sheet.text, "program_id": sheet.program_id, "asked": list(tags), "base": {}}
    return {"data": data, "annotations": [], "predictions": []}


def _result(sheet: Sheet) -> list[dict[str, Any]]:
    who = _region("by", "textarea", {"text": [sheet.by]}, "by")
    return [who, *_shown(sheet.text, sheet.ticked, sheet.marks)]


def _shown(text: str, ticked: Sequence[str], marks: Iterable[Mark]) -> list[dict[str, Any]]:
    found = [_region("tags", "choices", {"choices": list(ticked)}, "tags")] if ticked else []
    for number, mark in enumerate(marks, start=1):
        words = {"start": mark.start, "end": mark.end, "text": text[mark.start : mark.end]}
        found.append(_region("words", "labels", {**words, "labels": [mark.tag]}, f"w{number}"))
    return found


def _region(name: str, kind: str, value: dict[str, Any], number: str) -> dict[str, Any]:
    return {"id": number, "from_name": name, "to_name": "text", "type": kind, "value": value}


def _prediction(text: str, tagging: Tagging, version: str) -> dict[str, Any]:
    shift = starts(tagging.program)
    found = every(
        Mark(shift[item.field] + item.start, shift[item.field] + item.end, decision.tag)
        for decision in tagging.decisions
        if decision.present
        for item in decision.evidence
    )
    ticked = [decision.tag for decision in tagging.decisions if decision.present]
    sure = [max(d.probability, 1 - d.probability) for d in tagging.decisions]
    return {
        "model_version": version,
        "score": round(min(sure, default=0.0), 4),
        "result": _shown(text, ticked, found),
    }


def _sheet(place: str, data: dict[str, Any], result: list[dict[str, Any]], by: str) -> Sheet:
    values: dict[str, list[dict[str, Any]]] = {"by": [], "tags": [], "words": []}
    for region in result:
        values.setdefault(region.get("from_name", ""), []).append(region["value"])
    said = [line for value in values["by"] for line in _lines(value["text"])]
    who = said[0].strip() if said else by
    if not who:
        remedy = 'fill in its field "by", or name who made it with --as'
        raise InputError(place, "does not say whose it is", remedy)
    base = data["base"].get(who, [])
    text = str(data["text"])
    marks = every(
        Mark(_point(value["start"], text), _point(value["end"], text), tag)
        for value in values["words"]
        for tag in strings(value.get("labels", []))
    )
    return Sheet(
        program_id=str(data["program_id"]),
        text=text,
        by=who,
        asked=tuple(entry["tag"] for entry in base) or strings(data["asked"]),
        ticked=tuple(tag for value in values["tags"] for tag in strings(value["choices"])),
        marks=marks,
        base=labels_of(base, str(data["program_id"]), who),
    )


def _lines(value: object) -> tuple[str, ...]:
    """The text of a text field, which Label Studio gives as a list or as a string."""
    return (value,) if isinstance(value, str) else strings(value)


def _point(value: object, text: str) -> int:
    if not isinstance(value, int) or not 0 <= value <= len(text):
        raise KeyError(value)
    return value
