"""The only door to scikit-learn: a model is fitted to labelled texts, calibrated out of fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from classify.features import View, around, part_of, spoken
from classify.linear import UNSCALED, Floats, Linear
from classify.model import STANDINGS, Logits, Model, Weights
from classify.records import Standing

__all__ = [
    "FEWEST_TEXTS",
    "Example",
    "Fitted",
    "Mention",
    "cross_fit",
    "fit",
    "fitted",
    "learnable",
]

# Chosen by cross-validation: see docs/experiments.md.
FOLDS = 5
PASSAGE_STRENGTH = 20.0
PROVIDED_STRENGTH = 20.0

# A passage's words, pairs of words, classes and last words are each scaled to one length, so that
# none drowns the others, and then count so much; what rules say counts as it is.
PARTS: Mapping[str, tuple[int, float]] = {
    "word": (0, 1.0),
    "pair": (1, 0.7),
    "class": (2, 0.7),
    "end": (3, 0.5),
    "rule": (UNSCALED, 0.5),
}

# The share of all weight that published programs have against written ones when probabilities are
# calibrated: they are few, and they are what we shall be asked about.
PUBLISHED_SHARE = 0.5

# A feature that stands in fewer passages is left out: it doubles the file and teaches little.
FEWEST = 5

# A tag that fewer texts provide is not learnt: rules alone decide it.
FEWEST_TEXTS = 20

# Review asks for so many of the least sure decisions that at most this share of the others is
# wrong, but never for more than this share of all.
WANTED_ERROR = 0.01
LARGEST_REVIEW = 0.1

# The logit of what was always so.
ALWAYS = 10.0

# The model's own word, before anything is calibrated; and what is taken for its word where a text
# has none.
_PLAIN = Weights(0.0, 0.0, 0.0, 1.0, 0.0)
_WORDLESS = Logits(-ALWAYS, 0.0, -ALWAYS, -ALWAYS)


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
    """A model, and for each fold the indices held out and a model fitted and calibrated without
    them."""

    model: Model
    folds: tuple[tuple[frozenset[int], Model], ...]


def learnable(examples: Iterable[Example], tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that enough texts provide for a model to learn them."""
    provided = Counter(
        tag
        for example in examples
        for tag in {said.tag for said in example.mentions if said.provided}
    )
    return tuple(tag for tag in tags if provided[tag] >= FEWEST_TEXTS)


def fit(
    examples: Sequence[Example],
    tags: tuple[str, ...],
    *,
    folds: int = FOLDS,
    made_from: Mapping[str, str] | None = None,
) -> Model:
    """Fit a model; its probabilities are calibrated on scores that each example got from a model
    that had not seen its group.
    """
    return fitted(examples, tags, folds=folds, made_from=made_from).model


def fitted(
    examples: Sequence[Example],
    tags: tuple[str, ...],
    *,
    folds: int = FOLDS,
    made_from: Mapping[str, str] | None = None,
) -> Fitted:
    """Fit a model as `fit` does, and keep the models of the folds that calibrated it."""
    parted, logits = _out_of_fold(examples, tags, folds)
    whole = _calibrated(_parts(examples, tags), examples, logits)
    whole = replace(whole, made_from=dict(made_from or {}))
    return Fitted(whole, tuple(_calibrated_folds(parted, examples, logits)))


def cross_fit(
    examples: Sequence[Example], tags: tuple[str, ...], *, folds: int = FOLDS
) -> Iterator[tuple[frozenset[int], Model]]:
    """For each fold the indices held out, and a model fitted and calibrated without them."""
    parted, logits = _out_of_fold(examples, tags, folds)
    return _calibrated_folds(parted, examples, logits)


_Parted = Sequence[tuple[frozenset[int], Model]]


def _out_of_fold(
    examples: Sequence[Example], tags: tuple[str, ...], folds: int
) -> tuple[_Parted, Floats]:
    """A model per fold, and what it makes of each example that it has not seen."""
    parted = list(_fold_parts(examples, tags, folds))
    logits = np.zeros((len(examples), len(tags), len(Logits._fields)))
    for held, parts in parted:
        for index in held:
            logits[index] = _logits(parts, examples[index])
    return parted, logits


