"""Agreement against counts by hand and against nltk and statsmodels."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from statsmodels.stats.inter_rater import cohens_kappa

from classify import console_agreement
from classify.agreement import Agreement, Group, agreement, as_raters
from classify.chance import masi
from classify.errors import InputError
from classify.export import agreed
from classify.labels import load_labels, load_programs
from classify.people import load_machines
from classify.records import Decision, Evidence, Label, Program, Tagging
from classify.taxonomy import load

if TYPE_CHECKING:
    from playwright.sync_api import Page

LABELED = Path(__file__).parents[1] / "labeled"

TAGS = ("a", "b")
# What each rater says of each program, by tag: True, False, or None where they did not decide.
Sheet = Sequence[Sequence[Sequence[bool | None]]]


def program(number: int, body: str = "") -> Program:
    return Program(f"r-{number}", "r", number, "", body or f"body {number}", "", "", "", "", "", "")


def labels_of(sheet: Sheet, names: str = "hmjk") -> list[Label]:
    return [
        Label(f"r-{number}", tag, present, by=by)
        for number, row in enumerate(sheet)
        for by, said in zip(names, row, strict=False)
        for tag, present in zip(TAGS, said, strict=False)
        if present is not None
    ]


def measured(sheet: Sheet, names: str = "hmjk", machines: str = "") -> Agreement:
    programs = {f"r-{number}": program(number) for number in range(len(sheet))}
    return agreement(labels_of(sheet, names), programs, TAGS, frozenset(machines))


def only(found: Agreement) -> Group:
    (group,) = found.groups
    return group


def said(letters: str) -> list[list[bool | None]]:
    """One tag by several raters: `+` present, `-` absent, `.` undecided."""
    return [[{"+": True, "-": False, ".": None}[letter]] for letter in letters]


def test_two_raters_are_counted_by_hand() -> None:
    # Both present 4, first alone 1, second alone 2, neither 3.
    group = only(measured([said(s) for s in ["++"] * 4 + ["+-"] + ["-+"] * 2 + ["--"] * 3]))
    assert (group.overall.cards, group.overall.pairs, group.overall.disputed) == (10, 10, 3)
    assert group.overall.raw.value == pytest.approx(0.7)
    # By chance .5 * .6 + .5 * .4 = .5.
    assert group.overall.kappa["h", "m"].value == pytest.approx((0.7 - 0.5) / 0.5)
    # 11 present and 9 absent: expected 2 * 11 * 9 / (20 * 19).
    assert group.overall.alpha.value == pytest.approx(1 - 0.3 / (198 / 380))


def test_krippendorffs_own_example_with_missing_values() -> None:
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example B: 0.095.
    first, second = "0100000010", "1110010000"
    rows = [
        said("".join("+" if one == "1" else "-" for one in pair))
        for pair in zip(first, second, strict=True)
    ]
    group = only(measured([*rows, said("+."), said(".-")]))
    assert group.overall.alpha.value == pytest.approx(0.095, abs=5e-4)
    assert group.overall.cards == 10


def test_what_does_not_vary_has_no_kappa_and_no_alpha() -> None:
    found = only(measured([said("++"), said("++")])).overall
    assert found.raw.value == 1.0
    assert found.alpha.value is None
    assert found.kappa["h", "m"].value is None


@pytest.mark.parametrize("sheet", [[], [said("+")], [said("+."), said(".+")]])
def test_who_is_alone_agrees_with_nobody(sheet: Sheet) -> None:
    assert measured(sheet).groups == ()


def test_one_body_gives_no_interval() -> None:
    programs = {name: program(n, "one town") for n, name in enumerate(("r-0", "r-1"))}
    found = agreement(labels_of([said("++"), said("+-")]), programs, TAGS)
    figure = only(found).overall.raw
    assert (figure.value, figure.low, figure.high) == (0.5, None, None)


def test_bodies_are_drawn_and_not_programs() -> None:
    sheet = [said("++"), said("++"), said("+-"), said("+-")] * 5
    apart = {f"r-{n}": program(n) for n in range(20)}
    together = {f"r-{n}": program(n, f"town {n % 4 // 2}") for n in range(20)}
    wide, narrow = (
        only(agreement(labels_of(sheet), programs, TAGS)).overall.raw
        for programs in (together, apart)
    )
    assert wide.value == narrow.value == 0.5
    # Two towns, each of one mind: draws give 0, a half, or 1.
    assert (wide.low, wide.high) == (0.0, 1.0)
    assert narrow.low is not None
    assert narrow.high is not None
    assert 0.2 < narrow.low < 0.5 < narrow.high < 0.8


def test_intervals_are_those_of_drawing_one_by_one() -> None:
    rng = random.Random(1)
    sheet = [said(rng.choice(["++", "--", "+-"])) for _ in range(30)]
    values = []
    for _ in range(1000):
        drawn = [sheet[rng.randrange(30)] for _ in range(30)]
        values.append(_nltk(drawn, "hm").alpha())
    figure = only(measured(sheet)).overall.alpha
    low, high = np.quantile(values, (0.025, 0.975))
    assert figure.low == pytest.approx(low, abs=0.06)
    assert figure.high == pytest.approx(high, abs=0.06)


def test_the_last_word_counts_and_what_is_undone_does_not() -> None:
    programs = {"r-0": program(0)}
    first = Label("r-0", "a", True, by="h")
    again = replace(first, present=False)
    other = Label("r-0", "a", False, by="m")
    settled = Label("r-0", "a", True, by="adjudication-rei")
    agreed = agreement([first, again, other, settled], programs, TAGS)
    assert only(agreed).overall.raw.value == 1.0
    assert agreed.people == ("h", "m")
    undone = agreement([first, again, other, replace(again, undone=True)], programs, TAGS)
    assert only(undone).overall.raw.value == 0.0
    taken_back = agreement([first, other, replace(first, undone=True)], programs, TAGS)
    assert taken_back.groups == ()


def test_people_are_told_apart_from_machines() -> None:
    # h and j are people and agree; m and k are machines and agree; across they differ.
    found = measured([said("+-+-"), said("-+-+")], machines="mk")
    figures = {g.name: (g.raters, g.overall.raw.value, g.overall.pairs) for g in found.groups}
    assert figures == {
        "people": (("h", "j"), 1.0, 2),
        "machines": (("k", "m"), 1.0, 2),
        "between": (("h", "j", "k", "m"), 0.0, 8),
    }
    between = found.groups[2]
    assert set(between.overall.kappa) == {("h", "k"), ("h", "m"), ("j", "k"), ("j", "m")}
    assert (between.overall.alpha.value, between.sets.value) == (None, None)


def test_empty_sets_agree_with_each_other_and_with_nothing_else() -> None:
    nothing, something = [False, False], [True, False]
    group = only(measured([[nothing, nothing], [something, nothing]]))
    # Values: three empty, one {a}. Observed 1/2; expected 2 * 3 * 1 / (4 * 3) = 1/2.
    assert group.sets.value == pytest.approx(0.0)
    assert group.programs == 2
    assert only(measured([[nothing, nothing]])).sets.value is None


def test_a_set_counts_only_where_every_tag_is_decided() -> None:
    whole, part = [True, False], [True, None]
    group = only(measured([[whole, whole, part], [whole, part, part], [[False, False]] * 3]))
    assert group.programs == 2
    assert group.sets.value == 1.0


@given(st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("abcd")))
def test_masi_is_a_distance(one: set[str], other: set[str]) -> None:
    assert masi(one, other) == masi(other, one)
    assert 0 <= masi(one, other) <= 1
    assert (masi(one, other) == 0) == (one == other)


CELLS = st.sampled_from([True, False, None])
SHEETS = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.tuples(CELLS, CELLS), min_size=raters, max_size=raters), min_size=1, max_size=12
    )
)


def _nltk(sheet: Sheet, names: str, tag: int = 0) -> AnnotationTask:
    data = [
        (by, str(number), str(row[column][tag]))
        for number, row in enumerate(sheet)
        for column, by in enumerate(names[: len(row)])
        if row[column][tag] is not None
    ]
    return AnnotationTask(data)


@given(SHEETS)
@settings(max_examples=60, deadline=None)
def test_alpha_is_that_of_nltk_with_missing_values(sheet: Sheet) -> None:
    task = _nltk(sheet, "hmjk")
    pairable = [[cell[0] for cell in row if cell[0] is not None] for row in sheet]
    values = {value for row in pairable if len(row) > 1 for value in row}
    found = measured(sheet)
    if len(values) < 2:
        assert all(group.tags["a"].alpha.value is None for group in found.groups)
    else:
        assert only(found).tags["a"].alpha.value == pytest.approx(task.alpha())


@given(SHEETS)
@settings(max_examples=60, deadline=None)
def test_alpha_over_sets_is_that_of_nltk_with_the_same_distance(sheet: Sheet) -> None:
    data = [
        (by, str(number), frozenset(t for t, value in zip(TAGS, cell, strict=True) if value))
        for number, row in enumerate(sheet)
        for by, cell in zip("hmjk", row, strict=False)
        if None not in cell
    ]
    units = [sum(unit == str(number) for _, unit, _ in data) for number in range(len(sheet))]
    kinds = {kind for _, unit, kind in data if units[int(unit)] > 1}
    assume(len(kinds) > 1)
    found = only(measured(sheet))
    assert found.sets.value == pytest.approx(AnnotationTask(data, distance=masi).alpha())
    assert found.programs == sum(count > 1 for count in units)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=80, deadline=None)
def test_kappa_is_that_of_nltk_and_statsmodels(pairs: list[tuple[bool, bool]]) -> None:
    sheet = [[[one], [other]] for one, other in pairs]
    found = only(measured(sheet)).overall.kappa["h", "m"].value
    counts = np.zeros((2, 2))
    for one, other in pairs:
        counts[int(one), int(other)] += 1
    if len({value for pair in pairs for value in pair}) < 2:
        assert found is None
    else:
        assert found == pytest.approx(cohens_kappa(counts, return_results=False))
        assert found == pytest.approx(_nltk(sheet, "hm").kappa_pairwise("h", "m"))


@given(SHEETS, st.permutations("hmjk"))
@settings(max_examples=40, deadline=None)
def test_names_of_annotators_change_nothing(sheet: Sheet, names: list[str]) -> None:
    def figures(found: Agreement) -> list[object]:
        return [
            (g.sets, [(m.raw, m.alpha, m.disputed) for m in (g.overall, *g.tags.values())])
            for g in found.groups
        ]

    assert figures(measured(sheet)) == figures(measured(sheet, "".join(names)))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_perfect_agreement_is_one_where_there_is_something_to_tell(
    rows: list[tuple[bool, bool]],
) -> None:
    group = only(measured([[row] * 3 for row in rows]))
    for figure in (group.overall.alpha, group.sets, *group.overall.kappa.values()):
        assert figure.value in (1.0, None)
    assert group.overall.raw.value == 1.0
    assert (group.sets.value is None) == (len(set(rows)) == 1)


def test_texts_are_ordered_by_how_many_pairs_differ_with_both_sides() -> None:
    sheet = [said("++++"), said("+---"), said("++--")]
    found = measured(sheet)
    assert [(text.program.program_id, text.pairs) for text in found.texts] == [
        ("r-2", 4),
        ("r-1", 3),
    ]
    (dispute,) = found.texts[1].disputes
    assert [label.by for label in dispute.present] == ["h"]
    assert [label.by for label in dispute.absent] == ["j", "k", "m"]


def test_rules_and_model_can_be_raters() -> None:
    words = (Evidence("summary", 0, 2, "居場", "r"),)
    decision = Decision("a", True, 0.9, "provided", "present", 0.2, True, "disagree", words)
    tagging = Tagging(program(0), (decision, replace(decision, tag="b", rule="silent", model=None)))
    assert as_raters([tagging]) == (
        Label("r-0", "a", True, "rules", quotes=("居場",)),
        Label("r-0", "a", False, "model"),
        Label("r-0", "b", False, "rules"),
    )


@pytest.fixture
def of_r3() -> Agreement:
    programs = load_programs(LABELED)
    labels = load_labels(LABELED, programs)
    return agreement(labels, programs, [tag.id for tag in load().tags], load_machines(LABELED))


def test_the_annotators_of_r3_are_machines_that_differ_on_three_cards(of_r3: Agreement) -> None:
    group = only(of_r3)
    assert (of_r3.people, group.name) == ((), "machines")
    assert (group.overall.cards, group.overall.pairs, group.overall.disputed) == (656, 1968, 6)
    assert {(t.program.number, t.disputes[0].tag) for t in of_r3.texts} == {
        (29, "ibasho"), (49, "consultation"), (57, "surveys"),
    }  # fmt: skip


def test_json_holds_every_figure_and_null_where_one_is_undefined() -> None:
    data = json.loads(agreed.as_json(measured([said("++"), said("++")])))
    (group,) = data["groups"]
    assert group["overall"]["raw"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert group["tags"]["a"]["alpha"] == {"value": None, "low": None, "high": None}
    assert group["overall"]["kappa"] == [
        {"raters": ["h", "m"], "value": None, "low": None, "high": None}
    ]


def test_the_page_shows_both_sides_and_escapes_what_they_quote(of_r3: Agreement) -> None:
    text = of_r3.texts[0]
    (dispute,) = text.disputes
    hostile = replace(dispute.present[0], quotes=("<script>alert(1)</script>",))
    dispute = replace(dispute, present=(hostile,))
    found = replace(of_r3, texts=(replace(text, disputes=(dispute,)),))
    page = agreed.as_html(found, load().tags).decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "ピアサポート支援の提供" in page
    assert "http" not in re.sub(r"http-equiv", "", page)


@pytest.mark.slow
def test_the_page_passes_axe(of_r3: Agreement, browser_page: Page, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "agreement.html"
    path.write_bytes(agreed.as_html(of_r3, load().tags))
    browser_page.goto(path.as_uri())
    assert Axe().run(browser_page).response["violations"] == []


def test_the_terminal_shows_figures_and_who_says_what(
    of_r3: Agreement, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    console_agreement.show(of_r3, load().tags, "en")
    lines = capsys.readouterr().out.splitlines()
    (overall,) = (line.split() for line in lines if line.startswith("all "))
    assert overall[1:4] == ["656", "6", "0.997"]
    assert "    Present, says annotator-c; unsure; evidence ピアサポート支援の提供" in lines
    console_agreement.show(measured([said("+")]), load().tags, "ja")
    assert capsys.readouterr().out.strip() == "比べられる判定がありません。"


@pytest.mark.parametrize(
    "text", ["[machines", "[machines]\nnames = 'a'", "[people]\n", "[machines]\nnames = [1]"]
)
def test_a_list_of_machines_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    assert load_machines(tmp_path) == {"rules", "model"}
    (tmp_path / "people.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="does not list the machines"):
        load_machines(tmp_path)
