"""Cards, forms and text of every kind: small layouts whose answer can be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from classify.records import Program, Unplaced
from classify.releases import contact, read, read_stream
from releases.builders import pdf, workbook


def told(programs: tuple[Program, ...]) -> list[tuple[str, ...]]:
    return [(p.code, p.program, p.summary, p.department, p.phone) for p in programs]


CARDS = [
    ("011002", "甲", "○相談\n○居場所", "市民課", "011-211-2962"),
    ("314021", "乙", "研修を行う。", "福祉課", "0859-72-0331"),
]


def test_cards_down_a_sheet_end_where_a_label_stands_again(tmp_path: Path) -> None:
    rows = [
        ["取組事例集"],
        ["事例1"],
        ["都道府県", "北海道", "団体名", "札幌市"],
        ["事業名", "甲"],
        ["事業概要", "○相談\n○居場所"],
        ["担当課", "市民課", "電話番号", "011-211-2962"],
        ["備考", "継続"],
        ["事例2"],
        ["都道府県", "鳥取県", "団体名", "日野町"],
        ["事業名", "乙"],
        ["事業概要", "研修を行う。"],
        ["担当課", "福祉課", "電話番号", "0859-72-0331（直通）"],
    ]
    reading = read(workbook(tmp_path / "r.xlsx", rows))
    assert told(reading.programs) == [CARDS[0], (*CARDS[1][:4], "0859-72-0331（直通）")]
    assert [u.text for u in reading.unplaced] == ["取組事例集", "事例1", "事例2", "備考: 継続"]


def test_a_form_on_each_sheet_is_a_program(tmp_path: Path) -> None:
    book = Workbook()
    for code, program, summary, department, phone in CARDS:
        page = book.create_sheet(program)
        place = {"011002": ("北海道", "札幌市"), "314021": ("鳥取県", "日野町")}[code]
        labels = ["都道府県名", "自治体名", "事業名", "事業の内容", "担当部署", "電話番号"]
        values = [*place, program, summary, department, phone]
        for row in zip(labels, values, strict=True):
            page.append(row)
    del book["Sheet"]
    book.save(tmp_path / "r.xlsx")
    assert told(read(tmp_path / "r.xlsx").programs) == CARDS


def test_labels_in_a_text_make_cards_and_titles_name_bodies() -> None:
    text = (
        "採択について\n\n"
        "１　北海道札幌市\n　事業名：甲\n　事業概要：\n　　○相談\n　　○居場所\n"
        "　担当課：市民課\n　電話番号：011-211-2962\n\n"
        "２　鳥取県日野町\n　事業名：乙\n　事業概要：研修を行う。\n"
        "　担当課：福祉課\n　電話番号：0859-72-0331\n\n（本件問合せ先）\n　財団\n"
    )
    reading = read_stream(text.encode(), "r")
    assert told(reading.programs) == CARDS
    assert [u.text for u in reading.unplaced] == ["採択について", "（本件問合せ先）", "財団"]


# ---- headings and places ---------------------------------------------------------------------

HEADER = ["団体名", "事業名", "事業概要"]


def codes(path: Path) -> list[str]:
    return [program.code for program in read(path).programs]


@pytest.mark.parametrize("form", ["【{}】", "■ {}", "{}"])
def test_a_heading_above_rows_or_tables_names_their_prefecture(tmp_path: Path, form: str) -> None:
    first, second = form.format("鳥取県"), form.format("滋賀県")
    rows = [[first], HEADER, ["日野町", "甲", "あ"], [second], HEADER, ["日野町", "乙", "い"]]
    assert codes(workbook(tmp_path / "r.xlsx", rows)) == ["314021", "253839"]


def test_a_sheet_named_after_a_prefecture_is_in_it(tmp_path: Path) -> None:
    book = Workbook()
    for name in ("滋賀県", "鳥取県"):
        page = book.create_sheet(name)
        page.append(HEADER)
        page.append(["日野町", "甲", "あ"])
    del book["Sheet"]
    book.save(tmp_path / "r.xlsx")
    assert codes(tmp_path / "r.xlsx") == ["253839", "314021"]


# ---- columns and cells -------------------------------------------------------------------------


def test_a_lower_header_parts_its_column_from_its_sisters(tmp_path: Path) -> None:
    rows: list[list[str | None]] = [
        ["団体名", "事業", None, None],
        [None, "名称", "内容", None],
        [None, None, "対象者", "概要"],
        ["札幌市", "甲", "若年女性", "相談を行う。"],
    ]
    merged = ["A1:A3", "B1:D1", "B2:B3", "C2:D2"]
    program = read(workbook(tmp_path / "r.xlsx", rows, merged)).programs[0]
    assert (program.program, program.summary) == ("甲", "相談を行う。")


def test_a_dash_is_nothing_and_a_person_no_department(tmp_path: Path) -> None:
    rows = [
        [*HEADER, "部局名", "課室名", "担当者", "電話番号"],
        ["札幌市", "甲", "あ", "－", "市民課", "鈴木", "－"],
    ]
    reading = read(workbook(tmp_path / "r.xlsx", rows))
    assert (reading.programs[0].department, reading.programs[0].phone) == ("市民課", "")
    assert reading.unplaced == (Unplaced("Sheet!F2", "担当者: 鈴木"),)


@pytest.mark.parametrize(
    "phone",
    [
        "03-3578-2025、03-3578-2027",
        "042-366-4111／042-335-4140",
        "０１３５－２１－２１２２",
        "079-287-0803（代表）内線3456",
        "03-3341-0801（男女共同参画推進センター）",
        "06-6858-2654（平日9:00～17:00）",
        "086-803-1115、086-803-3355（相談専用）",
    ],
)
def test_a_phone_is_kept_as_printed(phone: str) -> None:
    assert contact.phone_of(phone).phone == phone
    for cell in (f"市民課 TEL:{phone}", f"市民課\n{phone}", f"市民課（電話 {phone}）"):
        assert contact.split(cell) == contact.Contact("市民課", phone, "")


# ---- text ------------------------------------------------------------------------------------------


def test_a_header_need_not_stand_above_its_column() -> None:
    text = (
        "  団体名  事業名      事業の概要         電話\n"
        "札幌市   甲事業   ○相談を行う。      011-211-2962\n"
        "            ○居場所を開く。\n"
        "函館市   乙事業   ○研修を行う。      0138-21-3470\n"
        "旭川市   丙事業   ○調査を行う。      0166-25-6462\n"
    )
    programs = read_stream(text.encode(), "r").programs
    assert [(p.body, p.program) for p in programs] == [
        ("札幌市", "甲事業"),
        ("函館市", "乙事業"),
        ("旭川市", "丙事業"),
    ]
    assert programs[0].summary == "○相談を行う。\n○居場所を開く。"


def test_a_page_without_header_may_stand_elsewhere() -> None:
    page = (
        "{0}団体名    事業名    概要                 電話\n"
        "{0}札幌市    甲        ○相談を行う。       011-211-2962\n"
        "{0}函館市    乙        ○研修を行う。       0138-21-3470\n"
        "{0}旭川市    丙        ○調査を行う。       0166-25-6462\n"
    )
    second = page.format("          ").split("\n", 1)[1]
    programs = read_stream((page.format("") + "\f" + second).encode(), "r").programs
    assert [p.body for p in programs] == ["札幌市", "函館市", "旭川市"] * 2
    assert [p.program for p in programs] == ["甲", "乙", "丙"] * 2


@pytest.mark.parametrize(
    "break_at", ["0135-21-\n2122", "011-372-3311（\n代表）", "0133-74-8111（代表）内線\n3456"]
)
def test_a_break_inside_a_phone_number_ends_no_program(break_at: str) -> None:
    text = (
        "札幌市 甲事業\n○相談を行う。\n市民課\n" + break_at + "\n"
        "函館市 乙事業\n○研修を行う。\n市民課\n0138-21-3470\n"
    )
    programs = read_stream(text.encode(), "r").programs
    assert [p.phone for p in programs] == [break_at.replace("\n", ""), "0138-21-3470"]


def test_cells_stand_in_the_middle_of_one_column_and_at_the_top_of_another(tmp_path: Path) -> None:
    rows = [
        ["団体名", "事業名", "事業概要", "電話番号"],
        ["札幌市", "甲", "○相談を行う。\n○居場所を開く。\n○研修を行う。", "011-211-2962"],
        ["函館市", "乙", "○相談を行う。\n○調査を行う。\n○研修を行う。", "0138-21-3470"],
        ["旭川市", "丙", "○訪問を行う。\n○調査を行う。\n○研修を行う。", "0166-25-6462"],
    ]
    style = [("VALIGN", (0, 1), (0, -1), "MIDDLE")]
    path = pdf(tmp_path / "r.pdf", rows, [60, 60, 200, 100], style=style, ruled=False)
    assert [(p.body, p.program, p.summary) for p in read(path).programs] == [
        (row[0], row[1], row[2]) for row in rows[1:]
    ]


def test_lines_that_pile_up_at_the_edge_are_wraps(tmp_path: Path) -> None:
    full = "相談員が電話と面接による相談に応じる窓口を置"  # 22 letters
    rows = [HEADER] + [
        ["札幌市", f"甲{n}", f"{full}\nく。\n居場所を開く。{'あ' * (n % 5)}\n研修を行う。"]
        for n in range(8)
    ]
    programs = read(workbook(tmp_path / "r.xlsx", rows)).programs
    assert programs[0].summary == f"{full}く。\n居場所を開く。\n研修を行う。"
