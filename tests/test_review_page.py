"""The review page in a browser: every key, evidence, two people, hostile texts, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from classify.desk import Desk
from classify.records import Label
from classify.texts import review_texts
from desks import LAKE, PORT, desk, folder, serving, tagger, taggings
from handmade import program

pytestmark = pytest.mark.slow

# A machine that has much else to do is slow, not wrong.
expect.set_options(timeout=20_000)

IBASHO = (LAKE.program_id, "ibasho")
PORT_IBASHO = (PORT.program_id, "ibasho")
WHY = review_texts()["why"]


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def shown(at: Desk, browser_page: Page) -> Iterator[Page]:
    with visit(browser_page, at) as page:
        yield page


@contextmanager
def visit(page: Page, at: Desk, name: str = "hana") -> Iterator[Page]:
    with serving(at, name=name) as url:
        page.goto(url)
        expect(page.locator("#body")).not_to_be_empty()
        yield page
        page.goto("about:blank")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def body(page: Page, name: str) -> None:
    expect(page.locator("#body")).to_have_text(name)


def held(at: Desk, key: tuple[str, str] = IBASHO) -> Label:
    label = at.held(key)
    assert label
    return label


@pytest.mark.parametrize(("key", "present"), [("y", True), ("1", True), ("n", False), ("0", False)])
def test_one_key_decides_and_goes_on(shown: Page, at: Desk, key: str, present: bool) -> None:
    body(shown, LAKE.body)
    press(shown, key)
    body(shown, PORT.body)
    state = "実施" if present else "記載なし"
    expect(shown.locator("#status")).to_have_text(f"大津市の「居場所」を「{state}」と決めました。")
    expect(shown.locator("#count")).to_have_text("2件のうち1件を決定")
    assert held(at).present is present
    press(shown, key)
    expect(shown.locator("#message")).to_be_visible()
    expect(shown.locator("#message")).to_contain_text("すべて終わりました。")
    assert held(at, PORT_IBASHO).present is present


def test_the_words_of_the_tagger_are_the_evidence_unless_one_says_otherwise(
    shown: Page, at: Desk
) -> None:
    expect(shown.locator("#spans li")).to_have_text("居場所 ×")
    press(shown, "y")
    body(shown, PORT.body)
    press(shown, "Backspace")
    expect(shown.locator("#spans")).to_have_text("根拠のことばは選ばれていません。")
    press(shown, "y")
    expect(shown.locator("#message")).to_be_visible()
    assert (held(at).quotes, held(at, PORT_IBASHO).quotes) == (("居場所",), ())


def test_marks_of_a_decision_are_kept_with_it(shown: Page, at: Desk) -> None:
    press(shown, "u", "g", "g", "g", "r", "2")
    expect(shown.locator("#unsure")).to_have_attribute("aria-pressed", "true")
    expect(shown.locator("#chosen-reason")).to_contain_text(WHY[1]["ja"])
    press(shown, "n")
    body(shown, PORT.body)
    label = held(at)
    assert (label.unsure, label.gap, label.reason) == (True, True, WHY[1]["ja"])
    assert (label.quotes, label.near_miss) == ((), ("居場所",))
    expect(shown.locator("#unsure")).to_have_attribute("aria-pressed", "false")


def test_a_reason_in_ones_own_words(shown: Page, at: Desk) -> None:
    press(shown, "r", "0")
    shown.keyboard.type("会場を開く y n 1")
    press(shown, "Enter")
    expect(shown.locator("#chosen-reason")).to_have_text("理由 会場を開く y n 1")
    press(shown, "r", "0")
    shown.keyboard.type("場所を借りる")
    press(shown, "Enter")
    expect(shown.locator("#chosen-reason")).to_have_text("理由 場所を借りる")
    press(shown, "r", "Escape", "y")
    body(shown, PORT.body)
    assert held(at).reason == "場所を借りる"


@pytest.mark.parametrize(("on", "back"), [("j", "k"), ("ArrowRight", "ArrowLeft")])
def test_moving_decides_nothing(shown: Page, at: Desk, on: str, back: str) -> None:
    press(shown, on)
    body(shown, PORT.body)
    press(shown, on, back)
    body(shown, LAKE.body)
    assert at.held(IBASHO) is at.held(PORT_IBASHO) is None


def test_undo_comes_back_to_the_card(shown: Page, at: Desk) -> None:
    press(shown, "y", "n")
    expect(shown.locator("#message")).to_be_visible()
    press(shown, "z")
    body(shown, PORT.body)
    expect(shown.locator("#status")).to_have_text("津市の「居場所」の決定を取り消しました。")
    press(shown, "z", "z")
    expect(shown.locator("#status")).to_have_text("取り消す決定はありません。")
    body(shown, LAKE.body)
    expect(shown.locator("#count")).to_have_text("2件のうち0件を決定")
    assert at.held(IBASHO) is at.held(PORT_IBASHO) is None


def test_what_is_skipped_comes_at_the_end(shown: Page) -> None:
    press(shown, "s")
    body(shown, PORT.body)
    press(shown, "y")
    body(shown, LAKE.body)


def test_search_and_back_to_the_keys(shown: Page, at: Desk) -> None:
    press(shown, "/")
    shown.keyboard.type("訪問")
    body(shown, PORT.body)
    expect(shown.locator("#count")).to_have_text("1件のうち0件を決定")
    press(shown, "Escape", "y")
    expect(shown.locator("#message")).to_be_visible()
    assert held(at, PORT_IBASHO).present
    press(shown, "/")
    shown.locator("#query").fill("どこにもない")
    expect(shown.locator("#message")).to_have_text("条件に合うものはありません。")


def test_filters_by_kind_and_tag(tmp_path: Path, browser_page: Page) -> None:
    parted = [Label(*PORT_IBASHO, name == "a", by=name) for name in "ab"]
    at = desk(tmp_path, *parted)
    with visit(browser_page, at) as page:
        expect(page.locator("#count")).to_contain_text("2件")
        press(page, "f")
        expect(page.locator("#kind")).to_have_value("annotators")
        body(page, PORT.body)
        expect(page.locator("#status")).to_have_text("注釈者の食い違い：1件")
        press(page, "f", "f")
        expect(page.locator("#kind")).to_have_value("")
        expect(page.locator("#count")).to_contain_text("2件")
        page.select_option("#kind", "all")
        page.select_option("#tag", "training")
        expect(page.locator("#question")).to_contain_text("支援者研修")
        page.select_option("#prefecture", "三重県")
        body(page, PORT.body)


def test_the_keys_are_listed(shown: Page) -> None:
    press(shown, "?")
    box = shown.locator("#help-box")
    expect(box).to_be_visible()
    assert box.locator("tr").count() == len(review_texts()["ja"]["keys"])
    press(shown, "y", "Escape")
    expect(box).to_be_hidden()
    body(shown, LAKE.body)


def test_english_and_back(shown: Page) -> None:
    press(shown, "l")
    expect(shown.locator("html")).to_have_attribute("lang", "en")
    expect(shown.locator("#question")).to_have_text(
        "Does the text say that this program offers “Ibasho (a place to be)”?"
    )
    left = shown.evaluate(
        "[...document.querySelectorAll('body *')].filter(n => !n.closest('[lang=ja], option, noscript')"
        " && !n.children.length && n.checkVisibility()"
        " && /[\\u3040-\\u30ff\\u4e00-\\u9fff]/.test(n.textContent)).map(n => n.textContent)"
    )
    assert left == []
    shown.reload()
    expect(shown.locator("html")).to_have_attribute("lang", "en")
    press(shown, "l")
    expect(shown).to_have_title("判定の見直し")


def select(page: Page, start: int, end: int) -> None:
    """Drag the mouse over characters of the summary."""
    box = "(([a, b]) => { const r = document.createRange(); let n = 0; const w = document.createTreeWalker(document.querySelector('#summary'), 4);"
    box += "while (w.nextNode()) { const l = w.currentNode.length; if (a >= n && a < n + l) r.setStart(w.currentNode, a - n);"
    box += "if (b > n && b <= n + l) r.setEnd(w.currentNode, b - n); n += l; }"
    box += "const q = r.getClientRects(); const f = q[0], g = q[q.length - 1]; return [f.left + 1, f.top + f.height / 2, g.right - 1, g.top + g.height / 2]; })"
    left, top, right, bottom = page.evaluate(box, [start, end])
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()


def test_words_selected_with_the_mouse_are_evidence(shown: Page, at: Desk) -> None:
    # The summary opens with 𠮷, which the browser counts as two.
    start = LAKE.summary.index("相談窓口") + 1
    select(shown, start, start + 4)
    press(shown, "e")
    expect(shown.locator("#spans li")).to_have_text("相談窓口 ×")
    expect(shown.locator("#status")).to_have_text("根拠に加えました：相談窓口")
    later = LAKE.summary.index("SNSで相談") + 1
    select(shown, later, later + 3)
    shown.click("#evidence")
    expect(shown.locator("#spans li")).to_have_count(2)
    press(shown, "y")
    body(shown, PORT.body)
    # SNS stands there twice: the quote leads to the place that was meant.
    assert held(at).quotes == ("相談窓口", "SNSで相")


def test_words_chosen_by_keys_are_evidence(shown: Page, at: Desk) -> None:
    press(shown, "e")
    expect(shown.locator("#status")).to_contain_text("Shift で広げる")
    press(shown, "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight")
    press(shown, "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    chosen = shown.evaluate("getSelection().toString()")
    assert len(chosen) > 3
    press(shown, "Enter")
    expect(shown.locator("#spans li")).to_have_text(f"{chosen.strip()} ×")
    press(shown, "e", "Escape", "y")
    body(shown, PORT.body)
    assert held(at).quotes == (chosen.strip(),)


def test_everybodys_words_stand_beside_the_guideline(tmp_path: Path, browser_page: Page) -> None:
    labels = [
        Label(*IBASHO, True, by="annotator-a", quotes=("居場所",)),
        Label(*IBASHO, False, by="mai", near_miss=("居場所",), unsure=True, reason="検討だけ"),
        Label("r2-001", "ibasho", True, by="adjudication", reason="開いた"),
    ]
    old = replace(LAKE, program_id="r2-001", release="r2.pdf")
    at = Desk(
        folder(tmp_path, *labels, programs=(LAKE, old)), tagger(), taggings(LAKE, ibasho="1?")
    )
    with visit(browser_page, at) as page:
        rows = dict(
            zip(
                page.locator("#voices dt").all_inner_texts(),
                page.locator("#voices dd").all_inner_texts(),
                strict=True,
            )
        )
        assert "検討段階" in rows["ルール"]
        assert "も検討" in rows["ルール"]
        assert "モデルはこの支援を知りません" in rows["モデル"]
        assert "確認待ち" in rows["自動判定"]
        assert rows["annotator-a"].split() == ["●実施", "居場所"]
        assert rows["mai"].split() == ["－記載なし", "迷い", "紛らわしい", "居場所", "検討だけ"]
        assert "r2.pdf" in rows["前の資料"]
        assert "開いた" in rows["前の資料"]
        tag = next(tag for tag in at.tagger.taxonomy.tags if tag.id == "ibasho")
        guide = page.locator(".side").inner_text()
        for words in (tag.definition["ja"], *tag.counts, *tag.does_not_count):
            assert words in guide
        marks = page.locator("#summary mark")
        assert ("居場所", "居場所：検討段階") in [
            (mark.inner_text(), mark.get_attribute("data-label")) for mark in marks.all()
        ]
        assert page.locator("#summary").inner_text() == LAKE.summary


def test_a_blind_pass_shows_the_text_and_the_guideline_only(
    tmp_path: Path, browser_page: Page
) -> None:
    others = [Label(*IBASHO, True, by=name) for name in "ab"]
    at = Desk(folder(tmp_path, *others), tagger(), taggings(ibasho="1?"), blind="mai")
    with visit(browser_page, at, "mai") as page:
        tags = len(tagger().taxonomy.tags)
        expect(page.locator("#count")).to_have_text(f"{2 * tags}件のうち0件を決定")
        assert page.locator("mark, .voices, .why li, #kind").count() == 0
        assert page.locator("#guide").inner_text()
        press(page, "n")
        body(page, PORT.body)
        expect(page.locator("#question")).to_contain_text("相談")
        press(page, "y")
        expect(page.locator("#question")).to_contain_text("SNS相談")
        body(page, LAKE.body)
        press(page, "z", "n")
        expect(page.locator("#status")).to_have_text("津市の「相談」を「記載なし」と決めました。")
    first = tagger().taxonomy.tags[0].id
    lines = (tmp_path / "decisions" / "mai.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert held(at, (PORT.program_id, first)).present is False


DEAF = """() => { const ask = window.fetch; window.fetch = (path, options) =>
  path.includes("changes") ? new Promise(() => {}) : ask(path, options); }"""


def another(chromium: Browser, url: str, name: str) -> Page:
    page = chromium.new_context().new_page()
    page.set_default_timeout(5_000)
    page.goto(url)
    page.fill("#name", name)
    page.keyboard.press("Enter")
    expect(page.locator("#name-box")).to_be_hidden()
    body(page, LAKE.body)
    return page


def test_a_name_that_cannot_be_kept_is_refused_at_once_and_a_good_one_can_be_changed(
    chromium: Browser, tmp_path: Path
) -> None:
    with serving(desk(tmp_path), name="") as url:
        page = chromium.new_page()
        page.goto(url)
        for name in ("a/b", "adjudication"):
            page.fill("#name", name)
            page.keyboard.press("Enter")
            expect(page.locator("#name-alert")).to_contain_text("この名前は使えません")
            expect(page.locator("#name-box")).to_be_visible()
        page.fill("#name", "花")
        page.keyboard.press("Enter")
        expect(page.locator("#name-box")).to_be_hidden()
        expect(page.locator("#who")).to_have_text("花")
        page.locator("#who").click()
        page.fill("#name", "Ken Ito")
        page.keyboard.press("Enter")
        expect(page.locator("#who")).to_have_text("ken-ito")
        page.close()


def test_two_people_at_once_see_what_the_other_decided(chromium: Browser, tmp_path: Path) -> None:
    at = desk(tmp_path)
    with serving(at, name="") as url:
        one, two = another(chromium, url, "hana"), another(chromium, url, "Ken Ito")
        # The second does not hear of others until it posts.
        two.evaluate(DEAF)
        press(one, "y")
        body(one, PORT.body)
        press(two, "u", "n")
        expect(two.locator("#alert")).to_contain_text("hanaさんが先に「実施」と決めていました。")
        body(two, LAKE.body)
        assert held(at).by == "adjudication-hana"
        expect(two.locator("#unsure")).to_have_attribute("aria-pressed", "true")
        press(two, "n")
        body(two, PORT.body)
        assert (held(at).by, held(at).present, held(at).was) == (
            "adjudication-ken-ito",
            False,
            "present",
        )
        press(two, "y")
        expect(two.locator("#message")).to_be_visible()
        # The first still looks at that card, and is told without asking.
        expect(one.locator("#alert")).to_contain_text("ken-itoさんがいま「実施」と決めました。")
        expect(one.locator("#count")).to_have_text("2件のうち2件を決定")
        for page in (one, two):
            page.context.close()


EVIL = "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script>{{7*7}}"
RTL = "\u202e逆さ\u202c\u2066\u200f"


def test_a_hostile_release_runs_nothing_and_can_be_decided(
    tmp_path: Path, browser_page: Page
) -> None:
    text = f"{EVIL}\n{RTL}居場所を開く。\n" + "𠮷相談を受ける。" * 6_250
    assert len(text) > 50_000
    evil = replace(program(EVIL + RTL, EVIL, name=EVIL, summary=text), source=EVIL, release=EVIL)
    label = Label(evil.program_id, "ibasho", True, by="a", reason=EVIL)
    other = replace(label, present=False, by="b")
    at = Desk(
        folder(tmp_path, label, other, programs=(evil,)), tagger(), taggings(evil, ibasho="1?")
    )
    with visit(browser_page, at) as page:
        assert page.locator("#body").text_content() == EVIL + RTL
        assert page.locator("#summary").text_content() == text
        assert page.locator("#voices").get_by_text(EVIL).count() == 2
        select(page, text.index("開く"), text.index("開く") + 2)
        press(page, "e", "y")
        expect(page.locator("#message")).to_be_visible()
        assert page.title() == "判定の見直し"
        assert page.locator("img").count() == 0
    assert held(at, (evil.program_id, "ibasho")).quotes == ("開く",)


def test_what_cannot_be_saved_is_told_and_stays(shown: Page, at: Desk) -> None:
    shown.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    press(shown, "u", "y")
    expect(shown.locator("#alert")).to_contain_text("保存できませんでした。")
    body(shown, LAKE.body)
    expect(shown.locator("#unsure")).to_have_attribute("aria-pressed", "true")
    assert at.held(IBASHO) is None


@pytest.mark.parametrize("width", [1280, 768, 640, 375])
def test_nothing_runs_out_of_the_page(shown: Page, width: int) -> None:
    # 640 is a laptop's 1280 at 200 %.
    shown.set_viewport_size({"width": width, "height": 720})
    assert shown.evaluate("document.documentElement.scrollWidth") == width


def test_everything_can_be_reached_and_pressed_without_a_mouse(shown: Page, at: Desk) -> None:
    shown.locator("#body").focus()
    for _ in range(20):
        press(shown, "Tab")
        if shown.evaluate("document.activeElement.id") == "absent":
            break
    press(shown, "Enter")
    body(shown, PORT.body)
    assert held(at).present is False


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(chromium: Browser, tmp_path: Path, scheme: str) -> None:
    labels = [
        Label(*IBASHO, name == "a", by=name, unsure=True, quotes=("居場所",)) for name in "ab"
    ]
    at = desk(tmp_path, *labels)
    # axe is a script of its own, which the page's policy would not let in.
    context = chromium.new_context(
        bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light"
    )
    states = {"card": "", "help": "?", "reason": "Escape r", "english": "Escape l", "held": "y k"}
    with visit(context.new_page(), at) as page:
        for name, keys in states.items():
            press(page, *keys.split())
            page.wait_for_timeout(100)
            found = Axe().run(page)
            assert found.violations_count == 0, (name, found.generate_report())
    context.close()
