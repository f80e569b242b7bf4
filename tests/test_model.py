"""The model's numbers are scikit-learn's, survive their file, and its file cannot run code."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classify.clauses import outline
from classify.errors import ModelError
from classify.features import View, context, view
from classify.language import analyse
from classify.model import Blend, Model, dump, load, logistic
from classify.records import Span, Vote
from classify.taxonomy import load as load_taxonomy
from classify.training import FEWEST, MENTION_STRENGTH, Example, Mention, cross_fit, fit, split

TAGS = ("ibasho", "training")


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

# Twice, since a word that stands in too few passages is left out.
EXAMPLES = [example(n, text, **status) for n, (text, status) in enumerate(TEXTS * 2)]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(EXAMPLES, TAGS, folds=4).model


def seen(text: str) -> View:
    return view("summary", outline(analyse(text)), ())


def test_mentions_are_scored_as_scikit_learn_scores_them(model: Model) -> None:
    passages = [e.views[0].passages[0] for e in EXAMPLES]
    seen_in = Counter(name for passage in passages for name in passage.features)
    rows = [{n: 1.0 for n in passage.features if seen_in[n] >= FEWEST} for passage in passages]
    matrix = TfidfTransformer().fit_transform(DictVectorizer().fit_transform(rows))
    ours = model.mention.scores([passage.features for passage in passages])
    for column, tag in enumerate(TAGS):
        truth = [any(m.tag == tag for m in e.mentions) for e in EXAMPLES]
        oracle = LogisticRegression(C=MENTION_STRENGTH, solver="liblinear", random_state=0)
        expected = oracle.fit(matrix, truth).decision_function(matrix)
        assert np.allclose(ours[:, column], expected)


def test_what_one_tag_teaches_of_status_holds_for_another(model: Model) -> None:
    opened = model.opinions([seen("研修室でサロンを開く")])["ibasho"].logit
    considered = model.opinions([seen("研修室でサロンを検討する")])["ibasho"].logit
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
    assert model.locate(told, told.passages[0], "ibasho") == (0, 1)


def test_the_surroundings_tell_sides_distances_and_ends_apart() -> None:
    text = seen("県が居場所を検討する")
    found = context(text, text.passages[0], 2, 4, "ibasho")
    assert {"<県", "<0:が", "<1:県", ">0:を", ">検討", "*検討", "end:検討_為る"} <= set(found)
    assert ">県" not in found


def test_words_the_model_does_not_know_say_nothing(model: Model) -> None:
    assert np.array_equal(model.mention.scores([("未知",), ()])[0], model.mention.intercepts)


def test_a_text_without_words_has_no_opinions(model: Model) -> None:
    assert model.opinions([seen(""), seen("。\n、")]) == {}


def test_a_file_gives_back_the_model_and_the_same_bytes(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(dump(model))
    again = load(path, load_taxonomy())
    rows = [e.views[0].passages[0].features for e in EXAMPLES]
    assert np.allclose(again.mention.scores(rows), model.mention.scores(rows), atol=1e-2)
    assert dump(again) == dump(model)
    assert dump(fit(EXAMPLES, TAGS, folds=4).model) == dump(model)


def test_a_fold_is_judged_without_its_groups() -> None:
    # The word 番屋 stands in one group only: its fold's model cannot know it.
    examples = [*EXAMPLES, *(example(n, "番屋を開く", ibasho=True) for n in (4, 8, 12, 16))]
    for held, fitted in cross_fit(examples, TAGS, folds=4):
        assert ("番屋" in fitted.mention.vocabulary) == (len(examples) - 1 not in held)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is not a model"),
        (b"\x80\x04cos\nsystem\n", "is not a model"),
        (b"[]", "is not a model"),
        (b'{"format": "other"}', "is not a model"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        load(path, load_taxonomy())
    assert str(raised.value) == f"{path}: {problem}. make one with `classify train`"


def test_a_model_of_another_taxonomy_is_refused(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    data = json.loads(dump(model))
    data["tags"][0] = "shelter"
    path.write_text(json.dumps(data), encoding="utf-8")
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


@pytest.mark.parametrize(
    ("verdict", "probability"),
    [
        ("affirmed", logistic(1.5)),
        ("present", logistic(0.5)),
        ("ruled_out", logistic(-3.5)),
        ("silent", logistic(-1.5)),
    ],
)
def test_a_blend_adds_score_and_verdict(verdict: str, probability: float) -> None:
    blend = Blend(intercept=-2.0, logit=0.5, affirmed=3.0, present=2.0, ruled_out=-2.0)
    assert blend.probability(1.0, verdict) == pytest.approx(probability)  # type: ignore[arg-type]  # parametrized
