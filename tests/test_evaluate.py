"""Scores against counts by hand and against scikit-learn."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page
from sklearn.metrics import f1_score, precision_score, recall_score

from classify.evaluate import Report, Score, evaluate, keyword_search, macro_f1
from classify.export.report import as_html
from classify.records import Decision, Evidence, Gold, Program, Status, Tagging
from classify.taxonomy import load


def program(number: int, summary: str) -> Program:
    return Program(f"r-{number:03d}", "r", number, "", "", "", "事業", summary, "", "", "")


def tagging(number: int, summary: str, *present: str) -> Tagging:
    decisions = tuple(
        Decision(
            tag=tag.id,
            present=tag.id in present,
            probability=0.9,
            status="none",
            rule="present" if tag.id == "ibasho" else "silent",
            model=0.6 if tag.id == "training" else 0.1,
            review=tag.id == "surveys",
            reason="agree",
            evidence=(),
        )
        for tag in load().tags
    )
    return Tagging(program(number, summary), decisions)


def gold(number: int, *present: str) -> dict[tuple[str, str], Gold]:
    name = f"r-{number:03d}"
    return {
        (name, tag.id): Gold(name, tag.id, tag.id in present, "unanimous", "", (), 0)
        for tag in load().tags
    }


def test_judges_are_counted_by_hand() -> None:
    taggings = [tagging(1, "生理用品", "ibasho", "surveys"), tagging(2, "研修", "ibasho")]
    report = evaluate("r", taggings, gold(1, "ibasho", "training") | gold(2, "surveys"), load())
    assert (report.programs, report.decisions) == (2, 16)
    assert report.scores["both"]["ibasho"] == Score(right=1, wrong=1, missed=0)
    assert report.scores["both"]["surveys"] == Score(right=0, wrong=1, missed=1)
    assert report.scores["rules"]["ibasho"] == Score(right=1, wrong=1, missed=0)
    assert report.scores["model"]["training"] == Score(right=1, wrong=1, missed=0)
    assert report.scores["keywords"]["sanitary_products"] == Score(right=0, wrong=1, missed=0)
    assert [(e.program.number, e.decision.tag) for e in report.errors] == [
        (1, "training"), (1, "surveys"), (2, "ibasho"), (2, "surveys"),
    ]  # fmt: skip
    assert report.flagged == 2
    assert report.wrong_unflagged == 2


def test_decisions_without_gold_are_left_out() -> None:
    report = evaluate("r", [tagging(1, ""), tagging(2, "")], gold(1), load())
    assert report.decisions == 8


def test_intervals_hold_the_figure_and_gains_are_differences() -> None:
    taggings = [tagging(n, "生理用品", "ibasho") for n in range(1, 9)]
    truth = {k: v for n in range(1, 9) for k, v in gold(n, *(["ibasho"] if n % 2 else [])).items()}
    report = evaluate("r", taggings, truth, load())
    both = report.macro["both"]
    # ibasho: 4 right, 4 wrong, F1 8/12; sanitary_products and the rest: nothing there, nothing given.
    assert both.value == pytest.approx((7 + 2 / 3) / 8)
    assert both.low < both.value < both.high
    assert report.by_tag["ibasho"]["precision"].value == pytest.approx(4 / 8)
    assert report.by_tag["ibasho"]["recall"].value == 1.0
    # Of 7 decisions not flagged in each of 8 texts, one is wrong in every other text; the texts
    # drawn hold 1 to 7 of those but in one draw of twenty (binomial with 8 and 1/2).
    error = report.unflagged_error
    assert [error.low, error.value, error.high] == pytest.approx([1 / 56, 4 / 56, 7 / 56])
    # Rules find ibasho everywhere as well: no gain. Keywords give sanitary_products: F1 0 there.
    assert report.macro["both - rules"].value == pytest.approx(0.0)
    assert report.macro["keywords"].value == pytest.approx((6 + 0 + 0) / 8)


def test_bins_and_curve_are_counted_by_hand() -> None:
    report = evaluate("r", [tagging(1, "", "ibasho")], gold(1, "training"), load())
    (only,) = report.bins
    assert (only.low, only.decisions, only.present) == (0.9, 8, 1 / 8)
    # Two of eight are wrong whatever the order among equally sure ones.
    assert report.curve[0] == (0.0, 2 / 8)


def test_evidence_and_status_are_counted() -> None:
    decided = tagging(1, "居場所を開く", "ibasho")
    quoted = {
        key: replace(value, quotes=("居場所",)) if value.present else value
        for key, value in gold(1, "ibasho").items()
    }
    words = (Evidence("summary", 0, 2, "居場", "r"),)
    shown = replace(decided, decisions=tuple(replace(d, evidence=words) for d in decided.decisions))
    statuses: dict[tuple[str, str], Status] = {
        ("r-001", "ibasho"): "provided",
        ("r-001", "surveys"): "ended",
    }
    report = evaluate("r", [shown], quoted, load(), statuses=statuses)
    assert report.evidence == (1, 1)
    assert report.statuses == {"ended": (1, 1), "provided": (1, 1)}


def test_keyword_search_reads_full_width_letters() -> None:
    assert keyword_search(program(1, "ＬＩＮＥで受ける"), ("LINE",))
    assert not keyword_search(program(1, "電話で受ける"), ("LINE",))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_scores_are_those_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    said, true = zip(*pairs, strict=True)
    score = Score(
        right=sum(s and t for s, t in pairs),
        wrong=sum(s and not t for s, t in pairs),
        missed=sum(t and not s for s, t in pairs),
    )
    assert score.f1 == pytest.approx(f1_score(true, said, zero_division=1.0))
    assert score.precision == pytest.approx(precision_score(true, said, zero_division=1.0))
    assert score.recall == pytest.approx(recall_score(true, said, zero_division=1.0))


def test_macro_f1_is_the_mean_over_tags() -> None:
    scores = {"a": Score(2, 0, 0), "b": Score(0, 1, 1), "c": Score(1, 1, 0)}
    assert macro_f1(scores) == pytest.approx((1 + 0 + 2 / 3) / 3)


def hostile() -> Report:
    """Two texts, one decided wrongly, whose words try to be a script."""
    taggings = [tagging(1, "<script>alert(1)</script>", "ibasho"), tagging(2, "研修", "training")]
    truth = gold(1) | gold(2, "training")
    statuses: dict[tuple[str, str], Status] = {("r-002", "training"): "provided"}
    return evaluate("set aside: p09", taggings, truth, load(), statuses=statuses)


def test_the_page_tells_figures_in_japanese_and_escapes_what_it_quotes() -> None:
    page = as_html([hostile()], load().tags).decode()
    assert "<h2>学習に使わない文章 p09" in page
    assert '<th scope="row">居場所</th>' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


@pytest.mark.slow
def test_the_page_passes_axe(browser_page: Page, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "report.html"
    path.write_bytes(as_html([hostile()], load().tags))
    browser_page.goto(path.as_uri())
    assert Axe().run(browser_page).response["violations"] == []
