"""A change of the tags reaches all that names them, and leaves every other byte as it was."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import model as models
from classify.crosswalk import Kind, Step
from classify.errors import TaxonomyError
from classify.evolution import Plan, carried, plan
from classify.labels import load_gold
from classify.language import analyse
from classify.rules import compile_rules
from classify.taxonomy import load, parse
from classify.taxonomy.editing import append, drop, set_text, values
from classify.taxonomy.retagging import merged, renamed, retired

ROOT = Path(__file__).parents[1]
REAL = (ROOT / "taxonomy.yaml").read_text(encoding="utf-8")

SMALL = """\
# A small taxonomy.
version: "1"  # counted by hand

tags:
  # first come rooms
  - id: room
    name: {ja: 部屋, en: Room}
    definition: {ja: 部屋がある, en: Has a room}
    counts: [部屋]
    keywords: [部屋]
  - id: tea
    name: {ja: お茶, en: 'Tea'}
    definition: {ja: お茶を出す, en: Serves tea}
    implies: [room]
    keywords: [茶]   # as written
  - id: "visit"
    name: {ja: 訪問, en: Visit}
    definition: {ja: 訪ねる, en: Visits}
    implies:
      - room  # odd, but so
      - tea
cues:
  - {id: plan, status: considered, after: [検討], tags: [room, tea], yes: [部屋を検討, 茶を検討]}
  - id: tea.past
    status: ended
    tags: [tea]
    after: [やめる]
    yes: [茶をやめる]
rules:
  - {id: room, tag: room, phrases: [部屋], keeps: [tea.past], yes: [部屋], no: [部屋を検討]}
  - id: tea
    tag: tea   # the leaf
    phrases:
      - 茶
    yes: [茶]
  # the last
  - {id: visit, tag: visit, phrases: [訪問], yes: [訪問]}
