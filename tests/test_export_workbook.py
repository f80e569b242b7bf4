from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import product
from pathlib import Path
from xml.etree import ElementTree

import pytest
from openpyxl import Workbook, load_workbook

from classify.export import By, write_matrix
from classify.export.book import Book
from classify.records import Evidence, Tagging
from handmade import decision, program, tag, tagging

TAGS = (tag("talk"), tag("visit"))
OTSU = program("大津市", "滋賀県", code="252018", summary="相談窓口を設ける。")
QUOTE = Evidence("summary", 0, 4, "相談窓口", "talk.window")
TAGGINGS = (
    Tagging(
        OTSU,
        (decision("talk", "1", quotes=(QUOTE,), reason="窓口を設ける"), decision("visit", "0")),
    ),
    tagging(program("滋賀県", "滋賀県", code="250007", number=2), talk="1", visit="0?"),
    tagging(program("札幌市", "北海道", code="011002", number=3), talk="0", visit="0"),
    tagging(program("全国の会", number=4), talk="1", visit="1"),
)


def _book(folder: Path, taggings: tuple[Tagging, ...] = TAGGINGS, by: By = "body") -> Workbook:
    path = folder / "matrix.xlsx"
    write_matrix(path, taggings, TAGS, by=by, taxonomy="7")
    return load_workbook(path)


def _rows(book: Workbook, sheet: str) -> list[list[object]]:
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def test_the_sheets_and_which_is_first(tmp_path: Path) -> None:
    assert _book(tmp_path).sheetnames == ["市区町村別", "都道府県別", "根拠", "凡例"]
    assert _book(tmp_path, by="prefecture").sheetnames[:2] == ["都道府県別", "市区町村別"]


def test_a_mark_per_cell_under_japanese_names(tmp_path: Path) -> None:
    assert _rows(_book(tmp_path), "市区町村別")[2:] == [
        ["都道府県", "実施主体", "団体コード", "事業数", "talkの支援", "visitの支援"],
        ["北海道", "札幌市", "011002", 1, None, None],
        ["滋賀県", "大津市", "252018", 1, "●", None],
        ["滋賀県", "滋賀県", "250007", 1, "●", "?"],
        ["都道府県不明", "全国の会", None, 1, "●", "●"],
    ]


def test_totals_are_formulas_with_their_values(tmp_path: Path) -> None:
    book = _book(tmp_path)
    assert _rows(book, "市区町村別")[1] == [
        *("実施団体数", "=COUNTA(B4:B7)", None, "=SUM(D4:D7)"),
        *('=COUNTIF(E4:E7,"●")', '=COUNTIF(F4:F7,"●")'),
    ]
    values = load_workbook(tmp_path / "matrix.xlsx", data_only=True)
    assert _rows(values, "市区町村別")[1] == ["実施団体数", 4, None, 4, 3, 1]
    assert _rows(values, "都道府県別")[1][2:] == [3, 3, 2, 2, 0]


def test_47_prefectures_as_numbers(tmp_path: Path) -> None:
    sheet = _book(tmp_path)["都道府県別"]
    rows = [list(row) for row in sheet.iter_rows(min_row=4, values_only=True)]
    assert rows[0] == ["010006", "北海道", 1, 1, 1, 0, 0]
    assert rows[24] == ["250007", "滋賀県", 2, 2, 1, 2, 0]
    assert rows[46] == ["470007", "沖縄県", 0, 0, 0, 0, 0]
    assert rows[48][1:3] == [
        "全国の会",
        "都道府県が分からない団体（都道府県別の表には含みません）",
    ]


def test_nothing_published_none_stated_and_waiting_look_different(tmp_path: Path) -> None:
    sheet = _book(tmp_path)["都道府県別"]
    nothing, none, waiting = sheet["G5"], sheet["G4"], sheet["G28"]
    assert [cell.value for cell in (nothing, none, waiting)] == [0, 0, 0]
    assert nothing.number_format == '"–"'
    assert none.fill.patternType == "lightUp"
    assert waiting.number_format == '0" ?"'


