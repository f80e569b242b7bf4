"""The only door to scikit-learn: a model is fitted to labelled passages, and judged out of fold.

What is known of a text is given as an Example: its passages, what the rules say of it, and which
passages show a tag. A tag that nobody has decided for a text is left out of its lessons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classify.features import Passage
from classify.model import Blend, Model
from classify.records import RuleVerdict

__all__ = ["Example", "fit", "split"]

Floats = npt.NDArray[np.float64]

# Chosen by cross-validation over prefectures: see docs/experiments.md.
STRENGTH = 10.0


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text. `shows[tag]` are the indices of the passages that show the tag, empty where
    it is absent. `group` names what must stay together in cross-validation."""

    name: str
    group: str
    passages: tuple[Passage, ...]
    verdicts: Mapping[str, RuleVerdict]
    present: Mapping[str, bool]
    shows: Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class _Linear:
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    intercepts: Floats


def fit(
    examples: Sequence[Example],
    tags: tuple[str, ...],
    *,
    folds: int = 10,
    made_from: Mapping[str, str] | None = None,
) -> Model:
    """Fit a model for `tags`; its probabilities are calibrated on scores made out of fold.

    Raises ValueError when a tag is present, or absent, in no example.
    """
    logits = _logits_out_of_fold(examples, tags, folds)
    linear = _linear(examples, tags)
    alone, blend, rules_only = _blends(examples, tags, logits)
    return Model(
        tags=tags,
        vocabulary=linear.vocabulary,
        idf=linear.idf,
        weights=linear.weights,
        intercepts=linear.intercepts,
        alone=alone,
        blend=blend,
        rules_only=rules_only,
        band=(0.2, 0.8),
        made_from=dict(made_from or {}),
    )


def split(examples: Sequence[Example], folds: int) -> list[frozenset[int]]:
    """Indices in folds of about equal size; a group stays whole. The largest groups first."""
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(example.group, []).append(index)
    parts: list[list[int]] = [[] for _ in range(min(folds, len(groups)))]
    for _, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        min(parts, key=len).extend(members)
    return [frozenset(part) for part in parts]


def _logits_out_of_fold(examples: Sequence[Example], tags: tuple[str, ...], folds: int) -> Floats:
    logits = np.zeros((len(examples), len(tags)))
    for held in split(examples, folds):
        linear = _linear([e for index, e in enumerate(examples) if index not in held], tags)
        scorer = _model_of(linear, tags)
        for index in held:
            logits[index] = _top(scorer.scores(examples[index].passages))
    return logits


def _linear(examples: Sequence[Example], tags: tuple[str, ...]) -> _Linear:
    """One classifier per tag over all passages that teach something about it."""
    passages = [passage for example in examples for passage in example.passages]
    vectorizer = DictVectorizer()
    counts = vectorizer.fit_transform([dict.fromkeys(p.features, 1.0) for p in passages])
    tfidf = TfidfTransformer()
    matrix = tfidf.fit_transform(counts)
    weights = np.zeros((matrix.shape[1], len(tags)))
    intercepts = np.zeros(len(tags))
    for column, tag in enumerate(tags):
        lessons = np.array(list(_lessons(examples, tag)))
        taught = lessons >= 0
        if len(set(lessons[taught])) < 2:
            raise ValueError(tag)
        classifier = LogisticRegression(C=STRENGTH, max_iter=1000)
        classifier.fit(matrix[taught], lessons[taught])
        weights[:, column] = classifier.coef_[0]
        intercepts[column] = classifier.intercept_[0]
    vocabulary = {str(name): index for name, index in vectorizer.vocabulary_.items()}
    return _Linear(vocabulary, np.asarray(tfidf.idf_, dtype=np.float64), weights, intercepts)


def _lessons(examples: Iterable[Example], tag: str) -> Iterable[int]:
    """1, 0 or -1 (teaches nothing) for every passage of every example."""
    for example in examples:
        shown = example.shows[tag]
        for index in range(len(example.passages)):
            # An unquoted passage of a present tag may show it too: it teaches nothing.
            yield 1 if index in shown else -1 if example.present[tag] else 0


def _model_of(linear: _Linear, tags: tuple[str, ...]) -> Model:
    plain = Blend(0.0, 1.0, 0.0, 0.0)
    return Model(
        tags=tags,
        vocabulary=linear.vocabulary,
        idf=linear.idf,
        weights=linear.weights,
        intercepts=linear.intercepts,
        alone=plain,
        blend=plain,
        rules_only=plain,
        band=(0.0, 1.0),
        made_from={},
    )


def _top(scores: Floats) -> Floats:
    """A text offers what its most telling passage offers: (passages, tags) to (tags,)."""
    top: Floats = scores.max(axis=0)
    return top


def _blends(
    examples: Sequence[Example], tags: tuple[str, ...], logits: Floats
) -> tuple[Blend, Blend, Blend]:
    truth = np.array([[example.present[tag] for tag in tags] for example in examples]).ravel()
    verdicts = [example.verdicts[tag] for example in examples for tag in tags]
    inputs = np.column_stack(
        [
            logits.ravel(),
            [verdict == "present" for verdict in verdicts],
            [verdict == "ruled_out" for verdict in verdicts],
        ]
    ).astype(np.float64)
    return (
        _blend(inputs, truth, (True, False, False)),
        _blend(inputs, truth, (True, True, True)),
        _blend(inputs, truth, (False, True, True)),
    )


def _blend(inputs: Floats, truth: npt.NDArray[np.bool_], used: tuple[bool, bool, bool]) -> Blend:
    masked = inputs * np.array(used, dtype=np.float64)
    fitted = LogisticRegression(C=1.0).fit(masked, truth)
    logit, present, ruled_out = (float(value) for value in fitted.coef_[0])
    return Blend(float(fitted.intercept_[0]), logit, present, ruled_out)
