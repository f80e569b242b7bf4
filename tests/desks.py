"""A labels folder and a desk for tests: two programs of two bodies, eight tags, few doubts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import uvicorn

from classify.desk import Desk
from classify.export import write_programs
from classify.labels import line_of
from classify.records import Decision, Evidence, Label, Program, Tagging
from classify.review import Door, app_of
from classify.tagger import Tagger
from classify.taxonomy import load
from handmade import decision, program

__all__ = ["LAKE", "PORT", "desk", "folder", "serving", "tagger", "taggings"]

LAKE = program(
    "大津市",
    "滋賀県",
    number=1,
    name="つながりサポート",
    summary="𠮷田さんの相談窓口を設ける。\n居場所についても検討する。\nSNSで周知し、SNSで相談を受ける。",
)
PORT = program(
    "津市", "三重県", number=2, name="女性支援事業", summary="訪問支援を行う。\n居場所を開く。"
)


@cache
def tagger() -> Tagger:
    """The built-in rules, without a model."""
    return Tagger.of(load())


def folder(path: Path, *labels: Label, programs: Sequence[Program] = (LAKE, PORT)) -> Path:
    """A labels folder with these programs and decisions."""
    (path / "programs").mkdir(parents=True)
    (path / "decisions").mkdir()
    (path / "people.toml").write_text('[machines]\nnames = ["annotator-a"]\n', encoding="utf-8")
    if programs:
        write_programs(path / "programs" / "r3.csv", programs)
    for label in labels:
        with (path / "decisions" / f"{label.by}.jsonl").open("ab") as file:
            file.write(line_of(label))
    return path


def taggings(*programs: Program, **marks: str) -> list[Tagging]:
    """Each program with a decision for each of the taxonomy's tags; `marks` gives those not `0`."""
    return [Tagging(one, tuple(_decisions(one, marks))) for one in programs or (LAKE, PORT)]


def _decisions(of: Program, marks: dict[str, str]) -> list[Decision]:
    found = []
    for tag in tagger().taxonomy.tags:
        mark = marks.get(tag.id, "0")
        reason = "unsure" if mark.endswith("?") else "agree"
        start = of.summary.find("居場所")
        quotes = (Evidence("summary", start, start + 3, "居場所", "ibasho.place"),)
        shown = quotes if tag.id == "ibasho" and start >= 0 else ()
        found.append(decision(tag.id, mark, quotes=shown, reason=reason))
    return found


def desk(path: Path, *labels: Label, **marks: str) -> Desk:
    """A desk over a new labels folder in which 居場所 waits for review in both programs."""
    marks = marks or {"ibasho": "1?"}
    return Desk(folder(path, *labels), tagger(), taggings(**marks))


@contextmanager
def serving(at: Desk, *, name: str = "hana", token: str = "") -> Iterator[str]:
    """The address of a desk's page, served from a thread for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        door = Door("127.0.0.1", listening.getsockname()[1], token)
        config = uvicorn.Config(app_of(at, door, name), lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.port}"
        finally:
            server.should_exit = True
            thread.join()
