"""Rules that a settled card suggests: what each would fix and break, and the one that is taken in.

Making the labelled texts ready takes seconds: it is done once, when somebody first asks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from classify import proposals
from classify.changes import Change
from classify.corpus import Corpus, corpus, ready
from classify.desk import Desk
from classify.disagreements import Key
from classify.errors import InputError
from classify.export.files import deliver
from classify.journal import locked
from classify.labels import derive
from classify.lessons import read_labelled
from classify.proposals import Card, Proposal
from classify.records import Label
from classify.rules import compile_rules
from classify.taxonomy import Taxonomy, parse, source

__all__ = ["Advice"]

# How many proposals are shown, each under a digit, and how many changes of each are told.
MOST, MOST_CHANGES = 9, 50

Json = dict[str, Any]


class Advice:
    """Proposals for the taxonomy that a desk was opened with; that file only is ever written."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._corpus: Corpus | None = None
        self._told: dict[Key, tuple[Label, tuple[tuple[Proposal, Card], ...]]] = {}
        self._guard = threading.Lock()

    def propose(self, key: Key) -> Json:
        """What could be added to the taxonomy so that its rules decide a settled card as it was
        settled."""
        held = self._held(key)
        with self._guard:
            on = self._fresh()
            # Every phrase once, with the card that it was found for.
            found = {
                one: card for card in _cards(self.desk, held) for one in proposals.propose(card, on)
            }
            self._told[key] = held, tuple(found.items())[:MOST]
        return {"proposals": [asdict(one) for one, _ in self._told[key][1]]}

    def effect(self, key: Key, number: int, phrase: str) -> Json:
        """Which decisions a proposal that was shown fixes and breaks."""
        with self._guard:
            proposal, card = self._shown(key, number, phrase)
            made = proposals.effect(proposal, card, self._fresh())
        return {"rules": _changes(made.rules), "whole": _changes(made.whole)}

    def accept(self, key: Key, number: int, phrase: str) -> Json:
        """Put a proposal that was shown into the taxonomy's file: all of it, or at a fault none.

        Raises InputError where it was not shown, or where the card is decided otherwise by now;
        TaxonomyError where a sentence of the taxonomy would no longer hold.
        """
        path = Path(self.desk.tagger.taxonomy.path)
        with self._guard:
            proposal, _ = self._shown(key, number, phrase)
            new = self._write(path, proposal)
            self._learn(parse(str(path), new.removeprefix("\ufeff")))
        return {"path": path.name, "entry": proposal.entry}

    def _shown(self, key: Key, number: int, phrase: str) -> tuple[Proposal, Card]:
        held, shown = self._told.get(key, (None, ()))
        if held is None or not 0 <= number < len(shown) or shown[number][0].phrase != phrase:
            raise InputError(f"proposal {number + 1}", "was not shown", "ask for proposals again")
        if self._held(key).present != held.present:
            problem = "is decided otherwise by now"
            raise InputError(f"{key[0]} {key[1]}", problem, "ask for proposals again")
        return shown[number]

    def _held(self, key: Key) -> Label:
        held = None if self.desk.blind else self.desk.held(key)
        if held is None:
            raise InputError(f"{key[0]} {key[1]}", "is not settled", "decide on the card first")
        return held

    def _write(self, path: Path, proposal: Proposal) -> str:
        """The new text of the taxonomy, written. The check of all its sentences takes seconds, in
        which others go on deciding: only the write itself holds the lock."""
        while True:
            old = source(path)
            new = proposals.accept(str(path), old, proposal)
            with locked(self.desk.folder / "decisions"):
                if source(path) == old:
                    deliver(path, [new.encode()])
                    return new

    def _learn(self, taxonomy: Taxonomy) -> None:
        """What is asked next builds on what was taken in."""
        if self._corpus:
            tagger = replace(self._corpus.tagger, taxonomy=taxonomy, rules=compile_rules(taxonomy))
            self._corpus = replace(self._corpus, tagger=tagger)
        self._told.clear()

    def _fresh(self) -> Corpus:
        """The labelled texts, with what this and other desks have decided since they were read."""
        if self._corpus is None:
            self._corpus = corpus(read_labelled(self.desk.folder), self.desk.tagger)
        on = self._corpus
        gold = {(one.program_id, one.tag): one for one in derive(self.desk.decisions())}
        known = {program.program_id for program in on.labelled.programs}
        decided = dict.fromkeys(name for name, _ in gold if name not in known)
        new = [self.desk.programs[name] for name in decided if name in self.desk.programs]
        labelled = replace(on.labelled, programs=(*on.labelled.programs, *new), gold=gold)
        texts = {p.program_id: ready(f"{p.program}\n{p.summary}", {}) for p in new}
        self._corpus = replace(on, labelled=labelled, texts={**on.texts, **texts})
        return self._corpus


def _cards(desk: Desk, held: Label) -> list[Card]:
    """A settled card for each of its quotes: any of them may be what a rule should know."""
    program = desk.programs[held.program_id]
    quotes: Sequence[str] = (held.quotes if held.present else held.near_miss) or ("",)
    return [Card(program, held.tag, held.present, quote) for quote in quotes]


def _changes(found: Sequence[Change]) -> Json:
    """How many decisions are fixed and broken, and the first of them, the broken ones ahead."""
    fixed = sum(change.right for change in found)
    told = sorted(found, key=lambda change: change.right)[:MOST_CHANGES]
    return {
        "fixed": fixed,
        "broken": len(found) - fixed,
        "told": [
            {
                "program": change.program.body or change.program.program_id,
                "tag": change.after.tag,
                "present": change.after.present,
                "right": change.right,
            }
            for change in told
        ],
    }
