"""Every fault of a taxonomy is reported at once, each with its line; the built-in one has none."""

from pathlib import Path

import pytest

from classify.errors import TaxonomyError
from classify.language import analyse
from classify.rules import compile_rules
from classify.taxonomy import Cue, Rule, default_path, load

GOOD = """\
version: "1"
tags:
  - id: meals
    name: {ja: 食事, en: Meals}
    definition: {ja: 食事を出す, en: Serves meals}
concepts:
  meal: [食事, 弁当]
rules:
  - id: meals.word
    tag: meals
    phrases: ["{meal}"]
    yes: [弁当を配る。]
"""


def faults(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TaxonomyError) as raised:
        load(path)
    return [line.removeprefix(f"{path}") for line in str(raised.value).splitlines()]


def test_a_good_file_loads(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(GOOD, encoding="utf-8")
    taxonomy = load(path)
    assert [tag.name["en"] for tag in taxonomy.tags] == ["Meals"]
    assert taxonomy.concepts == {"meal": ("食事", "弁当")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    tag: meals\n", "    taag: meals\n", [
            ":9: 'tag' is missing. add 'tag:'",
            ":10: unknown key 'taag'. remove it, or see `classify taxonomy schema`",
        ]),
        ("    tag: meals\n", "    tag: food\n", [":10: 'food' is unknown. use one of: meals"]),
        ('["{meal}"]', '["{mael}"]', [":11: 'mael' is unknown. use one of: meal"]),
        ('["{meal}"]', '["{meal"]', [
            ":11: phrase '{meal' has a brace without its partner. "
            "write words, {concept} and … only"
        ]),
        ('["{meal}"]', "[]", [":11: 'phrases' is empty. add an entry"]),
        ("[食事, 弁当]", '[食事, "{meal}"]', [
            ":7: concept 'meal' contains itself. part it from 'meal'"
        ]),
        ("    yes: [弁当を配る。]\n", "    yes: [弁当]\n    yes: [食事]\n", [
            ":13: key 'yes' stands twice. keep one of them"
        ]),
        ("rules:\n", "rules:\n  - &r\n    id: meals.word\n    tag: meals\n    phrases: [膳]\n    yes: [膳]\n", [
            ":14: id 'meals.word' stands twice. give it another id"
        ]),
        ('version: "1"\n', "version: [\n", [
            ":6: is not YAML (while parsing a flow node did not find expected node content). "
            "mend the line or indent it"
        ]),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_remedy(
    tmp_path: Path, old: str, new: str, expected: list[str]
) -> None:
    assert old in GOOD
    told = faults(tmp_path, GOOD.replace(old, new))
    if "is not YAML" in expected[0]:
        assert len(told) == 1
        assert "is not YAML" in told[0]
        assert told[0].startswith(":")
    else:
        assert told == expected


def test_faults_of_different_kinds_are_told_together_in_line_order(tmp_path: Path) -> None:
    text = (
        GOOD.replace("ja: 食事, ", "")
        .replace("    tag: meals\n", "    tag: food\n")
        .replace('["{meal}"]', "[…膳]")
    )
    lines = [fault.split(":")[1] for fault in faults(tmp_path, text)]
    assert lines == ["4", "10", "11"]


def test_a_folder_or_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(TaxonomyError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_a_tag_needs_no_code(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(GOOD, encoding="utf-8")
    votes = compile_rules(load(path)).votes_on(analyse("お弁当を届ける"))
    assert [(vote.tag, vote.status) for vote in votes] == [("meals", "provided")]


TAXONOMY = load()
BOOK = compile_rules(TAXONOMY)


def sentences(kind: str) -> list[tuple[Rule | Cue, str]]:
    entries: list[Rule | Cue] = [*TAXONOMY.rules, *TAXONOMY.cues]
    return [(entry, text) for entry in entries for text in getattr(entry, kind)]


def holds(entry: Rule | Cue, sentence: str) -> bool:
    votes = BOOK.votes_on(analyse(sentence))
    if isinstance(entry, Cue):
        return any(vote.cue == entry.id for vote in votes)
    return any(vote.rule == entry.id and vote.status == "provided" for vote in votes)


@pytest.mark.parametrize(
    ("entry", "sentence"), sentences("yes"), ids=lambda value: getattr(value, "id", str(value))
)
def test_a_yes_sentence_is_what_its_rule_finds(entry: Rule | Cue, sentence: str) -> None:
    assert holds(entry, sentence)


@pytest.mark.parametrize(
    ("entry", "sentence"), sentences("no"), ids=lambda value: getattr(value, "id", str(value))
)
def test_a_no_sentence_is_not(entry: Rule | Cue, sentence: str) -> None:
    assert not holds(entry, sentence)


def test_the_eight_tags_of_the_guidelines_are_there_in_both_languages() -> None:
    assert [tag.id for tag in TAXONOMY.tags] == [
        "consultation", "sns_consultation", "outreach", "accompaniment",
        "ibasho", "sanitary_products", "training", "surveys",
    ]  # fmt: skip
    assert all(tag.name["ja"] and tag.name["en"] for tag in TAXONOMY.tags)
    assert all(tag.counts and tag.does_not_count for tag in TAXONOMY.tags)


def test_the_default_taxonomy_is_the_one_at_the_root() -> None:
    assert default_path() == Path(__file__).parents[1] / "taxonomy.yaml"
