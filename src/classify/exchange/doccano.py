"""doccano's JSON lines, for projects "Intent Detection and Slot Filling": categories and spans.

A file holds one person's sheets: where annotators work apart, doccano exports a file per person.
As read in doccano 1.8.4:
- `{"text", "cats": [tag], "entities": [[start, end, tag]]}`; every other key is kept as metadata
  and written again on export (data_import/pipeline/examples/intent_detection/example.jsonl,
  data_import/pipeline/data.py BaseData.parse, data_export/models.py ExportedExample.to_dict). A
  text classification project reads `cats` when told that it is the label column; it gives `label`.
- The import of this project type guesses the encoding (catalog.py ArgNone, parsers.py
  detect_encoding), hence ASCII with escapes.
- Spans that overlap an earlier one are dropped on import: only sequence labelling projects may
  allow them (pipeline/labels.py Spans.clean, projects/models.py), hence `apart`.
- The page counts UTF-16 units where graphemes are not counted (v-annotator; doccano issues 2290
  and 2484), and this project type has no such option.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from classify.exchange.entries import entry_of, labels_of, strings, text_in, whole
from classify.exchange.sheets import Mark, Sheet, every

__all__ = ["apart", "as_lines", "pieces", "sheet_in"]


def apart(found: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks that doccano keeps: of two that overlap, the one that begins first.

    >>> apart([Mark(0, 4, "a"), Mark(2, 6, "b"), Mark(4, 6, "c")])
    (Mark(start=0, end=4, tag='a'), Mark(start=4, end=6, tag='c'))
    """
    kept: list[Mark] = []
    for mark in sorted(set(found)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)


def as_lines(sheets: Iterable[Sheet]) -> bytes:
    """Sheets as doccano's JSON lines."""
    return "".join(json.dumps(_line(sheet)) + "\n" for sheet in sheets).encode("ascii")


def pieces(data: bytes, name: str) -> Iterator[tuple[str, str]]:
    """The lines of a doccano export, each with its place."""
    for number, line in enumerate(text_in(data, name).split("\n"), start=1):
        if line.strip():
            yield f"{name}:{number}", line


def sheet_in(place: str, piece: str, by: str = "") -> Sheet:
    """The sheet on a line of a doccano export; InputError where there is none.

    `by` names who filled it in, where that is not the person whose sheets were sent: then all that
    was asked is new.
    """
    with whole(place, "doccano"):
        return _sheet(json.loads(piece), by)


def _line(sheet: Sheet) -> dict[str, Any]:
    units = _units(sheet.text)
    return {
        "text": sheet.text,
        "cats": sheet.ticked,
        "entities": [(units[mark.start], units[mark.end], mark.tag) for mark in sheet.marks],
        "program_id": sheet.program_id,
        "by": sheet.by,
        "asked": sheet.asked,
        "base": [entry_of(label) for label in sheet.base],
    }


def _sheet(line: dict[str, Any], by: str) -> Sheet:
    text, sent_by = str(line["text"]), str(line["by"])
    base = labels_of(line["base"], str(line["program_id"]), sent_by)
    points = {unit: point for point, unit in enumerate(_units(text))}
    return Sheet(
        program_id=str(line["program_id"]),
        text=text,
        by=by or sent_by,
        asked=strings(line["asked"]),
        ticked=strings(line["label"] if "label" in line else line["cats"]),
        marks=every(Mark(points[a], points[b], str(tag)) for a, b, tag in line.get("entities", ())),
        base=base if by in ("", sent_by) else (),
    )


def _units(text: str) -> list[int]:
    """At which UTF-16 unit each character begins, and the text ends.

    >>> _units("𠮷野")
    [0, 2, 3]
    """
    starts = [0]
    for character in text:
        starts.append(starts[-1] + 1 + (ord(character) > 0xFFFF))
    return starts
