"""The nouns of the field, frozen: what one room hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Decision",
    "Document",
    "Evidence",
    "Field",
    "Label",
    "Morpheme",
    "Program",
    "Reading",
    "RuleVerdict",
    "Span",
    "Status",
    "Tag",
    "Tagging",
    "Unplaced",
    "Vote",
]

Field = Literal["program", "summary"]
Status = Literal["provided", "considered", "publicity", "referral", "background", "ended", "none"]
RuleVerdict = Literal["present", "ruled_out", "silent"]


@dataclass(frozen=True, slots=True)
class Program:
    """One program (事業) of a release, as `programs.csv` holds it, a column per field.

    `number` counts the programs of a release from 1 in reading order; `code` is the six-digit
    全国地方公共団体コード, empty when the body is not a prefecture or municipality that we know;
    `summary` has one item or paragraph a line; `source` says where it stood in the file.
    """

    program_id: str
    release: str
    number: int
    prefecture: str
    body: str
    code: str
    program: str
    summary: str
    department: str
    phone: str
    source: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A block of text of a release that belongs to no program: where it stood, and its words."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one release file: its programs, and what could not be placed."""

    programs: tuple[Program, ...]
    unplaced: tuple[Unplaced, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of one untouched field of a program."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One morpheme: its characters `start` to `end` of the text, and what the analyser says."""

    start: int
    end: int
    surface: str
    normalized: str
    pos: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its morphemes (Sudachi mode C)."""

    text: str
    morphemes: tuple[Morpheme, ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """What one rule says of one mention: its status there, and the cue that decided the status.

    A rule that is silent casts no vote.
    """

    tag: str
    rule: str
    status: Status
    span: Span
    cue: Span | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the program that a decision rests on: `text` is field[start:end], to the letter."""

    field: Field
    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision for one program and one tag, and how it came about.

    `probability` and `model` lie in [0, 1]; `model` is None where no model knows the tag.
    `review` asks a person to look, `reason` tells why in the reader's language.
    """

    tag: str
    present: bool
    probability: float
    status: Status
    rule: RuleVerdict
    model: float | None
    review: bool
    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Tagging:
    """A program with one decision per tag, in the order of the taxonomy."""

    program: Program
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the taxonomy with its wording for people, by language ("ja", "en")."""

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    counts: tuple[str, ...]
    does_not_count: tuple[str, ...]
    implies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """What somebody decided about one program and one tag, with quotes from the text."""

    program_id: str
    tag: str
    present: bool
    by: str
    unsure: bool
    quotes: tuple[str, ...]
    near_miss: tuple[str, ...]
