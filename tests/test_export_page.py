from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from classify.export import By, write_matrix
from classify.places import prefectures
from classify.records import Evidence, Tagging
from classify.texts import texts, tiles
from handmade import decision, program, tag, tagging

TAGS = (tag("talk"), tag("visit"))
SUMMARY = "𠮷田さんの相談窓口を設ける。\nＳＮＳでも受ける。"
QUOTE = Evidence("summary", 5, 9, "相談窓口", "talk.window")
OTSU = program("大津市", "滋賀県", code="252018", name="つながりサポート", summary=SUMMARY)
TAGGINGS = (
    Tagging(
        OTSU,
        (decision("talk", "1", quotes=(QUOTE,), reason="窓口を設ける"), decision("visit", "0")),
    ),
    tagging(program("滋賀県", "滋賀県", code="250007", number=2), talk="1", visit="0?"),
    tagging(program("札幌市", "北海道", code="011002", number=3), talk="0", visit="0"),
    tagging(program("全国の会", number=4), talk="1", visit="1"),
)


def _page(folder: Path, taggings: tuple[Tagging, ...] = TAGGINGS, by: By = "body") -> Path:
    path = folder / "matrix.html"
    write_matrix(path, taggings, TAGS, by=by, taxonomy="7")
    return path


class _Elements(HTMLParser):
    """Every start tag with its attributes, and the text of script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.raw.append((self.tags[-1][0], data))


def test_both_languages_have_the_same_words() -> None:
    def keys(table: dict[str, object], prefix: str = "") -> set[str]:
        nested = [keys(v, f"{prefix}{k}.") for k, v in table.items() if isinstance(v, dict)]
        return {f"{prefix}{key}" for key in table}.union(*nested)

    assert keys(texts()["ja"]) == keys(texts()["en"])
    places = re.compile(r"\{\w*\}")
    for key in texts()["ja"]["page"]:
        ja, en = (sorted(places.findall(texts()[lang]["page"][key])) for lang in ("ja", "en"))
        assert ja == en


def test_the_map_holds_each_prefecture_once() -> None:
    assert [tile.code for tile in tiles()] == [place.code for place in prefectures()]
    assert len({(tile.row, tile.column) for tile in tiles()}) == 47
    for tile, place in zip(tiles(), prefectures(), strict=True):
        assert place.prefecture.startswith(tile.ja)


def test_the_map_lies_as_japan_does() -> None:
    at = {tile.en: (tile.row, tile.column) for tile in tiles()}
    north = ["Hokkaido", "Aomori", "Iwate", "Miyagi", "Fukushima", "Tochigi", "Chiba", "Okinawa"]
    west = ["Nagasaki", "Saga", "Fukuoka", "Okayama", "Osaka", "Nara", "Mie", "Aichi", "Tokyo"]
    assert [at[name][0] for name in north] == sorted(at[name][0] for name in north)
    assert [at[name][1] for name in west] == sorted(at[name][1] for name in west)


def test_the_page_asks_the_network_for_nothing(tmp_path: Path) -> None:
    text = _page(tmp_path).read_text("utf-8")
    found = _Elements(text)
    assert not [a for _, a in found.tags if {"src", "style", "onclick", "onload"} & a.keys()]
    assert [a["href"] for _, a in found.tags if "href" in a] == ["#tables"]
    assert "url(" not in text
    assert "@import" not in text


def test_the_policy_lets_only_its_own_style_and_script_work(tmp_path: Path) -> None:
    found = _Elements(_page(tmp_path).read_text("utf-8"))
    policy = next(a["content"] for _, a in found.tags if a.get("http-equiv"))
    hashes = {
        kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for kind, text in found.raw
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; "
        f"script-src 'sha256-{hashes['script']}'; base-uri 'none'; form-action 'none'"
    )


def test_what_a_release_says_never_becomes_markup(tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=alert(1)><!--\u2028"
    one = replace(OTSU, body=evil, prefecture=evil, program=evil, summary=evil, release=evil)
    path = _page(tmp_path, (Tagging(one, (decision("talk", "1"), decision("visit", "0"))),))
    found = _Elements(path.read_text("utf-8"))
    assert "img" not in [name for name, _ in found.tags]
    data = json.loads(next(text for kind, text in found.raw if text.startswith('{"by"')))
    assert data["bodies"][0]["programs"][0]["summary"] == evil
    assert "\u2028" not in next(text for kind, text in found.raw if text.startswith('{"by"'))


def test_without_a_script_both_tables_are_there(tmp_path: Path) -> None:
    text = _page(tmp_path).read_text("utf-8")
    assert text.count("<tr data-i=") == 4 + 47
    assert text.count(">●</button>") == 4
    assert text.count(">?</button>") == 1


@pytest.fixture
def shown(browser_page: Page, tmp_path: Path) -> Page:
    browser_page.goto(_page(tmp_path).as_uri())
    return browser_page


def _bodies(page: Page) -> list[str]:
    return page.locator('[data-sheet="body"] tbody tr:visible .body').all_inner_texts()


@pytest.mark.slow
def test_search_ignores_width_and_kana(shown: Page) -> None:
    for words, bodies in [
        ("さぽーと", ["大津市"]),
        ("滋賀 つながり", ["大津市", "滋賀県"]),
        ("SNS", ["大津市"]),
        ("沖縄", []),
        ("", ["札幌市", "大津市", "滋賀県", "全国の会"]),
    ]:
        shown.fill("#query", words)
        expect(shown.locator("#result")).to_have_text(f"4団体のうち{len(bodies)}団体を表示")
        assert _bodies(shown) == bodies
    assert shown.locator(".nothing").is_hidden()


@pytest.mark.slow
def test_filters_by_prefecture_tag_and_state(shown: Page) -> None:
    assert shown.locator("#state").is_disabled()
    shown.click('.tile[data-p="24"]')
    assert _bodies(shown) == ["大津市", "滋賀県"]
    shown.select_option("#tag", "1")
    shown.select_option("#state", "?")
    assert _bodies(shown) == ["滋賀県"]
    shown.click("#clear")
    assert len(_bodies(shown)) == 4


@pytest.mark.slow
def test_the_map_tells_nothing_published_from_none_stated_and_waiting(shown: Page) -> None:
    shown.click("label:has-text('visitの支援')")
    levels = {
        code: shown.locator(f'.tile[data-p="{code}"]').get_attribute("data-level")
        for code in (0, 1, 24)
    }
    assert levels == {0: "zero", 1: "none", 24: "wait"}
    assert shown.inner_text("#gaps b") == "北海道"
    assert shown.inner_text("#tally") == (
        "1団体が実施（公表のある2都道府県のうち0）。ほか1団体が確認待ち"
    )


@pytest.mark.slow
def test_a_mark_opens_its_evidence_and_escape_goes_back(shown: Page) -> None:
    mark = shown.get_by_label("滋賀県 大津市、talkの支援：実施")
    mark.click()
    panel = shown.locator("#panel")
    assert panel.locator("h2").inner_text() == "滋賀県 大津市 ・ talkの支援"
    assert panel.locator("mark").all_inner_texts() == ["相談窓口"]
    assert panel.locator(".summary").inner_text() == SUMMARY
    for words in ("窓口を設ける", "011-211-2962", "市民課", "0.91", "talk.window", "r3.pdf p1"):
        assert words in panel.inner_text()
    shown.keyboard.press("Escape")
    assert panel.is_hidden()
    assert mark.evaluate("node => node === document.activeElement")


@pytest.mark.slow
def test_the_arrow_keys_move_and_enter_opens(shown: Page) -> None:
    shown.locator('[data-sheet="body"] tbody button').first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        shown.keyboard.press(key)
    assert shown.inner_text("#panel-title") == "滋賀県 滋賀県 ・ visitの支援"
    stops = shown.locator('[data-sheet="body"] tbody button[tabindex="0"]')
    assert stops.count() == 1


@pytest.mark.slow
def test_english_without_a_reload(shown: Page) -> None:
    shown.click("text=English")
    assert shown.title() == "Who offers which support"
    assert shown.locator("html").get_attribute("lang") == "en"
    assert shown.inner_text("#result") == "4 of 4 bodies shown"
    assert shown.get_by_label("Hokkaido 札幌市, Talk: Not stated").count() == 1
    left = shown.evaluate(
        "[...document.querySelectorAll('body *:not(script):not(style)')]"
        ".filter(n => !n.closest('[lang=ja]') && !n.children.length && n.checkVisibility()"
        " && /[\\u3040-\\u30ff\\u4e00-\\u9fff]/.test(n.textContent)).map(n => n.textContent)"
    )
    assert left == []


@pytest.mark.slow
def test_a_prefecture_shows_its_bodies(shown: Page) -> None:
    shown.click('[data-view="prefecture"]')
    shown.get_by_label("滋賀県、talkの支援：実施2団体、確認待ち0団体").click()
    assert shown.locator("#panel li button").all_inner_texts() == ["大津市", "滋賀県"]
    assert shown.locator("#panel li p").all_inner_texts() == ["𠮷田さんの相談窓口を設ける。"]
    assert shown.locator("#panel li mark").all_inner_texts() == ["相談窓口"]
    shown.click("#panel li button >> nth=0")
    assert shown.inner_text("#panel-title") == "滋賀県 大津市 ・ talkの支援"
    shown.click('[data-sheet="prefecture"] tbody tr:nth-child(25) th button')
    assert _bodies(shown) == ["大津市", "滋賀県"]


@pytest.mark.slow
def test_a_phone_scrolls_the_table_not_the_page(shown: Page) -> None:
    shown.set_viewport_size({"width": 375, "height": 720})
    assert shown.evaluate("document.documentElement.scrollWidth") == 375


@pytest.mark.slow
def test_a_hostile_release_runs_nothing(browser_page: Page, tmp_path: Path) -> None:
    evil = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'"
    one = replace(OTSU, body=evil, program=evil, summary=evil, department=evil)
    quote = Evidence("summary", 0, 4, evil[:4], evil)
    decisions = (decision("talk", "1", quotes=(quote,), reason=evil), decision("visit", "0"))
    browser_page.goto(_page(tmp_path, (Tagging(one, decisions),)).as_uri())
    browser_page.click('[data-sheet="body"] td button[data-s="1"]')
    assert browser_page.inner_text("#panel .summary") == evil
    assert browser_page.title() == "支援の実施状況一覧"
    assert browser_page.locator("img").count() == 0
