"""Texts become units that cover them, whatever characters they hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.language import LIMIT_BYTES, analyse, keys

PIECES = st.sampled_from(
    [
        "相談",
        "居場所",
        "ｶﾌｪ",
        "𠮷野",
        "🩸",
        "㍻",
        "ＳＮＳ",
        "\n",
        "　",
        "。",
        "(1)",
        "ひとり親",
        "\u202e",
        "é",
    ]
)


def cover(text: str) -> list[str]:
    document = analyse(text)
    bounds = zip(document.starts, document.starts[1:], strict=False)
    return [text[start:end] for start, end in bounds]


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_units_in_order_join_to_the_text_itself(text: str) -> None:
    document = analyse(text)
    assert "".join(cover(text)) == text
    assert len(document.starts) == len(document.words) + 1
    assert list(document.starts) == sorted(document.starts)


def test_mode_c_words_lie_over_their_mode_a_units() -> None:
    document = analyse("居場所づくり")
    assert [word.key for word in document.words] == ["居", "場所", "作り"]
    assert [(first, count, word.key) for first, count, word in document.wholes] == [
        (0, 2, "居場所")
    ]


def test_spellings_of_one_word_share_a_key() -> None:
    assert keys("ひとり親") & keys("一人親")
    assert keys("ＳＮＳ") & keys("SNS")
    assert keys("ｶﾌｪ") & keys("カフェ")


def test_particles_keep_their_written_form() -> None:
    assert [word.key for word in analyse("行わない").words] == ["行う", "ない"]


def test_a_text_over_the_analysers_limit_keeps_its_offsets() -> None:
    sentence = "居場所を提供する。𠮷"
    text = sentence * 7000
    assert len(text.encode()) > 3 * LIMIT_BYTES
    document = analyse(text)
    found = [document.starts[first] for first, _, word in document.wholes if word.key == "居場所"]
    assert found == [n * len(sentence) for n in range(7000)]


def test_a_long_text_without_sentence_ends_is_still_covered() -> None:
    text = "あ" * 60_000
    assert "".join(cover(text)) == text


def test_the_same_words_are_found_alone_and_among_others() -> None:
    alone = analyse("訪問支援").words
    among = analyse("必要に応じて訪問支援を行う").words
    assert [word.key for word in alone] == ["訪問", "支援"]
    assert [word.key for word in among if word.key in ("訪問", "支援")] == ["訪問", "支援"]


@pytest.mark.parametrize(
    "texts", [("SNS相談", "ＳＮＳ相談"), ("1回", "１回"), ("a\nb", "a b"), ("火~土", "火～土")]
)
def test_words_keep_the_spelling_of_their_own_text(texts: tuple[str, str]) -> None:
    for text in (*texts, *reversed(texts)):
        assert "".join(word.surface for word in analyse(text).words) == text


def test_a_line_break_is_told_from_a_space_whichever_comes_first() -> None:
    for text, role in (("相談 会", "space"), ("相談\n会", "line"), ("相談 会", "space")):
        assert [word.role for word in analyse(text).words][1] == role
