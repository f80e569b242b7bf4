"""Decisions at the desk: kept, traced, taken back, and never over somebody else's."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from classify.crosswalk import Kind, Step, line
from classify.desk import Desk, Verdict, name_of
from classify.disagreements import queue
from classify.errors import InputError
from classify.labels import derive, load_labels, load_programs
from classify.records import Label
from desks import LAKE, PORT, desk, folder, tagger, taggings
from handmade import program

ROOT = Path(__file__).parents[1]
IBASHO = (LAKE.program_id, "ibasho")


def verdict(at: Desk, *, present: bool = True, by: str = "hana", **more: object) -> Verdict:
    return Verdict(IBASHO, present, by, at.seen(IBASHO), **more)  # type: ignore[arg-type]  # test data


def test_a_decision_is_a_line_with_who_when_what_before_why_and_under_which_taxonomy(
    tmp_path: Path,
) -> None:
    at = desk(tmp_path)
    at.settle([verdict(at, reason="場を開く", words=("居場所",), unsure=True, gap=True)])
    (line,) = (tmp_path / "decisions" / "adjudication-hana.jsonl").read_text("utf-8").splitlines()
    entry = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.pop("at"))
    assert entry == {
        "program_id": "r3-001",
        "tag": "ibasho",
        "present": True,
        "by": "adjudication-hana",
        "unsure": True,
        "quotes": ["居場所"],
        "reason": "場を開く",
        "taxonomy": tagger().taxonomy.version,
        "gap": True,
    }


@pytest.mark.parametrize(
    ("mark", "labels", "was"),
    [
        ("1?", (), ""),
        ("1", (), "present"),
        ("0", (), "absent"),
        ("1", (Label(*IBASHO, False, by="a"),), "absent"),
    ],
)
def test_what_held_before_is_gold_or_what_the_tagger_is_sure_of(
    tmp_path: Path, mark: str, labels: tuple[Label, ...], was: str
) -> None:
    at = desk(tmp_path, *labels, ibasho=mark)
    assert at.settle([verdict(at)]).taken[0].was == was


def test_words_show_what_is_present_and_could_mislead_where_it_is_absent(tmp_path: Path) -> None:
    at = desk(tmp_path)
    (label,) = at.settle([verdict(at, present=False, words=("居場所",))]).taken
    assert (label.quotes, label.near_miss) == ((), ("居場所",))


def test_settled_cards_are_done_and_leave_the_queue(tmp_path: Path) -> None:
    at = desk(tmp_path)
    assert [card.key for card in queue(at.cards)] == [IBASHO, (PORT.program_id, "ibasho")]
    assert not at.done(IBASHO)
    at.settle([verdict(at, present=False)])
    assert at.done(IBASHO)
    gold = at.gold(IBASHO)
    assert gold
    assert (gold.present, gold.origin) == (False, "adjudicated")
    again = Desk(tmp_path, tagger(), taggings(ibasho="1?"))
    assert [card.key for card in queue(again.cards)] == [(PORT.program_id, "ibasho")]


def test_a_card_whose_settler_was_unsure_comes_again_and_waits_for_another(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.settle([verdict(at, unsure=True)])
    assert at.done(IBASHO)
    again = Desk(tmp_path, tagger(), taggings(ibasho="1?"))
    assert IBASHO in [card.key for card in queue(again.cards)]
    assert not again.done(IBASHO)
    again.settle([verdict(again, by="ken")])
    assert again.done(IBASHO)


def test_who_comes_second_overwrites_nothing(tmp_path: Path) -> None:
    at = desk(tmp_path)
    second = verdict(at, present=False, by="ken")
    at.settle([verdict(at)])
    outcome = at.settle([second])
    assert (outcome.taken, outcome.left) == ((), (second,))
    held = at.held(IBASHO)
    assert held
    assert held.by == "adjudication-hana"
    assert not (tmp_path / "decisions" / "adjudication-ken.jsonl").exists()
    assert at.settle([replace(second, seen=at.seen(IBASHO))]).taken
    assert at.held(IBASHO) == at.said(IBASHO)[-1]


def test_another_process_is_seen_without_a_reload(tmp_path: Path) -> None:
    mine = desk(tmp_path)
    theirs = Desk(tmp_path, tagger(), taggings(ibasho="1?"))
    looked = verdict(mine, present=False, by="ken")
    theirs.settle([verdict(theirs)])
    mine.refresh()
    assert mine.changed == [IBASHO]
    assert mine.done(IBASHO)
    assert mine.settle([looked]).left == (looked,)


def test_a_file_that_git_replaced_is_read_anew(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.settle([verdict(at)])
    path = tmp_path / "decisions" / "adjudication-hana.jsonl"
    merged = path.read_bytes().replace(b'"present": true', b'"present": false')
    path.unlink()
    path.write_bytes(merged)
    at.refresh()
    held = at.held(IBASHO)
    assert held
    assert not held.present
    assert at.seen(IBASHO) == 1


def test_undo_takes_ones_own_last_decision_back_and_so_on(tmp_path: Path) -> None:
    at = desk(tmp_path)
    port = (PORT.program_id, "ibasho")
    at.settle([verdict(at)])
    at.settle([Verdict(port, True, "ken", 0)])
    at.settle([verdict(at, present=False)])
    assert at.undo("hana") == IBASHO
    held = at.held(IBASHO)
    assert held
    assert held.present  # the first of the two holds again
    assert at.undo("hana") == IBASHO
    assert at.held(IBASHO) is None
    assert not at.done(IBASHO)
    assert at.undo("hana") is None
    assert at.done(port)
    lines = (tmp_path / "decisions" / "adjudication-hana.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line).get("undone", False) for line in lines] == [False, False, True, True]


def test_undo_goes_by_when_not_by_which_card(tmp_path: Path) -> None:
    # Both in one second, and the card that comes first in the file of labels comes second here.
    at = desk(tmp_path, Label(*IBASHO, True, by="a"))
    at.settle([Verdict((PORT.program_id, "ibasho"), True, "hana", 0)])
    at.settle([verdict(at)])
    assert at.undo("hana") == IBASHO


def test_two_in_one_second_hold_in_their_order_after_a_restart_too(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.settle([verdict(at, by="ken")])
    at.settle([verdict(at, by="hana", present=False)])
    again = Desk(tmp_path, tagger(), taggings(ibasho="1?"))
    assert at.held(IBASHO) == again.held(IBASHO)
    held = again.held(IBASHO)
    assert held
    assert held.by == "adjudication-hana"


def test_the_other_settlement_holds_again_when_the_later_is_undone(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.settle([verdict(at)])
    at.settle([verdict(at, present=False, by="ken")])
    at.undo("ken")
    held = at.held(IBASHO)
    assert held
    assert (held.by, held.present) == ("adjudication-hana", True)


def test_a_clock_that_was_put_back_changes_no_order(tmp_path: Path) -> None:
    early = Label(*IBASHO, True, by="adjudication-ken", at="2999-01-01T00:00:00Z")
    at = desk(tmp_path, early)
    (label,) = at.settle([verdict(at, present=False)]).taken
    assert label.at == "2999-01-01T00:00:01Z"
    assert at.held(IBASHO) == label


def test_a_quote_that_does_not_stand_there_keeps_nothing(tmp_path: Path) -> None:
    at = desk(tmp_path)
    good = Verdict((PORT.program_id, "ibasho"), True, "hana", 0)
    with pytest.raises(InputError, match="quote '食堂' does not stand in r3-001"):
        at.settle([good, verdict(at, words=("食堂",))])
    assert list((tmp_path / "decisions").glob("*.jsonl")) == []


@pytest.mark.parametrize("prepared", [False, True])
def test_a_release_is_kept_with_the_first_decision_about_it(
    tmp_path: Path, *, prepared: bool
) -> None:
    new = replace(program("名張市", "三重県", number=7), program_id="r4-007", release="../r4 年度")
    other = replace(new, program_id="r4-008", number=8)
    at = Desk(folder(tmp_path), tagger(), taggings(new, other, ibasho="1?"))
    if prepared:
        at.prepare()
    assert sorted(path.name for path in (tmp_path / "programs").iterdir()) == ["r3.csv"]
    at.settle([Verdict(("r4-007", "ibasho"), False, "hana", 0)])
    assert sorted(path.name for path in (tmp_path / "programs").iterdir()) == [
        "_r4_年度.csv",
        "r3.csv",
    ]
    programs = load_programs(tmp_path)
    assert programs["r4-007"] == new
    assert len(programs) == 4
    assert len(load_labels(tmp_path, programs)) == 1


def test_what_another_kept_of_a_prepared_release_stays(tmp_path: Path) -> None:
    new = replace(program("名張市", "三重県", number=7), program_id="r4-007", release="r4")
    other = replace(new, program_id="r4-008", number=8)
    mine = Desk(folder(tmp_path), tagger(), taggings(new, ibasho="1?"))
    mine.prepare()
    Desk(tmp_path, tagger(), taggings(other, ibasho="1?")).settle(
        [Verdict(("r4-008", "ibasho"), True, "jun", 0)]
    )
    mine.settle([Verdict(("r4-007", "ibasho"), False, "hana", 0)])
    assert load_programs(tmp_path).keys() >= {"r4-007", "r4-008"}


def test_a_folder_without_any_programs_can_be_begun_with_a_release(tmp_path: Path) -> None:
    at = Desk(tmp_path / "new", tagger(), taggings(LAKE, ibasho="1?"))
    at.settle([verdict(at)])
    assert set(load_programs(tmp_path / "new")) == {LAKE.program_id}


def test_a_program_with_the_id_of_another_is_refused(tmp_path: Path) -> None:
    other = replace(LAKE, summary="別の事業")
    with pytest.raises(InputError, match="give the release a file name of its own"):
        Desk(folder(tmp_path), tagger(), taggings(other))


def test_a_blind_pass_counts_ones_own_lines_only(tmp_path: Path) -> None:
    others = [Label(*IBASHO, True, by=name) for name in ("a", "adjudication")]
    at = Desk(folder(tmp_path, *others), tagger(), taggings(ibasho="1?"), blind="mai")
    assert (at.said(IBASHO), at.seen(IBASHO), at.done(IBASHO)) == ((), 0, False)
    at.settle([Verdict(IBASHO, False, "whoever", 0)])
    assert at.done(IBASHO)
    (label,) = at.said(IBASHO)
    assert (label.by, label.was) == ("mai", "")
    assert (tmp_path / "decisions" / "mai.jsonl").exists()


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", ".hidden", "x" * 41, "a\0b", "-a"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a file"):
        name_of(name)


@pytest.mark.parametrize("name", ["annotator-a", "Adjudication", "model", "adjudication-hana"])
def test_a_name_of_another_voice_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="use your own"):
        name_of(name, desk(tmp_path).machines)


def git(where: Path, *words: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    done = subprocess.run(
        ["git", "-C", str(where), *who, *words], capture_output=True, check=True, text=True
    )
    return done.stdout


def test_two_peoples_work_merges_without_a_conflict(tmp_path: Path) -> None:
    home = tmp_path / "repository"
    labels = home / "labeled"
    old = Label(*IBASHO, True, by="a")
    folder(labels, old, replace(old, by="adjudication-hana", at="2026-04-01T09:00:00Z"))
    shutil.copy(ROOT / ".gitattributes", home)
    git(home, "init", "-qb", "main")
    git(home, "add", ".")
    git(home, "commit", "-qm", "start")
    for branch, present, tag in (("one", True, "outreach"), ("two", False, "training")):
        git(home, "checkout", "-qb", branch, "main")
        at = Desk(labels, tagger(), taggings(ibasho="1?"))
        key = (LAKE.program_id, tag)
        at.settle([Verdict(key, present, "hana", 0), verdict(at, present=present, by=branch)])
        git(home, "add", ".")
        git(home, "commit", "-qm", branch)
    git(home, "merge", "-q", "one", "-m", "both")
    assert git(home, "status", "--porcelain") == ""
    found = load_labels(labels, load_programs(labels))
    assert len(found) == 2 + 4
    gold = {g.tag: g.present for g in derive(found)}
    assert gold == {"ibasho": False, "outreach": True, "training": False}


# Decides for ever, and says each decision once the desk acknowledged it.
REVIEWER = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from classify.desk import Desk, Verdict
from desks import LAKE, tagger, taggings
desk = Desk(Path(sys.argv[2]), tagger(), taggings(ibasho="1?"))
key = (LAKE.program_id, "ibasho")
while True:
    seen = desk.seen(key)
    verdict = Verdict(key, seen % 2 == 0, "hana", seen, reason=f"{seen}", words=("居場所",))
    assert desk.settle([verdict]).taken
    os.write(1, f"{seen}\\n".encode())
"""


