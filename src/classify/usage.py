"""What each rule and cue of a taxonomy does on labelled texts: which earn their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from classify.lessons import Labelled, gold_of
from classify.records import Vote
from classify.tagger import Tagger

__all__ = ["Usage", "usage"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts over texts. A rule is right where it finds a tag provided that gold has, a cue where
    it rules out a tag that gold has not.

    `fires`: texts in which it votes; `alone`: it is the only one to say so of its tag;
    `conflict`: another vote in the text says the opposite of the tag.
    """

    kind: str
    name: str
    fires: int
    alone: int
    conflict: int
    right: int
    wrong: int

    @property
    def state(self) -> str:
        """`dead` where it never votes, `shadowed` where it never votes alone."""
        return "dead" if not self.fires else "shadowed" if not self.alone else ""


def usage(labelled: Labelled, tagger: Tagger) -> tuple[Usage, ...]:
    """Every rule and cue in the order of the taxonomy, with what it did."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for program, gold in gold_of(labelled, tagger):
        votes = tagger.analyse(program).votes
        for tag, present in gold.items():
            said = [vote for vote in votes if vote.tag == tag]
            for key, seen in _seen(said, present=present):
                counts.setdefault(key, Counter()).update(seen)
    keys = [("rule", rule.id) for rule in tagger.taxonomy.rules]
    keys += [("cue", cue.id) for cue in tagger.taxonomy.cues]
    return tuple(_usage(kind, name, counts.get((kind, name), Counter())) for kind, name in keys)


def _usage(kind: str, name: str, seen: Counter[str]) -> Usage:
    return Usage(
        kind,
        name,
        fires=seen["fires"],
        alone=seen["alone"],
        conflict=seen["conflict"],
        right=seen["right"],
        wrong=seen["wrong"],
    )


def _seen(said: list[Vote], *, present: bool) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """What the votes on one tag of one text count for."""
    provided = {vote.rule for vote in said if vote.status == "provided"}
    ruled_out = {vote.cue for vote in said if vote.status != "provided"}
    for rule in provided:
        seen = ["fires", "right" if present else "wrong"]
        seen += ["alone"] * (len(provided) == 1) + ["conflict"] * bool(ruled_out)
        yield ("rule", rule), seen
    for cue in ruled_out:
        seen = ["fires", "wrong" if present and not provided else "right"]
        seen += ["alone"] * (len(ruled_out) == 1) + ["conflict"] * bool(provided)
        yield ("cue", cue), seen
    for cue in {vote.cue for vote in said if vote.status == "provided" and vote.cue}:
        yield ("cue", cue), ["fires", "alone", "right" if present else "wrong"]
