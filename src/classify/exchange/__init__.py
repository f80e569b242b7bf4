"""Decisions to doccano and Label Studio and back: what goes out and comes back is equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from types import ModuleType

from classify.crosswalk import Step, carry_labels
from classify.errors import FileError, InputError
from classify.exchange import doccano, labelstudio
from classify.exchange.sheets import Sheet, decisions, every, sheet
from classify.records import Label, Program
from classify.voices import standing

__all__ = ["read_back", "sheets", "to_append"]

_TOOLS: Mapping[str, ModuleType] = {"doccano": doccano, "label-studio": labelstudio}
_PICKS = {"doccano": doccano.apart, "label-studio": every}


def sheets(
    labels: Iterable[Label],
    programs: Mapping[str, Program],
    tags: Sequence[str],
    form: str,
    *,
    by: str = "",
) -> Iterator[Sheet]:
    """Everybody's sheets on the programs, or those of one person.

    A person without any decision gets a sheet on every program that asks for all tags.
    """
    said: dict[tuple[str, str], list[Label]] = {}
    order = {tag: number for number, tag in enumerate(tags)}
    for (program_id, tag), card in standing(labels).items():
        for label in card.values():
            if tag in order:
                said.setdefault((program_id, label.by), []).append(label)
    names = [by] if by else sorted({name for _, name in said})
    new = bool(by) and not any(name == by for _, name in said)
    for program in programs.values():
        for name in names:
            found = said.get((program.program_id, name), [])
            if found or new:
                found.sort(key=lambda label: order[label.tag])
                yield sheet(program, name, found, tags, _PICKS[form])


def read_back(
    data: bytes,
    name: str,
    form: str,
    programs: Mapping[str, Program],
    tags: Sequence[str],
    *,
    by: str = "",
    stamp: tuple[str, str] = ("", ""),
    steps: Sequence[Step] = (),
) -> tuple[Label, ...]:
    """The decisions in a file that a tool wrote, in its order, under the present tags.

    `name` is the file's, for what is said of faults; `by` whose decisions they are where the file
    does not say; `stamp` goes into what is new or changed (`sheets.decisions`). A sheet with tags
    that a step of the crosswalk has changed since is read through it. Raises FileError with every
    fault of the file.
    """
    tool = _TOOLS[form]
    found: dict[tuple[str, str, str], Label] = {}
    faults: list[InputError] = []
    for place, piece in tool.pieces(data, name):
        try:
            filled = tool.sheet_in(place, piece, by)
            old = _named(filled) & {tag for step in steps for tag in step.olds} - {*tags}
            program = _known(place, filled, programs, {*tags, *old})
            # What was decided under old tags comes before the steps that changed them.
            at, version = ("", stamp[1]) if old else stamp
            new = decisions(place, filled, program, _PICKS[form], (at, version))
            if old:
                carried = carry_labels(new, steps)
                new = tuple(one if one.at else replace(one, at=stamp[0]) for one in carried)
            if any((label.program_id, label.tag, label.by) in found for label in new):
                problem = f"{filled.by} decides {filled.program_id} a second time"
                raise InputError(place, problem, "keep one of the two")
            found |= {(label.program_id, label.tag, label.by): label for label in new}
        except InputError as fault:
            faults.append(fault)
    if faults:
        raise FileError(faults)
    return tuple(found.values())


def to_append(new: Iterable[Label], old: Sequence[Label]) -> tuple[Label, ...]:
    """Those of the decisions read back that say something new: lines to append.

    What was sent and comes back unchanged is left out, also where it has since been decided anew.
    """
    before = standing(old)
    known = set(old)
    return tuple(
        label
        for label in new
        if label not in known
        and _said(before.get((label.program_id, label.tag), {}).get(label.by)) != _said(label)
    )


def _known(place: str, filled: Sheet, programs: Mapping[str, Program], tags: Set[str]) -> Program:
    unknown = _named(filled) - tags
    if unknown:
        problem = f"tag '{min(unknown)}' is not in the taxonomy"
        raise InputError(place, problem, "use the taxonomy's tags, or add it to taxonomy.yaml")
    program = programs.get(filled.program_id)
    if program is None:
        problem = f"program '{filled.program_id}' is not among the labelled programs"
        raise InputError(place, problem, "add its release to labeled/programs")
    return program


def _named(filled: Sheet) -> set[str]:
    return {*filled.asked, *filled.ticked, *(mark.tag for mark in filled.marks)}


def _said(label: Label | None) -> Label | None:
    return label and replace(label, at="", was="", taxonomy="")
