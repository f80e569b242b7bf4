"""What the page asks for and what it posts: routes over a desk."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from classify.desk import Desk, Verdict, name_of
from classify.disagreements import Card, Key
from classify.errors import ClassifyError, InputError
from classify.labels import quote_at
from classify.records import Program, Span
from classify.review.advice import Advice
from classify.review.content import Content
from classify.review.guard import Door, Guard
from classify.review.page import frame
from classify.texts import resource

__all__ = ["app_of"]

# Bytes of a post, characters of a reason, and quotes of one decision: more than anybody means.
LARGEST, LONGEST, MOST = 65_536, 2_000, 50

_FILES = {
    "review.css": "text/css",
    "review.js": "text/javascript",
    "text.js": "text/javascript",
    "card.js": "text/javascript",
    "rules.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def app_of(desk: Desk, door: Door, name: str) -> Starlette:
    """The page as an ASGI application; `name` is who reviews where a post does not say it."""
    face = _Face(desk, Content(desk), Advice(desk), name)
    routes = [
        Route("/", face.page),
        Route("/static/{name}", _file),
        Route("/api/start", face.start),
        Route("/api/queue", face.queue),
        Route("/api/card/{number:int}", face.card),
        Route("/api/changes", face.changes),
        Route("/api/name", _posted(face.named), methods=["POST"]),
        Route("/api/decide", _posted(face.decide), methods=["POST"]),
        Route("/api/undo", _posted(face.undo), methods=["POST"]),
        Route("/api/propose", _posted(face.propose), methods=["POST"]),
        Route("/api/effect", _posted(face.effect), methods=["POST"]),
        Route("/api/accept", _posted(face.accept), methods=["POST"]),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, door=door)],
        exception_handlers={ClassifyError: _fault},
    )


@dataclass(frozen=True, slots=True)
class _Face:
    """What each address answers."""

    desk: Desk
    content: Content
    advice: Advice
    name: str

    def page(self, _: Request) -> Response:
        return HTMLResponse(frame(blind=bool(self.desk.blind)))

    def start(self, _: Request) -> Response:
        return JSONResponse(self.content.start(self.name))

    def queue(self, request: Request) -> Response:
        return JSONResponse(self.content.queue(request.query_params))

    def card(self, request: Request) -> Response:
        self.desk.refresh()
        number = _on_desk(self.desk, request.path_params["number"])
        return JSONResponse(self.content.card(number))

    def changes(self, request: Request) -> Response:
        self.desk.refresh()
        return JSONResponse(self.content.changes(_count(request.query_params.get("since"))))

    def decide(self, entry: dict[str, Any]) -> Response:
        verdict = _verdict(self.desk, entry, self._by(entry))
        outcome = self.desk.settle([verdict])
        number = self.desk.number[verdict.key]
        if outcome.left:
            return JSONResponse(self.content.card(number), 409)
        return JSONResponse(self.content.held(number))

    def undo(self, entry: dict[str, Any]) -> Response:
        key = self.desk.undo(self._by(entry))
        return JSONResponse({"card": None if key is None else self.desk.number[key]})

    def propose(self, entry: dict[str, Any]) -> Response:
        return JSONResponse(self.advice.propose(_card(self.desk, entry).key))

    def effect(self, entry: dict[str, Any]) -> Response:
        return JSONResponse(self.advice.effect(*_proposal(self.desk, entry)))

    def accept(self, entry: dict[str, Any]) -> Response:
        return JSONResponse(self.advice.accept(*_proposal(self.desk, entry)))

    def named(self, entry: dict[str, Any]) -> Response:
        return JSONResponse({"name": self._by(entry)})

    def _by(self, entry: dict[str, Any]) -> str:
        """Who posts: where a name was given to the command it is theirs, whatever is posted."""
        return self.name or name_of(str(entry.get("name", "")), self.desk.machines)


def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        return Response(status_code=404)
    return Response(resource(f"review/{name}"), media_type=_FILES[name])


def _fault(_: Request, error: Exception) -> Response:
    return JSONResponse({"problem": str(error)}, 422)


def _posted(
    handler: Callable[[dict[str, Any]], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """A post's JSON object goes to `handler`, in a thread: it waits for the disk."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return JSONResponse({"problem": "the post is too large"}, 413)
        try:
            entry = json.loads(body)
            # Half of a surrogate pair is no text that a file could hold.
            json.dumps(entry, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict):
            raise InputError("post", "is not a JSON object", "reload the page")
        return await run_in_threadpool(handler, entry)

    return endpoint


def _on_desk(desk: Desk, number: int) -> int:
    if number >= len(desk.cards):
        raise InputError(f"card {number}", "is not on this desk", "reload the page")
    return number


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _no_decision() -> InputError:
    return InputError("post", "is not a decision", "reload the page")


def _card(desk: Desk, entry: dict[str, Any]) -> Card:
    """The card that a post is about; InputError where it names none of this desk's."""
    number = entry.get("card")
    if type(number) is not int or number < 0:
        raise _no_decision()
    card = desk.cards[_on_desk(desk, number)]
    if entry.get("key") != list(card.key):
        raise _no_decision()  # a page of another desk that had this address before
    return card


def _proposal(desk: Desk, entry: dict[str, Any]) -> tuple[Key, int, str]:
    """The card, number and phrase of a proposal that a post is about."""
    card, number, phrase = _card(desk, entry), entry.get("number"), entry.get("phrase")
    if type(number) is not int or not isinstance(phrase, str):
        raise _no_decision()
    return card.key, number, phrase


def _verdict(desk: Desk, entry: dict[str, Any], by: str) -> Verdict:
    """A post as a verdict; InputError where it is none."""
    card = _card(desk, entry)
    try:
        seen, present = entry["seen"], entry["present"]
        reason, spans = str(entry.get("reason", "")).strip(), entry.get("spans", [])
        if type(seen) is not int or type(present) is not bool:
            raise TypeError(seen, present)
        if len(reason) > LONGEST or len(spans) > MOST:
            raise ValueError(reason, spans)
        words = [quote_at(card.program, _span(card.program, *span)) for span in spans]
    except (KeyError, TypeError, ValueError):
        raise _no_decision() from None
    return Verdict(
        key=card.key,
        present=present,
        by=by,
        seen=seen,
        unsure=entry.get("unsure") is True,
        gap=entry.get("gap") is True,
        reason=reason,
        words=tuple(dict.fromkeys(word for word in words if word)),
    )


def _span(program: Program, field: str, start: int, end: int) -> Span:
    if field not in ("program", "summary") or type(start) is not int or type(end) is not int:
        raise TypeError(field)
    if not 0 <= start < end <= len(getattr(program, field)):
        raise ValueError(start, end)
    return Span("program" if field == "program" else "summary", start, end)
