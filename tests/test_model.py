"""The model's numbers are scikit-learn's, survive their file, and its file cannot run code."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classify.errors import ModelError
from classify.features import Passage
from classify.model import Blend, Model, dump, load, logistic
from classify.taxonomy import load as load_taxonomy
from classify.training import STRENGTH, Example, fit, split

TAGS = ("ibasho", "training")


def passage(*words: str) -> Passage:
    return Passage(0, 1, words)


def example(number: int, words: tuple[str, ...], *, ibasho: bool, training: bool) -> Example:
    present = {"ibasho": ibasho, "training": training}
    return Example(
        name=f"e{number}",
        group=f"g{number % 4}",
        passages=(passage(*words),),
        verdicts={tag: "present" if here else "silent" for tag, here in present.items()},
        present=present,
        shows={tag: frozenset({0} if here else ()) for tag, here in present.items()},
    )


EXAMPLES = [
    example(n, words, ibasho=ibasho, training=training)
    for n, (words, ibasho, training) in enumerate(
        [
            (("居場所", "開く"), True, False),
            (("サロン", "開く"), True, False),
            (("研修", "開く"), False, True),
            (("職員", "研修"), False, True),
            (("居場所", "研修"), True, True),
            (("食料", "配る"), False, False),
            (("食料", "開く"), False, False),
            (("サロン", "配る"), True, False),
        ]
    )
]


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(EXAMPLES, TAGS, folds=4)


def test_scores_are_those_of_scikit_learn(model: Model) -> None:
    rows = [dict.fromkeys(e.passages[0].features, 1.0) for e in EXAMPLES]
    vectorizer = DictVectorizer()
    matrix = TfidfTransformer().fit_transform(vectorizer.fit_transform(rows))
    for column, tag in enumerate(TAGS):
        truth = [e.present[tag] for e in EXAMPLES]
        oracle = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix, truth)
        ours = model.scores(tuple(e.passages[0] for e in EXAMPLES))[:, column]
        assert np.allclose(ours, oracle.decision_function(matrix))


def test_words_the_model_does_not_know_say_nothing(model: Model) -> None:
    unknown = model.scores((passage("未知"), passage()))
    assert np.array_equal(unknown[0], model.intercepts)
    assert np.array_equal(unknown[1], model.intercepts)


def test_a_file_gives_back_the_model_and_the_same_bytes(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(dump(model))
    again = load(path, load_taxonomy())
    passages = tuple(e.passages[0] for e in EXAMPLES)
    assert np.allclose(again.scores(passages), model.scores(passages), atol=1e-3)
    assert dump(again) == dump(model)
    assert dump(fit(EXAMPLES, TAGS, folds=4)) == dump(model)


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
    [("present", logistic(0.5)), ("ruled_out", logistic(-3.5)), ("silent", logistic(-1.5))],
)
def test_a_blend_adds_score_and_verdict(verdict: str, probability: float) -> None:
    blend = Blend(intercept=-2.0, logit=0.5, present=2.0, ruled_out=-2.0)
    assert blend.probability(1.0, verdict) == pytest.approx(probability)  # type: ignore[arg-type]  # parametrized