def test_a_mark_leads_to_its_evidence_and_quotes_it(tmp_path: Path) -> None:
    book = _book(tmp_path)
    cell = book["市区町村別"]["E5"]
    assert cell.hyperlink is not None
    assert cell.hyperlink.location == "'根拠'!A2"
    assert cell.comment is not None
    assert cell.comment.text == "つながり事業\n《相談窓口》を設ける。\n● 実施 0.91 窓口を設ける"
    assert _rows(book, "根拠")[1] == [
        *(
            "滋賀県",
            "大津市",
            "つながり事業",
            "talkの支援",
            "● 実施",
            "実施",
            "《相談窓口》を設ける。",
        ),
        *(0.9123, "窓口を設ける", "市民課", "011-211-2962", "p1"),
    ]


def test_every_link_leads_to_the_same_body_and_tag(tmp_path: Path) -> None:
    second = tagging(replace(OTSU, number=5), talk="1", visit="0?")
    book = _book(tmp_path, (*TAGGINGS, second))
    matrix, evidence = book["市区町村別"], book["根拠"]
    found = 0
    for row, column in product(range(4, 8), (5, 6)):
        link = matrix.cell(row, column).hyperlink
        if link is not None:
            found += 1
            target = int(str(link.location).split("!A")[1])
            assert evidence.cell(target, 2).value == matrix.cell(row, 2).value
            assert evidence.cell(target, 4).value == matrix.cell(3, column).value
    assert found == 6
    assert evidence.max_row == 1 + 7


def test_the_legend_tells_release_version_marks_and_tags(tmp_path: Path) -> None:
    words = [cell for row in _rows(_book(tmp_path), "凡例") for cell in row if cell is not None]
    for word in ("r3.pdf", "7", "●", "?", "talkの支援", "talkを行うこと。", "窓口", "周知"):
        assert word in words


def test_ready_to_read_and_to_print(tmp_path: Path) -> None:
    for sheet in _book(tmp_path).worksheets[:3]:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is not None
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows is not None
    assert _book(tmp_path)["市区町村別"].freeze_panes == "C4"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "=1+1"),
        ("http://x.example/", "http://x.example/"),
        ("007", "007"),
        ("<r><t>x</t></r>", "<r><t>x</t></r> "),
        ("_x0041_", "_x0041_"),
        ("a\x00b\ud800", "a\ufffdb\ufffd"),
        ("あ" * 50_000, "あ" * 32_761 + "…（以下略）"),
        ("𠮷" * 20_000, "𠮷" * 16_380 + "…（以下略）"),
    ],
)
def test_a_text_stays_a_text(tmp_path: Path, text: str, shown: str) -> None:
    evil = replace(TAGGINGS[0], program=replace(OTSU, body=text, department=text))
    book = _book(tmp_path, (evil,))
    for cell in (book["市区町村別"]["B4"], book["根拠"]["J2"]):
        assert cell.data_type == "s"
        assert cell.value == shown
        assert cell.hyperlink is None
    with zipfile.ZipFile(tmp_path / "matrix.xlsx") as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_a_note_too_long_to_read_is_cut_with_a_mark(tmp_path: Path) -> None:
    long = replace(TAGGINGS[0], program=replace(OTSU, program="あ" * 5_000))
    comment = _book(tmp_path, (long,))["市区町村別"]["E4"].comment
    assert comment is not None
    assert comment.text == "あ" * 594 + "…（以下略）"


def test_more_links_than_excel_holds_stay_marks() -> None:
    book = Book("title", mark="…", page="")
    sheet = book.sheet("one")
    sheet.links = 65_529
    for row in range(3):
        sheet.link(row, 0, "●", "'one'!A1")
    [cells] = load_workbook(BytesIO(book.content()))["one"].iter_cols()
    assert [cell.value for cell in cells] == ["●"] * 3
    assert [cell.hyperlink is not None for cell in cells] == [True, False, False]


def test_the_day_of_making_is_not_in_the_file(tmp_path: Path) -> None:
    assert _book(tmp_path).properties.created == datetime(2000, 1, 1)


def test_no_taggings_make_a_workbook_all_the_same(tmp_path: Path) -> None:
    book = _book(tmp_path, ())
    assert book["市区町村別"].max_row == 3
    assert book["都道府県別"].max_row == 50
