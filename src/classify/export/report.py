"""Reports of how right the tagger is, as JSON for programs and as a page for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from jinja2 import Environment, PackageLoader, StrictUndefined

from classify.evaluate import PROMISE, Report, Score
from classify.records import Tag
from classify.texts import texts

__all__ = ["as_html", "as_json", "page", "short"]


def as_json(reports: Sequence[Report]) -> bytes:
    """Reports as JSON: scores by judge and tag, intervals, and every wrong decision."""
    data = [asdict(report) | {"scores": _scores(report)} for report in reports]
    return (json.dumps(short(data), ensure_ascii=False, indent=1) + "\n").encode()


def as_html(reports: Sequence[Report], tags: Sequence[Tag]) -> bytes:
    """Reports as one page, in Japanese with English, that asks nothing of the network."""
    ja, en = texts()["ja"], texts()["en"]
    return page(
        "report.html.jinja",
        reports=reports,
        promise=PROMISE,
        names={tag.id: tag.name for tag in tags},
        statuses=ja["statuses"],
        reasons=ja["reasons"],
        ja=ja["accuracy"],
        en=en["accuracy"],
    )


def page(template: str, **words: object) -> bytes:
    """A page out of a template of `classify/data`, everything in it escaped."""
    environment = Environment(
        loader=PackageLoader("classify", "data"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(words).encode()


def _scores(report: Report) -> dict[str, dict[str, dict[str, float]]]:
    return {
        judge: {tag: _numbers(score) for tag, score in tags.items()}
        for judge, tags in report.scores.items()
    }


def _numbers(score: Score) -> dict[str, float]:
    figures = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
    return asdict(score) | figures


def short(value: object) -> object:
    """Numbers at the precision that they bear."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: short(inner) for key, inner in value.items()}
    return [short(inner) for inner in value] if isinstance(value, list | tuple) else value
