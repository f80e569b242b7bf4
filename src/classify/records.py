"""The nouns of the field, frozen: what one room hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Contrast",
    "Decision",
    "Document",
    "Evidence",
    "Field",
    "Gold",
    "Label",
    "Origin",
    "Program",
    "Reading",
    "Role",
    "RuleVerdict",
    "Said",
    "Span",
    "Standing",
    "Status",
    "Tag",
    "Tagging",
    "Unplaced",
    "Vote",
    "Word",
]

Field = Literal["program", "summary"]
Status = Literal["provided", "considered", "publicity", "referral", "background", "ended", "none"]
Role = Literal[
    "", "line", "stop", "comma", "open", "close", "space", "mark", "digit", "verbal", "verb"
]
Origin = Literal["unanimous", "adjudicated", "majority"]
RuleVerdict = Literal["present", "ruled_out", "silent"]
Standing = Literal["affirmed", "present", "ruled_out", "silent"]


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
class Word:
    """A morpheme as the dictionary knows it, wherever it stands in a text.

    `key` is what rules and the model compare: the analyser's normalised form, or the form as
    written where inflection carries the meaning (particles, auxiliaries). `parts` are its units
    of Sudachi's mode A with their lengths in characters, empty when it has one unit.
    `role` is what the word does to the shape of a sentence, empty for most. `surface` is the word
    as it stands in the text; `written` is the same without white space.
    """

    key: str
    pos: str
    role: Role
    parts: tuple[tuple[int, Word], ...] = ()
    surface: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text cut into units: unit i is `words[i]`, at characters `starts[i]` to `starts[i + 1]`.

    Units are the finest (Sudachi's mode A); `wholes` are the longer morphemes of mode C over
    them, as (first unit, units, word). `starts` has one entry more than `words`: the text's end.
    """

    text: str
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    wholes: tuple[tuple[int, int, Word], ...]


@dataclass(frozen=True, slots=True)
class Vote:
    """What one rule says of one mention: its status there, and the cue that gave it that status.

    `cue` is the cue's id and `cue_span` its words, empty and None where no cue bears on the
    mention, which then counts as provided. A rule that is silent casts no vote.
    """

    tag: str
    rule: str
    status: Status
    span: Span
    cue: str = ""
    cue_span: Span | None = None


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
    `review` asks a person to look; `reason` is a code that exports put into the reader's words.
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
    """What somebody decided about one program and one tag: a line of `labeled/decisions/`.

    `quotes` are the words that show a present tag, `near_miss` the words that could mislead where
    it is absent; `reason` is given by whoever settles a disagreement. Decisions made with the tool
    say more: `at` is when (UTC, to the second), `was` what held before ("present", "absent", or
    empty), `taxonomy` the version decided under, `gap` that the guideline leaves the case open.
    An `undone` line takes the same person's last decision on this card back.
    """

    program_id: str
    tag: str
    present: bool
    by: str
    unsure: bool = False
    quotes: tuple[str, ...] = ()
    near_miss: tuple[str, ...] = ()
    reason: str = ""
    at: str = ""
    was: str = ""
    taxonomy: str = ""
    gap: bool = False
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """The decision that holds for one program and one tag, and where it came from.

    `origin` is `unanimous` (all annotators agree), `adjudicated` (settled, with a `reason`), or
    `majority` (annotators disagree and nobody has settled it yet).
    """

    program_id: str
    tag: str
    present: bool
    origin: Origin
    reason: str
    quotes: tuple[str, ...]
    unsure: int


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a text that speak of a tag, and the status they give it."""

    tag: str
    status: Status
    quote: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A sentence or program written to teach: a line of `labeled/contrast/`.

    Every place that speaks of a tag is in `said`. `group` is the pass, by one writer, it is from.
    `undecided` are tags that came out of one that is spoken of: nobody has said yet which is meant.
    """

    id: str
    group: str
    program: str
    text: str
    said: tuple[Said, ...]
    undecided: tuple[str, ...] = ()
