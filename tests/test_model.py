"""The model's numbers are scikit-learn's, survive their file, and its file cannot run code."""

import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from classify.clauses import outline
from classify.errors import ModelError
from classify.features import View, around, spoken, view
from classify.language import analyse
from classify.linear import logistic
from classify.model import Logits, Model, Weights, dump, load
from classify.records import Span, Vote
from classify.taxonomy import load as load_taxonomy
from classify.training import (
    FEWEST,
    FEWEST_TEXTS,
    PASSAGE_STRENGTH,
    Example,
    Mention,
    cross_fit,
    fit,
    learnable,
    split,
)
from classify.word_classes import word_classes

TAGS = ("ibasho", "training")


def arrays(**parts: object) -> bytes:
    """A file of arrays, pickled ones too: what a model's file could be made to look like."""
    file = io.BytesIO()
    made = {n: np.frombuffer(p, np.uint8) if isinstance(p, bytes) else p for n, p in parts.items()}
    np.savez(file, **made)  # type: ignore[arg-type]  # arrays of any kind
    return file.getvalue()


def example(number: int, text: str, **status: bool) -> Example:
    """A text of one passage that mentions the tags named, provided or not."""
    return Example(
        name=f"e{number}",
        group=f"g{number % 4}",
        views=(view("summary", outline(analyse(text)), ()),),
        standings=dict.fromkeys(TAGS, "silent"),
        present={tag: status.get(tag, False) for tag in TAGS},
        mentions=tuple(Mention(tag, 0, 0, provided) for tag, provided in status.items()),
        complete=True,
        whole=True,
    )


TEXTS: list[tuple[str, dict[str, bool]]] = [
    ("居場所を開く", {"ibasho": True}),
    ("居場所を検討する", {"ibasho": False}),
    ("サロンを開く", {"ibasho": True}),
    ("サロンを検討する", {"ibasho": False}),
    ("研修を開く", {"training": True}),
    ("研修を検討する", {"training": False}),
    ("職員の研修を開く", {"training": True}),
    ("食料を配る", {}),
    ("食料を開く", {}),
    ("窓口を検討する", {}),
]

# Thrice, since a word that stands in too few passages is left out.
EXAMPLES = [example(n, text, **status) for n, (text, status) in enumerate(TEXTS * 3)]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(EXAMPLES, TAGS, folds=4)


def seen(text: str) -> View:
    return view("summary", outline(analyse(text)), ())


def test_passages_are_scored_as_scikit_learn_scores_them(model: Model) -> None:
    rows = [spoken(e.views[0], e.views[0].passages[0]) for e in EXAMPLES]
    seen_in = Counter(name for row in rows for name in set(row))
    # No feature stands twice in these texts, so that scaling a row to length 1 is the same.
    assert all(len(set(row)) == len(row) for row in rows)
    kept = [{n: 1.0 for n in row if seen_in[n] >= FEWEST} for row in rows]
    # Words, pairs of words, classes and last words: each scaled by itself, words counting most.
    parts = [
        [{n: c for n, c in row.items() if n[0] == kind and n.count("\t") in counts} for row in kept]
        for kind, counts in (("w", {1}), ("w", {2}), ("c", {1}), ("e", {1, 2}))
    ]
    matrix = sparse.hstack(
        [
            much * normalize(TfidfTransformer(norm=None).fit_transform(counts))
            for much, part in zip((1.0, 0.7, 0.7, 0.5), parts, strict=True)
            for counts in [DictVectorizer().fit_transform(part)]
        ]
    )
    ours = np.array([model.scorer.spoken(e.views)[1][0] for e in EXAMPLES])
    # First whether a tag is spoken of, then whether it is provided.
    asked = [(tag, statuses) for statuses in ({True, False}, {True}) for tag in TAGS]
    for column, (tag, wanted) in enumerate(asked):
        truth = [any(m.tag == tag and m.provided in wanted for m in e.mentions) for e in EXAMPLES]
        oracle = LogisticRegression(
            C=PASSAGE_STRENGTH, solver="liblinear", tol=1e-3, random_state=0
        )
        expected = oracle.fit(matrix, truth).decision_function(matrix)
        assert np.allclose(ours[:, column], expected, atol=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "サロンを開き、研修を検討する",
        "職員の研修を開く。サロンのサロンを検討し、食料を配る\n居場所を検討する、居場所を開く",
        "未知語ヴヴと居場所居場所を、開く。検討",
        "「居場所」を開く（研修を検討）する",
    ],
)
def test_sums_over_tables_are_those_over_named_features(model: Model, text: str) -> None:
    document = analyse(text)
    begin = text.find("研修")
    votes = (Vote("training", "r", "considered", Span("summary", begin, begin + 2)),)
    told = view("summary", outline(document), votes if begin >= 0 else ())
    views = (view("program", outline(analyse("サロンを開く")), ()), told)
    laid, logits, weights = model.scorer.spoken(views)
    for row, (number, place, _, _) in enumerate(laid.passages):
        seen = views[number]
        passage = seen.passages[place]
        assert np.allclose(logits[row], model.passage.scores(spoken(seen, passage)), atol=1e-4)
        for tag, name in enumerate(TAGS):
            one = model.scorer.locate(laid, weights, row, tag)
            names = around(seen, passage, one.first, one.end, name)
            expected = model.provided.scores(names)
            assert np.allclose(model.scorer.provided(laid, [one]), expected, atol=1e-4)


