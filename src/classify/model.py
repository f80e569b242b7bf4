"""The trained model as numbers: a text's views in, what it thinks of each tag out, and its file.

Whether a text provides a service is asked in two steps, each one linear: is the service spoken of
in this passage, and do the words around that mention say that it is provided? What is learnt about
検討 or 周知 from one service then holds for all. The file is JSON: reading it can run no code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classify.errors import ModelError
from classify.features import Passage, View, context, units_of
from classify.records import Field, Standing
from classify.taxonomy import Taxonomy

__all__ = ["Blend", "Linear", "Model", "Opinion", "default_path", "dump", "load", "logistic"]

FORMAT = "classify-model-3"

# A passage that speaks of a tag with less than this probability is not asked about further.
FLOOR = 0.1

# How many words for and against are told.
WORDS_TOLD = 4

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear scores over binary features weighted by `idf` (features,) and scaled to length 1.

    `weights` is (features, outputs), `intercepts` (outputs,).
    """

    vocabulary: Mapping[str, int]
    idf: Floats
    weights: Floats
    intercepts: Floats

    def scores(self, rows: Sequence[tuple[str, ...]]) -> Floats:
        """The logits of each row of features, shape (rows, outputs)."""
        scores = np.tile(self.intercepts, (len(rows), 1))
        for number, features in enumerate(rows):
            known = [self.vocabulary[name] for name in features if name in self.vocabulary]
            if known:
                idf = self.idf[known]
                scores[number] += (idf / math.sqrt(float(idf @ idf))) @ self.weights[known]
        return scores

    def told(self, features: Sequence[str], output: int) -> list[tuple[str, float]]:
        """What each known feature adds to an output's logit, the strongest first."""
        known = [name for name in features if name in self.vocabulary]
        rows = [self.vocabulary[name] for name in known]
        length = math.sqrt(float(self.idf[rows] @ self.idf[rows])) or 1.0
        parts = [(name, self.weight(name, output) / length) for name in known]
        return sorted(parts, key=lambda part: (-abs(part[1]), part[0]))

    def weight(self, name: str, output: int) -> float:
        """How strongly one feature speaks for an output, 0 where it is unknown."""
        row = self.vocabulary.get(name)
        return 0.0 if row is None else float(self.idf[row] * self.weights[row, output])


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
    """What the model thinks of one tag: a logit, and where it sees the tag.

    `field` and the units `first` to `end` are the mention, `around` the features of its
    surroundings, `passage` those of its sentence or item.
    """

    logit: float
    field: Field
    first: int
    end: int
    passage: tuple[str, ...]
    around: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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

    def opinions(self, views: Sequence[View]) -> dict[str, Opinion]:
        """What the model thinks of each of its tags; empty for a text without words."""
        asked = [(seen, passage) for seen in views for passage in seen.passages]
        if not asked:
            return {}
        scores = self.mention.scores([passage.features for _, passage in asked])
        return {
            tag: self._opinion(asked, scores[:, column], column)
            for column, tag in enumerate(self.tags)
        }

    def locate(self, seen: View, passage: Passage, tag: str) -> tuple[int, int]:
        """The units of a passage at which a tag is spoken of: a rule's, else the most telling."""
        start, stop = seen.document.starts[passage.first], seen.document.starts[passage.end]
        votes = [v for v in seen.votes if v.tag == tag and start <= v.span.start < stop]
        if votes:
            vote = next((v for v in votes if v.status == "provided"), votes[0])
            return units_of(seen, vote.span.start, vote.span.end)
        return self._most_telling(seen, passage, self.tags.index(tag))

    def telling(self, tag: str, opinion: Opinion) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that speak most for a tag and most against it, without the model's marks."""
        parts = self.mention.told(opinion.passage, self.tags.index(tag))
        parts += self.provided.told(opinion.around, 0)
        return _strongest(parts, 1), _strongest(parts, -1)

    def _opinion(
        self, asked: Sequence[tuple[View, Passage]], scores: Floats, column: int
    ) -> Opinion:
        top = int(np.argmax(scores))
        best: Opinion | None = None
        for number, (seen, passage) in enumerate(asked):
            mentioned = logistic(float(scores[number]))
            if mentioned < FLOOR and number != top:
                continue
            first, end = self.locate(seen, passage, self.tags[column])
            around = context(seen, passage, first, end, self.tags[column])
            provided = logistic(float(self.provided.scores([around])[0, 0]))
            logit = _logit(mentioned * provided)
            if best is None or logit > best.logit:
                best = Opinion(logit, seen.field, first, end, passage.features, around)
        assert best is not None  # noqa: S101  # the top passage is always asked
        return best

    def _most_telling(self, seen: View, passage: Passage, column: int) -> tuple[int, int]:
        words = seen.document.words
        told = {
            unit: self.mention.weight(words[unit].key, column)
            for unit in range(passage.first, passage.end)
            if words[unit].key
        }
        ordered = sorted(told)
        for one, two in pairwise(ordered):
            both = self.mention.weight(f"{words[one].key}_{words[two].key}", column) / 2
            told[one] += both
            told[two] += both
        best = max(ordered, key=lambda unit: (told[unit], -unit))
        first, end = best, best + 1
        while told.get(first - 1, 0.0) > told[best] / 3 > 0:
            first -= 1
        while told.get(end, 0.0) > told[best] / 3 > 0:
            end += 1
        return first, end


