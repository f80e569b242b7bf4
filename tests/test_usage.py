"""What rules and cues do is counted, and what a change of them does is shown."""

from pathlib import Path

import pytest

from classify import model as models
from classify.changes import changes, older
from classify.errors import InputError
from classify.lessons import Labelled
from classify.records import Contrast, Said
from classify.tagger import Tagger
from classify.taxonomy import load
from classify.usage import Usage, usage

RULES = """\
version: "1"
tags:
  - id: room
    name: {ja: 部屋, en: Room}
    definition: {ja: 部屋がある, en: Has a room}
cues:
  - {id: plan, status: considered, after: [検討], yes: [部屋を検討], no: [部屋]}
rules:
  - {id: room, tag: room, phrases: [部屋], yes: [部屋], no: [窓]}
  - {id: flat, tag: room, phrases: [和室], yes: [和室], no: [窓]}
  - {id: none, tag: room, phrases: [茶室], yes: [茶室], no: [窓]}
"""


def text(number: int, words: str, *, provided: bool) -> Contrast:
    said = (Said("room", "provided" if provided else "background", words[:2]),)
    return Contrast(f"t-{number}", "t", "", words, said)


TEXTS = (
    text(1, "部屋を開く", provided=True),
    text(2, "部屋と和室を開く", provided=True),
    text(3, "部屋を検討", provided=False),
    text(4, "部屋を掃除", provided=False),
    text(5, "部屋を検討。和室を開く", provided=True),
)


def tagger(tmp_path: Path, rules: str = RULES) -> Tagger:
    path = tmp_path / "taxonomy.yaml"
    path.write_text(rules, encoding="utf-8")
    return Tagger.of(load(path))


def labelled() -> Labelled:
    return Labelled((), {}, (), TEXTS, ())


def test_each_rule_and_cue_is_counted_by_hand(tmp_path: Path) -> None:
    assert usage(labelled(), tagger(tmp_path)) == (
        Usage("rule", "room", fires=3, alone=2, conflict=0, right=2, wrong=1),
        Usage("rule", "flat", fires=2, alone=1, conflict=1, right=2, wrong=0),
        Usage("rule", "none", fires=0, alone=0, conflict=0, right=0, wrong=0),
        Usage("cue", "plan", fires=2, alone=2, conflict=1, right=2, wrong=0),
    )


def test_a_rule_that_never_votes_is_dead_and_one_that_never_votes_alone_shadowed() -> None:
    assert Usage("rule", "a", 0, 0, 0, 0, 0).state == "dead"
    assert Usage("rule", "a", 2, 0, 0, 2, 0).state == "shadowed"
    assert Usage("rule", "a", 2, 1, 0, 2, 0).state == ""


def test_a_change_of_the_rules_shows_what_it_fixes_and_breaks(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_text(
        RULES.replace("after: [検討]", "after: [開く]").replace("部屋を検討", "部屋を開く"),
        encoding="utf-8",
    )
    now = tagger(tmp_path)
    found = changes(labelled(), older(str(old), now), now)
    told = {(c.program.program_id, c.before.present, c.after.present, c.right) for c in found}
    assert told == {
        ("t-1", False, True, True),
        ("t-2", False, True, True),
        ("t-3", True, False, True),
    }


def test_what_is_neither_file_nor_revision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is neither a file nor a revision with taxonomy\.yaml"):
        older("no-such-thing", tagger(tmp_path))


def test_a_git_revision_of_the_taxonomy_is_read() -> None:
    present = Tagger.of(load(), models.load(models.default_path(), load()))
    assert older("HEAD", present).taxonomy.tags == present.taxonomy.tags
