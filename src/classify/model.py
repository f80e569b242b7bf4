"""The trained model: what it thinks of each tag of a text, and its file.

Whether a text provides a service is asked in two steps, each one linear: is the service spoken of
in this passage, and do the words around that mention say that it is provided? What is learnt about
検討 or 周知 from one service then holds for all. A third question goes to the passage as a whole:
does it provide the service? The file is arrays of numbers and text (NumPy's
npz, read without pickle): reading it can run no code.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np

from classify.errors import ModelError
from classify.features import View, around, spoken, words_of
from classify.linear import Linear, logistic
from classify.records import Field, Standing
from classify.scoring import Asked, Scorer
from classify.taxonomy import Taxonomy

__all__ = ["STANDINGS", "Logits", "Model", "Opinion", "Weights", "default_path", "dump", "load"]

FORMAT = "classify-model-7"

# A passage that speaks of a tag with less than this probability is not asked about further: even
# odds that it would be provided.
FLOOR = 0.1
EVEN = 0.5

# What rules can say.
STANDINGS: tuple[Standing, ...] = get_args(Standing)

# How many words are told of those that speak for an opinion, and of those against it.
WORDS_TOLD = 4


class Logits(NamedTuple):
    """What the model thinks of a tag: that a passage speaks of it, that the words around this say
    that it is provided, that both hold, and that some passage as a whole says so."""

    spoken: float
    provided: float
    both: float
    stated: float


class Weights(NamedTuple):
    """How logits make a probability: logistic(intercept + weights · logits).

    >>> Weights(-1.0, 0.0, 0.0, 0.5, 0.0).probability(Logits(1.0, 3.0, 2.0, -2.0))
    0.5
    """

    intercept: float
    spoken: float
    provided: float
    both: float
    stated: float

    def probability(self, logits: Logits) -> float:
        """The probability that the tag is present."""
        told = self.spoken * logits.spoken + self.provided * logits.provided
        told += self.both * logits.both + self.stated * logits.stated
        return logistic(self.intercept + told)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one tag, and the mention it rests on, at units `first` to `end` of
    passage `passage` of a field."""

    logits: Logits
    field: Field
    passage: int
    first: int
    end: int

    @property
    def placed(self) -> bool:
        """Is there a mention at all, or does no passage speak of the tag?"""
        return self.end > self.first


