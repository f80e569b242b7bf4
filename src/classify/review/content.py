"""What the page shows, as JSON: the queue, a card with everybody's words, what has changed.

In a blind pass nothing of what rules, model or others say leaves this room.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from typing import Any

from classify.desk import Desk
from classify.disagreements import KINDS, Card, chosen, first_pass, queue
from classify.records import Label, Program, Tag, Tagging
from classify.tagger import Analysis
from classify.texts import review_texts
from classify.voices import settles

__all__ = ["Content"]

# Spans of one text that a page can still mark, of any kind.
MOST_MARKS = 2_000

# Of a tag that the model thinks less likely, the words that it goes by are not marked.
TOLD = 0.2

_KANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_SHOWN = (
    "program_id",
    "release",
    "prefecture",
    "body",
    "program",
    "summary",
    "department",
    "source",
)

Json = dict[str, Any]


class Content:
    """The content of a desk's page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tags = {tag.id: n for n, tag in enumerate(desk.tagger.taxonomy.tags)}
        self.waiting = first_pass(desk.cards) if desk.blind else queue(desk.cards)
        self._folded: dict[str, str] = {}
        self._taggings = {t.program.program_id: t for t in desk.taggings}
        self._analysis = lru_cache(maxsize=64)(desk.tagger.analyse)

    def start(self, name: str) -> Json:
        """What holds for the whole visit: words, tags with their guidelines, what can be chosen."""
        programs = [tagging.program for tagging in self.desk.taggings]
        kinds = Counter(kind for card in self.waiting for kind in card.kinds)
        return {
            "words": review_texts(),
            "tags": [_tag(tag) for tag in self.desk.tagger.taxonomy.tags],
            "kinds": [] if self.desk.blind else [kind for kind in KINDS if kinds[kind]],
            "prefectures": list(dict.fromkeys(p.prefecture for p in programs if p.prefecture)),
            "releases": list(dict.fromkeys(p.release for p in programs)),
            "name": name,
            "blind": bool(self.desk.blind),
            "since": len(self.desk.changed),
        }

    def queue(self, wanted: Mapping[str, str]) -> Json:
        """The numbers of the cards that fit, in order, and which of them are done.

        `kind` is one of the queue's kinds, `all` for every card of every program, or empty.
        """
        kind = wanted.get("kind", "")
        source: Iterable[Card] = self.desk.cards if kind == "all" else self.waiting
        terms = _folded(wanted.get("q", "")).split()
        found = [
            card
            for card in chosen(
                source,
                tag=wanted.get("tag", ""),
                kind="" if kind == "all" else kind,
                prefecture=wanted.get("prefecture", ""),
                release=wanted.get("release", ""),
            )
            if all(term in self._text(card.program) for term in terms)
        ]
        return {
            "cards": [self.desk.number[card.key] for card in found],
            "done": [self.desk.number[card.key] for card in found if self.desk.done(card.key)],
        }

    def changes(self, since: int) -> Json:
        """The cards about which a line came since, and whether each is done now."""
        keys = dict.fromkeys(islice(self.desk.changed, since, None))
        numbers = ((self.desk.number.get(key), key) for key in keys)
        return {
            "since": len(self.desk.changed),
            "cards": [
                [n, self.desk.done(key), self.desk.seen(key)] for n, key in numbers if n is not None
            ],
        }

    def card(self, number: int) -> Json:
        """A card; in a blind pass the program and one's own word only."""
        card = self.desk.cards[number]
        analysis = self._analysis(card.program)
        told = self.held(number) | {
            "tag": self.tags[card.decision.tag],
            "program": {name: getattr(card.program, name) for name in _SHOWN},
            "units": {view.field: view.document.starts for view in analysis.views},
        }
        return told if self.desk.blind else told | self._open(card, analysis)

    def held(self, number: int) -> Json:
        """What holds for a card now, quickly."""
        key = self.desk.cards[number].key
        held = self.desk.held(key)
        return {
            "card": number,
            "key": key,
            "seen": self.desk.seen(key),
            "held": _label(held) if held else None,
            "done": self.desk.done(key),
        }

    def _open(self, card: Card, analysis: Analysis) -> Json:
        program, decision = card.program, card.decision
        gold = self.desk.gold(card.key)
        model = self._model(analysis, card)
        marks: list[list[Any]] = [
            [v.span.field, v.span.start, v.span.end, self.tags[v.tag], v.status]
            for v in islice(analysis.votes, MOST_MARKS)
        ]
        # Where no rule speaks of the tag, the words that the model goes by are what is doubted.
        spoken = any(vote.tag == decision.tag for vote in analysis.votes)
        seen = [model["span"]] if model and not spoken and model["probability"] >= TOLD else []
        marks += [[*span, self.tags[decision.tag], "model"] for span in seen]
        return {
            "kinds": card.kinds,
            "changes": card.changes,
            "suspicion": card.suspicion,
            "decision": {
                "present": decision.present,
                "probability": decision.probability,
                "reason": decision.reason,
                "review": decision.review,
                "rule": decision.rule,
            },
            "marks": marks,
            "rules": _rules(analysis, decision.tag),
            "model": model,
            "said": [_label(label) for label in self.desk.said(card.key)],
            "gold": {"present": gold.present, "origin": gold.origin} if gold else None,
            "before": self.desk.before(program, decision.tag),
            "suggested": [[e.field, e.start, e.end] for e in islice(decision.evidence, 20)] or seen,
            "states": self._states(self._taggings[program.program_id]),
        }

    def _states(self, tagging: Tagging) -> list[Json]:
        """What holds for each tag of the program, and which card it is."""
        found = []
        for decision in tagging.decisions:
            key = tagging.program.program_id, decision.tag
            gold = self.desk.gold(key)
            present = gold.present if gold else decision.present
            asked = decision.review and not gold
            state = "?" if asked else "1" if present else "0"
            found.append({"card": self.desk.number[key], "state": state, "gold": bool(gold)})
        return found

    def _model(self, analysis: Analysis, card: Card) -> Json | None:
        model, tag = self.desk.tagger.model, card.decision.tag
        opinion = model.opinions(analysis.views).get(tag) if model else None
        if model is None or opinion is None:
            return None
        document = next(v.document for v in analysis.views if v.field == opinion.field)
        start, end = document.starts[opinion.first], document.starts[opinion.end]
        supports, opposes = model.telling(analysis.views, tag, opinion)
        return {
            "probability": card.decision.model,
            "span": [opinion.field, start, end],
            "place": document.text[start:end],
            "for": supports,
            "against": opposes,
        }

    def _text(self, program: Program) -> str:
        found = self._folded.get(program.program_id)
        if found is None:
            parts = (program.prefecture, program.body, program.program, program.summary)
            found = self._folded[program.program_id] = _folded("\n".join(parts))
        return found


def _folded(text: str) -> str:
    """Width, case and kana aside.

    >>> _folded("ＳＮＳサロン")
    'snsさろん'
    """
    return unicodedata.normalize("NFKC", text).casefold().translate(_KANA)


def _tag(tag: Tag) -> Json:
    return {
        "id": tag.id,
        "name": dict(tag.name),
        "definition": dict(tag.definition),
        "counts": tag.counts,
        "does_not_count": tag.does_not_count,
    }


def _label(label: Label) -> Json:
    return asdict(label) | {"settles": settles(label.by)}


def _rules(analysis: Analysis, tag: str) -> list[Json]:
    """What each rule said of a tag: the same words said twice alike are told once."""
    found: dict[tuple[str, ...], int] = defaultdict(int)
    for vote in islice(analysis.votes, MOST_MARKS):
        if vote.tag == tag:
            text = analysis.text(vote.span.field)[vote.span.start : vote.span.end]
            cue = vote.cue_span
            words = analysis.text(cue.field)[cue.start : cue.end] if cue else ""
            found[vote.rule, vote.status, text, vote.cue, words] += 1
    names = ("rule", "status", "words", "cue", "cue_words")
    return [dict(zip(names, said, strict=True)) | {"times": n} for said, n in found.items()]
