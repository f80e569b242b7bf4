"""The queue of what a person should look at: which decisions, why, and which of them first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from classify.labels import derive
from classify.records import Decision, Gold, Label, Program, Tagging
from classify.voices import settles

__all__ = ["KINDS", "Card", "Key", "Kind", "cards", "chosen", "first_pass", "queue"]

Kind = Literal["rule_model", "annotators", "label_model", "flagged", "taxonomy"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Key = tuple[str, str]
Cell = tuple[str, str, str]
Said = Mapping[Key, Mapping[str, Label]]


@dataclass(frozen=True, slots=True)
class Card:
    """One program and one tag, with all that was said about them and why a person should look.

    `said` holds each person's word, the latest last. `changes`: the cell of the matrix hangs on
    this decision, since no other program of the body offers the tag for certain. `doubt` in [0, 1]
    is how much the model would learn; `suspicion` the probability, by a model that has not learnt
    from it, that the label is wrong, 0 where there is no label.
    """

    program: Program
    decision: Decision
    said: tuple[Label, ...]
    gold: Gold | None
    kinds: tuple[Kind, ...]
    changes: bool
    doubt: float
    suspicion: float

    @property
    def key(self) -> Key:
        """Program id and tag: what the card is about."""
        return self.program.program_id, self.decision.tag


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all cards together."""

    said: Said
    gold: Mapping[Key, Gold]
    offering: Counter[Cell]
    out_of_fold: Mapping[Key, float]
    again: frozenset[Key]


def cards(
    taggings: Sequence[Tagging],
    said: Said,
    out_of_fold: Mapping[Key, float],
    again: frozenset[Key] = frozenset(),
) -> tuple[Card, ...]:
    """A card per program and tag, in the order of the taggings; most have no kinds.

    `said` is what each person says (`labels.standing`), `out_of_fold` the probability of a tag by
    a model that has not seen the program, `again` what a change of the taxonomy puts up anew.
    """
    people = (label for card in said.values() for label in card.values())
    gold = {(known.program_id, known.tag): known for known in derive(people)}
    known = _Known(said, gold, _offering(taggings, gold), out_of_fold, again)
    return tuple(
        _card(tagging, decision, known) for tagging in taggings for decision in tagging.decisions
    )


def queue(found: Iterable[Card]) -> tuple[Card, ...]:
    """The cards that a person should look at, the most useful first.

    First comes what would change a cell of the matrix, then what would teach the model most. What
    somebody has settled is not among them, unless they were unsure of it.
    """
    asked = (card for card in found if card.kinds)
    return tuple(sorted(asked, key=lambda c: (not c.changes, -round(c.doubt, 6), c.key)))


def first_pass(found: Sequence[Card]) -> tuple[Card, ...]:
    """All cards, tag by tag: one guideline in mind at a time."""
    columns = {tag: n for n, tag in enumerate(dict.fromkeys(c.decision.tag for c in found))}
    return tuple(sorted(found, key=lambda card: columns[card.decision.tag]))


def chosen(
    found: Iterable[Card],
    *,
    tag: str = "",
    kind: str = "",
    prefecture: str = "",
    release: str = "",
) -> tuple[Card, ...]:
    """The cards that fit every filter that is not empty, in their order."""
    return tuple(
        card
        for card in found
        if tag in ("", card.decision.tag)
        and (not kind or kind in card.kinds)
        and prefecture in ("", card.program.prefecture)
        and release in ("", card.program.release)
    )


def _card(tagging: Tagging, decision: Decision, known: _Known) -> Card:
    program = tagging.program
    key = program.program_id, decision.tag
    gold = known.gold.get(key)
    words = tuple(known.said.get(key, {}).values())
    others = known.offering[_cell(program, decision.tag)] - _offers(decision, gold)
    suspicion = _suspicion(gold, known.out_of_fold.get(key))
    return Card(
        program=program,
        decision=decision,
        said=words,
        gold=gold,
        kinds=_kinds(decision, words, suspicion, again=key in known.again),
        changes=not others,
        doubt=_doubt(decision, words, suspicion),
        suspicion=suspicion,
    )


def _cell(program: Program, tag: str) -> Cell:
    return program.prefecture, program.body, tag


def _offering(taggings: Iterable[Tagging], gold: Mapping[Key, Gold]) -> Counter[Cell]:
    """How many programs of a body offer a tag for certain."""
    found: Counter[Cell] = Counter()
    for tagging in taggings:
        for decision in tagging.decisions:
            known = gold.get((tagging.program.program_id, decision.tag))
            found[_cell(tagging.program, decision.tag)] += _offers(decision, known)
    return found


def _offers(decision: Decision, gold: Gold | None) -> bool:
    if gold and gold.origin != "majority":
        return gold.present
    return decision.present and not decision.review


def _suspicion(gold: Gold | None, probability: float | None) -> float:
    if gold is None or probability is None:
        return 0.0
    return 1 - probability if gold.present else probability


def _annotators(said: Iterable[Label]) -> list[bool]:
    return [label.present for label in said if not settles(label.by)]


def _kinds(
    decision: Decision, said: Sequence[Label], suspicion: float, *, again: bool
) -> tuple[Kind, ...]:
    settled = next((label for label in reversed(said) if settles(label.by)), None)
    if settled:
        kinds: dict[Kind, bool] = {"flagged": settled.unsure}
    else:
        opposed = decision.reason == "disagree"
        doubted = any(label.unsure or label.gap for label in said)
        kinds = {
            "rule_model": opposed,
            "annotators": len(set(_annotators(said))) == 2,
            "label_model": suspicion >= 0.5,
            "flagged": doubted or (decision.review and not opposed),
        }
    return tuple(kind for kind in KINDS if (kinds | {"taxonomy": again}).get(kind))


def _doubt(decision: Decision, said: Sequence[Label], suspicion: float) -> float:
    """The largest of: how near the middle the probability is, how far the model is from the rules
    that it opposes, how evenly annotators are parted, and the suspicion against the label."""
    parts = [1 - abs(2 * decision.probability - 1), suspicion]
    if decision.reason == "disagree" and decision.model is not None:
        parts.append(abs(decision.model - (decision.rule == "present")))
    votes = _annotators(said)
    if votes:
        yes = sum(votes)
        parts.append(2 * min(yes, len(votes) - yes) / len(votes))
    return max(parts)