"""


def change(text: str, kind: Kind, olds: str, news: str = "", *steps: Step) -> Plan:
    at = f"2026-01-0{len(steps) + 1}T00:00:00Z"
    wanted = Step(kind, tuple(olds.split()), tuple(news.split()), at, "sato", "", "")
    return plan("t.yaml", text, wanted, steps)


def test_a_rename_changes_the_lines_that_name_the_tag_and_no_other() -> None:
    made = change(SMALL, "rename", "tea", "drinks")
    expected = (
        SMALL.replace('version: "1"', 'version: "2"')
        .replace("- id: tea\n    name", "- id: drinks\n    name")
        .replace("      - tea\n", "      - drinks\n")
        .replace("tags: [room, tea]", "tags: [room, drinks]")
        .replace("tags: [tea]", "tags: [drinks]")
        .replace("tag: tea   #", "tag: drinks   #")
    )
    assert made.text == expected
    assert (made.step.version_before, made.step.version_after) == ("1", "2")
    assert change(made.text, "rename", "visit", "call", made.step).text.count('id: "call"') == 1


def test_a_rename_of_the_real_file_touches_only_lines_with_the_id() -> None:
    made = change(REAL, "rename", "ibasho", "gathering")
    old, new = REAL.splitlines(), made.text.splitlines()
    assert len(old) == len(new)
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert changed.pop(0) == ('version: "1"', 'version: "2"')
    assert all(re.sub(r"\bibasho\b", "gathering", a) == b for a, b in changed)
    about = re.compile(r"(id|tag): ibasho$|(tags|implies): \[.*\bibasho\b")
    assert len(changed) == sum(bool(about.search(line)) for line in old)
    assert change(made.text, "rename", "gathering", "ibasho", made.step).text == REAL.replace(
        'version: "1"', 'version: "3"'
    )


def test_a_merge_joins_words_and_takes_what_all_parts_imply() -> None:
    made = change(SMALL, "merge", "tea", "room")
    assert made.step.olds == ("tea", "room")
    data = values(made.text)
    assert [tag["id"] for tag in data["tags"]] == ["room", "visit"]
    assert data["tags"][0]["keywords"] == ["部屋", "茶"]
    assert data["tags"][1]["implies"] == ["room"]
    assert "      - room  # odd, but so\ncues:" in made.text
    assert "  # first come rooms\n" in made.text
    assert [rule["tag"] for rule in data["rules"]] == ["room", "room", "visit"]
    assert data["cues"][0]["tags"] == ["room"]


def test_a_merge_into_a_new_id_renames_the_first() -> None:
    made = change(SMALL, "merge", "tea visit", "care")
    assert made.step.olds == ("tea", "visit")
    data = values(made.text)
    assert [tag["id"] for tag in data["tags"]] == ["room", "care"]
    assert data["tags"][1]["implies"] == ["room"]
    assert data["rules"][2]["keeps"] == ["plan", "tea.past"]


TEXTS = (
    "部屋を検討。茶をやめる", "訪問をやめる", "茶を検討、訪問を検討", "部屋をやめる", "茶と訪問",
)  # fmt: skip


@pytest.mark.parametrize("pair", ["tea room", "visit room", "room tea", "tea care", "visit tea"])
def test_a_merge_leaves_the_status_of_every_mention(pair: str) -> None:
    olds, into = pair.split()
    olds = f"{olds} visit" if into == "care" else olds
    made = change(SMALL, "merge", olds, into)
    became = dict.fromkeys(made.step.olds, into)
    before = compile_rules(parse("t.yaml", SMALL))
    after = compile_rules(made.taxonomy)
    for text in TEXTS:
        was = [(became.get(v.tag, v.tag), v.rule, v.status) for v in before.votes_on(analyse(text))]
        assert [(v.tag, v.rule, v.status) for v in after.votes_on(analyse(text))] == was


def test_a_merge_of_real_tags_leaves_the_status_of_every_mention() -> None:
    made = change(REAL, "merge", "sns_consultation outreach", "consultation")
    before, after = (compile_rules(parse("t.yaml", text)) for text in (REAL, made.text))
    path = ROOT / "labeled" / "contrast" / "q01.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in Random(4).sample(lines, 60):
        text = analyse(json.loads(line)["text"])
        was = [
            ("consultation" if vote.tag in made.step.olds else vote.tag, vote.span, vote.status)
            for vote in before.votes_on(text)
        ]
        assert [(vote.tag, vote.span, vote.status) for vote in after.votes_on(text)] == was


def test_a_split_copies_the_wording_and_implies_no_part() -> None:
    made = change(SMALL, "split", "room", "hall booth")
    data = values(made.text)
    assert [tag["id"] for tag in data["tags"]] == ["hall", "booth", "tea", "visit"]
    assert data["tags"][1]["name"] == {"ja": "部屋 (booth)", "en": "Room (booth)"}
    assert data["tags"][2]["implies"] == []
    assert data["tags"][3]["implies"] == ["tea"]
    assert data["cues"][0]["tags"] == ["hall", "tea", "booth"]
    assert data["rules"][0]["tag"] == "hall"


def test_what_is_retired_takes_its_rules_its_own_cues_and_their_empty_sentences_along() -> None:
    made = change(SMALL, "retire", "tea")
    data = values(made.text)
    assert [tag["id"] for tag in data["tags"]] == ["room", "visit"]
    assert [rule["id"] for rule in data["rules"]] == ["room", "visit"]
    assert data["rules"][0]["keeps"] == []
    assert [cue["id"] for cue in data["cues"]] == ["plan"]
    assert data["cues"][0]["yes"] == ["部屋を検討"]
    assert made.dropped == ("plan: 茶を検討",)
    assert "  # the last\n" in made.text


@pytest.mark.parametrize("tag", [tag.id for tag in load().tags])
def test_every_real_tag_can_be_retired(tag: str) -> None:
    assert tag not in [left.id for left in change(REAL, "retire", tag).taxonomy.tags]


OLD = Step("rename", ("hall",), ("room",), "2026-01-01T00:00:00Z", "sato", "0", "1")


@pytest.mark.parametrize(
    ("kind", "olds", "news", "told"),
    [
        ("rename", "hut", "shed", "t.yaml: has no tag 'hut'. use one of: room, tea, visit"),
        ("rename", "tea", "room", "t.yaml: has a tag 'room' already. choose another id"),
        ("merge", "tea", "drinks", "t.yaml: a merge needs two tags. name another one"),
        ("split", "tea", "green", "t.yaml: a split needs two tags. name another one"),
        ("split", "tea", "tea leaf", "t.yaml: has a tag 'tea' already. choose another id"),
        ("rename", "tea", "hall",
         "t.yaml: 'hall' has been the id of another tag before. choose an id that was never used"),
        ("rename", "tea", "Tea!",
         "t.yaml: 'Tea!' is no id for a tag. use small letters, digits and _ . -"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_remedy(
    kind: Kind, olds: str, news: str, told: str
) -> None:
    with pytest.raises(TaxonomyError) as raised:
        change(SMALL, kind, olds, news, OLD)
    assert told in str(raised.value)


def test_a_tag_may_have_its_former_id_again() -> None:
    assert change(SMALL, "rename", "room", "hall", OLD).step.news == ("hall",)


def test_a_taxonomy_that_is_not_in_order_is_not_changed() -> None:
    with pytest.raises(TaxonomyError, match="its yes sentence '窓' does not hold"):
        change(SMALL.replace("yes: [訪問]", "yes: [窓]"), "rename", "tea", "drinks")


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    made = change("\ufeff" + SMALL.replace("\n", "\r\n"), "rename", "tea", "drinks")
    assert made.text.startswith("\ufeff# A small")
    assert made.text.count("\r\n") == made.text.count("\n") == SMALL.count("\n")


EDITS: dict[str, Callable[[str], str]] = {
    "rename": lambda text: renamed(text, "tea", "drinks"),
    "merge": lambda text: merged(text, ["tea"], "room"),
    "retire": lambda text: retired(text, "tea"),
    "append": lambda text: append(text, ("rules", 1, "phrases"), "お茶, 会: #1"),
    "append yes": lambda text: append(text, ("rules", 1, "no"), "二行\nの文"),
    "append flow": lambda text: append(text, ("rules", 2, "unless"), "訪問者"),
    "drop": lambda text: drop(text, ("tags", 2, "implies", 0)),
    "set": lambda text: set_text(text, ("tags", 1, "name", "en"), "Men's"),
}
REMARKS = st.sampled_from(["", "# tea here", "    # room: [tea", "  # - id: tea"])


@pytest.mark.parametrize("name", list(EDITS))
@given(remarks=st.lists(REMARKS, min_size=40, max_size=40))
@settings(max_examples=10, deadline=None)
def test_an_edit_changes_the_same_lines_whatever_stands_between_them(
    name: str, remarks: list[str]
) -> None:
    edit = EDITS[name]
    lines = SMALL.splitlines(keepends=True)
    busy = "".join(
        line + (f"{remark}\n" if remark else "")
        for line, remark in zip(lines, [*remarks, *[""] * len(lines)], strict=False)
    )
    assert values(busy) == values(SMALL)
    assert values(edit(busy)) == values(edit(SMALL))
    plain = _untouched(SMALL, edit(SMALL))
    kept = [line for line in edit(busy).splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in kept if line in plain] == [
        line
        for line in edit(SMALL).splitlines()
        if not line.lstrip().startswith("#") and line in plain
    ]
    if name in ("rename", "append", "append yes", "append flow", "set"):
        assert _remarks(edit(busy)) == _remarks(busy)


def _untouched(old: str, new: str) -> set[str]:
    a, b = old.splitlines(), new.splitlines()
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return {line for block in blocks for line in a[block.a : block.a + block.size]}


def _remarks(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("#")]


def test_a_renamed_tag_keeps_all_that_the_model_knows_of_it() -> None:
    taxonomy = load()
    model = models.load(models.default_path(), taxonomy)
    made = change(REAL, "rename", "ibasho", "gathering")
    after = carried(model, made.step)
    assert after.tags.index("gathering") == model.tags.index("ibasho")
    for kind, linear in (("rule", "passage"), ("tag", "provided")):
        old, new = getattr(model, linear).names, getattr(after, linear).names
        assert new[f"{kind}\tgathering"] == old[f"{kind}\tibasho"]
        assert not [name for name in new if f"{name}\t".startswith(f"{kind}\tibasho\t")]
    ours = {name for name in model.provided.names if name.startswith("*ibasho\t")}
    assert {name.replace("ibasho", "gathering") for name in ours} <= after.provided.names.keys()
    assert ours
    assert not ours & after.provided.names.keys()


@pytest.mark.parametrize(
    ("kind", "olds", "news"),
    [
        ("retire", "ibasho", ""),
        ("split", "ibasho", "cafe salon"),
        ("merge", "ibasho", "surveys"),
    ],
)
def test_a_model_forgets_what_is_no_longer_one_tag(
    tmp_path: Path, kind: Kind, olds: str, news: str
) -> None:
    model = models.load(models.default_path(), load())
    made = change(REAL, kind, olds, news)
    path = tmp_path / "model.npz"
    path.write_bytes(models.dump(carried(model, made.step)))
    after = models.load(path, made.taxonomy)
    assert after.tags == tuple(tag for tag in model.tags if tag not in made.step.olds)
    assert after.passage.weights.shape[1] == 2 * len(after.tags)


def run(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "classify", *arguments], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "taxonomy.yaml", tmp_path)
    shutil.copy(models.default_path(), tmp_path)
    for part in ("programs", "decisions"):
        shutil.copytree(ROOT / "labeled" / part, tmp_path / "labeled" / part)
    shutil.copytree(ROOT / "labeled" / "contrast", tmp_path / "labeled" / "contrast")
    return tmp_path


OPTIONS = ("--taxonomy", "taxonomy.yaml", "--model", "model.npz", "--as", "sato")


@pytest.mark.slow
def test_a_renamed_tag_goes_on_from_labels_to_matrix(house: Path) -> None:
    before = {path.name: path.read_bytes() for path in (house / "labeled" / "decisions").iterdir()}
    shown = run(house, "taxonomy", "rename", "ibasho", "gathering", *OPTIONS, "--dry-run")
    assert "+  - id: gathering" in shown
    assert (house / "taxonomy.yaml").read_text(encoding="utf-8") == REAL
    assert not (house / "labeled" / "crosswalk.jsonl").exists()
    run(house, "taxonomy", "rename", "ibasho", "gathering", *OPTIONS)
    gold = load_gold(house / "labeled")
    real = load_gold(ROOT / "labeled")
    assert {tag for _, tag in gold} >= {"gathering"}
    assert {(p, t.replace("gathering", "ibasho")): g.present for (p, t), g in gold.items()} == {
        key: one.present for key, one in real.items()
    }
    after = {path.name: path.read_bytes() for path in (house / "labeled" / "decisions").iterdir()}
    assert after == before
    tags = run(
        house, "tag", "labeled/programs/tsunagari-r3.csv", "-o", "-",
        "--taxonomy", "taxonomy.yaml", "--model", "model.npz",
    )  # fmt: skip
    here = run(ROOT, "tag", "labeled/programs/tsunagari-r3.csv", "-o", "-")
    assert tags.replace('"gathering"', '"ibasho"') == here
    assert run(house, "taxonomy", "crosswalk").splitlines()[1] == "ibasho,gathering,rename,1,true"


@pytest.mark.slow
def test_a_change_that_was_cut_short_can_be_made_again(house: Path) -> None:
    split = ("taxonomy", "split", "outreach", "visits", "street", *OPTIONS)
    run(house, *split)
    done = {path: path.read_bytes() for path in house.rglob("*") if path.is_file()}
    # As if it had been killed before its last step.
    (house / "taxonomy.yaml").write_text(REAL, encoding="utf-8")
    run(house, *split)
    assert {path: path.read_bytes() for path in house.rglob("*") if path.is_file()} == done
