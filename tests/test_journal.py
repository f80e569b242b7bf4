"""What was acknowledged is there; nothing is left half written, whatever happens meanwhile."""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classify.errors import InputError
from classify.journal import append, locked, tail

LINE = b'{"n": 1}\n'

# Appends numbered lines for ever and says each number once it was acknowledged.
WRITER = """
import os, sys
from pathlib import Path
from classify.journal import append, locked
path, name, many = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(many):
    line = f'{{"by": "{name}", "number": {number}, "words": "{"相談" * 400}"}}'
    with locked(path.parent):
        append(path, line.encode() + b"\\n")
    os.write(1, f"{number}\\n".encode())
"""


def writer(path: Path, name: str, many: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(many)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_lines_come_back_in_order_and_from_where_one_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    append(path, b'{"n": 1}\n{"n": 2}\n')
    lines, end = tail(path)
    assert lines == [b'{"n": 1}', b'{"n": 2}']
    append(path, b'{"n": 3}\n')
    assert tail(path, end) == ([b'{"n": 3}'], path.stat().st_size)


@pytest.mark.parametrize("torn", [b'{"n": 2, "wor', b"\xe7\x9b", b"2", b"x" * 200_000])
def test_a_torn_last_line_is_told_and_taken_out_before_the_next(
    tmp_path: Path, torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE + torn)
    with caplog.at_level(logging.WARNING):
        assert tail(path) == ([LINE.strip()], len(LINE))
    assert "the last line has no end and was never acknowledged" in caplog.text
    append(path, LINE)
    assert path.read_bytes() == LINE + LINE


def test_a_whole_line_that_an_editor_left_without_an_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE + b'{"n": 2}')
    assert tail(path)[0] == [b'{"n": 1}', b'{"n": 2}']
    append(path, b'{"n": 3}\n')
    assert path.read_bytes() == b'{"n": 1}\n{"n": 2}\n{"n": 3}\n'


def test_a_line_without_an_end_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half"):
        append(tmp_path / "a.jsonl", b"half")


FULL = """
import resource, sys
from pathlib import Path
from classify.errors import InputError
from classify.journal import append
path = Path(sys.argv[1])
limit = path.stat().st_size + 10
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    append(path, b'{"words": "' + b"x" * 100 + b'"}\\n')
except InputError as error:
    print(error)
"""


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    append(path, LINE)
    # A file may not grow by more than ten bytes: the system then takes a part of the line.
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, check=True, text=True
    )
    assert done.stdout.startswith(f"{path}: cannot be kept (")
    assert done.stdout.endswith("Nothing was saved: make room and try again\n")
    assert path.read_bytes() == LINE
    append(path, LINE)
    assert path.read_bytes() == LINE * 2


def test_what_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(InputError, match="Is a directory"):
        append(tmp_path / "a.jsonl", LINE)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be kept"), locked(tmp_path / "file"):
        pass


def test_processes_at_once_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writers = [writer(path, name, 25) for name in "abcd"]
    assert [one.communicate()[0].count(b"\n") for one in writers] == [25] * 4
    entries = [json.loads(line) for line in tail(path)[0]]
    for name in "abcd":
        assert [e["number"] for e in entries if e["by"] == name] == list(range(25))


@pytest.mark.slow
def test_killed_at_random_moments_no_acknowledged_line_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    chance = random.Random(4)
    acknowledged: list[tuple[str, int]] = []
    kills = 0
    while len(acknowledged) < 200 or kills < 10:
        name = f"run-{kills}"
        one = writer(path, name, 10_000)
        assert one.stdout
        one.stdout.read(2)  # it has begun to save
        time.sleep(chance.uniform(0, 0.03))
        os.kill(one.pid, signal.SIGKILL)
        kills += 1
        said = one.communicate()[0].split(b"\n")[:-1]
        acknowledged += [(name, int(n)) for n in [b"0", *said] if n]
        lines, end = tail(path)
        kept = {(entry["by"], entry["number"]) for entry in map(json.loads, lines)}
        assert set(acknowledged) <= kept
        assert end == path.stat().st_size
