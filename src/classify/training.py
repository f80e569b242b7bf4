"""The only door to scikit-learn: a model is fitted to labelled texts, calibrated out of fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classify.features import View, context
from classify.model import Blend, Linear, Model
from classify.records import Standing

__all__ = ["Example", "Fitted", "Mention", "cross_fit", "fit"]

Floats = npt.NDArray[np.float64]

# Chosen by cross-validation: see docs/experiments.md.
MENTION_STRENGTH = 20.0
PROVIDED_STRENGTH = 10.0

# The share of all weight that published programs have against written ones when probabilities are
# calibrated: they are few, and they are what we shall be asked about.
PUBLISHED_SHARE = 0.63

# A feature that stands in fewer passages is left out: it doubles the file and teaches little.
FEWEST = 3

# What rules can say, in the order of the numbers of a Blend.
_KINDS: tuple[Standing, ...] = ("affirmed", "present", "ruled_out")

_PLAIN = Blend(0.0, 1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a text speaks of a tag: passage `passage` of view `view`; is it provided?"""

    tag: str
    view: int
    passage: int
    provided: bool


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text: its views, what the rules say of it, what is present in it, its mentions.

    In passages without a mention a present tag may be spoken of all the same, unless the example
    is `complete`: they then teach nothing about that tag. Nor does any passage about a tag that
    `present` does not decide. Probabilities are calibrated on the examples that are `whole`
    programs, every tag decided. `group` names what must stay together in cross-validation.
    """

    name: str
    group: str
    views: tuple[View, ...]
    standings: Mapping[str, Standing]
    present: Mapping[str, bool]
    mentions: tuple[Mention, ...]
    complete: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and per example and tag the logit of one that had not seen the example's group."""

    model: Model
    logits: Floats


def fit(
    examples: Sequence[Example],
    tags: tuple[str, ...],
    *,
    folds: int = 10,
    made_from: Mapping[str, str] | None = None,
) -> Fitted:
    """Fit a model; its probabilities are calibrated on scores that each example got from a model
    that had not seen its group.

    Raises ValueError when a tag is spoken of in every passage or in none.
    """
    logits = np.zeros((len(examples), len(tags)))
    for held, parts in _fold_parts(examples, tags, folds):
        for index in held:
            logits[index] = _logits(parts, examples[index])
    whole = _calibrated(_parts(examples, tags), examples, logits)
    return Fitted(replace(whole, made_from=dict(made_from or {})), logits)


def cross_fit(
    examples: Sequence[Example], tags: tuple[str, ...], *, folds: int = 10
) -> Iterator[tuple[frozenset[int], Model]]:
    """For each fold the indices held out, and a model fitted and calibrated without them."""
    parted = list(_fold_parts(examples, tags, folds))
    logits = np.zeros((len(examples), len(tags)))
    for held, parts in parted:
        for index in held:
            logits[index] = _logits(parts, examples[index])
    for held, parts in parted:
        rest = [index for index in range(len(examples)) if index not in held]
        yield held, _calibrated(parts, [examples[index] for index in rest], logits[rest])


def split(examples: Sequence[Example], folds: int) -> list[frozenset[int]]:
    """Indices in folds of about equal size; a group stays whole. The largest groups first."""
    groups: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        groups.setdefault(example.group, []).append(index)
    parts: list[list[int]] = [[] for _ in range(min(folds, len(groups)))]
    for _, members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        min(parts, key=len).extend(members)
    return [frozenset(part) for part in parts]


def _fold_parts(
    examples: Sequence[Example], tags: tuple[str, ...], folds: int
) -> Iterator[tuple[frozenset[int], Model]]:
    for held in split(examples, folds):
        rest = [example for index, example in enumerate(examples) if index not in held]
        yield held, _parts(rest, tags)


def _logits(parts: Model, example: Example) -> Floats:
    opinions = parts.opinions(example.views)
    return np.array([opinions[tag].logit if tag in opinions else -10.0 for tag in parts.tags])