@dataclass(frozen=True)
class Model:
    """A trained model.

    `passage` scores each tag for a passage, first that it speaks of the tag, then that it provides
    it; `provided` (one output) scores the surroundings of a mention.
    `alone` makes a probability of its logits only; `blend` has other weights for each thing that
    rules can say of the tag; `rules_only` are the probabilities where the model does not know it.
    A probability in `band` (low, high) asks for review. `made_from` names the taxonomy, labels and
    dictionary.
    """

    tags: tuple[str, ...]
    passage: Linear
    provided: Linear
    alone: Weights
    blend: Mapping[Standing, Weights]
    rules_only: Mapping[Standing, float]
    band: tuple[float, float]
    made_from: Mapping[str, str]

    @cached_property
    def scorer(self) -> Scorer:
        """The tables of both linear parts, made when they are first asked for."""
        return Scorer(self.tags, self.passage, self.provided)

    def opinions(self, views: Sequence[View]) -> dict[str, Opinion]:
        """What the model thinks of each of its tags; empty for a text without words."""
        laid, logits, told = self.scorer.spoken(views)
        if not len(logits):
            return {}
        stated = logits[:, len(self.tags) :].max(axis=0).tolist()
        logits = logits[:, : len(self.tags)]
        mentioned = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        rows, columns = np.nonzero(mentioned >= FLOOR)
        asked = [
            self.scorer.locate(laid, told, row, tag)
            for row, tag in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        around = self.scorer.provided(laid, asked).tolist() if asked else []
        best: dict[int, tuple[Logits, Asked]] = {}
        for one, said, logit in zip(asked, logits[rows, columns].tolist(), around, strict=True):
            both = _logit(logistic(said) * logistic(logit))
            found = Logits(said, logit, both, stated[one.tag])
            if one.tag not in best or found.both > best[one.tag][0].both:
                best[one.tag] = found, one
        nowhere = views[laid.passages[0][0]].field
        opinions = {}
        for number, (tag, top) in enumerate(
            zip(self.tags, logits.max(axis=0).tolist(), strict=True)
        ):
            if number in best:
                found, at = best[number]
                view, passage, _, _ = laid.passages[at.row]
                opinions[tag] = Opinion(found, views[view].field, passage, at.first, at.end)
            else:
                found = Logits(top, 0.0, _logit(logistic(top) * EVEN), stated[number])
                opinions[tag] = Opinion(found, nowhere, 0, 0, 0)
        return opinions

    def telling(
        self, views: Sequence[View], tag: str, opinion: Opinion
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of the text that speak most for an opinion, and most against it."""
        seen = next(seen for seen in views if seen.field == opinion.field)
        passage = seen.passages[opinion.passage]
        names = around(seen, passage, opinion.first, opinion.end, tag)
        parts = self.passage.told(spoken(seen, passage), self.tags.index(tag))
        parts += self.provided.told(names, 0)
        sums: dict[str, float] = {}
        for name, part in parts:
            words = words_of(name)
            if words:
                sums[words] = sums.get(words, 0.0) + part
        ordered = sorted(sums, key=lambda words: (-abs(sums[words]), words))
        speaking = ([w for w in ordered if sums[w] * sign > 0][:WORDS_TOLD] for sign in (1, -1))
        return tuple(next(speaking)), tuple(next(speaking))


def _logit(probability: float) -> float:
    clear = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clear / (1 - clear))


def default_path() -> Path:
    """The model that this installation carries."""
    return Path(__file__).parent / "data" / "model.npz"


def dump(model: Model) -> bytes:
    """A model as the bytes of its file: the same model gives the same bytes."""
    head = {
        "format": FORMAT,
        "made_from": dict(model.made_from),
        "tags": list(model.tags),
        "alone": model.alone,
        "blend": dict(model.blend),
        "rules_only": dict(model.rules_only),
        "band": list(model.band),
    }
    arrays = {"head": _packed(json.dumps(head, ensure_ascii=False))}
    for name in ("passage", "provided"):
        linear: Linear = getattr(model, name)
        arrays[f"{name}.words"] = _packed("\n".join(linear.words))
        arrays[f"{name}.kinds"] = _packed("\n".join(linear.kinds))
        for part in ("kind", "first", "second", "part"):
            arrays[f"{name}.{part}"] = getattr(linear, part)
        for part in ("idf", "weights", "intercepts"):
            arrays[f"{name}.{part}"] = getattr(linear, part).astype(np.float32)
    file = BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def _packed(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def load(path: Path, taxonomy: Taxonomy) -> Model:
    """Read a model; ModelError when it is none, or was made for another taxonomy's tags."""
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as file:
            model = _parse(file)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})" if error.strerror else "is not a model"
        raise ModelError(str(path), problem, "make one with `classify train`") from None
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
    ):
        raise ModelError(str(path), "is not a model", "make one with `classify train`") from None
    # A tag that only the taxonomy knows is decided by its rules; the reverse is a stale model.
    unknown = [tag for tag in model.tags if tag not in {known.id for known in taxonomy.tags}]
    if unknown:
        problem = f"was made for another taxonomy (tag '{unknown[0]}' is not in {taxonomy.path})"
        raise ModelError(str(path), problem, "make one with `classify train`")
    return model


def _parse(file: Mapping[str, Any]) -> Model:
    head = json.loads(bytes(file["head"]))
    if head["format"] != FORMAT:
        raise ValueError(head["format"])
    tags = tuple(str(tag) for tag in head["tags"])
    low, high = head["band"]
    return Model(
        tags=tags,
        passage=_linear(file, "passage", 2 * len(tags)),
        provided=_linear(file, "provided", 1),
        alone=Weights(*map(float, head["alone"])),
        blend={kind: Weights(*map(float, head["blend"][kind])) for kind in STANDINGS},
        rules_only={kind: float(head["rules_only"][kind]) for kind in STANDINGS},
        band=(float(low), float(high)),
        made_from=dict(head["made_from"]),
    )


def _linear(file: Mapping[str, Any], name: str, outputs: int) -> Linear:
    words, kinds = (
        tuple(bytes(file[f"{name}.{part}"]).decode().split("\n")) for part in ("words", "kinds")
    )
    kind, first, second, part = (
        file[f"{name}.{part}"] for part in ("kind", "first", "second", "part")
    )
    idf, weights, intercepts = (
        file[f"{name}.{part}"].astype(np.float64) for part in ("idf", "weights", "intercepts")
    )
    shapes = {a.shape for a in (kind, first, second, part, idf)} | {weights.shape[:1]}
    if len(shapes) > 1 or weights.shape[1:] != (outputs,) or intercepts.shape != (outputs,):
        raise ValueError(name)
    if len(kind) and (max(first.max(), second.max()) >= len(words) or kind.max() >= len(kinds)):
        raise ValueError(name)
    if not all(np.isfinite(part).all() for part in (idf, weights, intercepts)):
        raise ValueError(name)
    return Linear(words, kinds, kind, first, second, part, idf, weights, intercepts)
