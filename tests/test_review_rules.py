"""From a settled card to a rule: proposed on the page, counted first, and added whole or not."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from classify.desk import Desk, Verdict
from classify.errors import InputError, TaxonomyError
from classify.records import Label
from classify.review.advice import Advice
from classify.tagger import Tagger
from classify.taxonomy import load
from desks import folder, serving
from handmade import program

RULES = """\
version: "1"
tags:
  - id: room
    name: {ja: 部屋, en: Room}
    definition: {ja: 部屋がある, en: Has a room}
cues:
  # what is only planned
  - {id: plan, status: considered, after: [検討], yes: [部屋を検討]}
rules:
  - {id: room, tag: room, phrases: [部屋], yes: [部屋], no: [小窓]}   # the main one
"""
TEA = program("大津市", "滋賀県", number=1, summary="茶会を催す。和室を開け放つ。")
GARDEN = program("津市", "三重県", number=2, summary="和室を開け放つ庭。")
TALK = program("津市", "三重県", number=3, summary="部屋で検討会を開く。")
KEY = (TEA.program_id, "room")


@pytest.fixture
def taxonomy(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def at(tmp_path: Path, taxonomy: Path) -> Desk:
    programs = (TEA, GARDEN, TALK)
    said = [Label(*KEY, by == "a", by, quotes=("和室",) if by == "a" else ()) for by in "ab"]
    said += [Label(GARDEN.program_id, "room", False, by) for by in "ab"]
    tagger = Tagger.of(load(taxonomy))
    labels = folder(tmp_path / "labeled", *said, programs=programs)
    return Desk(labels, tagger, list(tagger.tag(programs)))


def settle(at: Desk, key: tuple[str, str] = KEY, **more: Any) -> None:
    said: dict[str, Any] = {"present": True, "words": ("和室を開け放つ",)} | more
    assert at.settle([Verdict(key, by="hana", seen=at.seen(key), **said)]).taken


def counts(effect: dict[str, Any]) -> tuple[int, int, list[tuple[str, bool]]]:
    return effect["fixed"], effect["broken"], [(t["program"], t["right"]) for t in effect["told"]]


def test_a_proposal_tells_what_it_fixes_and_breaks_before_anything_is_saved(
    at: Desk, taxonomy: Path
) -> None:
    settle(at)
    advice = Advice(at)
    (one,) = advice.propose(KEY)["proposals"]
    assert (one["entry"], one["key"], one["phrase"]) == ("room", "phrases", "和室を開け放つ")
    assert (one["status"], one["sentence"], one["present"]) == (
        "provided",
        "和室を開け放つ。",
        True,
    )
    found = advice.effect(KEY, 0, one["phrase"])
    assert counts(found["rules"]) == (1, 1, [("津市", False), ("大津市", True)])
    assert taxonomy.read_text(encoding="utf-8") == RULES


def test_what_is_accepted_goes_into_the_taxonomy_with_its_comments_kept(
    at: Desk, taxonomy: Path
) -> None:
    settle(at)
    advice = Advice(at)
    advice.propose(KEY)
    assert advice.accept(KEY, 0, "和室を開け放つ") == {"path": "rules.yaml", "entry": "room"}
    new = taxonomy.read_text(encoding="utf-8")
    (rule,) = load(taxonomy).rules
    assert (rule.phrases, rule.yes) == (("部屋", "和室を開け放つ"), ("部屋", "和室を開け放つ。"))
    assert "  # what is only planned\n" in new
    assert "# the main one" in new
    assert advice.propose(KEY)["proposals"] == []  # the rules say so now


def test_a_decision_made_since_the_texts_were_read_counts(at: Desk) -> None:
    settle(at)
    advice = Advice(at)
    advice.propose(KEY)
    settle(at, (GARDEN.program_id, "room"))
    (one,) = advice.propose(KEY)["proposals"]
    assert counts(advice.effect(KEY, 0, one["phrase"])["rules"])[:2] == (2, 0)


def test_a_proposal_that_breaks_a_sentence_is_refused_and_nothing_is_written(
    at: Desk, taxonomy: Path
) -> None:
    settle(at)
    advice = Advice(at)
    advice.propose(KEY)
    edited = RULES.replace("no: [小窓]", "no: [小窓, 和室を開け放つ]")
    taxonomy.write_text(edited, encoding="utf-8")  # in an editor, meanwhile
    with pytest.raises(TaxonomyError, match="its no sentence '和室を開け放つ' does not hold"):
        advice.accept(KEY, 0, "和室を開け放つ")
    assert taxonomy.read_text(encoding="utf-8") == edited


@pytest.mark.parametrize(
    ("meanwhile", "remedy"),
    [
        (lambda at: settle(at, present=False), "ask for proposals again"),
        (lambda at: at.undo("hana"), "decide on the card first"),
    ],
    ids=["decided otherwise", "taken back"],
)
def test_only_what_was_shown_of_a_card_that_still_holds_is_added(
    at: Desk, taxonomy: Path, meanwhile: Callable[[Desk], object], remedy: str
) -> None:
    settle(at)
    advice = Advice(at)
    with pytest.raises(InputError, match="was not shown"):
        advice.accept(KEY, 0, "和室を開け放つ")
    advice.propose(KEY)
    meanwhile(at)
    with pytest.raises(InputError, match=remedy):
        advice.accept(KEY, 0, "和室を開け放つ")
    assert taxonomy.read_text(encoding="utf-8") == RULES


def post(url: str, path: str, body: object, **headers: str) -> int:
    sent = {"Content-Type": "application/json", "Origin": url, **headers}
    asked = urllib.request.Request(url + path, json.dumps(body).encode(), sent)  # own
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_taxonomy_is_as_safe_as_the_decisions(at: Desk, taxonomy: Path) -> None:
    settle(at)
    asked = {"card": at.number[KEY], "key": KEY}
    taken = {**asked, "number": 0, "phrase": "和室を開け放つ"}
    with serving(at) as url:
        assert post(url, "/api/propose", asked, Origin="http://evil.example") == 403
        assert post(url, "/api/propose", asked) == 200
        assert post(url, "/api/accept", taken, Origin="http://evil.example") == 403
        assert post(url, "/api/accept", taken, Host="evil.example") == 421
        for wrong in ({"number": 1}, {"number": "0"}, {"phrase": "別"}, {"key": ["x", "room"]}):
            assert post(url, "/api/accept", taken | wrong) == 422
        assert taxonomy.read_text(encoding="utf-8") == RULES
        assert post(url, "/api/accept", taken | {"path": "/etc/passwd"}) == 200
    assert "和室を開け放つ" in taxonomy.read_text(encoding="utf-8")


def test_a_blind_pass_proposes_nothing(tmp_path: Path, taxonomy: Path) -> None:
    tagger = Tagger.of(load(taxonomy))
    labels = folder(tmp_path / "labeled", programs=(TEA,))
    at = Desk(labels, tagger, list(tagger.tag([TEA])), blind="mai")
    settle(at)
    with pytest.raises(InputError, match="is not settled"):
        Advice(at).propose(KEY)


@pytest.mark.slow
def test_a_key_proposes_a_rule_from_the_card_just_settled_and_another_adds_it(
    at: Desk, taxonomy: Path, browser_page: Page
) -> None:
    page = browser_page
    with serving(at) as url:
        page.goto(url)
        expect(page.locator("#body")).to_have_text("大津市")
        page.keyboard.press("p")
        expect(page.locator("#status")).to_have_text(
            "先に決めてください。決めたものから案を出します。"
        )
        page.locator("#summary").evaluate("(node) => getSelection().selectAllChildren(node)")
        for key in ("e", "y", "p"):
            page.keyboard.press(key)
        expect(page.locator("#rule-card")).to_have_text("大津市 部屋：実施")
        expect(page.locator("#rules > li").first).to_contain_text(
            "ルールだけ：直る 1件・壊れる 0件"
        )
        assert Axe().run(page).response["violations"] == []
        page.keyboard.press("Escape")
        expect(page.locator("#rule-box")).to_be_hidden()
        assert taxonomy.read_text(encoding="utf-8") == RULES
        page.keyboard.press("p")
        expect(page.locator("#rules button")).to_be_enabled()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_contain_text("rules.yaml の room に加えました。")
        page.goto("about:blank")
    assert load(taxonomy).rules[0].yes == ("部屋", "茶会を催す。和室を開け放つ。")
