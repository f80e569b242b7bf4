"""Phrases are found where a plain search would find them, and where inflection hides them."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classify.language import analyse, keys
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


SPELT = st.sampled_from(
    ["居場所", "居る", "場所", "の", "を", "行う", "行い", "周知", "　", "ひとり親", "一人", "親"]
)


@settings(deadline=None, max_examples=150)
@example("行う", "行い\u3000")
@given(
    st.lists(SPELT, max_size=12).map("".join), st.lists(SPELT, min_size=1, max_size=3).map("".join)
)
def test_a_phrase_is_found_wherever_units_join_to_it(text: str, phrase: str) -> None:
    # A phrase is read without the spaces around it, which may change how it is cut (行い　).
    phrase = phrase.strip()
    if not phrase:
        return
    document = analyse(text)
    units = [word.key for word in document.words]
    written = [word.written for word in document.words]
    # How a stretch of the text can read: by keys, as written, or with a long word in front.
    begun = [(first, first + 1, units[first], units) for first in range(len(units))]
    begun += [(first, first + 1, written[first], written) for first in range(len(units))]
    begun += [(first, first + n, word.key, units) for first, n, word in document.wholes]
    expected = {
        (first, end)
        for first, rest, head, forms in begun
        for end in range(rest, len(units) + 1)
        if head
        and (forms is units or written[first] != units[first])
        and (end == rest or forms[end - 1])
        and head + "".join(forms[rest:end]) in keys(phrase)
    }
    found = compile_grammar({}, {"list": (phrase,)}).match(document).get("list", [])
    assert found == sorted(expected)


def test_only_what_is_asked_for_is_reported() -> None:
    grammar = compile_grammar({"room": ("部屋",), "spare": ("予備",)}, {"list": ("{room}",)})
    assert grammar.match(analyse("予備の部屋")) == {"list": [(2, 3)]}