def _strongest(told: Sequence[tuple[str, float]], sign: int) -> tuple[str, ...]:
    ordered = sorted(told, key=lambda part: (-sign * part[1], part[0]))
    plain = [name.lstrip("*<=>+-").replace("_", "") for name, part in ordered if part * sign > 0]
    return tuple(list(dict.fromkeys(word for word in plain if ":" not in word))[:WORDS_TOLD])


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), safe for any value.

    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if value < 0:
        power = math.exp(max(value, -700.0))
        return power / (1 + power) if value > -700 else 0.0
    return 1 / (1 + math.exp(-min(value, 700.0)))


def _logit(probability: float) -> float:
    clear = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clear / (1 - clear))


def default_path() -> Path:
    """The model that this installation carries."""
    return Path(__file__).parent / "data" / "model.json"


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
    parts = [f' "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in head.items()]
    parts += [_dump_linear("mention", model.mention), _dump_linear("provided", model.provided)]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _dump_linear(name: str, linear: Linear) -> str:
    # A line per feature, so that a change of the model can be read in a diff.
    features = sorted(linear.vocabulary, key=lambda feature: linear.vocabulary[feature])
    lines = []
    for row, feature in enumerate(features):
        numbers = [linear.idf[row], *linear.weights[row]]
        values = ", ".join(f"{float(number):.4g}" for number in numbers)
        lines.append(f"  {json.dumps(feature, ensure_ascii=False)}: [{values}]")
    intercepts = ", ".join(f"{float(number):.6g}" for number in linear.intercepts)
    body = ",\n".join(lines)
    return f' "{name}": {{\n  "intercepts": [{intercepts}],\n  "features": {{\n{body}\n}}}}'


def load(path: Path, taxonomy: Taxonomy) -> Model:
    """Read a model; ModelError when it is none, or was made for another taxonomy's tags."""
    try:
        model = _parse(json.loads(path.read_text(encoding="utf-8")))
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
    tags = tuple(str(tag) for tag in data["tags"])
    low, high = data["band"]
    return Model(
        tags=tags,
        mention=_parse_linear(data["mention"], len(tags)),
        provided=_parse_linear(data["provided"], 1),
        alone=Blend(**data["alone"]),
        blend=Blend(**data["blend"]),
        rules_only=Blend(**data["rules_only"]),
        band=(float(low), float(high)),
        made_from=dict(data["made_from"]),
    )


def _parse_linear(data: dict[str, Any], outputs: int) -> Linear:
    table = np.array(list(data["features"].values()), dtype=np.float64)
    intercepts = np.array(data["intercepts"], dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != outputs + 1 or intercepts.shape != (outputs,):
        raise ValueError(table.shape)
    if not (np.isfinite(table).all() and np.isfinite(intercepts).all()):
        raise ValueError(table.shape)
    vocabulary = {str(name): row for row, name in enumerate(data["features"])}
    return Linear(vocabulary, table[:, 0], table[:, 1:], intercepts)
