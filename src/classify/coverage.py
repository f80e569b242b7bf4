"""The coverage matrix: who offers what, where, and where nobody does. Arithmetic over taggings.

A *body* (実施主体) is named by its prefecture and its own name: 日野町 stands in two prefectures.
A *cell* is one body and one tag, and keeps every decision it was made of, so that each cell can be
defended: a `1` by its quotes, a `0` by what was found instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from classify.errors import InputError
from classify.places import Place, prefectures
from classify.records import Decision, Program, Tag, Tagging

__all__ = [
    "BodyCoverage",
    "Cell",
    "Finding",
    "Matrix",
    "PrefectureCoverage",
    "State",
    "body_table",
    "by_body",
    "by_prefecture",
    "matrix",
    "prefecture_table",
    "state_of",
]

State = Literal["1", "0", "?"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One program of a body, and what was decided about it for the tag of the cell."""

    program: Program
    decision: Decision


@dataclass(frozen=True, slots=True)
class Cell:
    """One body and one tag: its state, and a finding per program of the body, in reading order."""

    tag: str
    state: State
    findings: tuple[Finding, ...]

    @property
    def grounds(self) -> tuple[Finding, ...]:
        """The findings behind a `1` or `?`: tag present, or a person is asked to look."""
        return tuple(f for f in self.findings if f.decision.present or f.decision.review)


