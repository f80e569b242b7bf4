"""What the review page answers, and whom it answers at all."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from classify.desk import Desk
from classify.records import Label
from classify.review import Door
from classify.texts import review_texts
from desks import LAKE, PORT, desk, folder, serving, tagger, taggings

FIRST = [LAKE.program_id, "consultation"]
IBASHO = [LAKE.program_id, "ibasho"]
Answer = tuple[int, Mapping[str, str], Any]
TOKEN = "a-token-that-nobody-guesses"  # a test's


@dataclass(frozen=True)
class Client:
    """Asks one address, with whatever headers a test wants."""

    url: str

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        place = urlsplit(self.url).netloc
        connection = http.client.HTTPConnection(place, timeout=10)
        usual = {"Host": place, "Origin": self.url, "Content-Type": "application/json"}
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(
            method, path, sent if body is not None else None, usual | (headers or {})
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        told = answer.headers.get_content_type() == "application/json"
        return answer.status, dict(answer.getheaders()), json.loads(text) if told else text

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self.ask("POST", path, body, headers=headers)


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    return desk(tmp_path)


@pytest.fixture
def client(at: Desk) -> Iterator[Client]:
    with serving(at) as url:
        yield Client(url)


def number(at: Desk, tag: str = "ibasho") -> int:
    return at.number[LAKE.program_id, tag]


def test_the_queue_its_card_a_decision_and_what_changed(client: Client, at: Desk) -> None:
    _, _, queue = client.get("/api/queue")
    assert queue == {"cards": [number(at), at.number[PORT.program_id, "ibasho"]], "done": []}
    _, _, card = client.get(f"/api/card/{number(at)}")
    assert card["program"]["summary"] == LAKE.summary
    assert card["kinds"] == ["flagged"]
    considered = next(rule for rule in card["rules"] if rule["status"] == "considered")
    assert (considered["words"], considered["cue_words"]) == ("居場所", "も検討")
    start = LAKE.summary.index("居場所")
    post = {
        "card": number(at),
        "key": IBASHO,
        "seen": 0,
        "present": True,
        "spans": [["summary", start, start + 3]],
    }
    status, _, after = client.post("/api/decide", post)
    assert (status, after["held"]["by"], after["done"]) == (200, "adjudication-hana", True)
    assert after["held"]["quotes"] == ["居場所"]
    assert client.get("/api/changes?since=0")[2] == {"since": 1, "cards": [[number(at), True, 1]]}
    assert client.get("/api/queue")[2]["done"] == [number(at)]
    assert client.post("/api/undo", {})[2] == {"card": number(at)}
    assert client.get("/api/queue")[2]["done"] == []


def test_a_decision_on_what_somebody_decided_meanwhile_is_told_and_not_kept(
    client: Client, at: Desk
) -> None:
    post = {"card": number(at), "key": IBASHO, "seen": 0, "present": True}
    assert client.post("/api/decide", post)[0] == 200
    status, _, card = client.post("/api/decide", post | {"present": False})
    assert (status, card["held"]["present"], card["seen"]) == (409, True, 1)


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        ("", ["大津市", "津市"]),
        ("kind=flagged", ["大津市", "津市"]),
        ("kind=annotators", []),
        ("tag=training", []),
        ("prefecture=三重県", ["津市"]),
        ("release=r4.pdf", []),
        ("q=ｓｎｓ", ["大津市"]),
        ("q=さぽーと 滋賀", ["大津市"]),
        ("q=食堂", []),
        ("kind=all&tag=training", ["大津市", "津市"]),
    ],
)
def test_what_is_asked_for_is_what_is_shown(
    client: Client, at: Desk, query: str, bodies: list[str]
) -> None:
    from urllib.parse import quote

    found = client.get(f"/api/queue?{quote(query, safe='=&')}")[2]["cards"]
    assert [at.cards[n].program.body for n in found] == bodies


def test_a_blind_pass_hears_nothing_of_what_others_say(tmp_path: Path) -> None:
    others = [Label(LAKE.program_id, "ibasho", True, by=name, reason="secret") for name in "abc"]
    at = Desk(folder(tmp_path, *others), tagger(), taggings(ibasho="1?"), blind="mai")
    with serving(at, name="mai") as url:
        client = Client(url)
        assert len(client.get("/api/queue")[2]["cards"]) == len(at.cards)
        card = client.get(f"/api/card/{number(at)}")[2]
        assert set(card) == {"card", "key", "seen", "tag", "program", "units", "held", "done"}
        assert (card["held"], card["seen"]) == (None, 0)
        assert client.get("/api/start")[2]["kinds"] == []
        status, _, card = client.post(
            "/api/decide", {"card": 0, "key": FIRST, "seen": 0, "present": True}
        )
        assert (status, card["held"]["by"]) == (200, "mai")


@pytest.mark.parametrize(
    "post",
    [
        [],
        {},
        b"{",
        b"\xff",
        b"[" * 60_000,
        {"card": "0", "seen": 0, "present": True},
        {"card": 0, "key": FIRST, "seen": 0, "present": "yes"},
        {"card": 0, "seen": 0, "present": True},
        {"card": 0, "key": IBASHO, "seen": 0, "present": True},
        {"card": True, "seen": 0, "present": True},
        {"card": -1, "seen": 0, "present": True},
        {"card": 10**9, "seen": 0, "present": True},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "spans": [["summary", 5, 4]]},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "spans": [["summary", 0, 10**6]]},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "spans": [["phone", 0, 1]]},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "spans": [["summary", 0, 1]] * 51},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "spans": 3},
        {"card": 0, "key": FIRST, "seen": 0, "present": True, "reason": "x" * 2_001},
        b'{"card": 0, "key": ["r3-001", "consultation"], "seen": 0, "present": true, "reason": "\\ud800"}',
    ],
)
def test_a_post_that_is_no_decision_keeps_nothing(
    client: Client, tmp_path: Path, post: object
) -> None:
    status, _, answer = client.post("/api/decide", post)
    assert (status, answer["problem"].endswith("reload the page")) == (422, True)
    assert list((tmp_path / "decisions").glob("*.jsonl")) == []


def test_a_post_beyond_all_measure_is_cut_short(client: Client) -> None:
    assert client.post("/api/decide", b'{"a": "' + b"x" * 70_000 + b'"}')[0] == 413


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "..", "annotator-a", ""])
def test_a_name_cannot_lead_out_of_the_decisions(tmp_path: Path, name: str) -> None:
    at = desk(tmp_path)
    with serving(at, name="") as url:
        post = {"card": 0, "key": FIRST, "seen": 0, "present": True, "name": name}
        assert Client(url).post("/api/decide", post)[0] == 422
    assert {path.name for path in tmp_path.rglob("*")} <= {
        "people.toml",
        "programs",
        "r3.csv",
        "decisions",
        ".lock",
    }


@pytest.mark.parametrize(
    "path",
    ["/static/../words.toml", "/static/%2e%2e/words.toml", "/static/words.toml", "/etc/passwd", "/api/card/99999", "/api/card/-1"],
)  # fmt: skip
def test_no_path_of_a_client_is_opened(client: Client, path: str) -> None:
    assert client.get(path)[0] in (404, 422)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "localhost", "127.0.0.1:1", "", "127.0.0.1.evil.example:{port}"],
)  # fmt: skip
def test_a_strangers_name_for_this_machine_is_refused(client: Client, host: str) -> None:
    port = urlsplit(client.url).port
    assert client.get("/", Host=host.format(port=port))[0] == 421
    assert client.get("/", Host=f"localhost:{port}")[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_only_the_page_itself_may_post(
    client: Client, headers: dict[str, str], status: int
) -> None:
    post = {"card": 0, "key": FIRST, "seen": 0, "present": True}
    assert client.ask("POST", "/api/decide", post, headers)[0] == status


@pytest.mark.parametrize("path", ["/", "/static/review.js", "/api/start", "/nowhere"])
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    _, headers, _ = client.get(path)
    lower = {key.lower(): value for key, value in headers.items()}
    assert lower["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in lower["content-security-policy"]
    assert (lower["x-content-type-options"], lower["x-frame-options"]) == ("nosniff", "DENY")
    assert lower["cache-control"] == "no-store"


def test_the_frame_has_no_script_or_style_of_its_own(client: Client) -> None:
    text = client.get("/")[2]
    assert "<style" not in text
    assert " style=" not in text
    assert " on" not in {part[:3] for part in text.split("<")}
    assert (
        text.count("<script") == text.count('<script type="module" src="/static/review.js">') == 1
    )


def test_with_a_token_nothing_is_told_without_it(tmp_path: Path) -> None:
    at = desk(tmp_path)
    with serving(at, token=TOKEN) as url:
        client = Client(url)
        assert {
            client.get(path)[0] for path in ("/", "/api/start", f"/api/start?token={TOKEN}")
        } == {401}
        assert client.get("/?token=another")[0] == 401
        assert client.get("/?token=%ff%80")[0] == 401
        status, headers, _ = client.get(f"/?token={TOKEN}")
        assert (status, headers["location"]) == (303, "/")
        cookie = headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        kept = cookie.partition(";")[0]
        assert client.get("/", Cookie=kept)[0] == 200
        assert client.get("/", Cookie=kept[:-1])[0] == 401
        post = {"card": 0, "key": FIRST, "seen": 0, "present": True}
        assert client.post("/api/decide", post)[0] == 401
        assert client.post("/api/decide", post, Cookie=kept)[0] == 200


@pytest.mark.parametrize(
    ("door", "host", "known"),
    [
        (Door("0.0.0.0", 80), "192.0.2.7:80", True),
        (Door("0.0.0.0", 80), "[2001:db8::1]:80", True),
        (Door("0.0.0.0", 80), "evil.example:80", False),
        (Door("desk.example", 80), "Desk.example:80", True),
        (Door("::1", 80), "[::1]:80", True),
        (Door("127.0.0.1", 80), "192.0.2.7:80", False),
    ],
)
def test_names_that_lead_to_the_page(door: Door, host: str, known: bool) -> None:
    assert door.knows(host) is known


def test_both_languages_have_the_same_words() -> None:
    def keys(table: dict[str, Any], prefix: str = "") -> set[str]:
        nested = [keys(v, f"{prefix}{k}.") for k, v in table.items() if isinstance(v, dict)]
        return {f"{prefix}{key}" for key in table}.union(*nested)

    words = review_texts()
    assert keys(words["ja"]) == keys(words["en"])
    assert 1 <= len(words["why"]) <= 9
    assert not set(words["answers"]["present"]) & set(words["answers"]["absent"])
