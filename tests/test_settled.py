"""What people settled stands in the tags and in the matrix; everything else stays the tagger's."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classify.cli import app
from classify.errors import InputError
from classify.labels import load_programs
from classify.records import Label, Tag
from classify.settled import honoured, load_settled
from desks import LAKE, folder
from handmade import program, tagging

LABELED = Path(__file__).parents[1] / "labeled"
ONE = program("津市", summary="窓口で話を聞く。\n庭を開く。")


def said(name: str, present: bool, by: str = "adjudication-hana", **more: object) -> Label:
    return Label(ONE.program_id, name, present, by, **more)  # type: ignore[arg-type]  # test data


def decided(*labels: Label, tags: tuple[Tag, ...] = (), **marks: str) -> dict[str, tuple[str, ...]]:
    settled = {(label.program_id, label.tag): label for label in labels}
    (found,) = honoured([tagging(ONE, **marks)], settled, tags)
    return {
        d.tag: (f"{d.present:d}{'?' * d.review}", d.status, d.reason, *(e.text for e in d.evidence))
        for d in found.decisions
    }


def test_a_settled_decision_stands_with_its_words_and_the_others_stay() -> None:
    labels = said("talk", True, quotes=("話を聞く",)), said("walk", False, near_miss=("庭",))
    assert decided(*labels, talk="0?", walk="1?", rest="1?") == {
        "talk": ("1", "provided", "settled", "話を聞く"),
        "walk": ("0", "none", "settled", "庭"),
        "rest": ("1?", "provided", ""),
    }


def test_who_was_unsure_leaves_the_cell_to_be_looked_at() -> None:
    assert decided(said("talk", True, unsure=True), talk="0")["talk"][0] == "1?"


def test_what_a_settled_tag_implies_is_there_unless_it_is_settled_too() -> None:
    sns = Tag("sns", {}, {}, (), (), implies=("talk",))
    assert decided(said("sns", True), tags=(sns,), sns="0", talk="0")["talk"][0] == "1"
    labels = said("sns", True), said("talk", False)
    assert decided(*labels, tags=(sns,), sns="0", talk="0")["talk"][0] == "0"


def test_only_the_latest_of_those_who_settle_counts(tmp_path: Path) -> None:
    key = (LAKE.program_id, "ibasho")
    labels = [
        Label(*key, True, by="adjudication-ken", at="2026-04-02T09:00:00Z"),
        Label(*key, False, by="adjudication-hana", at="2026-04-01T09:00:00Z"),
        Label(*key, False, by="mai", at="2026-04-03T09:00:00Z"),
        Label(LAKE.program_id, "training", True, by="annotator-a"),
    ]
    (found,) = load_settled(folder(tmp_path, *labels), [LAKE]).values()
    assert (found.by, found.present) == ("adjudication-ken", True)
    other = program("別の市", number=1, summary="別の事業")
    with pytest.raises(InputError, match="is another one in the labelled programs"):
        load_settled(tmp_path, [other])


def cells(*options: str) -> dict[tuple[str, str, str], str]:
    """The matrix of R3: the mark of each tag of each body."""
    arguments = ["matrix", str(LABELED / "programs" / "tsunagari-r3.csv"), "-o", "-", *options]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 0, ran.output
    rows = csv.DictReader(ran.stdout_bytes.decode("utf-8-sig").splitlines())
    return {
        (row["prefecture"], row["body"], tag): row[tag] for row in rows for tag in list(row)[4:]
    }


def test_a_settled_question_is_answered_in_the_matrix_and_the_other_cells_stay(
    tmp_path: Path,
) -> None:
    before = cells()
    asked = [cell for cell, mark in before.items() if mark == "?"][:2]
    programs = load_programs(LABELED)
    of = {(one.prefecture, one.body): one for one in programs.values()}
    labels = [
        Label(of[cell[:2]].program_id, cell[2], bool(n), "adjudication-hana")
        for n, cell in enumerate(asked)
    ]
    path = folder(tmp_path, *labels, programs=list(programs.values()))
    after = cells("--labels", str(path))
    assert {cell: mark for cell, mark in after.items() if mark != before[cell]} == {
        asked[0]: "0",
        asked[1]: "1",
    }