def _calibrated_folds(
    parted: _Parted, examples: Sequence[Example], logits: Floats
) -> Iterator[tuple[frozenset[int], Model]]:
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
    return np.array([opinions[tag].logits if tag in opinions else _WORDLESS for tag in parts.tags])


def _parts(examples: Sequence[Example], tags: tuple[str, ...]) -> Model:
    """The two linear parts, with nothing calibrated yet."""
    passage = _fit_passage(examples, tags)
    empty = Linear.of([], [], np.zeros(0), np.zeros((0, 1)), np.zeros(1))
    half = Model(tags, passage, empty, _PLAIN, {}, {}, (0.0, 1.0), {})
    rows, truth = [], []
    for example in examples:
        if not example.mentions:
            continue
        laid, _, told = half.scorer.spoken(example.views)
        row_of = {(view, place): row for row, (view, place, _, _) in enumerate(laid.passages)}
        # A tag that is left to its rules is mentioned all the same.
        for said in (mention for mention in example.mentions if mention.tag in tags):
            row = row_of[said.view, said.passage]
            one = half.scorer.locate(laid, told, row, tags.index(said.tag))
            seen = example.views[said.view]
            rows.append(around(seen, seen.passages[said.passage], one.first, one.end, said.tag))
            truth.append([int(said.provided)])
    return replace(half, provided=_fit_linear(rows, np.array(truth), PROVIDED_STRENGTH, _together))


def _fit_passage(examples: Sequence[Example], tags: tuple[str, ...]) -> Linear:
    rows, truth = [], []
    for example in examples:
        told = {(said.tag, said.view, said.passage): said.provided for said in example.mentions}
        unknown = {tag for tag in tags if example.present.get(tag, True) and not example.complete}
        for number, seen in enumerate(example.views):
            for place, passage in enumerate(seen.passages):
                rows.append(spoken(seen, passage))
                said = [told.get((tag, number, place)) for tag in tags]
                none = [-1 if tag in unknown else 0 for tag in tags]
                spoken_of = [no if here is None else 1 for here, no in zip(said, none, strict=True)]
                stated = [
                    no if here is None else int(here) for here, no in zip(said, none, strict=True)
                ]
                truth.append(spoken_of + stated)
    return _fit_linear(rows, np.array(truth), PASSAGE_STRENGTH, lambda name: PARTS[part_of(name)])


def _together(_: str) -> tuple[int, float]:
    """The surroundings of a mention are one part."""
    return 0, 1.0


def _fit_linear(
    rows: Iterable[Sequence[str]],
    truth: npt.NDArray[np.int_],
    strength: float,
    parts: Callable[[str], tuple[int, float]],
) -> Linear:
    """One logistic regression per column of `truth` (1, 0, or -1 where a row teaches nothing).

    `parts` tells of a feature's name the part that it is scaled with, and how much that counts.
    """
    names, counts = _counted(rows)
    part, much = (np.array(column) for column in zip(*map(parts, names), strict=True))
    idf = np.where(part == UNSCALED, 1.0, TfidfTransformer(norm=None).fit(counts).idf_)
    # Squares are summed over every time a feature stands there, so that sums over words suffice.
    squares = np.ones((counts.shape[0], int(part.max()) + 2))
    for number in range(squares.shape[1] - 1):
        squares[:, number] = counts @ np.where(part == number, idf**2, 0.0)
    matrix = counts.copy()
    row_of = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    matrix.data *= (idf * much)[counts.indices]
    matrix.data /= np.sqrt(squares[row_of, part[counts.indices]])
    weights = np.zeros((matrix.shape[1], truth.shape[1]))
    intercepts = np.zeros(truth.shape[1])
    for column in range(truth.shape[1]):
        taught = truth[:, column] >= 0
        if len(set(truth[taught, column])) < 2:
            # Only where a tag's few texts are all held out: what is always so is all we know.
            intercepts[column] = ALWAYS if truth[taught, column].any() else -ALWAYS
            continue
        classifier = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=0)
        classifier.fit(matrix[taught], truth[taught, column])
        weights[:, column] = classifier.coef_[0] * much
        intercepts[column] = classifier.intercept_[0]
    return Linear.of(names, part.tolist(), idf, weights, intercepts)


