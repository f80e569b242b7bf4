"""What people have settled, in place of what the tagger would decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from classify.labels import find, load_labels, load_programs, refuse_namesakes
from classify.records import Decision, Evidence, Label, Program, Status, Tag, Tagging
from classify.tagger import implied
from classify.voices import settles, standing

__all__ = ["SETTLED", "honoured", "load_settled"]

# The reason of a decision that a person has settled.
SETTLED = "settled"

Key = tuple[str, str]


def load_settled(folder: Path, programs: Iterable[Program]) -> dict[Key, Label]:
    """By program id and tag the word of who settled last, out of a labels folder.

    Raises InputError for a folder that is not in order, and where one of `programs` has the id of
    another program there.
    """
    known = load_programs(folder)
    refuse_namesakes(programs, known)
    return {
        key: words[-1]
        for key, card in standing(load_labels(folder, known)).items()
        if (words := [label for by, label in card.items() if settles(by)])
    }


def honoured(
    taggings: Iterable[Tagging], settled: Mapping[Key, Label], tags: Iterable[Tag]
) -> Iterator[Tagging]:
    """Taggings with every settled decision as it was settled; it waits for review only where who
    settled was unsure. What a settled tag implies is present unless that is settled too.

    >>> said = {("r-1", "talk"): Label("r-1", "talk", True, "adjudication")}
    >>> program = Program("r-1", "r", 1, "", "", "", "", "", "", "", "")
    >>> made = Decision("talk", False, 0.4, "none", "silent", None, True, "unsure", ())
    >>> (tagging,) = honoured([Tagging(program, (made,))], said, ())
    >>> [(one.present, one.review, one.reason) for one in tagging.decisions]
    [(True, False, 'settled')]
    """
    implies = {tag.id: tag.implies for tag in tags}
    for tagging in taggings:
        program = tagging.program
        found = {decision.tag: decision for decision in tagging.decisions}
        own = {tag: settled[key] for tag in found if (key := (program.program_id, tag)) in settled}
        found |= {tag: _settled(found[tag], label, program) for tag, label in own.items()}
        for tag in own:
            for other in implies.get(tag, ()) if found[tag].present else ():
                if other not in own:
                    found[other] = implied(found[other], found[tag])
        yield Tagging(program, tuple(found.values()))


def _settled(decision: Decision, label: Label, program: Program) -> Decision:
    quotes = label.quotes if label.present else label.near_miss
    spans = dict.fromkeys(span for quote in quotes if (span := find(quote, program)))
    shown = tuple(
        Evidence(s.field, s.start, s.end, getattr(program, s.field)[s.start : s.end], label.by)
        for s in spans
    )
    return replace(
        decision,
        present=label.present,
        probability=float(label.present),
        status=_status(decision, label),
        review=label.unsure,
        reason=SETTLED,
        # Without words of one's own those that the tagger saw stay, if they say the same.
        evidence=shown or (decision.evidence if decision.present == label.present else ()),
    )


def _status(decision: Decision, label: Label) -> Status:
    if label.present:
        return "provided"
    return "none" if decision.status == "provided" else decision.status
