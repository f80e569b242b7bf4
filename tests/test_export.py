from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from classify.errors import InputError
from classify.export import write_matrix, write_programs, write_taggings
from classify.export.files import deliver
from classify.formulas import unguarded
from classify.records import Evidence, Tagging
from classify.releases import own
from handmade import decision, program, tag, tagging

TAGS = (tag("talk"), tag("visit"))
QUOTE = Evidence("summary", 0, 4, "相談窓口", "talk.window")
OTSU = program("大津市", "滋賀県", code="252018")
TAGGINGS = (
    Tagging(
        OTSU,
        (
            decision("talk", "1", quotes=(QUOTE,), reason="窓口を設ける"),
            replace(decision("visit", "0?", status="publicity"), model=None),
        ),
    ),
    tagging(program("札幌市", "北海道", code="011002", number=2), talk="0", visit="1"),
)

Write = Callable[[str | Path], None]
WRITERS: dict[str, Write] = {
    "programs": lambda path: write_programs(path, [t.program for t in TAGGINGS]),
    "taggings": lambda path: write_taggings(path, TAGGINGS),
    "matrix": lambda path: write_matrix(path, TAGGINGS, TAGS, taxonomy="7"),
    "prefectures": lambda path: write_matrix(path, TAGGINGS, TAGS, by="prefecture"),
}
FORMATS = {
    "programs": (".csv", ".jsonl", ".parquet"),
    "taggings": (".jsonl", ".csv", ".parquet"),
    "matrix": (".csv", ".xlsx", ".html", ".parquet"),
    "prefectures": (".csv", ".xlsx", ".html", ".parquet"),
}
ALL = [(name, suffix) for name, suffixes in FORMATS.items() for suffix in suffixes]


def _lines(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_the_matrix_as_excel_in_japan_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "matrix.csv"
    WRITERS["matrix"](path)
    assert (
        path.read_bytes()
        == (
            "\ufeffprefecture,body,code,programs,talk,visit\r\n"
            "北海道,札幌市,011002,1,0,1\r\n"
            "滋賀県,大津市,252018,1,1,?\r\n"
        ).encode()
    )
    read = pd.read_csv(path, dtype=str)
    assert read.columns[0] == "prefecture"
    assert read["body"].tolist() == ["札幌市", "大津市"]


def test_a_line_of_tags_jsonl_is_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    write_taggings(path, TAGGINGS[:1])
    assert json.loads(path.read_text("utf-8")) == {
        "program_id": "r3-001",
        "release": "r3.pdf",
        "number": 1,
        "prefecture": "滋賀県",
        "body": "大津市",
        "code": "252018",
        "program": "つながり事業",
        "tags": {
            "talk": {
                "present": True,
                "probability": 0.9123,
                "status": "provided",
                "rule": "present",
                "model": 0.8765,
                "review": False,
                "reason": "窓口を設ける",
                "evidence": [
                    {
                        "field": "summary",
                        "start": 0,
                        "end": 4,
                        "text": "相談窓口",
                        "rule": "talk.window",
                    }
                ],
            },
            "visit": {
                "present": False,
                "probability": 0.1,
                "status": "publicity",
                "rule": "silent",
                "model": None,
                "review": True,
                "reason": "",
                "evidence": [],
            },
        },
    }
    assert "大津市" in path.read_text("utf-8")


def test_tags_csv_holds_the_same_a_row_per_program_and_tag(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    write_taggings(path, TAGGINGS)
    head, first, second, *rest = _lines(path)
    assert head == [
        *("program_id", "release", "number", "prefecture", "body", "code", "program", "tag"),
        *("present", "probability", "status", "rule", "model", "review", "reason", "evidence"),
    ]
    assert first[7:15] == [
        *("talk", "true", "0.9123", "provided", "present", "0.8765", "false"),
        "窓口を設ける",
    ]
    assert json.loads(first[15])[0]["text"] == "相談窓口"
    assert second[7:] == ["visit", "false", "0.1", "publicity", "silent", "", "true", "", "[]"]
    assert [row[4] + row[7] for row in rest] == ["札幌市talk", "札幌市visit"]


def test_tags_parquet_keeps_types_and_evidence(tmp_path: Path) -> None:
    path = tmp_path / "tags.parquet"
    write_taggings(path, TAGGINGS)
    read = pd.read_parquet(path)
    assert read["present"].tolist() == [True, False, False, True]
    assert read["code"].tolist()[0] == "252018"
    assert pd.isna(read["model"][1])
    assert read["evidence"][0].tolist() == [
        {"field": "summary", "start": 0, "end": 4, "text": "相談窓口", "rule": "talk.window"}
    ]
    assert len(read["evidence"][1]) == 0


def test_a_parquet_without_rows_has_the_same_columns(tmp_path: Path) -> None:
    write_taggings(tmp_path / "none.parquet", [])
    write_taggings(tmp_path / "some.parquet", TAGGINGS)
    none, some = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("none", "some"))
    assert list(none) == list(some)
    assert len(none) == 0


@pytest.mark.parametrize("summary", ["- 相談\n- 訪問", "=1+1", "'=1+1", "＋α", 'a,"b"', "a\nb"])
def test_programs_come_back_as_they_were(tmp_path: Path, summary: str) -> None:
    one = replace(OTSU, summary=summary, phone="+81-77-523-1234")
    for suffix in FORMATS["programs"]:
        write_programs(tmp_path / f"programs{suffix}", [one])
    text = (tmp_path / "programs.csv").read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert {name: unguarded(value) for name, value in row.items()} == {
        name: str(getattr(one, name)) for name in row
    }
    from_jsonl = own.from_jsonl((tmp_path / "programs.jsonl").read_text("utf-8"), "p", "")
    from_parquet = own.from_parquet((tmp_path / "programs.parquet").read_bytes(), "p", "")
    assert from_jsonl is not None
    assert from_jsonl.programs == from_parquet.programs == (one,)


HOSTILE = (
    '=HYPERLINK("http://x.example";"x")',
    "@SUM(A1)",
    "</script><script>alert(1)</script>",
    "<r><t>rich</t></r>",
    "\u202eabc\u2028\u2029",
    "\x00\x1b\ufffe",
    "あ" * 50_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".html", ".parquet", ".jsonl"])
