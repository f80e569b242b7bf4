"""The trained model as numbers: features in, a probability per tag out, and its file.

A model is one linear classifier per tag over the passages of a text, and a few numbers that make
probabilities of its scores and the rules' verdicts. Its file is JSON: reading it can run no code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.errors import ModelError
from classify.features import Passage
from classify.records import RuleVerdict
from classify.taxonomy import Taxonomy

__all__ = ["Blend", "Model", "default_path", "dump", "load", "logistic"]

FORMAT = "classify-model-1"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Blend:
    """How a score and a verdict make one probability: logistic(intercept + weights · inputs).

    Inputs are the model's logit and whether the rules say present, or ruled out.
    """

    intercept: float
    logit: float
    present: float
    ruled_out: float

    def probability(self, logit: float, verdict: RuleVerdict) -> float:
        """The probability that the tag is present.

        >>> Blend(0.0, 1.0, 2.0, -2.0).probability(2.0, "ruled_out")
        0.5
        """
        total = self.intercept + self.logit * logit
        total += self.present * (verdict == "present") + self.ruled_out * (verdict == "ruled_out")
        return logistic(total)


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model. `weights` is (features, tags), `idf` (features,), `intercepts` (tags,).

    `alone` makes a probability of the score only, `blend` of score and rules together,
    `rules_only` of the rules where the model does not know the tag. A probability in `band`
    (low, high) asks for review.
    """

    tags: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    intercepts: Floats
    alone: Blend
    blend: Blend
    rules_only: Blend
    band: tuple[float, float]
    made_from: Mapping[str, str]

    def scores(self, passages: tuple[Passage, ...]) -> Floats:
        """The logit of each passage and tag, shape (passages, tags)."""
        scores = np.tile(self.intercepts, (len(passages), 1))
        for row, passage in enumerate(passages):
            known = [self.vocabulary[f] for f in passage.features if f in self.vocabulary]
            if known:
                idf = self.idf[known]
                scores[row] += (idf / math.sqrt(float(idf @ idf))) @ self.weights[known]
        return scores


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), safe for any value.

    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if value < 0:
        power = math.exp(max(value, -700.0))
        return power / (1 + power) if value > -700 else 0.0
    return 1 / (1 + math.exp(-min(value, 700.0)))


def default_path() -> Path:
    """The model that this installation carries."""
    return Path(__file__).parent / "data" / "model.json"


def dump(model: Model) -> bytes:
    """A model as the bytes of its file: the same model gives the same bytes."""
    names = sorted(model.vocabulary, key=lambda name: model.vocabulary[name])
    features = {
        name: [_short(float(model.idf[row]))] + [_short(float(w)) for w in model.weights[row]]
        for row, name in enumerate(names)
    }
    head = {
        "format": FORMAT,
        "made_from": dict(model.made_from),
        "tags": list(model.tags),
        "intercepts": [_short(float(value)) for value in model.intercepts],
        "alone": _numbers(model.alone),
        "blend": _numbers(model.blend),
        "rules_only": _numbers(model.rules_only),
        "band": list(model.band),
    }
    # A line per feature: a change of the model can be read in a diff.
    lines = [f"{json.dumps(n, ensure_ascii=False)}: {json.dumps(v)}" for n, v in features.items()]
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2]
    return (text + ',\n "features": {\n' + ",\n".join(lines) + "\n }\n}\n").encode()


def load(path: Path, taxonomy: Taxonomy) -> Model:
    """Read a model; ModelError when it is none, or was made for another taxonomy's tags."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        model = _parse(data)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise ModelError(str(path), problem, "make one with `classify train`") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise ModelError(str(path), "is not a model", "make one with `classify train`") from None
    unknown = [tag for tag in model.tags if tag not in {known.id for known in taxonomy.tags}]
    if unknown:
        problem = f"was made for another taxonomy (tag '{unknown[0]}' is not in {taxonomy.path})"
        raise ModelError(str(path), problem, "make one with `classify train`")
    return model


def _parse(data: dict[str, Any]) -> Model:
    if data["format"] != FORMAT:
        raise ValueError(data["format"])
    table = np.array(list(data["features"].values()), dtype=np.float64)
    tags = tuple(str(tag) for tag in data["tags"])
    if table.ndim != 2 or table.shape[1] != len(tags) + 1 or not np.isfinite(table).all():
        raise ValueError(table.shape)
    low, high = data["band"]
    return Model(
        tags=tags,
        vocabulary={str(name): row for row, name in enumerate(data["features"])},
        idf=table[:, 0],
        weights=table[:, 1:],
        intercepts=np.array(data["intercepts"], dtype=np.float64),
        alone=Blend(**data["alone"]),
        blend=Blend(**data["blend"]),
        rules_only=Blend(**data["rules_only"]),
        band=(float(low), float(high)),
        made_from=dict(data["made_from"]),
    )


def _numbers(blend: Blend) -> dict[str, float]:
    return {
        "intercept": blend.intercept,
        "logit": blend.logit,
        "present": blend.present,
        "ruled_out": blend.ruled_out,
    }


def _short(value: float) -> float:
    return float(f"{value:.5g}")