COMPOUNDS = seen(
    "図書館、保健所、小学校、体育館、美術館、博物館、水族館、動物園、植物園、遊園地、幼稚園、保育園、"
    "消防署、警察署、裁判所、市役所、郵便局、放送局、研究室、会議室、温泉街、商店街、住宅地、駐車場、"
    "運動場、飛行場、停留所、診療所、相談員、司会者"
).document.text.split("、")


@pytest.mark.parametrize("met", range(1, len(COMPOUNDS) + 1))
def test_words_never_met_find_room_in_the_tables(model: Model, met: int) -> None:
    # The tables of a small model grow at one of these numbers or another: for a unit, or for a word
    # that is made of units.
    told = seen("、".join(COMPOUNDS[:met]))
    fresh = replace(model)
    expected = [fresh.passage.scores(spoken(told, told.passages[0]))]
    assert np.allclose(fresh.scorer.spoken((told,))[1], expected, atol=1e-4)


def test_a_word_never_learnt_speaks_through_its_class(model: Model) -> None:
    # 市場 is learnt of nowhere; a word of the class of サロン says a little of what サロン says.
    classes = word_classes()
    alike = next(w for w in classes.fine if w != "サロン" and classes.of(w) == classes.of("サロン"))
    assert f"w\t{alike}" not in model.passage.names
    said = [model.scorer.spoken((seen(f"{word}だ"),))[1][0, 0] for word in (alike, "市場")]
    assert said[0] > said[1]


def test_what_one_tag_teaches_of_status_holds_for_another(model: Model) -> None:
    opened = model.opinions([seen("研修室でサロンを開く")])["ibasho"].logits.both
    considered = model.opinions([seen("研修室でサロンを検討する")])["ibasho"].logits.both
    assert opened > considered


def test_an_opinion_points_at_the_words_that_speak_of_the_tag(model: Model) -> None:
    text = seen("食料を配る。サロンを開く")
    opinion = model.opinions([text])["ibasho"]
    starts = text.document.starts
    assert "サロン" in text.document.text[starts[opinion.first] : starts[opinion.end]]


def test_a_rules_mention_is_where_the_model_looks_first(model: Model) -> None:
    document = analyse("食料を配り、サロンを開く")
    votes = (Vote("ibasho", "r", "provided", Span("summary", 0, 2)),)
    told = view("summary", outline(document), votes)
    laid, _, weights = model.scorer.spoken((told,))
    found = model.scorer.locate(laid, weights, 0, TAGS.index("ibasho"))
    assert (found.first, found.end) == (0, 1)


