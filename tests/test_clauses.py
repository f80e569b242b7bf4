"""Clauses, sentences and headings of summaries, counted by hand."""

import pytest

from classify.clauses import Outline, outline
from classify.language import analyse


def shape_of(text: str) -> Outline:
    return outline(analyse(text))


def at(shape: Outline, word: str) -> int:
    """The unit that begins where a word begins."""
    return shape.document.starts.index(shape.document.text.index(word))


def behind(text: str, word: str, *, item: bool = False) -> str:
    """The words from the mention to the end of its clause."""
    shape = shape_of(text)
    first = at(shape, word)
    _, end = shape.clause(first, first + 1, item=item)
    return text[shape.document.starts[first] : shape.document.starts[end]]


@pytest.mark.parametrize(
    ("text", "word", "clause"),
    [
        ("窓口を設置し、SNSで周知する。", "窓口", "窓口を設置し"),
        ("窓口を設置し、SNSで周知する。", "SNS", "SNSで周知する"),
        ("窓口、サロン、研修を検討する。次に", "窓口", "窓口、サロン、研修を検討する"),
        ("相談（電話、面接）を行い、周知する", "相談", "相談（電話、面接）を行い"),
        ("訪問（相談を受け、支援する）と研修を検討", "相談", "相談を受け"),
        ("支援（訪問、面接）を検討する", "訪問", "訪問、面接）を検討する"),
        ("窓口を設置\n周知する", "窓口", "窓口を設置"),
    ],
)
def test_a_clause_ends_behind_its_predicate(text: str, word: str, clause: str) -> None:
    assert behind(text, word) == clause


def test_an_item_of_a_list_ends_at_its_comma_or_dot() -> None:
    assert behind("同行支援、窓口の案内を行う", "同行", item=True) == "同行支援"
    assert behind("同行支援・窓口の案内を行う", "同行", item=True) == "同行支援"


def test_words_that_bind_clauses_end_them() -> None:
    text = "サロンを開くほか、窓口を周知する"
    document = analyse(text)
    comma = document.starts.index(text.index("、"))
    shape = outline(document, frozenset({comma}))
    first = at(shape, "サロン")
    assert text[: document.starts[shape.clause(first, first + 1)[1]]] == "サロンを開くほか"


def heading(text: str, word: str) -> str | None:
    shape = shape_of(text)
    line = shape.heading(at(shape, word))
    starts = shape.document.starts
    return None if line is None else text[starts[line.body] : starts[line.end]]


@pytest.mark.parametrize(
    ("text", "word", "title"),
    [
        ("【今後の予定】\n・サロンの開設", "サロン", "【今後の予定】"),
        ("○周知\n　・カードの配布\n　・窓口の紹介", "窓口", "周知"),
        ("①相談\n　電話で受ける。\n②研修\n　職員に行う。", "職員", "研修"),
        ("・サロン\n・研修", "研修", None),
        ("女性の不安が高まっている。\n・サロンの開設", "サロン", None),
    ],
)
def test_an_item_hangs_under_the_nearest_heading_of_another_kind(
    text: str, word: str, title: str | None
) -> None:
    assert heading(text, word) == title


def test_a_line_break_belongs_to_the_line_it_ends() -> None:
    shape = shape_of("相談\n研修を行う\n")
    assert [shape.line(unit) for unit in range(7)] == [(0, 1)] * 2 + [(2, 5)] * 4 + [(6, 6)]
