"""What became of each tag: renamed, merged, split, retired; and old decisions under new names.

`labeled/crosswalk.jsonl` has a line per change and only grows. Lines of decisions are never
rewritten: they are read through it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from classify.errors import InputError
from classify.records import Contrast, Label
from classify.voices import settles, standing

__all__ = [
    "FILE",
    "Fate",
    "Kind",
    "Row",
    "Step",
    "carry_contrast",
    "carry_labels",
    "line",
    "load",
    "now",
    "resolve",
    "rows",
    "to_look_at",
]

FILE = "crosswalk.jsonl"

Kind = Literal["rename", "merge", "split", "retire"]
_KINDS = ("rename", "merge", "split", "retire")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the tags: `olds` became `news`, as the taxonomy went from one version to the
    next. A merge into a tag that was there before has that tag among `olds` too."""

    kind: Kind
    olds: tuple[str, ...]
    news: tuple[str, ...]
    at: str
    by: str
    version_before: str
    version_after: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What a tag is now; `carries` tells whether what was decided of it stands for that."""

    tags: tuple[str, ...]
    carries: bool


@dataclass(frozen=True, slots=True)
class Row:
    """An old tag beside a present one, for people who compare years: by which `kinds` of change,
    up to which `version` it was used, and whether sums of the two compare."""

    old: str
    new: str
    kinds: str
    version: str
    compares: bool


def load(folder: Path) -> tuple[Step, ...]:
    """The steps of a labels folder in the order in which they were made; none without the file."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError):
        raise InputError(str(path), "cannot be read", "name the folder with --labels") from None
    found = []
    for number, written in enumerate(text.splitlines(), start=1):
        if written.strip():
            found.append(_step(f"{path}:{number}", written))
    # Two branches merged by git may have appended in any order.
    return tuple(sorted(found, key=lambda step: step.at))


def line(step: Step) -> bytes:
    """A step as its line of the file.

    >>> line(Step("retire", ("a",), (), "2026-01-01T00:00:00Z", "sato", "1", "2"))[:50]
    b'{"at": "2026-01-01T00:00:00Z", "by": "sato", "kind'
    """
    entry = {
        "at": step.at,
        "by": step.by,
        "kind": step.kind,
        "from": step.olds,
        "to": step.news,
        "version_before": step.version_before,
        "version_after": step.version_after,
        "reason": step.reason,
    }
    return (json.dumps(entry, ensure_ascii=False) + "\n").encode()


def resolve(tag: str, steps: Iterable[Step]) -> Fate:
    """What a tag is now. Every step counts once, in its order, so that no circle can be.

    >>> first = Step("rename", ("a",), ("b",), "2026-01-01T00:00:00Z", "sato", "1", "2")
    >>> then = Step("split", ("b",), ("c", "d"), "2026-02-01T00:00:00Z", "sato", "2", "3")
    >>> resolve("a", [first, then])
    Fate(tags=('c', 'd'), carries=False)
    """
    tags: tuple[str, ...] = (tag,)
    carries = True
    for step in steps:
        if any(name in step.olds for name in tags):
            carries = carries and step.kind != "split"
            became = [step.news if name in step.olds else (name,) for name in tags]
            tags = tuple(dict.fromkeys(new for names in became for new in names))
    return Fate(tags, carries)


def now(tag: str, steps: Sequence[Step]) -> str | None:
    """The one tag for which what was decided of a tag stands now; None where there is none.

    >>> first = Step("rename", ("a",), ("b",), "2026-01-01T00:00:00Z", "sato", "1", "2")
    >>> now("a", [first]), now("c", [first])
    ('b', 'c')
    """
    fate = resolve(tag, steps)
    return fate.tags[0] if fate.carries and len(fate.tags) == 1 else None


def rows(steps: Sequence[Step]) -> tuple[Row, ...]:
    """Every tag that ever changed beside what it is now, in the order in which they changed."""
    found = []
    for old in dict.fromkeys(old for step in steps for old in step.olds):
        first = next(number for number, step in enumerate(steps) if old in step.olds)
        fate = resolve(old, steps[first:])
        kinds: list[str] = []
        for number, step in enumerate(steps[first:], start=first):
            if not set(step.olds).isdisjoint(resolve(old, steps[first:number]).tags):
                kinds.append(step.kind)
        compares = fate.carries and bool(fate.tags)
        for new in fate.tags or ("",):
            version = steps[first].version_before
            found.append(Row(old, new, ", ".join(kinds), version, compares))
    return tuple(found)


def carry_labels(labels: Iterable[Label], steps: Iterable[Step]) -> tuple[Label, ...]:
    """Decisions under the present tags.

    After a rename they are as they were. A merged tag is present for a person who said so of any
    of its parts, and absent for one who said so of all. A part of a split tag is absent where the
    old tag was; where that was present nothing is decided. What is retired is dropped.
    """
    carried = tuple(labels)
    for step in steps:
        carried = _CARRIERS[step.kind](carried, step)
    return carried