@pytest.mark.slow
def test_killed_over_200_saves_every_acknowledged_decision_is_there(tmp_path: Path) -> None:
    folder(tmp_path)
    chance = random.Random(7)
    acknowledged: set[str] = set()
    kills = 0
    while len(acknowledged) < 200 or kills < 4:
        command = [sys.executable, "-c", REVIEWER, str(Path(__file__).parent), str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as one:
            assert one.stdout
            acknowledged.add(one.stdout.readline().decode().strip())
            time.sleep(chance.uniform(0.05, 0.6))
            one.send_signal(signal.SIGKILL)
            said = one.stdout.read().decode().split("\n")
        kills += 1
        acknowledged |= {number for number in said[:-1] if number}
        labels = load_labels(tmp_path, load_programs(tmp_path))
        assert acknowledged <= {label.reason for label in labels}
        assert len({label.reason for label in labels}) == len(labels)


def changed(path: Path, kind: Kind, olds: tuple[str, ...], news: tuple[str, ...]) -> None:
    step = Step(kind, olds, news, "2026-02-01T00:00:00Z", "sato", "1", "2")
    (path / "crosswalk.jsonl").write_bytes(line(step))


def test_old_decisions_are_read_and_taken_back_under_the_present_tag(tmp_path: Path) -> None:
    old = Label(LAKE.program_id, "gathering", True, "adjudication-hana", at="2026-01-01T00:00:00Z")
    folder(tmp_path, old)
    changed(tmp_path, "rename", ("gathering",), ("ibasho",))
    at = Desk(tmp_path, tagger(), taggings(ibasho="1?"))
    assert (at.done(IBASHO), at.seen(IBASHO), at.tag_now("gathering")) == (True, 1, "ibasho")
    assert len(at.settle([verdict(at, present=False, by="ken")]).taken) == 1
    held = at.held(IBASHO)
    assert held
    assert (held.by, held.was) == ("adjudication-ken", "present")
    assert [at.undo("ken"), at.undo("ken"), at.undo("hana"), at.undo("hana")] == [
        IBASHO, None, IBASHO, None,
    ]  # fmt: skip
    assert not at.done(IBASHO)
    first = (tmp_path / "decisions" / "adjudication-hana.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(first)["tag"] == "gathering"  # what was written stays


def test_what_a_split_leaves_open_is_queued_until_it_is_decided(tmp_path: Path) -> None:
    old = [Label(one.program_id, "place", one is LAKE, "a") for one in (LAKE, PORT)]
    folder(tmp_path, *old)
    changed(tmp_path, "split", ("place",), ("ibasho", "outreach"))
    at = Desk(tmp_path, tagger(), taggings())
    asked = [card.key for card in queue(at.cards) if card.kinds == ("taxonomy",)]
    assert sorted(asked) == [IBASHO, (LAKE.program_id, "outreach")]
    at.settle([verdict(at)])
    later = Desk(tmp_path, tagger(), taggings())
    assert [c.key for c in queue(later.cards)] == [(LAKE.program_id, "outreach")]
