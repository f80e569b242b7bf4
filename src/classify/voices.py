"""Whose word counts: what each person's decision is, and who settles what others disagree about."""

from __future__ import annotations

from collections.abc import Iterable

from classify.records import Label

__all__ = ["ADJUDICATOR", "settles", "standing"]

# Decisions by this name, or by one that begins with it ("adjudication-hana"), settle what
# annotators disagree about.
ADJUDICATOR = "adjudication"


def settles(by: str) -> bool:
    """Does a decision by this name settle a disagreement?

    >>> settles("adjudication"), settles("adjudication-hana"), settles("hana")
    (True, True, False)
    """
    return by == ADJUDICATOR or by.startswith(f"{ADJUDICATOR}-")


def standing(labels: Iterable[Label]) -> dict[tuple[str, str], dict[str, Label]]:
    """What each person's word on each program and tag is, the latest person last.

    Of several decisions by one person the last holds; an `undone` line takes it back, and the one
    before holds again. Lines come in the order of their time, those without one first.

    >>> first = Label("r-1", "ibasho", True, by="hana", at="2026-04-01T09:00:00Z")
    >>> again = Label("r-1", "ibasho", False, by="hana", at="2026-04-01T09:01:00Z")
    >>> undone = Label("r-1", "ibasho", False, "hana", at="2026-04-01T09:02:00Z", undone=True)
    >>> standing([first, again, undone])["r-1", "ibasho"]["hana"].present
    True
    """
    said: dict[tuple[str, str], dict[str, list[tuple[int, Label]]]] = {}
    ordered = sorted(labels, key=lambda label: label.at)
    for turn, label in enumerate(ordered):
        stack = said.setdefault((label.program_id, label.tag), {}).setdefault(label.by, [])
        if not label.undone:
            stack.append((turn, label))
        elif stack:
            stack.pop()
    return {
        key: {label.by: label for _, label in sorted(tops, key=lambda top: top[0])}
        for key, card in said.items()
        if (tops := [stack[-1] for stack in card.values() if stack])
    }
