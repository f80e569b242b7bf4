"""Old decisions stand under new names where they can, and nowhere else."""

from pathlib import Path

import pytest

from classify import crosswalk
from classify.crosswalk import Fate, Kind, Row, Step, carry_labels, resolve, rows, to_look_at
from classify.errors import InputError
from classify.labels import derive, load_contrast
from classify.records import Contrast, Label, Said


def step(kind: Kind, olds: str, news: str = "", day: int = 1) -> Step:
    at = f"2026-01-{day:02d}T00:00:00Z"
    return Step(kind, tuple(olds.split()), tuple(news.split()), at, "sato", str(day), str(day + 1))


def said(tag: str, by: str, *, present: bool, at: str = "", undone: bool = False) -> Label:
    quotes = (f"{tag} of {by}",) if present else ()
    return Label("r-1", tag, present, by=by, quotes=quotes, at=at, undone=undone)


def told(labels: tuple[Label, ...]) -> list[tuple[str, str, bool]]:
    return sorted((label.tag, label.by, label.present) for label in labels)


RENAME = step("rename", "a", "b", 1)
MERGE = step("merge", "b c", "d", 2)
SPLIT = step("split", "d", "e f", 3)
RETIRE = step("retire", "e", "", 4)


@pytest.mark.parametrize(
    ("tag", "steps", "fate"),
    [
        ("x", [RENAME, MERGE], Fate(("x",), True)),
        ("a", [RENAME], Fate(("b",), True)),
        ("a", [RENAME, MERGE], Fate(("d",), True)),
        ("c", [RENAME, MERGE], Fate(("d",), True)),
        ("a", [RENAME, MERGE, SPLIT], Fate(("e", "f"), False)),
        ("a", [RENAME, MERGE, SPLIT, RETIRE], Fate(("f",), False)),
        ("e", [RETIRE], Fate((), True)),
        ("a", [step("rename", "a", "b"), step("rename", "b", "a", 2)], Fate(("a",), True)),
        ("b", [step("rename", "a", "b"), step("rename", "b", "a", 2)], Fate(("a",), True)),
        ("a", [step("split", "a", "b c"), step("merge", "b c", "d", 2)], Fate(("d",), False)),
    ],
)
def test_a_tag_is_followed_through_all_that_became_of_it(
    tag: str, steps: list[Step], fate: Fate
) -> None:
    assert resolve(tag, steps) == fate


def test_a_rename_keeps_every_decision_as_it_was() -> None:
    before = (said("a", "x", present=True), said("c", "x", present=False))
    after = carry_labels(before, [RENAME])
    assert [label.tag for label in after] == ["b", "c"]
    assert after[0].quotes == before[0].quotes


@pytest.mark.parametrize(
    ("b", "c", "expected"),
    [
        (True, False, True),
        (False, True, True),
        (False, False, False),
        (True, None, True),
        (False, None, None),
        (None, None, None),
    ],
)
def test_a_merged_tag_is_present_by_any_part_and_absent_by_all(
    b: bool | None, c: bool | None, expected: bool | None
) -> None:
    parts = [said(t, "x", present=p) for t, p in (("b", b), ("c", c)) if p is not None]
    after = carry_labels(parts, [MERGE])
    assert told(after) == ([] if expected is None else [("d", "x", expected)])


def test_a_merged_decision_joins_the_quotes_of_its_parts() -> None:
    both = [said("b", "x", present=True), said("c", "x", present=True)]
    (label,) = carry_labels(both, [MERGE])
    assert label.quotes == ("b of x", "c of x")


def test_a_settled_part_and_a_part_that_nobody_disputed_settle_the_merged_tag() -> None:
    labels = [
        said("b", "x", present=True),
        said("b", "y", present=True),
        said("c", "x", present=False),
        said("c", "y", present=False),
        said("b", "adjudication", present=False),
    ]
    (gold,) = derive(carry_labels(labels, [MERGE]))
    assert (gold.tag, gold.present, gold.origin) == ("d", False, "adjudicated")


def test_a_decision_on_the_merged_tag_made_since_is_one_on_the_whole() -> None:
    merge = step("merge", "b d", "d", 2)
    early = said("d", "x", present=False, at="2026-01-01T00:00:00Z")
    late = said("d", "x", present=False, at="2026-01-03T00:00:00Z")
    assert told(carry_labels([early], [merge])) == []
    assert told(carry_labels([late], [merge])) == [("d", "x", False)]
    assert told(carry_labels([early, said("b", "x", present=False)], [merge])) == [
        ("d", "x", False)
    ]


