"""The queue goes out as a table, is filled in by people, and comes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from classify.answers import Answers, read_answers
from classify.desk import Desk, Verdict
from classify.disagreements import queue
from classify.errors import FileError, InputError
from classify.export.queue import COLUMNS, heads, write_queue
from desks import LAKE, PORT, desk, folder, tagger, taggings

Cells = dict[str, str]
IBASHO = (LAKE.program_id, "ibasho")
PORT_IBASHO = (PORT.program_id, "ibasho")


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return desk(tmp_path)


def written(at: Desk, path: Path) -> Path:
    cards = queue(at.cards)
    seen = {card.key: at.seen(card.key) for card in cards}
    write_queue(path, cards, at.tagger.taxonomy.tags, seen)
    return path


def fill_csv(path: Path, encoding: str, *rows: Cells) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    for row, cells in zip(table, rows, strict=False):
        row.update({heads()[column]: text for column, text in cells.items()})
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))


def fill_xlsx(path: Path, _: str, *rows: Cells) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for number, cells in enumerate(rows, start=2):
        for column, text in cells.items():
            cell = sheet.cell(number, COLUMNS.index(column) + 1)
            cell.value, cell.data_type = text, "s"
    sheet.row_dimensions[3].hidden = True  # as a filter leaves it
    book.save(path)
    book.close()


FORMS = [(".csv", "utf-8", fill_csv), (".csv", "cp932", fill_csv), (".xlsx", "", fill_xlsx)]


def answered(at: Desk, path: Path, *rows: Cells, name: str = "hana") -> Answers:
    written(at, path)
    (fill_csv if path.suffix == ".csv" else fill_xlsx)(path, "utf-8", *rows)
    return read_answers(path, at, name)


@pytest.mark.parametrize(("suffix", "encoding", "fill"), FORMS)
def test_what_was_filled_in_becomes_decisions(
    tmp_path: Path, suffix: str, encoding: str, fill: Callable[..., None]
) -> None:
    # Without 𠮷: an Excel in Japan that saves a CSV as Shift_JIS could not keep it.
    lake = replace(LAKE, summary=LAKE.summary.replace("𠮷", "吉"))
    at = Desk(
        folder(tmp_path / "l", programs=(lake, PORT)), tagger(), taggings(lake, PORT, ibasho="1?")
    )
    path = written(at, tmp_path / f"queue{suffix}")
    one = {
        "present": "実施",
        "why": "=場を開く",
        "words": "居場所\n相談窓口",
        "unsure": "○",
        "by": "Ken Ito",
    }
    fill(path, encoding, one, {"present": " ｎｏ "})
    answers = read_answers(path, at, "hana")
    assert [verdict for _, verdict in answers.verdicts] == [
        Verdict(
            IBASHO,
            True,
            "ken-ito",
            0,
            unsure=True,
            reason="=場を開く",
            words=("居場所", "相談窓口"),
        ),
        Verdict(PORT_IBASHO, False, "hana", 0, words=("居場所",)),
    ]
    assert (answers.empty, answers.known) == (0, 0)


def test_rows_left_empty_and_rows_taken_before_change_nothing(at: Desk, tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    first = answered(at, path, {"present": "1"})
    assert first.empty == 1
    assert at.settle([verdict for _, verdict in first.verdicts]).taken
    again = read_answers(path, at, "hana")
    assert (again.verdicts, again.empty, again.known) == ((), 1, 1)
    # For somebody else the same row comes too late.
    ((_, late),) = read_answers(path, at, "ken").verdicts
    assert at.settle([late]).left == (late,)


def test_every_fault_of_every_row_is_told_at_once(at: Desk, tmp_path: Path) -> None:
    path = tmp_path / "queue.csv"
    with pytest.raises(FileError) as raised:
        answered(at, path, {"present": "たぶん"}, {"present": "○", "words": "食堂"})
    assert str(raised.value) == (
        f"{path}:2: 'たぶん' is no decision. Write 実施 or 記載なし\n"
        f"{path}:3: quote '食堂' does not stand in r3-002. Copy the words to the letter"
    )


@pytest.mark.parametrize(
    ("cells", "name", "problem"),
    [
        ({"present": "実施"}, "", "nobody is named who decides"),
        ({"present": "実施", "by": "../x"}, "", "cannot name a file"),
        ({"present": "実施", "program_id": "r9-001"}, "hana", "there is no card r9-001 ibasho"),
        ({"present": "実施", "seen": "x"}, "hana", "version 'x' is none"),
        ({"present": "実施", **dict(zip(("program_id", "tag"), PORT_IBASHO, strict=True))}, "hana", "again"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_is_refused(
    at: Desk, tmp_path: Path, cells: Cells, name: str, problem: str
) -> None:
    with pytest.raises(FileError, match=problem):
        answered(at, tmp_path / "queue.csv", cells, {"present": "実施"}, name=name)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "", "相談"])
def test_another_table_is_no_queue(at: Desk, tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="is no filled-in queue"):
        read_answers(path, at, "hana")


def test_no_cell_becomes_a_formula(tmp_path: Path) -> None:
    evil = replace(PORT, body="=1+1", program="@SUM(A1)", summary="－居場所")
    at = Desk(folder(tmp_path / "l", programs=(evil,)), tagger(), taggings(evil, ibasho="1?"))
    text = written(at, tmp_path / "q.csv").read_text("utf-8-sig")
    assert "'=1+1" in text
    assert "'@SUM(A1)" in text
    book = openpyxl.load_workbook(written(at, tmp_path / "q.xlsx"))
    assert {cell.data_type for row in book.worksheets[0] for cell in row} <= {"s", "n"}
    book.close()


def test_the_same_queue_gives_the_same_bytes(at: Desk, tmp_path: Path) -> None:
    for suffix in (".csv", ".xlsx"):
        one, two = (written(at, tmp_path / f"{n}{suffix}").read_bytes() for n in (1, 2))
        assert one == two