def _counted(rows: Iterable[Sequence[str]]) -> tuple[list[str], sparse.csr_array]:
    """How often each feature stands in each row; features of too few rows are left out."""
    known: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for row in rows:
        indices += [known.setdefault(name, len(known)) for name in row]
        ends.append(len(indices))
    # Indices of 32 bits: liblinear takes no others.
    places = np.array(indices, dtype=np.int32), np.array(ends, dtype=np.int32)
    counts = sparse.csr_array((np.ones(len(indices)), *places), shape=(len(ends) - 1, len(known)))
    counts.sum_duplicates()
    standing_in = np.bincount(counts.indices, minlength=len(known))
    listed = sorted(known)
    kept = [name for name in listed if standing_in[known[name]] >= FEWEST]
    return kept, counts[:, np.array([known[name] for name in kept], dtype=np.int32)]


def _calibrated(parts: Model, examples: Sequence[Example], logits: Floats) -> Model:
    programs = [index for index, example in enumerate(examples) if example.whole]
    judged = [examples[index] for index in programs]
    known = np.array([[tag in e.present for tag in parts.tags] for e in judged]).ravel()
    truth = np.array([[e.present.get(tag, False) for tag in parts.tags] for e in judged]).ravel()
    said = np.array([[e.standings[tag] for tag in parts.tags] for e in judged]).ravel()
    scores = logits[programs].reshape(-1, logits.shape[-1])
    published = np.array([not example.complete for example in judged])
    weights = np.repeat(_weights(published), len(parts.tags)) * known
    blend = _blend(scores, said, truth, weights)
    probability = np.array(
        [blend[kind].probability(Logits(*row)) for kind, row in zip(said, scores, strict=True)]
    )
    return replace(
        parts,
        alone=_weighed(scores, truth, weights),
        blend=blend,
        rules_only={kind: _share(truth, weights * (said == kind)) for kind in STANDINGS},
        band=_band(probability[known], truth[known]),
    )


def _band(probability: Floats, truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The probabilities between which a person is asked: as few as leave the wanted error."""
    distance = np.abs(probability - 0.5)
    order = np.argsort(-distance, kind="stable")
    wrong = ((probability >= 0.5) != truth)[order]
    error = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    least = len(wrong) - int(LARGEST_REVIEW * len(wrong))
    good = np.flatnonzero(error <= WANTED_ERROR)
    kept = max(least, int(good[-1]) + 1 if len(good) else 0)
    half = round(float(distance[order[kept - 1]]), 4) if kept < len(wrong) else 0.0
    return 0.5 - half, 0.5 + half


def _weights(published: npt.NDArray[np.bool_]) -> Floats:
    """Weights that give published examples their share, with a mean of 1."""
    here, count = int(published.sum()), len(published)
    if here in (0, count):
        return np.ones(count)
    share = np.where(published, PUBLISHED_SHARE / here, (1 - PUBLISHED_SHARE) / (count - here))
    weights: Floats = share * count
    return weights


def _blend(
    scores: Floats, said: npt.NDArray[np.str_], truth: npt.NDArray[np.bool_], weights: Floats
) -> dict[Standing, Weights]:
    """Weights for each thing that rules can say, found together: where there are few examples they
    stay near to none."""
    here = [(said == kind)[:, None] for kind in STANDINGS]
    with_one = np.column_stack([np.ones(len(scores)), scores])
    numbers = _fit_weights(np.column_stack([with_one * place for place in here]), truth, weights)
    shared, own = numbers[0], numbers[1:].reshape(len(STANDINGS), -1)
    own[:, 0] += shared
    return {kind: _rounded(row) for kind, row in zip(STANDINGS, own, strict=True)}


def _weighed(scores: Floats, truth: npt.NDArray[np.bool_], weights: Floats) -> Weights:
    return _rounded(_fit_weights(scores, truth, weights))


def _fit_weights(inputs: Floats, truth: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """An intercept, and a weight for each input."""
    found = LogisticRegression(C=1.0, max_iter=1000).fit(inputs, truth, sample_weight=weights)
    return np.concatenate([found.intercept_, found.coef_[0]])


def _rounded(numbers: Floats) -> Weights:
    return Weights(*(float(f"{value:.6g}") for value in numbers))


def _share(truth: npt.NDArray[np.bool_], weights: Floats) -> float:
    """How often a tag is there, as if it had been seen once more and once less."""
    return round(float((weights @ truth + 1) / (weights.sum() + 2)), 6)
