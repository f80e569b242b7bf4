"""The trained model: what it thinks of each tag of a text, and its file.

Whether a text provides a service is asked in two steps, each one linear: is the service spoken of
in this passage, and do the words around that mention say that it is provided? What is learnt about
検討 or 周知 from one service then holds for all. The file is arrays of numbers and text (NumPy's
npz, read without pickle): reading it can run no code.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from classify.errors import ModelError
from classify.features import View, around, spoken
from classify.linear import Linear, logistic
from classify.records import Field, Standing
from classify.scoring import Asked, Scorer
from classify.taxonomy import Taxonomy

__all__ = ["Blend", "Model", "Opinion", "default_path", "dump", "load"]

FORMAT = "classify-model-4"

# A passage that speaks of a tag with less than this probability is not asked about further: even
# odds that it would be provided.
FLOOR = 0.1
EVEN = 0.5

# How many words for and against are told, and the kinds of features that are no words of the text.
WORDS_TOLD = 4
_NO_WORDS = frozenset({"c", "cue", "rule", "tag"})


@dataclass(frozen=True, slots=True)
class Blend:
    """How a score and a verdict make one probability: logistic(intercept + weights · inputs).

    Inputs are the model's logit and what the rules say; where they are silent, nothing is added.
    """

    intercept: float
    logit: float
    affirmed: float
    present: float
    ruled_out: float

    def probability(self, logit: float, standing: Standing) -> float:
        """The probability that the tag is present.

        >>> Blend(0.0, 1.0, 3.0, 2.0, -2.0).probability(2.0, "ruled_out")
        0.5
        """
        said = {"affirmed": self.affirmed, "present": self.present, "ruled_out": self.ruled_out}
        return logistic(self.intercept + self.logit * logit + said.get(standing, 0.0))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one tag: a logit, and the mention it rests on, at units `first` to
    `end` of passage `passage` of a field."""

    logit: float
    field: Field
    passage: int
    first: int
    end: int


@dataclass(frozen=True)
class Model:
    """A trained model.

    `mention` scores each tag for a passage, `provided` (one output) the surroundings of a mention.
    `alone` makes a probability of the score only, `blend` of score and rules together,
    `rules_only` of the rules where the model does not know the tag. A probability in `band`
    (low, high) asks for review. `made_from` names the taxonomy, labels and dictionary.
    """

    tags: tuple[str, ...]
    mention: Linear
    provided: Linear
    alone: Blend
    blend: Blend
    rules_only: Blend
    band: tuple[float, float]
    made_from: Mapping[str, str]

    @cached_property
    def scorer(self) -> Scorer:
        """The tables of both linear parts, made when they are first asked for."""
        return Scorer(self.tags, self.mention, self.provided)

    def opinions(self, views: Sequence[View]) -> dict[str, Opinion]:
        """What the model thinks of each of its tags; empty for a text without words."""
        laid, logits, told = self.scorer.spoken(views)
        if not len(logits):
            return {}
        mentioned = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        rows, columns = np.nonzero(mentioned >= FLOOR)
        asked = [
            self.scorer.locate(laid, told, row, tag)
            for row, tag in zip(rows.tolist(), columns.tolist(), strict=True)
        ]
        around = self.scorer.provided(laid, asked).tolist() if asked else []
        best: dict[int, tuple[float, Asked]] = {}
        for one, said, logit in zip(asked, mentioned[rows, columns].tolist(), around, strict=True):
            both = _logit(said * logistic(logit))
            if one.tag not in best or both > best[one.tag][0]:
                best[one.tag] = both, one
        top = mentioned.max(axis=0).tolist()
        nowhere = views[laid.passages[0][0]].field
        return {
            tag: Opinion(
                best[n][0], views[(at := best[n][1]).view].field, at.passage, at.first, at.end
            )
            if n in best
            else Opinion(_logit(top[n] * EVEN), nowhere, 0, 0, 0)
            for n, tag in enumerate(self.tags)
        }

    def telling(
        self, views: Sequence[View], tag: str, opinion: Opinion
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that speak most for a tag and most against it, where an opinion rests."""
        seen = next(view for view in views if view.field == opinion.field)
        passage = seen.passages[opinion.passage]
        parts = self.mention.told(spoken(seen, passage), self.tags.index(tag))
        surroundings = around(seen, passage, opinion.first, opinion.end, tag)
        parts += self.provided.told(surroundings, 0)
        return _strongest(parts, 1), _strongest(parts, -1)


def _strongest(told: Sequence[tuple[str, float]], sign: int) -> tuple[str, ...]:
    sums: dict[str, float] = {}
    for name, part in told:
        kind, *words = name.split("\t")
        if kind not in _NO_WORDS and any(words):
            sums["".join(words)] = sums.get("".join(words), 0.0) + part
    ordered = sorted(sums, key=lambda word: (-sign * sums[word], word))
    return tuple(word for word in ordered if sums[word] * sign > 0)[:WORDS_TOLD]


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
        "alone": asdict(model.alone),
        "blend": asdict(model.blend),
        "rules_only": asdict(model.rules_only),
        "band": list(model.band),
    }
    arrays = {"head": _packed(json.dumps(head, ensure_ascii=False))}
    for name in ("mention", "provided"):
        linear: Linear = getattr(model, name)
        arrays[f"{name}.words"] = _packed("\n".join(linear.words))
        arrays[f"{name}.kinds"] = _packed("\n".join(linear.kinds))
        for part in ("kind", "first", "second"):
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
    unknown = sorted(set(model.tags) - {tag.id for tag in taxonomy.tags})
    if unknown:
        problem = f"knows tags that {taxonomy.path} does not: {', '.join(unknown)}"
        raise ModelError(str(path), problem, "run `classify train` with this taxonomy")
    return model


def _parse(file: Mapping[str, Any]) -> Model:
    head = json.loads(bytes(file["head"]))
    if head["format"] != FORMAT:
        raise ValueError(head["format"])
    low, high = head["band"]
    return Model(
        tags=tuple(head["tags"]),
        mention=_linear(file, "mention"),
        provided=_linear(file, "provided"),
        alone=Blend(**head["alone"]),
        blend=Blend(**head["blend"]),
        rules_only=Blend(**head["rules_only"]),
        band=(float(low), float(high)),
        made_from=dict(head["made_from"]),
    )


def _linear(file: Mapping[str, Any], name: str) -> Linear:
    words, kinds = (
        tuple(bytes(file[f"{name}.{part}"]).decode().split("\n")) for part in ("words", "kinds")
    )
    kind, first, second = (file[f"{name}.{part}"] for part in ("kind", "first", "second"))
    idf, weights, intercepts = (
        file[f"{name}.{part}"].astype(np.float64) for part in ("idf", "weights", "intercepts")
    )
    same = {len(kind), len(first), len(second), len(idf), len(weights)}
    if len(same) > 1 or (len(kind) and max(first.max(), second.max()) >= len(words)):
        raise ValueError(name)
    return Linear(words, kinds, kind, first, second, idf, weights, intercepts)