def to_look_at(labels: Iterable[Label], steps: Sequence[Step]) -> frozenset[tuple[str, str]]:
    """The (program, tag) that a split has left undecided, out of the decisions as written."""
    carried = tuple(labels)
    found: set[tuple[str, str]] = set()
    for number, step in enumerate(steps):
        if step.kind == "split":
            cards = _cards(label for label in carried if label.tag in step.olds)
            rest = steps[number + 1 :]
            now = [tag for part in step.news for tag in resolve(part, rest).tags]
            found |= {(p, tag) for p, card in cards.items() if _open(card) for tag in now}
        carried = _CARRIERS[step.kind](carried, step)
    return frozenset(found - {(label.program_id, label.tag) for label in _standing(carried)})


def carry_contrast(texts: Iterable[Contrast], steps: Sequence[Step]) -> tuple[Contrast, ...]:
    """Written texts under the present tags; what a split leaves undecided is in `undecided`."""
    return tuple(_written(text, steps) for text in texts) if steps else tuple(texts)


def _written(text: Contrast, steps: Sequence[Step]) -> Contrast:
    said = []
    undecided: dict[str, None] = {}
    for one in text.said:
        fate = resolve(one.tag, steps)
        if fate.carries:
            said += [replace(one, tag=tag) for tag in fate.tags]
        elif one.status == "provided":
            undecided |= dict.fromkeys(fate.tags)
    decided = {one.tag for one in said}
    left = tuple(tag for tag in undecided if tag not in decided)
    return replace(text, said=tuple(dict.fromkeys(said)), undecided=left)


def _step(place: str, written: str) -> Step:
    try:
        entry = json.loads(written)
        olds, news = tuple(entry.pop("from")), tuple(entry.pop("to"))
        step = Step(olds=olds, news=news, **entry)
        sound = step.kind in _KINDS and all(isinstance(tag, str) for tag in olds + news)
        sound = sound and bool(olds) and (bool(news) or step.kind == "retire")
    except (ValueError, KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise InputError(place, "is not a change of tags", "mend or remove the line")
    return step


# A person's decision on each part of a card, by name.
_Card = dict[str, dict[str, Label]]


def _standing(labels: Iterable[Label]) -> Iterator[Label]:
    for card in standing(labels).values():
        yield from card.values()


def _cards(labels: Iterable[Label]) -> dict[str, _Card]:
    cards: dict[str, _Card] = {}
    for label in _standing(labels):
        cards.setdefault(label.program_id, {}).setdefault(label.by, {})[label.tag] = label
    return cards


def _open(card: _Card) -> bool:
    """Whether an old tag may have been present: nobody has settled that it was not."""
    settled = [label for by, said in card.items() if settles(by) for label in said.values()]
    decisive = settled or [label for said in card.values() for label in said.values()]
    return any(label.present for label in decisive)


def _renamed(labels: tuple[Label, ...], step: Step) -> tuple[Label, ...]:
    (new,) = step.news
    return tuple(replace(one, tag=new) if one.tag in step.olds else one for one in labels)


def _retired(labels: tuple[Label, ...], step: Step) -> tuple[Label, ...]:
    return tuple(label for label in labels if label.tag not in step.olds)


def _split(labels: tuple[Label, ...], step: Step) -> tuple[Label, ...]:
    cards = _cards(label for label in labels if label.tag in step.olds)
    carried = [
        replace(label, tag=part)
        for card in cards.values()
        if not _open(card)
        for said in card.values()
        for label in said.values()
        if not label.present
        for part in step.news
    ]
    return (*carried, *_retired(labels, step))


def _merged(labels: tuple[Label, ...], step: Step) -> tuple[Label, ...]:
    (into,) = step.news
    # What was decided of the merged tag since is a decision on the whole of it.
    since = [label.tag == into and label.at >= step.at for label in labels]
    old = [
        label
        for label, new in zip(labels, since, strict=True)
        if label.tag in step.olds and not new
    ]
    rest = [
        label for label, new in zip(labels, since, strict=True) if label.tag not in step.olds or new
    ]
    carried = []
    for card in _cards(old).values():
        for by, said in card.items():
            told = set(said) | (_agreed_absent(card) if settles(by) else set())
            if any(label.present for label in said.values()) or told >= set(step.olds):
                carried.append(_joined([said[tag] for tag in step.olds if tag in said], into))
    return (*carried, *rest)


def _agreed_absent(card: _Card) -> set[str]:
    """The parts that most annotators call absent: no one had to settle them."""
    said: dict[str, list[bool]] = defaultdict(list)
    for by, labels in card.items():
        if not settles(by):
            for label in labels.values():
                said[label.tag].append(label.present)
    return {tag for tag, votes in said.items() if 2 * sum(votes) <= len(votes)}


def _joined(parts: Sequence[Label], into: str) -> Label:
    present = any(label.present for label in parts)
    telling = [label for label in parts if label.present == present]
    return replace(
        max(telling, key=lambda label: label.at),
        tag=into,
        present=present,
        unsure=any(label.unsure for label in telling),
        quotes=_all(label.quotes for label in telling),
        near_miss=_all(label.near_miss for label in telling),
        reason=" / ".join(_all((label.reason,) for label in telling if label.reason)),
    )


def _all(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for listed in lists for text in listed))


_CARRIERS: Mapping[Kind, Callable[[tuple[Label, ...], Step], tuple[Label, ...]]] = {
    "rename": _renamed,
    "merge": _merged,
    "split": _split,
    "retire": _retired,
}
