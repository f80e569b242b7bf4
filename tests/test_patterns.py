"""Phrases are found where a plain search would find them, and where inflection hides them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.language import analyse
from classify.patterns import compile_grammar
from classify.phrases import elements


def found(phrase: str, text: str, **concepts: tuple[str, ...]) -> list[str]:
    document = analyse(text)
    hits = compile_grammar(concepts, {"list": (phrase,)}).match(document).get("list", [])
    return [text[document.starts[first] : document.starts[end]] for first, end in hits]


WORDS = st.sampled_from(["相談", "居場所", "訪問", "支援", "を", "の", "。", "、", "研修", "\n"])


@settings(deadline=None, max_examples=150)
@given(st.lists(WORDS, max_size=14).map("".join))
def test_a_phrase_of_plain_nouns_is_found_where_a_text_search_finds_it(text: str) -> None:
    assert found("相談", text) == re.findall("相談", text)


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("集まる", "女性が集まり、語る", ["集まり"]),
        ("ひとり親", "一人親の支援", ["一人親"]),
        ("生理用品", "生理　用品の配布", ["生理　用品"]),
        ("居場所", "女性の居場所づくり", ["居場所"]),
        ("相談…研修", "相談員の研修を行う", ["相談員の研修"]),
        ("相談…研修", "相談を行う。研修を行う", []),
        ("相談…研修", "相談\n研修", []),
        ("相談", "商談を行う", []),
    ],
)
def test_phrases_match_words_not_letters(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


def test_a_gap_spans_sixteen_units_and_no_more() -> None:
    filler = "、".join("あ" for _ in range(8))
    assert found("相談…研修", f"相談{filler}研修") == [f"相談{filler}研修"]
    assert found("相談…研修", f"相談{filler}、い研修") == []


def test_concepts_nest_and_join() -> None:
    concepts = {"place": ("サロン", "{cafe}"), "cafe": ("カフェ", "喫茶"), "open": ("開く",)}
    assert found("{place}を{open}", "喫茶を開き、サロンを開く", **concepts) == [
        "喫茶を開き",
        "サロンを開く",
    ]


def test_concepts_may_be_made_of_sequences() -> None:
    concepts = {"gather": ("{who}が集う",), "who": ("女性",)}
    assert found("{gather}場", "女性が集う場を設ける", **concepts) == ["女性が集う場"]


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("", "must begin and end with words or a concept"),
        ("…相談", "must begin and end with words or a concept"),
        ("相談…", "must begin and end with words or a concept"),
        ("{place", "has a brace without its partner"),
        ("place}", "has a brace without its partner"),
    ],
)
def test_a_phrase_that_cannot_be_meant_is_refused(phrase: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        elements(phrase)
