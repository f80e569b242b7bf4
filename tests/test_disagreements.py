"""The queue: which cards, why, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classify.disagreements import Card, Kind, cards, chosen, first_pass, queue
from classify.records import Decision, Label, Tagging
from classify.voices import standing
from handmade import decision, program, tagging

ONE = program("大津市", "滋賀県")
KEY = (ONE.program_id, "talk")


def said(by: str, *, present: bool, **more: object) -> Label:
    return Label(*KEY, present, by=by, **more)  # type: ignore[arg-type]  # test data


def opposed(mark: str, *, model: float, rule: str) -> Decision:
    made = decision("talk", mark, reason="disagree")
    return replace(made, model=model, rule=rule)  # type: ignore[arg-type]  # test data


def card(made: Decision, *labels: Label, likely: float | None = None, again: bool = False) -> Card:
    known = {} if likely is None else {KEY: likely}
    keys = frozenset([KEY]) if again else frozenset()
    return cards([Tagging(ONE, (made,))], standing(labels), known, keys)[0]


ALL_YES = [said(name, present=True) for name in "abc"]
SETTLED = said("adjudication-hana", present=False)


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (card(decision("talk", "1")), ()),
        (card(decision("talk", "1?", reason="unsure")), ("flagged",)),
        (card(opposed("1?", model=0.9, rule="ruled_out")), ("rule_model",)),
        (card(decision("talk", "1"), *ALL_YES), ()),
        (card(decision("talk", "1"), *ALL_YES, said("d", present=False)), ("annotators",)),
        (card(decision("talk", "1"), *ALL_YES, said("d", present=True, unsure=True)), ("flagged",)),
        (card(decision("talk", "1"), *ALL_YES, said("d", present=True, gap=True)), ("flagged",)),
        (card(decision("talk", "1"), *ALL_YES, likely=0.4), ("label_model",)),
        (card(decision("talk", "1"), *ALL_YES, likely=0.6), ()),
        (card(decision("talk", "1"), likely=0.4), ()),
        (card(opposed("1?", model=0.9, rule="ruled_out"), *ALL_YES, SETTLED), ()),
        (card(decision("talk", "1"), SETTLED, likely=0.9), ()),
        (card(decision("talk", "1"), replace(SETTLED, unsure=True)), ("flagged",)),
        (card(decision("talk", "1"), SETTLED, again=True), ("taxonomy",)),
        (
            card(opposed("1?", model=0.9, rule="ruled_out"), *ALL_YES, said("d", present=False)),
            ("rule_model", "annotators"),
        ),
    ],
)
def test_why_a_card_is_there(found: Card, kinds: tuple[Kind, ...]) -> None:
    assert found.kinds == kinds


@pytest.mark.parametrize(
    ("found", "doubt", "suspicion"),
    [
        (card(replace(decision("talk", "1"), probability=0.5)), 1.0, 0.0),
        (card(replace(decision("talk", "1"), probability=0.9)), 0.2, 0.0),
        (card(opposed("1", model=0.9, rule="ruled_out")), 0.9, 0.0),
        (card(opposed("1", model=0.1, rule="present")), 0.9, 0.0),
        (card(decision("talk", "1"), *ALL_YES, said("d", present=False)), 0.5, 0.0),
        (card(decision("talk", "1"), *ALL_YES, likely=0.25), 0.75, 0.75),
    ],
)
def test_how_much_a_card_would_teach(found: Card, doubt: float, suspicion: float) -> None:
    assert found.doubt == pytest.approx(doubt)
    assert found.suspicion == pytest.approx(suspicion)


def test_what_changes_a_cell_comes_first_then_what_teaches_most() -> None:
    offering = tagging(program("津市", "三重県", number=2), talk="1", visit="0")
    doubtful = tagging(program("津市", "三重県", number=3), talk="1?", visit="0?")
    alone = tagging(program("津市", "滋賀県", number=4), talk="0?", visit="0")
    sure = [replace(d, probability=0.55) if d.review else d for d in doubtful.decisions]
    found = queue(cards([offering, replace(doubtful, decisions=tuple(sure)), alone], {}, {}))
    # talk of 3 changes nothing: program 2 of the same body offers it for certain.
    assert [(c.program.number, c.decision.tag, c.changes) for c in found] == [
        (3, "visit", True),
        (4, "talk", True),
        (3, "talk", False),
    ]


def test_a_settled_program_of_the_body_decides_its_cell() -> None:
    taggings = [
        tagging(program("津市", "三重県", number=2), talk="0?"),
        tagging(program("津市", "三重県", number=3), talk="0?"),
    ]
    yes = Label("r3-002", "talk", True, by="adjudication-hana")
    assert [c.changes for c in queue(cards(taggings, standing([yes]), {}))] == [False]
    no = replace(yes, present=False)
    assert [c.changes for c in queue(cards(taggings, standing([no]), {}))] == [True]


def test_filters_narrow_and_keep_the_order() -> None:
    found = queue(
        cards(
            [
                tagging(program("津市", "三重県", number=2), talk="1?", visit="0?"),
                tagging(program("大津市", "滋賀県", number=3), talk="0?", visit="0"),
            ],
            {},
            {},
        )
    )
    assert [c.program.body for c in chosen(found, tag="talk")] == ["大津市", "津市"]
    assert [c.decision.tag for c in chosen(found, prefecture="三重県")] == ["visit", "talk"]
    assert len(chosen(found, kind="flagged", release="r3.pdf")) == 3
    assert chosen(found, kind="annotators") == chosen(found, release="r4.pdf") == ()


def test_a_first_pass_goes_tag_by_tag() -> None:
    taggings = [tagging(program("津市", number=n), talk="1", visit="0") for n in (2, 3)]
    order = [(c.decision.tag, c.program.number) for c in first_pass(cards(taggings, {}, {}))]
    assert order == [("talk", 2), ("talk", 3), ("visit", 2), ("visit", 3)]
