"""Reports of how far annotators agree, as JSON for programs and as a page for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from classify.agreement import Agreement, Group, Measure, Text
from classify.export.report import page, short
from classify.records import Tag
from classify.texts import texts

__all__ = ["as_html", "as_json"]


def as_json(found: Agreement) -> bytes:
    """Agreement as JSON: by group its figures, over all and by tag; then what differs."""
    data = {
        "people": found.people,
        "machines": found.machines,
        "groups": [_group(group) for group in found.groups],
        "texts": [_text(text) for text in found.texts],
    }
    return (json.dumps(short(data), ensure_ascii=False, indent=1) + "\n").encode()


def as_html(found: Agreement, tags: Sequence[Tag]) -> bytes:
    """Agreement as one page, in Japanese with English, that asks nothing of the network."""
    words = {language: texts()[language]["agreement"] for language in ("ja", "en")}
    names = {tag.id: tag.name for tag in tags}
    return page("agreement.html.jinja", found=found, names=names, **words)


def _group(group: Group) -> dict[str, object]:
    return {
        "name": group.name,
        "raters": group.raters,
        "overall": _measure(group.overall),
        "sets": asdict(group.sets) | {"programs": group.programs},
        "tags": {tag: _measure(measure) for tag, measure in group.tags.items()},
    }


def _measure(measure: Measure) -> dict[str, object]:
    pairs = [{"raters": pair, **asdict(figure)} for pair, figure in measure.kappa.items()]
    return {
        "cards": measure.cards,
        "pairs": measure.pairs,
        "disputed": measure.disputed,
        "raw": asdict(measure.raw),
        "alpha": asdict(measure.alpha),
        "kappa": pairs,
    }


def _text(text: Text) -> dict[str, object]:
    return {
        "program_id": text.program.program_id,
        "body": text.program.body,
        "program": text.program.program,
        "pairs": text.pairs,
        "disputes": [asdict(dispute) for dispute in text.disputes],
    }
