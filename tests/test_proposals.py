"""A settled card becomes a phrase, and what it would fix and break is counted first."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from classify import model as models
from classify.corpus import Corpus, corpus, forms_of, ready
from classify.errors import TaxonomyError
from classify.language import analyse
from classify.lessons import Labelled
from classify.patterns import compile_grammar
from classify.proposals import Card, Proposal, accept, effect, propose
from classify.records import Contrast, Gold, Program, Said
from classify.rules import check, compile_rules
from classify.tagger import Tagger
from classify.taxonomy import load, parse

ROOT = Path(__file__).parents[1]

RULES = """\
version: "1"
tags:
  - id: room
    name: {ja: 部屋, en: Room}
    definition: {ja: 部屋がある, en: Has a room}
cues:
  # what is only planned
  - {id: plan, status: considered, after: [検討], yes: [部屋を検討]}
  - id: told
    status: publicity
    next:
      - の案内   # leaflets
    yes: [部屋の案内]
rules:
  - {id: room, tag: room, phrases: [部屋], yes: [部屋], no: [窓]}   # the main one
  - {id: hall, tag: room, phrases: [広間], yes: [広間]}
"""


def program(number: int, summary: str) -> Program:
    return Program(f"r-{number}", "r", number, "", "", "", "事業", summary, "", "", "")


def text(number: int, words: str, *, provided: bool) -> Contrast:
    said = (Said("room", "provided" if provided else "background", words[:2]),)
    return Contrast(f"t-{number}", "t", "", words, said)


def on(*texts: Contrast, programs: tuple[Program, ...] = ()) -> Corpus:
    labelled = Labelled(programs, {}, (), texts, ())
    return corpus(labelled, Tagger.of(parse("t.yaml", RULES)))


def ids(found: tuple[Proposal, ...]) -> list[tuple[str, str, str, str]]:
    return [(one.entry, one.key, one.phrase, one.status) for one in found]


def test_words_that_no_rule_knows_become_a_phrase_of_the_first_rule_of_the_tag() -> None:
    card = Card(program(1, "茶会を催す。和室を\n開け放つ。"), "room", True, quote="和室を開け放つ")
    (parted,) = propose(card, on())
    assert (parted.phrase, parted.sentence) == ("和室を開け放つ", "和室を 開け放つ。")
    card = replace(card, program=program(1, "茶会を催す。和室を開け放つ。"))
    assert propose(card, on()) == (
        Proposal(
            "rules", "room", "phrases", "和室を開け放つ", "provided", "room",
            "和室を開け放つ。", True,
        ),
    )  # fmt: skip


def test_where_the_rules_say_so_already_nothing_is_proposed() -> None:
    assert propose(Card(program(1, "部屋を開く。"), "room", True), on()) == ()
    assert propose(Card(program(1, "部屋を検討。"), "room", False), on()) == ()


@pytest.mark.parametrize(
    ("summary", "quote", "expected"),
    [
        ("部屋の噂を聞く。", "の噂", ("next", "の噂")),
        ("部屋や庭の噂を聞く。", "噂を聞く", ("near", "噂を聞く")),
        ("隣町にある部屋を借りる。", "隣町", ("before", "隣町")),
        ("部屋を夢、庭を夢に見る。", "庭を夢に見る", ("end", "庭を夢に見る")),
        ("【夢】\n・部屋", "夢", ("heading", "夢")),
    ],
)
def test_the_quoted_words_become_a_cues_where_they_stand(
    summary: str, quote: str, expected: tuple[str, str]
) -> None:
    card = Card(program(1, summary), "room", False, quote)
    found = ids(propose(card, on()))[:2]
    assert sorted(found) == [("plan", *expected, "considered"), ("told", *expected, "publicity")]


def test_a_cue_with_words_alike_comes_first() -> None:
    found = propose(Card(program(1, "部屋を案内する冊子。"), "room", False, "案内する冊子"), on())
    assert [one.status for one in found[:2]] == ["publicity", "considered"]


def test_without_a_quote_the_shortest_words_that_only_this_decision_has_become_an_exception() -> (
    None
):
    card = Card(program(1, "部屋が匂う。"), "room", False)
    assert ids(propose(card, on())) == [("room", "unless", "部屋が", "none")]
    texts = on(text(1, "部屋が開く", provided=True), text(2, "その部屋が匂った", provided=False))
    assert ids(propose(card, texts)) == [("room", "unless", "部屋が匂う", "none")]
    # 部屋の stands in a sentence of the taxonomy.
    card = Card(program(1, "部屋の匂い。"), "room", False)
    assert ids(propose(card, on())) == [("room", "unless", "部屋の匂い", "none")]


def test_a_cue_that_was_wrong_gets_an_exception() -> None:
    card = Card(program(1, "部屋で検討会を開く。"), "room", True, quote="検討会")
    (found,) = propose(card, on())[1:]
    assert (found.entry, found.key, found.phrase) == ("plan", "unless", "検討会")
    assert (found.rule, found.sentence) == ("room", "部屋で検討会を開く。")


def test_what_a_proposal_fixes_and_breaks_is_counted_by_hand() -> None:
    near = program(2, "部屋の噂を聞く。")
    texts = on(
        text(1, "部屋の噂がある", provided=False),
        text(2, "部屋の噂を広めた", provided=True),
        text(3, "噂の部屋", provided=True),
        text(4, "部屋を検討、部屋の噂", provided=False),
        programs=(near,),
    )
    card = Card(near, "room", False, "の噂")
    found = effect(propose(card, texts)[0], card, texts)
    told = [(c.program.program_id, c.right) for c in found.rules]
    assert told == [("r-2", True), ("t-1", True), ("t-2", False), ("t-4", True)]
    assert found.whole == ()


def test_the_whole_tagger_is_asked_about_published_programs() -> None:
    taxonomy = load()
    tagger = Tagger.of(taxonomy, models.load(models.default_path(), taxonomy))
    here = program(1, "昔話に出る居場所のことを、みなで懐かしんだ。")
    texts = corpus(Labelled((here,), {}, (), (), ()), tagger)
    card = Card(here, "ibasho", False, "のことを、みなで懐かしんだ")
    found = effect(propose(card, texts)[0], card, texts)
    assert [(c.program.program_id, c.right) for c in found.rules] == [("r-1", True)]
    assert {c.program.program_id for c in found.whole} <= {"r-1"}


def test_gold_of_the_card_is_what_was_decided_now() -> None:
    here = program(1, "部屋の噂を聞く。")
    old = Gold("r-1", "room", True, "majority", "", (), 0)
    labelled = Labelled((here,), {("r-1", "room"): old}, (), (), ())
    texts = corpus(labelled, Tagger.of(parse("t.yaml", RULES)))
    card = Card(here, "room", False, "の噂")
    assert [c.right for c in effect(propose(card, texts)[0], card, texts).rules] == [True]


PHRASES = (
    "ひとり親",
    "一人親",
    "集まる",
    "居場所",
    "ＬＩＮＥ",
    "声掛け",
    "子供",
    "相談…受ける",
    "{a}を開く",
)


def test_no_text_in_which_a_phrase_matches_is_passed_over() -> None:
    texts = [
        "一人親の集まり", "ひとり親が集まります", "LINEで声かけ", "こどもの居場所を開く", "相談を電話で受けた",
        "居場所とする", "子供、ＬＩＮＥ", "居 場所を 開く", "窓", "相談。受ける",
    ]  # fmt: skip
    grammar = compile_grammar({"a": ("居場所",)}, {phrase: (phrase,) for phrase in PHRASES})
    matched = 0
    for words in texts:
        held = ready(words, {})
        for phrase in grammar.match(analyse(words)).keys() & set(PHRASES):
            matched += 1
            assert held.may_hold(forms_of(phrase)), (words, phrase)
    assert matched > 10
    assert not ready("窓", {}).may_hold(forms_of("居場所"))


def test_what_is_accepted_is_written_beside_the_comments_and_checked() -> None:
    card = Card(program(1, "部屋の噂を聞く。"), "room", False, "の噂")
    publicity, _, exception = propose(card, on())
    new = accept("t.yaml", RULES, publicity)
    assert new == RULES.replace(
        "      - の案内   # leaflets\n", "      - の案内   # leaflets\n      - の噂\n"
    ).replace("no: [窓]}   #", "no: [窓, 部屋の噂を聞く。]}   #")
    taxonomy = parse("t.yaml", new)
    assert check(compile_rules(taxonomy), taxonomy) == []
    assert accept("t.yaml", new, publicity) == new
    other = accept("t.yaml", RULES, exception)
    assert "no: [窓, 部屋の噂を聞く。], unless: [部屋の噂]}   # the main one" in other


def test_a_proposal_that_breaks_a_sentence_of_the_file_is_refused() -> None:
    rules = RULES.replace("yes: [部屋],", "yes: [部屋, 部屋の噂をする],")
    texts = corpus(Labelled((), {}, (), (), ()), Tagger.of(parse("t.yaml", rules)))
    card = Card(program(1, "部屋の噂を聞く。"), "room", False, "の噂")
    with pytest.raises(
        TaxonomyError, match="room: its yes sentence '部屋の噂をする' does not hold"
    ):
        accept("t.yaml", rules, propose(card, texts)[0])


def test_odd_words_are_no_phrase() -> None:
    for quote in ("{部屋", "…", "  "):
        card = Card(program(1, f"和室{quote}開く。"), "room", True, quote)
        assert propose(card, on()) == ()


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "classify", "taxonomy", "propose", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)


@pytest.mark.slow
def test_a_proposal_is_shown_and_accepted_at_the_command_line(tmp_path: Path) -> None:
    shutil.copy(ROOT / "taxonomy.yaml", tmp_path)
    card = ("tsunagari-r3-078", "ibasho", "--present", "--quote", "場（サロン）の開設")
    options = ("--taxonomy", "taxonomy.yaml", "--labels", str(ROOT / "labeled"))
    shown = run(tmp_path, *card, *options)
    assert shown.stdout.startswith("1. ibasho.word, phrases: 場（サロン）の開設 -> provided\n")
    assert "fixes tsunagari-r3-078 ibasho" in shown.stdout
    done = run(tmp_path, *card, *options, "--accept", "1")
    assert done.returncode == 0, done.stderr
    taxonomy = load(tmp_path / "taxonomy.yaml")
    rule = next(rule for rule in taxonomy.rules if rule.id == "ibasho.word")
    assert rule.phrases[-1] == "場（サロン）の開設"
    assert rule.yes[-1] == "・ＮＰＯによる困りごとや悩みを相談できる場（サロン）の開設"
    again = run(tmp_path, *card, *options, "--accept", "1")
    assert (again.returncode, again.stderr) == (
        1,
        "--accept: there is no proposal 1. write a rule by hand\n",
    )
