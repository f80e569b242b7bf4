from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.formulas import guarded, unguarded


@pytest.mark.parametrize("sign", list("=+-@＝＋－＠\t\r\n\0"))
def test_no_text_opens_like_a_formula(sign: str) -> None:
    assert guarded(f"{sign}SUM(A1)") == f"'{sign}SUM(A1)"


@pytest.mark.parametrize("text", ["", "相談", "1-2", "'引用'", "・-", "○＋"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@given(st.text(alphabet="'=-＋a相\t", max_size=6))
def test_the_guard_can_be_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
