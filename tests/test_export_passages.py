from __future__ import annotations

import pytest

from classify.export.passages import passages
from classify.records import Evidence
from handmade import decision, program

SUMMARY = "○相談窓口を設け、相談会を開く。\n○" + "あ" * 50 + "訪問" + "い" * 50 + "\n○周知する。"


def _shown(*spans: tuple[int, int], summary: str = SUMMARY) -> list[str]:
    quotes = tuple(Evidence("summary", a, b, summary[a:b], "r") for a, b in spans)
    return passages(program("大津市", summary=summary), decision("t", "1", quotes=quotes), "《{}》")


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ((), []),
        (((1, 5),), ["○《相談窓口》を設け、相談会を開く。"]),
        (((9, 12), (1, 5)), ["○《相談窓口》を設け、《相談会》を開く。"]),
        (((1, 5), (3, 7)), ["○《相談窓口》《を設》け、相談会を開く。"]),
        (((1, 5), (1, 5)), ["○《相談窓口》を設け、相談会を開く。"]),
        (((68, 70),), ["…" + "あ" * 40 + "《訪問》" + "い" * 40 + "…"]),
        (
            ((1, 3), (122, 124)),
            ["○《相談》窓口を設け、相談会を開く。", "○《周知》する。"],
        ),
    ],
)
def test_evidence_stands_within_its_item(
    spans: tuple[tuple[int, int], ...], shown: list[str]
) -> None:
    assert _shown(*spans) == shown


def test_the_name_comes_before_the_summary() -> None:
    quotes = (Evidence("summary", 0, 2, "相談", "r"), Evidence("program", 0, 4, "つながり", "r"))
    found = passages(program("大津市"), decision("t", "1", quotes=quotes), "<{}>")
    assert found == ["<つながり>事業", "<相談>窓口を設ける。"]


def test_far_apart_in_one_item_are_two_passages() -> None:
    summary = "訪問" + "あ" * 81 + "同行"
    assert _shown((0, 2), (83, 85), summary=summary) == [
        "《訪問》" + "あ" * 40 + "…",
        "…" + "あ" * 40 + "《同行》",
    ]
