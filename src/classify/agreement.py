"""How far those who decide agree, beyond chance, and which tags and texts they differ on.

Raw agreement is the share of the pairs of decisions about one program and tag that agree. Cohen's
kappa and Krippendorff's alpha take off what chance would give; both are undefined (None) where
nobody's decisions vary, since there chance already explains everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

import numpy as np
from numpy.typing import NDArray

from classify.chance import (
    UNDEFINED,
    Figure,
    Floats,
    Ints,
    alphas,
    drawn,
    figure,
    kappas,
    masi,
    shares,
)
from classify.people import MODEL, RULES
from classify.records import Label, Program, Tagging
from classify.voices import settles, standing

__all__ = [
    "Agreement", "Dispute", "Group", "Measure", "Text",
    "agreement", "as_raters",
]  # fmt: skip

Pair = tuple[str, str]

_NOMINAL = np.array([[0.0, 1.0], [1.0, 0.0]])


@dataclass(frozen=True, slots=True)
class Measure:
    """Agreement on one tag or on all: over `cards` (a program and tag) that two or more decided.

    `disputed` of the `pairs` of decisions differ. `kappa` has an entry for each pair of raters.
    """

    cards: int
    pairs: int
    disputed: int
    raw: Figure
    alpha: Figure
    kappa: Mapping[Pair, Figure]


@dataclass(frozen=True, slots=True)
class Group:
    """Agreement among `people`, among `machines`, or `between` each person and each machine.

    `sets` is alpha over whole sets of tags (`masi`) on the `programs` for which two or more
    decided every tag. Alpha takes all raters of a group as alike, so that `between` has none.
    """

    name: str
    raters: tuple[str, ...]
    overall: Measure
    tags: Mapping[str, Measure]
    sets: Figure
    programs: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """A tag of a program about which raters differ: what either side decided."""

    tag: str
    present: tuple[Label, ...]
    absent: tuple[Label, ...]

    @property
    def pairs(self) -> int:
        """The pairs of raters that differ."""
        return len(self.present) * len(self.absent)


@dataclass(frozen=True, slots=True)
class Text:
    """A program about which raters differ, the most disputed tag first."""

    program: Program
    disputes: tuple[Dispute, ...]

    @property
    def pairs(self) -> int:
        """The pairs of decisions that differ."""
        return sum(dispute.pairs for dispute in self.disputes)


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that decisions say of agreement; `texts` are ordered by how many pairs differ."""

    people: tuple[str, ...]
    machines: tuple[str, ...]
    groups: tuple[Group, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Decisions as numbers: row by program and tag, column by rater; -1 where there is none."""

    values: Ints
    program: Ints
    tag: Ints
    body: Ints


def agreement(
    labels: Iterable[Label],
    programs: Mapping[str, Program],
    tags: Sequence[str],
    machines: Set[str] = frozenset(),
) -> Agreement:
    """Measure the agreement of the decisions that stand, people apart from machines.

    Of several decisions by one person about one program and tag the last holds; what was taken
    back, what settles a disagreement, and programs and tags that are not given do not count.

    >>> program = Program("r-1", "r", 1, "", "A", "", "", "", "", "", "")
    >>> said = [Label("r-1", "t", by == "c", by) for by in "abc"]
    >>> (group,) = agreement(said, {"r-1": program}, ["t"]).groups
    >>> round(group.overall.raw.value, 3), group.overall.disputed
    (0.333, 2)
    """
    cards = {
        key: {by: label for by, label in card.items() if not settles(by)}
        for key, card in standing(labels).items()
        if key[0] in programs and key[1] in tags
    }
    raters = sorted({by for card in cards.values() for by in card})
    table = _table(cards, programs, tags, raters)
    people = tuple(by for by in raters if by not in machines)
    others = tuple(by for by in raters if by in machines)
    compared = (
        ("people", people, combinations(people, 2)),
        ("machines", others, combinations(others, 2)),
        ("between", (*people, *others), product(people, others)),
    )
    groups = (
        _group(name, table, tags, (raters, inside, tuple(pairs)))
        for name, inside, pairs in compared
    )
    found = tuple(group for group in groups if group is not None)
    return Agreement(people, others, found, _texts(cards, programs, tags))


def as_raters(taggings: Iterable[Tagging]) -> tuple[Label, ...]:
    """What rules and model, each alone, decide: the labels of two machines more."""
    found = []
    for tagging in taggings:
        for decision in tagging.decisions:
            quotes = tuple(dict.fromkeys(item.text for item in decision.evidence))
            by_rules = decision.rule == "present"
            key = (tagging.program.program_id, decision.tag)
            found.append(Label(*key, by_rules, RULES, quotes=quotes if by_rules else ()))
            if decision.model is not None:
                by_model = decision.model >= 0.5
                found.append(Label(*key, by_model, MODEL, quotes=quotes if by_model else ()))
    return tuple(found)


def _table(
    cards: Mapping[tuple[str, str], Mapping[str, Label]],
    programs: Mapping[str, Program],
    tags: Sequence[str],
    raters: Sequence[str],
) -> _Table:
    rows = {name: number for number, name in enumerate(programs)}
    columns = {tag: number for number, tag in enumerate(tags)}
    bodies: dict[tuple[str, ...], int] = {}
    body_of = [
        bodies.setdefault((p.prefecture, p.body) if p.body else (p.program_id,), len(bodies))
        for p in programs.values()
    ]
    keys = sorted(cards, key=lambda key: (rows[key[0]], columns[key[1]]))
    values = [
        [int(cards[key][by].present) if by in cards[key] else -1 for by in raters] for key in keys
    ]
    row = np.array([rows[name] for name, _ in keys], dtype=np.int64)
    return _Table(
        values=np.array(values, dtype=np.int64).reshape(len(keys), len(raters)),
        program=row,
        tag=np.array([columns[tag] for _, tag in keys], dtype=np.int64),
        body=np.array(body_of, dtype=np.int64)[row],
    )


def _rows(table: _Table, chosen: NDArray[np.bool_]) -> _Table:
    return _Table(*(part[chosen] for part in (table.values, table.program, table.tag, table.body)))


def _group(
    name: str,
    table: _Table,
    tags: Sequence[str],
    who: tuple[Sequence[str], Sequence[str], Sequence[Pair]],
) -> Group | None:
    """One group's agreement; None where no two of it decided the same program and tag."""
    raters, inside, pairs = who
    column = {by: number for number, by in enumerate(raters)}
    known = table.values >= 0
    shared = np.zeros(len(table.values), dtype=bool)
    for one, other in pairs:
        shared |= known[:, column[one]] & known[:, column[other]]
    if not shared.any():
        return None
    seen = _rows(table, shared)
    seen = replace(seen, body=np.unique(seen.body, return_inverse=True)[1])
    weights = drawn(int(seen.body.max()) + 1)
    columns = {pair: (column[pair[0]], column[pair[1]]) for pair in pairs}
    alike = None if name == "between" else [column[by] for by in inside]
    whole, programs = _sets(seen, alike, tags, weights) if alike is not None else (UNDEFINED, 0)
    return Group(
        name=name,
        raters=tuple(by for by in inside if known[:, column[by]].any()),
        overall=_measure(seen, columns, alike, weights),
        tags={
            tag: _measure(_rows(seen, seen.tag == number), columns, alike, weights)
            for number, tag in enumerate(tags)
        },
        sets=whole,
        programs=programs,
    )


def _measure(
    table: _Table,
    pairs: Mapping[Pair, tuple[int, int]],
    alike: Sequence[int] | None,
    weights: Floats,
) -> Measure:
    bodies = weights.shape[1]
    # By pair and body: how often both said absent, the second alone present, the first, both.
    cells = np.zeros((len(pairs), bodies, 4))
    shared = np.zeros(len(table.values), dtype=bool)
    for number, (one, other) in enumerate(pairs.values()):
        first, second = table.values[:, one], table.values[:, other]
        both = (first >= 0) & (second >= 0)
        shared |= both
        place = 4 * table.body[both] + 2 * first[both] + second[both]
        cells[number] = np.bincount(place, minlength=4 * bodies).reshape(bodies, 4)
    by_draw = np.einsum("db,pbc->pdc", weights, cells)
    total = by_draw.sum(axis=0)
    alpha = UNDEFINED if alike is None else figure(_nominal(table, alike, weights), bodies)
    return Measure(
        cards=int(shared.sum()),
        pairs=int(total[0].sum()),
        disputed=int(total[0, 1] + total[0, 2]),
        raw=figure(shares(total[:, 0] + total[:, 3], total.sum(axis=1)), bodies),
        alpha=alpha,
        kappa={
            pair: figure(kappas(counts), bodies)
            for pair, counts in zip(pairs, by_draw, strict=True)
        },
    )


def _nominal(table: _Table, alike: Sequence[int], weights: Floats) -> Floats:
    values = table.values[:, alike]
    counts = np.stack([(values == 0).sum(axis=1), (values == 1).sum(axis=1)], axis=1)
    return _alphas(counts.astype(np.float64), _NOMINAL, table.body, weights)


def _alphas(counts: Floats, distances: Floats, body: Ints, weights: Floats) -> Floats:
    """Alpha of each draw, out of how often each value was given for each unit."""
    sizes = counts.sum(axis=1)
    paired = sizes > 1
    counts, sizes, body = counts[paired], sizes[paired], body[paired]
    apart = ((counts @ distances) * counts).sum(axis=1) / (sizes - 1)
    bodies = weights.shape[1]
    by_body = np.zeros((bodies, counts.shape[1]))
    np.add.at(by_body, body, counts)
    apart_by_body = np.bincount(body, apart, minlength=bodies).astype(np.float64)
    return alphas(apart_by_body, by_body, distances, weights)


def _sets(
    table: _Table, alike: Sequence[int], tags: Sequence[str], weights: Floats
) -> tuple[Figure, int]:
    """Alpha over the whole sets of those who decided every tag of a program."""
    said: dict[int, list[frozenset[str]]] = {}
    first = np.unique(table.program, return_index=True)[1]  # rows of a program stand together
    for start, end in pairwise([*first.tolist(), len(table.program)]):
        rows = slice(start, end)
        values = table.values[rows][:, alike]
        names = [tags[column] for column in table.tag[rows]]
        whole = (values >= 0).all(axis=0) & (len(names) == len(tags))
        said[start] = [
            frozenset(name for name, value in zip(names, column, strict=True) if value)
            for column in values.T[whole]
        ]
    kinds = sorted({one for sets in said.values() for one in sets}, key=sorted)
    programs = sum(len(sets) > 1 for sets in said.values())
    if not programs:
        return UNDEFINED, 0
    distances = np.array([[masi(one, other) for other in kinds] for one in kinds])
    counts = np.array([[sets.count(kind) for kind in kinds] for sets in said.values()], float)
    body = table.body[list(said)]
    return figure(_alphas(counts, distances, body, weights), weights.shape[1]), programs


def _texts(
    cards: Mapping[tuple[str, str], Mapping[str, Label]],
    programs: Mapping[str, Program],
    tags: Sequence[str],
) -> tuple[Text, ...]:
    found = []
    for program in programs.values():
        disputes = []
        for tag in tags:
            said = sorted(cards.get((program.program_id, tag), {}).items())
            sides = [tuple(label for _, label in said if label.present == side) for side in (1, 0)]
            if all(sides):
                disputes.append(Dispute(tag, *sides))
        if disputes:
            found.append(Text(program, tuple(sorted(disputes, key=lambda d: -d.pairs))))
    return tuple(sorted(found, key=lambda text: -text.pairs))
