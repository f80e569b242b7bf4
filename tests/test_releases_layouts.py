"""Releases of other years: other words, other orders, other files. The programs stay R3's."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from classify.records import Reading
from classify.releases import read
from releases import builders
from releases.builders import Truth, blank_repeats, cells, columnar, pdf, runs, workbook

FIELDS = ("prefecture", "body", "code", "program", "summary", "department", "phone")
# What the test font or Shift_JIS cannot hold comes out as another letter; the reader keeps it.
FOLDED = str.maketrans({"～": "〜", "−": "－", "繫": "", "?": ""})


def solid(text: str) -> str:
    return "".join(text.split()).translate(FOLDED)


def assert_all(reading: Reading, wanted: list[Truth]) -> None:
    found = [{name: solid(getattr(p, name)) for name in FIELDS} for p in reading.programs]
    assert found == [{name: solid(truth[name]) for name in FIELDS} for truth in wanted]


def number(truth: Truth) -> str:
    return truth["number"]


def contact(truth: Truth) -> str:
    return f"{truth['department']}\nTEL：{truth['phone']}"


def full_name(truth: Truth) -> str:
    own = truth["prefecture"] == truth["body"]
    return truth["body"] if own else truth["prefecture"] + truth["body"]


TRUTHS = builders.truths()
SOME = TRUTHS[:24]  # over five pages, eight prefectures


def separated(rows: list[list[str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


# ---- workbooks and separated tables ---------------------------------------------------------


def test_workbook_with_title_note_and_merged_prefectures(tmp_path: Path) -> None:
    header = ["No.", "都道府県名", "市区町村名", "事業名称", "事業内容", "担当課", "連絡先電話番号"]
    body = cells(TRUTHS, number, "prefecture", "body", "program", "summary", "department", "phone")
    rows = [["令和４年度　実施状況一覧"], [], header, *body, ["※ 令和４年４月時点"]]
    merged = [f"B{a + 4}:B{b + 4}" for a, b in runs([t["prefecture"] for t in TRUTHS])]
    reading = read(workbook(tmp_path / "r4.xlsx", rows, [*merged, "A1:G1"]))
    assert_all(reading, TRUTHS)
    assert [u.text for u in reading.unplaced] == ["令和４年度 実施状況一覧", "※ 令和４年４月時点"]


ENCODINGS = [("utf-8", ","), ("utf-8-sig", ";"), ("cp932", ","), ("utf-16", "\t")]


@pytest.mark.parametrize(("encoding", "delimiter"), ENCODINGS)
def test_csv_with_prefixed_bodies_and_one_contact_cell(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [["自治体名", "取組名", "取組内容", "問合せ先"]]
    rows += cells(TRUTHS, full_name, "program", "summary", contact)
    path = tmp_path / "r5.csv"
    path.write_bytes(separated(rows, delimiter).encode(encoding, "replace"))
    assert_all(read(path), TRUTHS)


def test_csv_with_codes_that_lost_their_zero_and_blank_prefectures(tmp_path: Path) -> None:
    rows = [
        ["団体コード", "県名", "団体名", "事業の概要（具体的に）", "所管部署", "電話", "事業名"]
    ]
    body = cells(
        TRUTHS,
        lambda t: t["code"].lstrip("0"),
        "prefecture",
        "body",
        "summary",
        "department",
        "phone",
        "program",
    )
    path = tmp_path / "r5.csv"
    path.write_text(separated(rows + blank_repeats(body, 1)), encoding="utf-8")
    assert_all(read(path), TRUTHS)


# ---- PDFs -------------------------------------------------------------------------------------

HEADER = ["番号", "都道府県", "実施団体", "担当部署", "電話番号", "事業名称", "事業の概要"]
WIDTHS = [25, 45, 55, 90, 80, 120, 360]


def table(programs: list[Truth]) -> list[list[str]]:
    body = cells(
        programs, number, "prefecture", "body", "department", "phone", "program", "summary"
    )
    return [HEADER, *body]


PDFS: dict[str, Callable[[Path], Path]] = {
    "ruled, title and note": lambda path: pdf(
        path, table(SOME), WIDTHS, title="令和４年度採択事業一覧", note="※本表は暫定版である。"
    ),
    "no rulings, cells at the top": lambda path: pdf(path, table(SOME), WIDTHS, ruled=False),
    "no rulings, cells in the middle": lambda path: pdf(
        path, table(SOME), WIDTHS, ruled=False, align="MIDDLE"
    ),
    "no rulings, rows cut by page ends": lambda path: pdf(
        path, table(SOME), WIDTHS, ruled=False, split=True
    ),
    "header on the first page only": lambda path: pdf(path, table(SOME), WIDTHS, heads=0),
    "portrait A3, blank where as above": lambda path: pdf(
        path, blank_repeats(table(SOME), 1), WIDTHS, page=(842, 1191), size=8
    ),
    "two-row header, one contact column": lambda path: pdf(
        path,
        [
            ["都道府県", "自治体", "事業", "", "問い合わせ先"],
            ["", "", "名称", "内容", ""],
            *cells(SOME, "prefecture", "body", "program", "summary", contact),
        ],
        [45, 55, 130, 400, 140],
        heads=2,
        style=[("SPAN", (c, 0), (c, 1)) for c in (0, 1, 4)] + [("SPAN", (2, 0), (3, 0))],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PDFS)
def test_pdf_of_another_layout(tmp_path: Path, name: str) -> None:
    reading = read(PDFS[name](tmp_path / "r6.pdf"))
    assert_all(reading, SOME)
    noted = ["令和４年度採択事業一覧", "※本表は暫定版である。"] if "note" in name else []
    assert [u.text for u in reading.unplaced] == noted


# ---- columnar text ------------------------------------------------------------------------------

TEXT_HEADER = ["No", "都道府県", "市町村", "事業名", "概要", "担当", "電話"]


@pytest.mark.parametrize("middle", [False, True])
@pytest.mark.parametrize("width", [24, 40])
def test_columnar_text(tmp_path: Path, middle: bool, width: int) -> None:
    body = cells(TRUTHS, number, "prefecture", "body", "program", "summary", "department", "phone")
    path = tmp_path / "r7.txt"
    path.write_text(columnar([TEXT_HEADER, *body], [3, 4, 6, 16, width, 14, 12], middle=middle))
    assert_all(read(path), TRUTHS)
