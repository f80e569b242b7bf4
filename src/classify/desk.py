"""A reviewer's desk: the cards of some programs, what was said about them, and new decisions kept.

Both faces work here. A decision is kept only if nobody decided on the card since the person looked
at it: who comes second sees what the first decided, and nothing is overwritten.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from classify import crosswalk, journal
from classify.disagreements import Key, cards
from classify.errors import InputError
from classify.export import program_chunks
from classify.export.files import deliver
from classify.labels import (
    TIME,
    append,
    derive,
    label_of,
    line_of,
    load_out_of_fold,
    quote_at,
    refuse_namesakes,
)
from classify.ledger import Ledger, labelled
from classify.people import load_machines
from classify.records import Gold, Label, Program, Span, Tagging
from classify.tagger import Tagger
from classify.voices import ADJUDICATOR, settles, standing

__all__ = ["Desk", "Outcome", "Verdict", "name_of"]

_NAME = re.compile(r"\w[\w-]{0,39}")
_NO_FILE = re.compile(r"[^\w().（）・-]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person decided about a card of which they had seen `seen` lines, not kept yet.

    `words` are quotes of the program: what shows the tag, or what could mislead where it is absent.
    """

    key: Key
    present: bool
    by: str
    seen: int
    unsure: bool = False
    gap: bool = False
    reason: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decisions that were kept, and the verdicts that came second, which were not."""

    taken: tuple[Label, ...]
    left: tuple[Verdict, ...]


def name_of(text: str, machines: Set[str] = frozenset()) -> str:
    """A reviewer's name as it stands in decisions and names their file.

    Raises InputError for what cannot be a file's name anywhere, or belongs to another voice: to
    one of the `machines`, or to all who settle.

    >>> name_of(" Hana Ito "), name_of("伊藤")
    ('hana-ito', '伊藤')
    """
    name = "-".join(unicodedata.normalize("NFKC", text).casefold().split())
    if not _NAME.fullmatch(name):
        remedy = "use up to 40 letters, digits and hyphens"
        raise InputError(f"name '{text}'", "cannot name a file", remedy)
    if settles(name) or name in {machine.casefold() for machine in machines}:
        raise InputError(f"name '{text}'", "is the name of another voice", "use your own")
    return name


class Desk:
    """Cards and decisions of one labels folder; safe to use from several threads.

    Card `n` stays card `n` as long as the desk is open; `number` tells it by key. `changed` lists
    the cards of every line that came since then. With `blind`, an annotator's name, decisions are
    that annotator's own, and nobody else's lines count.
    """

    def __init__(
        self,
        folder: Path,
        tagger: Tagger,
        taggings: Sequence[Tagging],
        *,
        blind: str = "",
    ) -> None:
        self.folder = folder
        self.tagger = tagger
        self.taggings = tuple(taggings)
        self.blind = blind
        self.changed: list[Key] = []
        self._closed: set[Key] = set()
        self._guard = threading.RLock()
        self.programs = {t.program.program_id: t.program for t in self.taggings}
        self._releases: dict[str, dict[str, Program]] = defaultdict(dict)
        self._made: dict[str, tuple[bytes, ...]] = {}
        for program in self.programs.values():
            self._releases[program.release][program.program_id] = program
        self.machines = load_machines(folder)
        steps = crosswalk.load(folder)
        self._ledger = Ledger(folder, self.programs, labelled(folder), steps)
        known = self._ledger.labelled
        refuse_namesakes(self.programs.values(), known)
        self._neighbours: dict[tuple[str, str], list[Program]] = defaultdict(list)
        for program in {**known, **self.programs}.values():
            self._neighbours[program.prefecture, program.body].append(program)
        self._ledger.refresh()
        lines = self._ledger.lines
        said = {key: standing(of).get(key, {}) for key, of in lines.items()}
        again = crosswalk.to_look_at(self._ledger.written, steps)
        self.cards = cards(self.taggings, said, load_out_of_fold(folder), again)
        self.number = {card.key: n for n, card in enumerate(self.cards)}
        up = {card.key for card in self.cards if card.kinds and not blind}
        # A card that is up in spite of a settlement waits for another one.
        self._closed = {key for key in lines if self.held(key) and key not in up}

    # What is known ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read what this or another process has added since the last look."""
        with self._guard:
            for key in self._ledger.refresh():
                self.changed.append(key)
                if self.held(key):
                    self._closed.add(key)
                else:
                    self._closed.discard(key)

    def said(self, key: Key) -> tuple[Label, ...]:
        """Each person's word on a card, the latest last; in a blind pass one's own only."""
        with self._guard:
            found = tuple(standing(self._ledger.lines.get(key, ())).get(key, {}).values())
        return tuple(label for label in found if not self.blind or label.by == self.blind)

    def seen(self, key: Key) -> int:
        """How many lines there are about a card: what a verdict says it has seen."""
        lines = self._ledger.lines.get(key, ())
        return sum(not self.blind or label.by == self.blind for label in lines)

    def decisions(self) -> Iterator[Label]:
        """Every line that counts here, under the present tags."""
        with self._guard:
            found = [label for lines in self._ledger.lines.values() for label in lines]
        return (label for label in found if not self.blind or label.by == self.blind)

    def gold(self, key: Key) -> Gold | None:
        """The decision that holds for a card."""
        return next(iter(derive(self.said(key))), None)

    def held(self, key: Key) -> Label | None:
        """The decision that closes a card: who settled last; in a blind pass one's own."""
        words = self.said(key)
        return next((one for one in reversed(words) if self.blind or settles(one.by)), None)

    def before(self, program: Program, tag: str) -> dict[str, object] | None:
        """What was decided about the same program, or else the same body, in another release."""
        others = [
            other
            for other in self._neighbours[program.prefecture, program.body]
            if other.release != program.release
        ]
        for other in sorted(others, key=lambda p: p.program != program.program):
            gold = self.gold((other.program_id, tag))
            if gold:
                found = {"release": other.release, "program": other.program}
                return found | {"present": gold.present, "reason": gold.reason}
        return None

    def tag_now(self, tag: str) -> str:
        """A tag under its present id, where it has another by now."""
        return crosswalk.now(tag, self._ledger.steps) or tag

    def done(self, key: Key) -> bool:
        """Is a card dealt with?"""
        return key in self._closed

    def suggested(self, key: Key) -> tuple[str, ...]:
        """The words that the tagger's decision rests on, as quotes."""
        card = self.cards[self.number[key]]
        spans = (Span(e.field, e.start, e.end) for e in card.decision.evidence)
        quotes = (quote_at(card.program, span) for span in spans)
        return tuple(dict.fromkeys(filter(None, quotes)))

    def prepare(self) -> None:
        """Make the files of the releases that are not kept yet, so that the first decision about
        one waits for the disk only."""
        for release, programs in self._releases.items():
            if not programs.keys() <= self._ledger.labelled.keys():
                self._made[release] = tuple(program_chunks(_file_of(release), programs.values()))

    # What is decided --------------------------------------------------------------------------

    def settle(self, verdicts: Sequence[Verdict]) -> Outcome:
        """Keep verdicts; it comes back when the disk has them.

        A verdict on a card about which a line was written since is left, and so is the second
        verdict on one card. Raises InputError where a quote does not stand in the program, or
        where nothing can be written.
        """
        with self._guard, journal.locked(self.folder / "decisions"):
            self.refresh()
            taken: dict[Key, Label] = {}
            left = []
            for verdict in verdicts:
                if verdict.seen != self.seen(verdict.key) or verdict.key in taken:
                    left.append(verdict)
                else:
                    taken[verdict.key] = self._decided(verdict)
            self._keep(taken.values())
        return Outcome(tuple(taken.values()), tuple(left))

    def undo(self, name: str) -> Key | None:
        """Take a person's last decision back; None where nothing is left to take back."""
        by = self._by(name)
        with self._guard, journal.locked(self.folder / "decisions"):
            self.refresh()
            key = self._last(by)
            if key is None:
                return None
            label = standing(self._ledger.lines[key])[key][by]
            back = Label(
                *key, label.present, by, at=self._now(key, by), was=_word(label.present),
                taxonomy=self.tagger.taxonomy.version, undone=True,
            )  # fmt: skip
            self._keep([back])
        return key

    def _last(self, by: str) -> Key | None:
        standing_keys: list[Key | None] = []
        for one in sorted(self._ledger.by.get(by, ()), key=lambda label: label.at):
            key = self._ledger.key(one)
            if not one.undone:
                standing_keys.append(key)
            elif key in standing_keys:
                last = len(standing_keys) - 1 - standing_keys[::-1].index(key)
                del standing_keys[last]
        there = (key for key in reversed(standing_keys) if key is not None and key in self.number)
        return next((key for key in there if any(one.by == by for one in self.said(key))), None)

    def _decided(self, verdict: Verdict) -> Label:
        by = self._by(verdict.by)
        label = Label(
            *verdict.key,
            verdict.present,
            by=by,
            unsure=verdict.unsure,
            quotes=verdict.words if verdict.present else (),
            near_miss=() if verdict.present else verdict.words,
            reason=verdict.reason,
            at=self._now(verdict.key, by),
            was=self._was(verdict.key),
            taxonomy=self.tagger.taxonomy.version,
            gap=verdict.gap,
        )
        entry = json.loads(line_of(label))
        return label_of(f"{verdict.key[0]} {verdict.key[1]}", entry, self.programs)

    def _by(self, name: str) -> str:
        return self.blind or f"{ADJUDICATOR}-{name}"

    def _was(self, key: Key) -> str:
        """What held before: gold, else what the tagger is sure of; blind eyes have seen neither."""
        gold = self.gold(key)
        if gold:
            return _word(gold.present)
        decision = self.cards[self.number[key]].decision
        return "" if self.blind or decision.review else _word(decision.present)

    def _now(self, key: Key, by: str) -> str:
        """The time, but behind every line about the card: a clock may have been put back, and two
        people's lines of one second would hold in the order of their files."""
        times = [datetime.now(UTC)]
        for label in self._ledger.lines.get(key, ()):
            if label.at:
                at = datetime.strptime(label.at, TIME).replace(tzinfo=UTC)
                times.append(at + timedelta(seconds=label.by != by))
        return max(times).strftime(TIME)

    def _keep(self, labels: Iterable[Label]) -> None:
        kept = tuple(labels)
        for label in kept:
            self._keep_release(self.programs[label.program_id])
        append(self.folder, kept)
        self.refresh()

    def _keep_release(self, program: Program) -> None:
        """Put a program's release among the labelled ones, so that its decisions can be traced."""
        if program.program_id in self._ledger.labelled:
            return
        path = self.folder / "programs" / _file_of(program.release)
        path.parent.mkdir(exist_ok=True)
        here = labelled(self.folder, path.name)
        new = self._releases[program.release]
        made = () if here else self._made.pop(program.release, ())
        deliver(path, made or program_chunks(path, {**new, **here}.values()))
        self._ledger.labelled = {**self._ledger.labelled, **new, **here}


def _file_of(release: str) -> str:
    """The name of the file that keeps a release."""
    return f"{_NO_FILE.sub('_', release).lstrip('.')[:80] or 'release'}.csv"


def _word(present: bool) -> str:
    return "present" if present else "absent"