@dataclass(frozen=True, slots=True)
class BodyCoverage:
    """One row of the matrix: a body, its programs, and a cell per tag in the order of the tags."""

    prefecture: str
    body: str
    code: str
    programs: tuple[Program, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class PrefectureCoverage:
    """One of the 47 prefectures with those of its bodies that the release names, maybe none."""

    place: Place
    bodies: tuple[BodyCoverage, ...]

    @property
    def programs(self) -> int:
        """How many programs these bodies run."""
        return sum(len(body.programs) for body in self.bodies)

    @property
    def municipalities(self) -> int:
        """How many of the bodies are municipalities.

        A municipality has a code of its own that is not the prefecture's; an association, a
        company or a name that no list knows is a body, but not a municipality.
        """
        return sum(body.code not in ("", self.place.code) for body in self.bodies)

    def count(self, column: int, state: State = "1") -> int:
        """How many of the bodies have this state in one column (tag)."""
        return _count(self.bodies, column, state)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole matrix: tags are its columns, bodies its rows, in JIS order of prefecture.

    `prefectures` are all 47, those with no body included; `homeless` are the bodies whose
    prefecture is none of the 47, which only the rows by body can show.
    """

    tags: tuple[Tag, ...]
    bodies: tuple[BodyCoverage, ...]
    prefectures: tuple[PrefectureCoverage, ...]
    homeless: tuple[BodyCoverage, ...]

    @property
    def releases(self) -> list[str]:
        """The releases that the programs come from, in the order of the rows."""
        return list(dict.fromkeys(p.release for body in self.bodies for p in body.programs))

    def count(self, column: int, state: State = "1") -> int:
        """How many of all bodies have this state in one column (tag)."""
        return _count(self.bodies, column, state)


def _count(bodies: Iterable[BodyCoverage], column: int, state: State) -> int:
    return sum(body.cells[column].state == state for body in bodies)


def state_of(decisions: Iterable[Decision]) -> State:
    """The state of a cell out of the decisions of its programs.

    `1` where one decision says present and waits for nobody; else `?` where a decision that waits
    for review would settle the cell; else `0`.

    >>> from classify.records import Decision
    >>> def decided(present, review):
    ...     return Decision("t", present, 0.5, "none", "silent", None, review, "", ())
    >>> state_of([decided(True, True), decided(True, False)])
    '1'
    >>> state_of([decided(False, True), decided(False, False)])
    '?'
    >>> state_of([])
    '0'
    """
    waiting = False
    for decision in decisions:
        if decision.present and not decision.review:
            return "1"
        waiting = waiting or decision.review
    return "?" if waiting else "0"


def matrix(taggings: Iterable[Tagging], tags: Sequence[Tag]) -> Matrix:
    """The matrix of taggings: a row per body, a cell per tag.

    Prefectures come in JIS order, as Japanese readers look them up, and one that a release prints
    out of turn (a label at the foot of a page) is still found; unknown prefectures come last.
    Within a prefecture the release's own reading order stays, which no code could give for bodies
    that are not municipalities. Raises InputError where a tagging knows nothing of one of the tags.
    """
    groups: dict[tuple[str, str], list[Tagging]] = {}
    for tagging in taggings:
        groups.setdefault((tagging.program.prefecture, tagging.program.body), []).append(tagging)
    homes: dict[str, list[BodyCoverage]] = {place.prefecture: [] for place in prefectures()}
    homeless: list[BodyCoverage] = []
    for (prefecture, _), group in groups.items():
        homes.get(prefecture, homeless).append(_body(group, tags))
    placed = tuple(PrefectureCoverage(p, tuple(homes[p.prefecture])) for p in prefectures())
    bodies = (*(body for prefecture in placed for body in prefecture.bodies), *homeless)
    return Matrix(tuple(tags), bodies, placed, tuple(homeless))


def _body(taggings: Sequence[Tagging], tags: Sequence[Tag]) -> BodyCoverage:
    programs = tuple(tagging.program for tagging in taggings)
    decisions = [{decision.tag: decision for decision in t.decisions} for t in taggings]
    return BodyCoverage(
        prefecture=programs[0].prefecture,
        body=programs[0].body,
        code=next((program.code for program in programs if program.code), ""),
        programs=programs,
        cells=tuple(_cell(tag.id, programs, decisions) for tag in tags),
    )


def _cell(tag: str, programs: Sequence[Program], decisions: Sequence[dict[str, Decision]]) -> Cell:
    findings = []
    for program, known in zip(programs, decisions, strict=True):
        if tag not in known:
            raise InputError(
                f"{program.release}: program {program.program_id}",
                f"nothing was decided about tag '{tag}'",
                "Tag the release again with this taxonomy",
            )
        findings.append(Finding(program, known[tag]))
    return Cell(tag, state_of(f.decision for f in findings), tuple(findings))


def by_body(taggings: Iterable[Tagging], tags: Sequence[Tag]) -> pd.DataFrame:
    """The matrix as a table, a row per body: who, how many programs, then `1`, `0` or `?` per tag.

    Columns `prefecture, body, code, programs`, then one of strings per tag id.
    """
    return body_table(matrix(taggings, tags))


def by_prefecture(taggings: Iterable[Tagging], tags: Sequence[Tag]) -> pd.DataFrame:
    """The matrix as a table of the 47 prefectures in JIS order, those with nothing included.

    Columns `code, prefecture, bodies, programs, municipalities`, then per tag id the number of
    bodies that offer it for certain (`1`). `municipalities` counts the bodies with a code of their
    own. A body whose prefecture is none of the 47 is not in this table: `Matrix.homeless` names it.
    """
    return prefecture_table(matrix(taggings, tags))


def body_table(whole: Matrix) -> pd.DataFrame:
    """The table of `by_body` out of a matrix."""
    rows = [
        [b.prefecture, b.body, b.code, len(b.programs), *(cell.state for cell in b.cells)]
        for b in whole.bodies
    ]
    return _frame(("prefecture", "body", "code", "programs"), rows, whole.tags)


def prefecture_table(whole: Matrix) -> pd.DataFrame:
    """The table of `by_prefecture` out of a matrix."""
    rows = [
        [p.place.code, p.place.prefecture, len(p.bodies), p.programs, p.municipalities]
        + [p.count(column) for column in range(len(whole.tags))]
        for p in whole.prefectures
    ]
    return _frame(("code", "prefecture", "bodies", "programs", "municipalities"), rows, whole.tags)


def _frame(
    columns: Sequence[str], rows: Sequence[Sequence[object]], tags: Sequence[Tag]
) -> pd.DataFrame:
    names = [*columns, *(tag.id for tag in tags)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(
            "matrix", f"two columns would be named '{twice[0]}'", "Give that tag another id"
        )
    return pd.DataFrame(rows, columns=names)
