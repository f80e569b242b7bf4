"""Hand-made records for tests: only what a test is about has to be said."""

from __future__ import annotations

from classify.records import Decision, Evidence, Program, Status, Tag, Tagging

__all__ = ["decision", "program", "tag", "tagging"]


def tag(name: str) -> Tag:
    return Tag(
        id=name,
        name={"ja": f"{name}の支援", "en": name.title()},
        definition={"ja": f"{name}を行うこと。", "en": f"It does {name}."},
        counts=("窓口",),
        does_not_count=("周知",),
        implies=(),
    )


def program(
    body: str,
    prefecture: str = "",
    *,
    number: int = 1,
    code: str = "",
    name: str = "つながり事業",
    summary: str = "相談窓口を設ける。",
) -> Program:
    return Program(
        program_id=f"r3-{number:03d}",
        release="r3.pdf",
        number=number,
        prefecture=prefecture,
        body=body,
        code=code,
        program=name,
        summary=summary,
        department="市民課",
        phone="011-211-2962",
        source=f"p{number}",
    )


def decision(
    name: str,
    mark: str,
    *,
    status: Status | None = None,
    quotes: tuple[Evidence, ...] = (),
    reason: str = "",
) -> Decision:
    """A decision written as `1`, `0`, or with a question: `1?` and `0?` wait for review."""
    present = mark.startswith("1")
    return Decision(
        tag=name,
        present=present,
        probability=0.912345 if present else 0.1,
        status=status or ("provided" if present else "none"),
        rule="present" if present else "silent",
        model=0.87654321,
        review=mark.endswith("?"),
        reason=reason,
        evidence=quotes,
    )


def tagging(of: Program, **marks: str) -> Tagging:
    """A program with a decision per tag: `tagging(p, a="1", b="0?")`."""
    return Tagging(of, tuple(decision(name, mark) for name, mark in marks.items()))
