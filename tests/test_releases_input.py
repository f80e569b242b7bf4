"""What cannot be read is refused in one line; what the tool wrote comes in as it went out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd
import pytest
from reportlab.pdfgen.canvas import Canvas

from classify.errors import InputError
from classify.formulas import guarded
from classify.records import Program
from classify.releases import read, read_stream
from releases.builders import RELEASES, workbook


def message(data: bytes, name: str = "r") -> str:
    with pytest.raises(InputError) as caught:
        read_stream(data, name)
    return str(caught.value)


def archive(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as held:
        for member in members:
            held.writestr(member, "x")
    return file.getvalue()


def drawn(encrypt: str | None = None) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=encrypt)
    if encrypt:
        canvas.drawString(100, 100, "text")
    else:
        canvas.rect(50, 50, 100, 100)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "r: the file is empty. Fetch it again"),
        (b" \n", "r: the file is empty. Fetch it again"),
        (
            drawn(),
            "r: its pages hold no text, only pictures. Run OCR on it or take another form of it",
        ),
        (drawn("secret"), "r: the PDF is locked with a password. Save a copy without one"),
        (
            archive("a.txt"),
            "r: this zip file is no workbook. Save the table as .xlsx, .csv or .pdf",
        ),
        (
            archive("word/document.xml"),
            "r: this is a Word document, not a workbook. Save the table as .xlsx, .csv or .pdf",
        ),
        (
            archive("content.xml", "mimetype"),
            "r: this is an OpenDocument file, not an Excel workbook."
            " Save the table as .xlsx, .csv or .pdf",
        ),
        (
            b"PK\x03\x04broken",
            "r: the workbook is broken or cut off."
            " Open it in Excel or LibreOffice and save it again as .xlsx",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "r: this is a file of old Office (.xls) or one with a password."
            " Save it as .xlsx without a password",
        ),
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x81",
            "r: the file is neither PDF nor workbook nor text in UTF-8, UTF-16 or Shift_JIS."
            " Save it as .xlsx, .pdf, .csv or .txt",
        ),
        (
            "実施主体,事業名\n札幌市,甲\n函館市,乙\n".encode(),
            "r: no column holds summaries."
            " Head its columns body, program and summary, in English or as the ministry does",
        ),
        (
            "お知らせ\n本日は晴天です。\n".encode(),
            "r: no table of programs is in it."
            " Head its columns body, program and summary, in English or as the ministry does",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_remedy(data: bytes, said: str) -> None:
    assert message(data) == said


def test_a_pdf_that_is_cut_off_is_refused() -> None:
    data = (RELEASES / "tsunagari-r3.pdf").read_bytes()[:200_000]
    assert message(data) == (
        "r: the PDF is cut off. Fetch it again, or take the release's .xlsx or .csv"
    )


def test_paths_that_are_no_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.pdf: there is no such file\. Check the name"):
        read(tmp_path / "none.pdf")
    with pytest.raises(InputError, match=r"this is a directory\. Name a file in it"):
        read(tmp_path)


def test_a_sheet_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = workbook(tmp_path / "r.xlsx", [["実施主体", "事業名", "事業概要"]])
    book = load_workbook(path)
    book.worksheets[0]["XFD1048576"] = "x"
    book.save(path)
    with pytest.raises(InputError, match="the sheet spans 1048576 rows and 16384 columns"):
        read(path)


PROGRAMS = (
    Program(
        "r4-007",
        "r4",
        7,
        "北海道",
        "札幌市",
        "011002",
        "甲　事業",
        "○あ\n　い ",
        "課",
        "011",
        "p.3",
    ),
    Program("r4-009", "r4", 9, "", "ＮＰＯ", "", "乙", "う,え", "", "", "l.4"),
)


def test_programs_csv_comes_in_as_it_went_out(tmp_path: Path) -> None:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(asdict(PROGRAMS[0])), lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(program) for program in PROGRAMS)
    (tmp_path / "programs.csv").write_text(file.getvalue(), encoding="utf-8")
    reading = read(tmp_path / "programs.csv")
    assert reading.programs == PROGRAMS
    assert reading.unplaced == ()


def test_the_guard_against_formulas_is_undone() -> None:
    program = replace(PROGRAMS[0], summary="- 相談\n- 居場所", program="=甲", department="'quoted'")
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(asdict(program))
    writer.writerow(guarded(str(value)) for value in asdict(program).values())
    assert read_stream(file.getvalue().encode(), "programs").programs == (program,)


def test_half_a_character_is_refused() -> None:
    line = b'{"body":"a","program":"b","summary":"c\\ud800"}'
    assert message(line, "p.jsonl") == (
        "p.jsonl:1: summary holds half of a character (a lone surrogate)."
        " Write the file again as UTF-8"
    )


def test_jsonl_and_parquet_come_in_as_they_went_out(tmp_path: Path) -> None:
    rows = [asdict(program) for program in PROGRAMS]
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "programs.jsonl").write_text("".join(lines), encoding="utf-8")
    pd.DataFrame(rows).to_parquet(tmp_path / "programs.parquet")
    assert read(tmp_path / "programs.jsonl").programs == PROGRAMS
    assert read(tmp_path / "programs.parquet").programs == PROGRAMS


def test_a_fault_in_a_jsonl_has_its_line() -> None:
    assert message(b'{"body":"a","program":"b","summary":"c"}\n\n{"body":"a"', "p.jsonl") == (
        "p.jsonl:3: the line is no JSON object. Write one object a line"
    )
    assert message(b'{"body":"a","program":"b"}', "p.jsonl") == (
        "p.jsonl:1: no summary. Give each program body, program, summary"
    )
