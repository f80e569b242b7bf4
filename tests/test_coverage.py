from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.coverage import by_body, by_prefecture, matrix, state_of
from classify.errors import InputError
from classify.records import Tagging
from handmade import decision, program, tag, tagging

TAGS = (tag("talk"), tag("visit"), tag("place"))

# Two prefectures out of JIS order, one town name in both, a body with two programs, a body of
# nobody's prefecture.
TAGGINGS = (
    tagging(program("日野町", "鳥取県", code="314021"), talk="1", visit="0", place="0?"),
    tagging(program("大津市", "滋賀県", code="252018", number=2), talk="1?", visit="1?", place="0"),
    tagging(program("滋賀県", "滋賀県", code="250007", number=3), talk="0", visit="0", place="0"),
    tagging(program("日野町", "滋賀県", code="253839", number=4), talk="0", visit="0?", place="1"),
    tagging(program("大津市", "滋賀県", code="252018", number=5), talk="1", visit="0", place="0"),
    tagging(program("女性支援の会", "滋賀県", number=6), talk="1", visit="0", place="0"),
    tagging(program("全国の会", number=7), talk="1", visit="1", place="1"),
)


def test_a_row_per_body_in_jis_order_of_prefecture_then_reading_order() -> None:
    assert by_body(TAGGINGS, TAGS).values.tolist() == [
        ["滋賀県", "大津市", "252018", 2, "1", "?", "0"],
        ["滋賀県", "滋賀県", "250007", 1, "0", "0", "0"],
        ["滋賀県", "日野町", "253839", 1, "0", "?", "1"],
        ["滋賀県", "女性支援の会", "", 1, "1", "0", "0"],
        ["鳥取県", "日野町", "314021", 1, "1", "0", "?"],
        ["", "全国の会", "", 1, "1", "1", "1"],
    ]
    assert list(by_body(TAGGINGS, TAGS)) == [
        *("prefecture", "body", "code", "programs"),
        *("talk", "visit", "place"),
    ]


def test_47_prefectures_in_jis_order_with_those_that_have_nothing() -> None:
    table = by_prefecture(TAGGINGS, TAGS)
    assert list(table) == [
        *("code", "prefecture", "bodies", "programs", "municipalities"),
        *("talk", "visit", "place"),
    ]
    rows = table.values.tolist()
    assert len(rows) == 47
    assert rows[0] == ["010006", "北海道", 0, 0, 0, 0, 0, 0]
    assert rows[24] == ["250007", "滋賀県", 4, 5, 2, 2, 0, 1]
    assert rows[30] == ["310000", "鳥取県", 1, 1, 1, 1, 0, 0]
    assert rows[46] == ["470007", "沖縄県", 0, 0, 0, 0, 0, 0]
    assert [row[1] for row in rows if row[2]] == ["滋賀県", "鳥取県"]


def test_a_body_of_no_known_prefecture_is_named_not_lost() -> None:
    assert [body.body for body in matrix(TAGGINGS, TAGS).homeless] == ["全国の会"]


@pytest.mark.parametrize(
    ("marks", "state"),
    [
        ("", "0"),
        ("0", "0"),
        ("1", "1"),
        ("1?", "?"),
        ("0?", "?"),
        ("0? 1", "1"),
        ("1 1?", "1"),
        ("0 0?", "?"),
        ("0 0", "0"),
    ],
)
def test_the_state_of_a_cell(marks: str, state: str) -> None:
    assert state_of(decision("talk", mark) for mark in marks.split()) == state


def test_a_cell_keeps_every_decision_and_names_its_grounds() -> None:
    otsu = matrix(TAGGINGS, TAGS).bodies[0]
    talk, visit, place = otsu.cells
    assert [finding.program.number for finding in talk.findings] == [2, 5]
    assert [finding.program.number for finding in talk.grounds] == [2, 5]
    assert [finding.program.number for finding in visit.grounds] == [2]
    assert [finding.program.number for finding in place.findings] == [2, 5]
    assert place.grounds == ()


def test_the_code_of_a_body_is_the_first_that_is_known() -> None:
    taggings = [
        tagging(program("大津市", "滋賀県"), talk="1"),
        tagging(program("大津市", "滋賀県", code="252018"), talk="1"),
    ]
    assert by_body(taggings, TAGS[:1])["code"].tolist() == ["252018"]


def test_nothing_tagged_is_an_empty_table_and_47_zero_rows() -> None:
    assert by_body([], TAGS).shape == (0, 7)
    assert by_prefecture([], TAGS).shape == (47, 8)
    assert by_prefecture([], TAGS)["bodies"].sum() == 0


def test_a_tag_that_was_never_decided_is_a_fault_not_a_zero() -> None:
    with pytest.raises(InputError) as fault:
        by_body([tagging(program("大津市", "滋賀県"), talk="1")], TAGS)
    assert str(fault.value) == (
        "r3.pdf: program r3-001: nothing was decided about tag 'visit'. "
        "Tag the release again with this taxonomy"
    )


def test_a_tag_named_like_a_column_is_refused() -> None:
    with pytest.raises(InputError) as fault:
        by_body([tagging(program("大津市"), code="1")], [tag("code")])
    assert str(fault.value) == (
        "matrix: two columns would be named 'code'. Give that tag another id"
    )


@st.composite
def _random_taggings(draw: st.DrawFn) -> list[Tagging]:
    marks = st.sampled_from(["0", "1", "0?", "1?"])
    bodies = st.sampled_from([("大津市", "滋賀県"), ("日野町", "滋賀県"), ("日野町", "鳥取県")])
    count = draw(st.integers(0, 8))
    return [
        tagging(program(*draw(bodies), number=n), talk=draw(marks), visit=draw(marks))
        for n in range(1, count + 1)
    ]


@given(_random_taggings())
def test_the_two_tables_agree(taggings: list[Tagging]) -> None:
    bodies, prefectures = by_body(taggings, TAGS[:2]), by_prefecture(taggings, TAGS[:2])
    assert bodies["programs"].sum() == prefectures["programs"].sum() == len(taggings)
    for name in ("talk", "visit"):
        assert (bodies[name] == "1").sum() == prefectures[name].sum()
        sure = {
            (t.program.prefecture, t.program.body)
            for t in taggings
            for d in t.decisions
            if d.tag == name and d.present and not d.review
        }
        assert (bodies[name] == "1").sum() == len(sure)