def test_the_surroundings_tell_sides_distances_and_ends_apart() -> None:
    text = seen("県が居場所を検討する")
    found = around(text, text.passages[0], 2, 4, "ibasho")
    named = "<,県 <0,が <1,県 >0,を >,検討 *,検討 *ibasho,検討 end,検討,為る m,場所 >,検討,為る"
    assert {name.replace(",", "\t") for name in named.split()} <= set(found)
    assert ">\t県" not in found


def test_words_the_model_does_not_know_say_nothing(model: Model) -> None:
    assert np.array_equal(model.passage.scores(["w\t未知"]), model.passage.intercepts)
    assert np.array_equal(model.scorer.spoken((seen("ヴヴヴ"),))[1][0], model.passage.intercepts)


def test_a_text_without_words_has_no_opinions(model: Model) -> None:
    assert model.opinions([seen(""), seen("。\n、")]) == {}


def test_a_file_gives_back_the_model_and_the_same_bytes(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(dump(model))
    again = load(path, load_taxonomy())
    for e in EXAMPLES:
        assert np.allclose(again.scorer.spoken(e.views)[1], model.scorer.spoken(e.views)[1])
    assert dump(again) == dump(model)
    assert dump(fit(EXAMPLES, TAGS, folds=4)) == dump(model)


def test_a_fold_is_judged_without_its_groups() -> None:
    # The word 番屋 stands in one group only: its fold's model cannot know it.
    examples = [*EXAMPLES, *(example(n, "番屋を開く", ibasho=True) for n in (4, 8, 12, 16, 20))]
    for held, fitted in cross_fit(examples, TAGS, folds=4):
        assert ("w\t番屋" in fitted.passage.names) == (len(examples) - 1 not in held)


def test_a_tag_that_few_texts_provide_is_not_learnt() -> None:
    often = [example(n, "サロンを開く", ibasho=True, training=False) for n in range(FEWEST_TEXTS)]
    assert learnable(often, TAGS) == ("ibasho",)
    assert learnable(often[1:], TAGS) == ()


def test_a_tag_whose_texts_are_all_held_out_is_never_seen_by_that_fold() -> None:
    taught = [example(n, text, **status) for n, (text, status) in enumerate(TEXTS * 3)]
    alone = [replace(e, group="own") if e.present["training"] else e for e in taught]
    for held, fitted in cross_fit(alone, TAGS, folds=4):
        knows = any(alone[index].present["training"] for index in held)
        said = fitted.opinions([seen("研修を開く")])["training"].logits.stated
        assert (said == -10.0) == knows


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is not a model"),
        (b"\x80\x04cos\nsystem\n", "is not a model"),
        (b"[]", "is not a model"),
        (b"PK\x05\x06" + bytes(18), "is not a model"),
        (arrays(head=b'{"format": "other"}'), "is not a model"),
        (arrays(other=b"{}"), "is not a model"),
        (arrays(head=np.array([object()])), "is not a model"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        load(path, load_taxonomy())
    assert str(raised.value) == f"{path}: {problem}. make one with `classify train`"


def test_a_model_of_another_taxonomy_is_refused(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(dump(replace(model, tags=("shelter", "training"))))
    with pytest.raises(ModelError, match="was made for another taxonomy \\(tag 'shelter' is not"):
        load(path, load_taxonomy())


def test_a_missing_model_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load(tmp_path / "none.json", load_taxonomy())


def test_groups_stay_whole_in_every_fold() -> None:
    folds = split(EXAMPLES, 3)
    assert sorted(index for fold in folds for index in fold) == list(range(len(EXAMPLES)))
    for fold in folds:
        groups = {EXAMPLES[index].group for index in fold}
        assert all((e.group in groups) == (i in fold) for i, e in enumerate(EXAMPLES))


def test_weights_make_a_probability_of_what_is_spoken_of_provided_and_both() -> None:
    weights = Weights(intercept=-2.0, spoken=0.5, provided=2.0, both=3.0, stated=-1.0)
    assert weights.probability(Logits(1.0, -1.0, 1.5, 4.0)) == pytest.approx(logistic(-3.0))
