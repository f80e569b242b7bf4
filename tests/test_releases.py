"""The R3 release: its three forms say the same, and all of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from classify.errors import InputError
from classify.records import Program
from classify.releases import read, read_stream
from releases.builders import RELEASES, Truth, truths

FIELDS = ("prefecture", "body", "code", "program", "department", "phone")


def solid(text: str) -> str:
    """Text without its white space."""
    return "".join(text.split())


def differences(found: tuple[Program, ...], wanted: list[Truth]) -> list[tuple[int, str, str]]:
    """Every field that is not as wanted, white space aside; a summary also in its lines."""
    wrong = [
        (program.number, name, getattr(program, name))
        for program, truth in zip(found, wanted, strict=True)
        for name in FIELDS
        if solid(getattr(program, name)) != solid(truth[name])
    ]
    return wrong + [
        (program.number, "summary", program.summary)
        for program, truth in zip(found, wanted, strict=True)
        if [*map(solid, program.summary.split("\n"))] != [*map(solid, truth["summary"].split("\n"))]
    ]


@pytest.mark.slow
def test_the_pdf_gives_all_82_programs() -> None:
    reading = read(RELEASES / "tsunagari-r3.pdf")
    assert differences(reading.programs, truths()) == []
    assert reading.unplaced == ()
    assert [p.source for p in reading.programs[:6]] == ["p.1"] * 5 + ["p.2"]


@pytest.mark.parametrize("form", ["txt", "xlsx"])
def test_text_and_workbook_give_all_82_programs(form: str) -> None:
    reading = read(RELEASES / f"tsunagari-r3.{form}")
    assert differences(reading.programs, truths()) == []
    assert reading.unplaced == ()
    assert [p.number for p in reading.programs] == list(range(1, 83))
    assert reading.programs[48].program_id == "tsunagari-r3-049"


def test_sources_say_where_a_program_stood() -> None:
    text = read(RELEASES / "tsunagari-r3.txt").programs
    book = read(RELEASES / "tsunagari-r3.xlsx").programs
    assert (text[0].source, text[1].source) == ("l.4-25", "l.27-49")
    assert (book[0].source, book[81].source) == ("一覧!C3", "一覧!C84")


def test_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    for form in ("txt", "xlsx"):
        path = tmp_path / "release.pdf"
        path.write_bytes((RELEASES / f"tsunagari-r3.{form}").read_bytes())
        assert len(read(path).programs) == 82


def test_a_stream_is_read_like_a_file() -> None:
    data = (RELEASES / "tsunagari-r3.xlsx").read_bytes()
    assert read_stream(data, "tsunagari-r3") == read(RELEASES / "tsunagari-r3.xlsx")


def _broken(data: bytes, seed: int) -> bytes:
    """The file cut off, or with some bytes changed."""
    chance = random.Random(seed)
    if seed % 2:
        return data[: chance.randrange(1, len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 8, 200])):
        changed[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


def _read_or_message(data: bytes) -> str:
    try:
        return f"{len(read_stream(data, 'damaged').programs)} programs"
    except InputError as error:
        return str(error)


@pytest.mark.parametrize(
    ("form", "tries"),
    [
        pytest.param("pdf", 12, marks=pytest.mark.slow),
        pytest.param("xlsx", 24, marks=pytest.mark.slow),
        ("txt", 8),
    ],
)
def test_a_damaged_file_is_read_or_refused_in_one_line(form: str, tries: int) -> None:
    data = (RELEASES / f"tsunagari-r3.{form}").read_bytes()
    for seed in range(tries):
        found = _read_or_message(_broken(data, seed))
        assert found
        assert "\n" not in found