def test_what_was_present_before_a_split_waits_and_what_was_absent_is_absent_in_each_part() -> None:
    there = [said("d", "x", present=True), said("d", "y", present=False)]
    away = [Label("r-2", "d", False, by="x")]
    assert told(carry_labels(there + away, [SPLIT])) == [("e", "x", False), ("f", "x", False)]
    assert to_look_at(there + away, [SPLIT]) == {("r-1", "e"), ("r-1", "f")}
    decided = [*there, said("e", "y", present=True)]
    assert to_look_at(decided, [SPLIT]) == {("r-1", "f")}
    assert to_look_at(there, [SPLIT, RETIRE]) == {("r-1", "f")}


def test_a_settled_absence_is_not_asked_about_again_after_a_split() -> None:
    labels = [said("d", "x", present=True), said("d", "adjudication", present=False)]
    assert to_look_at(labels, [SPLIT]) == frozenset()
    assert ("e", "adjudication", False) in told(carry_labels(labels, [SPLIT]))


def test_a_decision_that_was_taken_back_does_not_stand_for_a_merged_tag() -> None:
    labels = [
        said("b", "x", present=True),
        said("b", "x", present=True, undone=True),
        said("c", "x", present=False),
    ]
    assert carry_labels(labels, [MERGE]) == ()


def test_what_is_retired_is_dropped() -> None:
    labels = [said("e", "x", present=True), said("f", "x", present=True)]
    assert told(carry_labels(labels, [RETIRE])) == [("f", "x", True)]


def test_written_texts_are_read_under_the_present_tags() -> None:
    places = (Said("a", "provided", "w"), Said("c", "considered", "v"), Said("g", "provided", "u"))
    text = Contrast("t-1", "t", "", "w v u", places)
    (merged,) = crosswalk.carry_contrast([text], [RENAME, MERGE])
    assert [(s.tag, s.status) for s in merged.said] == [
        ("d", "provided"), ("d", "considered"), ("g", "provided"),
    ]  # fmt: skip
    (parted,) = crosswalk.carry_contrast([text], [RENAME, MERGE, SPLIT])
    assert [s.tag for s in parted.said] == ["g"]
    assert parted.undecided == ("e", "f")


def test_the_table_puts_every_old_tag_beside_what_it_is_now() -> None:
    assert rows([RENAME, MERGE, SPLIT]) == (
        Row("a", "e", "rename, merge, split", "1", False),
        Row("a", "f", "rename, merge, split", "1", False),
        Row("b", "e", "merge, split", "2", False),
        Row("b", "f", "merge, split", "2", False),
        Row("c", "e", "merge, split", "2", False),
        Row("c", "f", "merge, split", "2", False),
        Row("d", "e", "split", "3", False),
        Row("d", "f", "split", "3", False),
    )
    assert rows([RENAME, RETIRE]) == (
        Row("a", "b", "rename", "1", True),
        Row("e", "", "retire", "4", False),
    )


def test_lines_are_read_as_they_were_written_in_the_order_of_their_dates(tmp_path: Path) -> None:
    assert crosswalk.load(tmp_path) == ()
    lines = [crosswalk.line(one) for one in (MERGE, RENAME)]
    (tmp_path / crosswalk.FILE).write_bytes(b"".join(lines))
    assert crosswalk.load(tmp_path) == (RENAME, MERGE)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"from": ["a"], "to": []}', '{"kind": "rename", "from": [1], "to": ["b"]}']
)
def test_a_line_that_is_no_change_of_tags_is_told_with_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / crosswalk.FILE).write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"crosswalk.jsonl:2: is not a change of tags"):
        crosswalk.load(tmp_path)


def test_contrast_is_loaded_through_the_crosswalk(tmp_path: Path) -> None:
    (tmp_path / "contrast").mkdir()
    (tmp_path / "contrast" / "p.jsonl").write_text(
        '{"id": "p-1", "text": "部屋", "labels": {"a": {"status": "provided", "quote": "部屋"}}}',
        encoding="utf-8",
    )
    (tmp_path / crosswalk.FILE).write_bytes(crosswalk.line(RENAME))
    assert [s.tag for text in load_contrast(tmp_path) for s in text.said] == ["b"]
