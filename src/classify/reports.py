"""Reports as JSON, for whoever reads them with a program."""

from __future__ import annotations

import json
from dataclasses import asdict

from classify.evaluate import Report, Score, macro_f1

__all__ = ["as_json"]


def as_json(report: Report) -> bytes:
    """A report as JSON: scores by judge and tag, and every wrong decision with its evidence."""
    data = {
        "programs": report.programs,
        "decisions": report.decisions,
        "flagged": report.flagged,
        "wrong_unflagged": report.wrong_unflagged,
        "macro_f1": {judge: round(macro_f1(tags), 4) for judge, tags in report.scores.items()},
        "scores": {
            judge: {tag: _numbers(score) for tag, score in tags.items()}
            for judge, tags in report.scores.items()
        },
        "errors": [asdict(error) for error in report.errors],
    }
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _numbers(score: Score) -> dict[str, float]:
    return asdict(score) | {
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
    }
