"""A queue that was filled in, in a spreadsheet, as verdicts: all of its rows are good, or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classify.desk import Desk, Verdict, name_of
from classify.errors import FileError, InputError
from classify.export.queue import FILLED, heads
from classify.labels import find
from classify.releases import filled
from classify.texts import review_texts

__all__ = ["Answers", "read_answers"]

_NEEDED = ("program_id", "tag", "seen", *FILLED)


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of a file: verdicts with their places, how many rows were left empty, and how many
    had been taken before (the same person decided the same, and holds)."""

    verdicts: tuple[tuple[str, Verdict], ...]
    empty: int
    known: int


def read_answers(path: Path, desk: Desk, name: str) -> Answers:
    """Read a filled-in queue for a desk; rows without a name of their own are `name`'s.

    Raises FileError with every fault of every row: an answer that is none, a card that is not
    on the desk, a quote that does not stand in the program, a row without a name.
    """
    wanted = {column: head for column, head in heads().items() if column in _NEEDED}
    found: dict[tuple[str, str], tuple[str, Verdict]] = {}
    faults: list[InputError] = []
    empty = known = 0
    for place, cells in filled.rows(path, wanted):
        if not cells["present"]:
            empty += 1
            continue
        try:
            verdict = _verdict(place, cells, desk, name)
            if verdict.key in found:
                problem = f"decides the card of {found[verdict.key][0]} again"
                raise InputError(place, problem, "Keep one of the rows")
        except InputError as fault:
            faults.append(InputError(place, fault.problem, fault.remedy))
            continue
        if _stands(verdict, desk):
            known += 1
        else:
            found[verdict.key] = place, verdict
    if faults:
        raise FileError(faults)
    return Answers(tuple(found.values()), empty, known)


def _verdict(place: str, cells: Mapping[str, str], desk: Desk, name: str) -> Verdict:
    key = cells["program_id"], desk.tag_now(cells["tag"])
    if key not in desk.number:
        problem = f"there is no card {key[0]} {key[1]}"
        raise InputError(place, problem, "Name its release as INPUT beside --apply")
    if not cells["seen"].isascii() or not cells["seen"].isdigit():
        raise InputError(place, f"version '{cells['seen']}' is none", "Copy it from the queue")
    by = cells["by"] or name
    if not by:
        raise InputError(place, "nobody is named who decides", "Fill the column in, or use --as")
    lines = (line.strip() for line in cells["words"].splitlines())
    words = tuple(dict.fromkeys(filter(None, lines))) or desk.suggested(key)
    for quote in words:
        if find(quote, desk.programs[key[0]]) is None:
            problem = f"quote '{quote}' does not stand in {key[0]}"
            raise InputError(place, problem, "Copy the words to the letter")
    return Verdict(
        key=key,
        present=_answer(place, cells["present"]),
        by=name_of(by, desk.machines),
        seen=int(cells["seen"]),
        unsure=_folded(cells["unsure"]) in review_texts()["answers"]["yes"],
        reason=cells["why"],
        words=words,
    )


def _answer(place: str, text: str) -> bool:
    answers = review_texts()["answers"]
    for present in (True, False):
        if _folded(text) in answers["present" if present else "absent"]:
            return present
    choice = " or ".join(review_texts()["ja"][word] for word in ("present", "absent"))
    raise InputError(place, f"'{text}' is no decision", f"Write {choice}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _stands(verdict: Verdict, desk: Desk) -> bool:
    """Did the same person decide the same since the file was written, and does it hold?"""
    held = desk.held(verdict.key)
    if held is None or verdict.seen == desk.seen(verdict.key):
        return False
    return held.by.endswith(f"-{verdict.by}") and held.present == verdict.present
