"""How rows of a table become programs: small tables whose answer can be seen."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText

from classify.records import Reading, Unplaced
from classify.releases import read, read_stream
from releases.builders import pdf, workbook

HEADER = ["都道府県", "実施主体", "事業名", "事業概要", "担当課", "電話番号"]


def bodies(reading: Reading) -> list[tuple[str, str, str]]:
    return [(p.prefecture, p.body, p.program) for p in reading.programs]


def sheet(tmp_path: Path, *rows: list[Any], merged: tuple[str, ...] = ()) -> Reading:
    return read(workbook(tmp_path / "r.xlsx", rows, merged))


def test_a_merged_body_runs_several_programs(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        HEADER,
        ["北海道", "札幌市", "甲", "あ"],
        [None, None, "乙", "い"],
        [None, "函館市", "丙", "う"],
        merged=("A2:A4", "B2:B3"),
    )
    assert bodies(reading) == [
        ("北海道", "札幌市", "甲"),
        ("北海道", "札幌市", "乙"),
        ("北海道", "函館市", "丙"),
    ]


def test_a_blank_body_is_the_one_above_or_the_prefecture_that_begins(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        ["都道府県", "市町村", "事業名", "事業概要"],
        ["北海道", None, "甲", "あ"],
        ["北海道", "札幌市", "乙", "い"],
        ["北海道", None, "丙", "う"],
        ["青森県", "－", "丁", "え"],
    )
    assert [p.body for p in reading.programs] == ["北海道", "札幌市", "札幌市", "青森県"]
    assert [p.code for p in reading.programs] == ["010006", "011002", "011002", "020001"]


def test_prefectures_can_head_sections(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        ["団体名", "事業名", "内容"],
        ["鳥取県"],
        ["日野町", "甲", "あ"],
        ["滋賀県"],
        ["日野町", "乙", "い"],
    )
    assert [p.code for p in reading.programs] == ["314021", "253839"]


def test_as_above_is_understood(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        HEADER,
        ["北海道", "札幌市", "甲", "あ", "市民課", "011-211-2962"],
        ["〃", "〃", "乙", "い", "同上", "〃"],
    )
    assert bodies(reading)[1] == ("北海道", "札幌市", "乙")
    assert (reading.programs[1].department, reading.programs[1].phone) == ("市民課", "011-211-2962")


def test_totals_notes_and_other_columns_are_listed_and_not_lost(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        ["実施主体", "事業名", "事業概要", "備考"],
        ["札幌市", "甲", "あ", "継続"],
        ["函館市", "乙", "い", None],
        ["合計", None, "2件", None],
        ["※1 速報値"],
    )
    assert len(reading.programs) == 2
    assert reading.unplaced == (
        Unplaced("Sheet!A4", "合計 2件"),
        Unplaced("Sheet!A5", "※1 速報値"),
        Unplaced("Sheet!D2", "備考: 継続"),
    )


def test_hidden_rows_and_sheets_are_listed_and_not_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "r.xlsx",
        [HEADER[1:4], ["札幌市", "甲", "あ"], ["函館市", "乙", "い"], ["旭川市", "丙", "う"]],
    )
    book = load_workbook(path)
    book.worksheets[0].row_dimensions[3].hidden = True
    other = book.create_sheet("控")
    other.append(["下書き"])
    other.sheet_state = "hidden"
    book.save(path)
    reading = read(path)
    assert [p.body for p in reading.programs] == ["札幌市", "旭川市"]
    assert reading.unplaced == (Unplaced("Sheet!A3", "函館市 乙 い"), Unplaced("控!A1", "下書き"))


def test_every_sheet_with_a_table_is_read_in_order(tmp_path: Path) -> None:
    book = Workbook()
    for index, (name, body) in enumerate([("北海道", "札幌市"), ("表紙", ""), ("東北", "盛岡市")]):
        page = book.create_sheet(name, index)
        if body:
            page.append(["実施主体", "事業名", "事業概要"])
            page.append([body, "甲", "あ"])
        else:
            page.append(["令和5年度の実施状況"])
    del book["Sheet"]
    book.save(tmp_path / "r.xlsx")
    reading = read(tmp_path / "r.xlsx")
    assert [(p.number, p.body, p.source) for p in reading.programs] == [
        (1, "札幌市", "北海道!B2"),
        (2, "盛岡市", "東北!B2"),
    ]
    assert reading.unplaced == (Unplaced("表紙!A1", "令和5年度の実施状況"),)


def test_numbers_get_back_the_zero_that_the_sheet_took(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        ["団体コード", "実施主体", "事業名", "事業概要", "電話"],
        [11002, "札幌市", "甲", "あ", 112112962],
        [253839, "日野町", "乙", datetime(2023, 4, 1), 748526573.0],
    )
    assert [p.code for p in reading.programs] == ["011002", "253839"]
    assert [p.phone for p in reading.programs] == ["0112112962", "0748526573"]
    assert (reading.programs[1].prefecture, reading.programs[1].summary) == ("滋賀県", "2023-04-01")


def test_furigana_and_rich_text_are_read_as_plain_text(tmp_path: Path) -> None:
    reading = sheet(tmp_path, HEADER[1:4], ["札幌市", CellRichText("居場所", "づくり"), "あ"])
    assert reading.programs[0].program == "居場所づくり"


def test_a_formula_without_a_saved_value_is_listed(tmp_path: Path) -> None:
    reading = sheet(tmp_path, HEADER[1:4], ["札幌市", "甲", '=A2&"の居場所"'])
    assert reading.programs[0].summary == ""
    assert reading.unplaced == (Unplaced("Sheet!C2", '=A2&"の居場所"'),)


def test_a_header_repeated_in_the_sheet_is_no_program(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        HEADER[1:4],
        ["札幌市", "甲", "あ"],
        HEADER[1:4],
        ["函館市", "乙", "い"],
    )
    assert [p.body for p in reading.programs] == ["札幌市", "函館市"]
    assert reading.unplaced == ()


def test_line_breaks_that_no_column_forced_are_kept(tmp_path: Path) -> None:
    text = "相談窓口を設ける\n居場所を開く\n研修を行う"
    reading = sheet(tmp_path, HEADER[1:4], ["札幌市", "甲", text], ["函館市", "乙", text])
    assert reading.programs[0].summary == text


def test_two_department_columns_are_one_department(tmp_path: Path) -> None:
    reading = sheet(
        tmp_path,
        ["実施主体", "事業名", "事業概要", "部局名", "課名", "電話番号"],
        ["札幌市", "甲", "あ", "市民文化局", "男女共同参画課", "011-211-2962"],
    )
    assert reading.programs[0].department == "市民文化局男女共同参画課"


@pytest.mark.parametrize(
    "text",
    [
        "body,program,summary\n札幌市,甲,あ\n",
        "Municipality;Program name;Description\n札幌市;甲;あ\n",
        "令和5年度,,\n,,\n事業概要,事業名,実施主体\nあ,甲,札幌市\n",
        "自治体名\t取組名\t取組内容\n北海道札幌市\t甲\tあ\n",
    ],
)
def test_a_csv_needs_only_body_program_and_summary(text: str) -> None:
    program = read_stream(text.encode(), "mine").programs[0]
    assert (program.program_id, program.prefecture, program.body) == (
        "mine-001",
        "北海道",
        "札幌市",
    )
    assert (program.code, program.program, program.summary) == ("011002", "甲", "あ")


def test_quoted_line_breaks_and_half_width_kana_stay(tmp_path: Path) -> None:
    text = '実施主体,事業名,事業概要\n札幌市,ﾋﾟｱｻﾎﾟｰﾄ,"○居場所\n○相談"\n函館市,乙,い\n'
    (tmp_path / "r.csv").write_text(text, encoding="cp932")
    programs = read(tmp_path / "r.csv").programs
    assert (programs[0].program, programs[0].summary) == ("ﾋﾟｱｻﾎﾟｰﾄ", "○居場所\n○相談")
    assert [p.source for p in programs] == ["l.2", "l.4"]


def test_a_row_that_a_page_end_cuts_is_one_program(tmp_path: Path) -> None:
    header = HEADER
    first = ["北海道", "札幌市", "甲", "○相談を行う。\n○居場所を", "市民課", "011-211-2962"]
    rest = ["", "", "", "開く。", "", ""]
    other = ["北海道", "函館市", "乙", "○研修を行う。", "市民課", "0138-21-3470"]
    path = pdf(
        tmp_path / "r.pdf",
        [header, first, header, rest, other],
        [60, 60, 80, 300, 80, 100],
        heads=0,
    )
    reading = read(path)
    assert [p.body for p in reading.programs] == ["札幌市", "函館市"]
    assert "".join(reading.programs[0].summary.split()) == "○相談を行う。○居場所を開く。"


def test_text_whose_columns_stand_one_under_another_knows_its_lines() -> None:
    text = (
        "実施主体    事業名      事業概要            電話番号\n"
        "札幌市      甲          ○相談を行う。      011-211-2962\n"
        "                        ○居場所を開く。\n"
        "\n"
        "函館市      乙          ○研修を行う。      0138-21-3470\n"
    )
    programs = read_stream(text.encode(), "r").programs
    assert [p.summary for p in programs] == ["○相談を行う。\n○居場所を開く。", "○研修を行う。"]
    assert [p.source for p in programs] == ["l.2-3", "l.5"]


def test_what_a_csv_row_has_beyond_the_head_is_told(tmp_path: Path) -> None:
    lines = [
        "都道府県,実施主体,事業名,事業概要",
        "北海道,札幌市,A,予算は1,000千円",
        "北海道,函館市,B,相談",
    ]
    (tmp_path / "r.csv").write_text("\n".join(lines), encoding="utf-8")
    release = read(tmp_path / "r.csv")
    assert [p.summary for p in release.programs] == ["予算は1", "相談"]
    assert ["000千円" in str(left) for left in release.unplaced] == [True]