def test_no_text_of_a_release_breaks_a_file(tmp_path: Path, text: str, suffix: str) -> None:
    evil = replace(OTSU, body=text, prefecture=text, program=text, summary=text, department=text)
    quote = Evidence("summary", 0, len(text), text, "talk.window")
    decisions = (decision("talk", "1", quotes=(quote,), reason=text), decision("visit", "1?"))
    path = tmp_path / f"out{suffix}"
    if suffix == ".jsonl":
        write_taggings(path, [Tagging(evil, decisions)])
        assert json.loads(path.read_text("utf-8"))["body"] == text
    else:
        write_matrix(path, [Tagging(evil, decisions)], TAGS)
        assert path.stat().st_size > 0
    if suffix == ".csv":
        assert unguarded(_lines(path)[1][1]) == text
        assert _lines(path)[1][1][:1] not in tuple("=+-@\0")


@pytest.mark.parametrize(("name", "suffix"), ALL)
def test_same_input_same_bytes(tmp_path: Path, name: str, suffix: str) -> None:
    first, second = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    WRITERS[name](first)
    WRITERS[name](second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("programs", ".csv, .jsonl, .parquet"),
        ("taggings", ".jsonl, .csv, .parquet"),
        ("matrix", ".csv, .xlsx, .html, .parquet"),
    ],
)
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str, known: str) -> None:
    path = tmp_path / "out.doc"
    with pytest.raises(InputError) as fault:
        WRITERS[name](path)
    assert str(fault.value) == f"{path}: no format is known by this suffix. Use {known}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS["matrix"])
def test_an_upper_case_suffix_is_the_same(tmp_path: Path, suffix: str) -> None:
    WRITERS["matrix"](tmp_path / f"m{suffix.upper()}")
    assert [path.name for path in tmp_path.iterdir()] == [f"m{suffix.upper()}"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    path = tmp_path / "none" / "m.csv"
    with pytest.raises(InputError) as fault:
        WRITERS["matrix"](path)
    assert str(fault.value) == f"{path}: its folder does not exist. Create {path.parent} first"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.mkdir()
    with pytest.raises(InputError, match="is not a file"):
        WRITERS["matrix"](path)


def test_a_fault_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "tags.jsonl"
    path.write_text("old")

    def breaking() -> Any:
        yield TAGGINGS[0]
        raise RuntimeError("the model is gone")

    with pytest.raises(RuntimeError):
        write_taggings(path, breaking())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"

    def full() -> Any:
        yield b"a"
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError) as fault:
        deliver(path, full())
    assert str(fault.value) == (
        f"{path}: cannot be written (No space left on device). Write elsewhere"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    plain, ours = tmp_path / "plain.csv", tmp_path / "ours.csv"
    plain.touch()
    WRITERS["matrix"](ours)
    assert ours.stat().st_mode == plain.stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    WRITERS["matrix"](link)
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_bytes().startswith(b"\xef\xbb\xbfprefecture")


@pytest.mark.parametrize(("name", "suffix"), [("programs", "csv"), ("taggings", "jsonl")])
def test_a_dash_is_the_stream_that_is_given(tmp_path: Path, name: str, suffix: str) -> None:
    stream = io.BytesIO()
    if name == "programs":
        write_programs("-", [t.program for t in TAGGINGS], stream=stream)
    else:
        write_taggings("-", TAGGINGS, stream=stream)
    WRITERS[name](tmp_path / f"x.{suffix}")
    assert stream.getvalue() == (tmp_path / f"x.{suffix}").read_bytes()


def test_a_dash_alone_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_matrix("-", TAGGINGS, TAGS)
    assert capfdbinary.readouterr().out.startswith(b"\xef\xbb\xbfprefecture,body")
