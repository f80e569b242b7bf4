"""Disagreements and review at the command line."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from classify.records import Label
from desks import LAKE, folder
from test_cli import run


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    parted = [Label(LAKE.program_id, "ibasho", name == "a", by=name) for name in "ab"]
    return folder(tmp_path / "labeled", *parted)


def test_the_queue_is_a_table_here_and_a_file_there(labels: Path) -> None:
    status, out, _ = run("disagreements", "--labels", labels, "--kind", "annotators")
    assert status == 0
    assert "大津市" in out
    assert out.endswith("1件。うち1件で一覧表のマスが決まります\n")
    status, out, _ = run("disagreements", "--labels", labels, "--tag", "居場所", "-o", "-")
    assert [row["実施主体"] for row in csv.DictReader(out.splitlines())] == ["大津市"]


def test_a_filled_in_queue_is_taken_once(labels: Path, tmp_path: Path) -> None:
    queue = tmp_path / "queue.csv"
    run("disagreements", "--labels", labels, "--tag", "ibasho", "-o", queue)
    with queue.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    table[0]["判断"] = "記載なし"
    _fill(queue, table)
    status, out, err = run("disagreements", "--labels", labels, "--apply", queue, "--as", "hana")
    assert (status, err) == (0, "")
    assert out.startswith("took 1 decisions; left 0 rows without an answer, 0 taken before")
    line = json.loads((labels / "decisions" / "adjudication-hana.jsonl").read_text("utf-8"))
    assert (line["program_id"], line["tag"], line["present"]) == (LAKE.program_id, "ibasho", False)
    gold = json.loads((labels / "gold.jsonl").read_text("utf-8"))
    assert (gold["origin"], gold["present"]) == ("adjudicated", False)
    _, out, err = run("disagreements", "--labels", labels, "--apply", queue, "--as", "hana")
    assert "took 0 decisions" in out
    assert "1 taken before" in out
    table[0]["判断"] = "実施"
    _fill(queue, table)
    _, out, err = run("disagreements", "--labels", labels, "--apply", queue, "--as", "hana")
    assert "took 0 decisions" in out
    assert err == (
        f"{queue}:2: left, since you have decided since the file was made. "
        "Correct it in a new queue or on the page\n"
    )
    table[0]["判断"] = "記載なし"
    _fill(queue, table)
    _, out, err = run("disagreements", "--labels", labels, "--apply", queue, "--as", "ken")
    assert (
        err
        == f"{queue}:2: left, since adjudication-hana decided otherwise meanwhile. Look at it again\n"
    )


def _fill(queue: Path, table: list[dict[str, str]]) -> None:
    with queue.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("disagreements", "--kind", "none"), 2, "'none' is none of rule_model"),
        (("disagreements", "--tag", "none"), 2, "'none' is none of consultation"),
        (("disagreements", "--prefecture", "江戸"), 2, "'江戸' is none of 滋賀県"),
        (("disagreements", "-o", "q.pdf"), 1, "q.pdf: no format is known by this suffix"),
        (("disagreements", "--apply", "none.csv", "--as", "a"), 1, "none.csv: cannot be read"),
        (("review", "--blind", "--no-open"), 2, "a blind pass needs a name"),
        (("review", "--as", "../x", "--no-open"), 1, "name '../x': cannot name a file"),
        (("review", "--host", "192.0.2.1", "--no-open"), 1, "192.0.2.1:0: cannot be listened on"),
    ],
)
def test_what_cannot_be_done_is_told(
    labels: Path, arguments: tuple[str, ...], status: int, told: str
) -> None:
    found, _, err = run(arguments[0], "--labels", labels, *arguments[1:])
    assert found == status
    assert told in " ".join(err.replace("│", "").split())
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_page_is_served_until_it_is_stopped(labels: Path, host: str) -> None:
    command = [sys.executable, "-m", "classify", "review", "--no-open", "--labels", str(labels)]
    with subprocess.Popen([*command, "--host", host], stdout=subprocess.PIPE) as one:
        assert one.stdout
        told = one.stdout.readline().decode()
        address = next(word for word in told.split() if word.startswith("http"))
        # Open to a network only with a token.
        assert ("?token=" in address) == (host != "127.0.0.1")
        port = address.split(":")[2].split("/")[0]
        if host == "127.0.0.1":
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                assert "判定の見直し" in page.read().decode()
        else:
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/")
        one.send_signal(signal.SIGINT)
        assert one.wait(10) == 0