def _parts(examples: Sequence[Example], tags: tuple[str, ...]) -> Model:
    """The two linear parts, with nothing calibrated yet."""
    mention = _fit_mention(examples, tags)
    empty = Linear({}, np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    half = Model(tags, mention, empty, _PLAIN, _PLAIN, _PLAIN, (0.0, 1.0), {})
    rows, truth = [], []
    for example in examples:
        for said in example.mentions:
            seen = example.views[said.view]
            passage = seen.passages[said.passage]
            first, end = half.locate(seen, passage, said.tag)
            rows.append(context(seen, passage, first, end, said.tag))
            truth.append([1 if said.provided else 0])
    return replace(half, provided=_fit_linear(rows, np.array(truth), PROVIDED_STRENGTH))


def _fit_mention(examples: Sequence[Example], tags: tuple[str, ...]) -> Linear:
    rows, truth = [], []
    for example in examples:
        told = {(said.tag, said.view, said.passage) for said in example.mentions}
        for number, seen in enumerate(example.views):
            for place, passage in enumerate(seen.passages):
                rows.append(passage.features)
                truth.append(
                    [
                        1
                        if (tag, number, place) in told
                        else -1
                        if example.present.get(tag, True) and not example.complete
                        else 0
                        for tag in tags
                    ]
                )
    return _fit_linear(rows, np.array(truth), MENTION_STRENGTH)


def _fit_linear(
    rows: Sequence[tuple[str, ...]], truth: npt.NDArray[np.int_], strength: float
) -> Linear:
    """One logistic regression per column of `truth` (1, 0, or -1 where a row teaches nothing)."""
    seen = Counter(feature for features in rows for feature in features)
    vectorizer = DictVectorizer()
    counts = vectorizer.fit_transform(
        [{name: 1.0 for name in features if seen[name] >= FEWEST} for features in rows]
    )
    tfidf = TfidfTransformer()
    matrix = tfidf.fit_transform(counts)
    weights = np.zeros((matrix.shape[1], truth.shape[1]))
    intercepts = np.zeros(truth.shape[1])
    for column in range(truth.shape[1]):
        taught = truth[:, column] >= 0
        if len(set(truth[taught, column])) < 2:
            raise ValueError(column)
        classifier = LogisticRegression(C=strength, solver="liblinear", random_state=0)
        classifier.fit(matrix[taught], truth[taught, column])
        weights[:, column] = classifier.coef_[0]
        intercepts[column] = classifier.intercept_[0]
    vocabulary = {str(name): index for name, index in vectorizer.vocabulary_.items()}
    return Linear(vocabulary, np.asarray(tfidf.idf_, dtype=np.float64), weights, intercepts)


def _calibrated(parts: Model, examples: Sequence[Example], logits: Floats) -> Model:
    programs = [index for index, example in enumerate(examples) if example.whole]
    judged = [examples[index] for index in programs]
    truth = np.array([[e.present[tag] for tag in parts.tags] for e in judged]).ravel()
    said = [e.standings[tag] for e in judged for tag in parts.tags]
    inputs = np.column_stack(
        [
            logits[programs].ravel(),
            *([standing == kind for standing in said] for kind in _KINDS),
        ]
    ).astype(np.float64)
    published = np.array([not example.complete for example in judged])
    weights = np.repeat(_weights(published), len(parts.tags))
    return replace(
        parts,
        alone=_blend(inputs * (1, 0, 0, 0), truth, weights),
        blend=_blend(inputs, truth, weights),
        rules_only=_blend(inputs * (0, 1, 1, 1), truth, weights),
        band=(0.2, 0.8),
    )


def _weights(published: npt.NDArray[np.bool_]) -> Floats:
    """Weights that give published examples their share, with a mean of 1."""
    here, count = int(published.sum()), len(published)
    if here in (0, count):
        return np.ones(count)
    share = np.where(published, PUBLISHED_SHARE / here, (1 - PUBLISHED_SHARE) / (count - here))
    weights: Floats = share * count
    return weights


def _blend(inputs: Floats, truth: npt.NDArray[np.bool_], weights: Floats) -> Blend:
    fitted = LogisticRegression(C=1.0).fit(inputs, truth, sample_weight=weights)
    numbers = (float(f"{value:.6g}") for value in (fitted.intercept_[0], *fitted.coef_[0]))
    return Blend(*numbers)
