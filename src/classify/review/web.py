"""What the page asks for and what it posts: routes over a desk."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from classify.desk import Desk, Verdict, name_of
from classify.errors import ClassifyError, InputError
from classify.labels import quote_at
from classify.records import Program, Span
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
    "icon.svg": "image/svg+xml",
}


def app_of(desk: Desk, door: Door, name: str) -> Starlette:
    """The page as an ASGI application; `name` is who reviews where a post does not say it."""
    content = Content(desk)

    def page(_: Request) -> Response:
        return HTMLResponse(frame(blind=bool(desk.blind)))

    def file(request: Request) -> Response:
        found = request.path_params["name"]
        if found not in _FILES:
            return Response(status_code=404)
        return Response(resource(f"review/{found}"), media_type=_FILES[found])

    def start(_: Request) -> Response:
        return JSONResponse(content.start(name))

    def queue(request: Request) -> Response:
        return JSONResponse(content.queue(dict(request.query_params)))

    def card(request: Request) -> Response:
        desk.refresh()
        return JSONResponse(content.card(_number(desk, request.path_params["number"])))

    def changes(request: Request) -> Response:
        desk.refresh()
        return JSONResponse(content.changes(_count(request.query_params.get("since"))))

    def decide(entry: dict[str, Any]) -> Response:
        verdict = _verdict(desk, entry, name)
        outcome = desk.settle([verdict])
        number = desk.number[verdict.key]
        return JSONResponse(content.card(number), 409 if outcome.left else 200)

    def undo(entry: dict[str, Any]) -> Response:
        key = desk.undo(desk.blind or name_of(str(entry.get("name") or name)))
        return JSONResponse({"card": None if key is None else desk.number[key]})

    routes = [
        Route("/", page),
        Route("/static/{name}", file),
        Route("/api/start", start),
        Route("/api/queue", queue),
        Route("/api/card/{number:int}", card),
        Route("/api/changes", changes),
        Route("/api/decide", _posted(decide), methods=["POST"]),
        Route("/api/undo", _posted(undo), methods=["POST"]),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, door=door)],
        exception_handlers={ClassifyError: _fault},
    )


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


def _number(desk: Desk, number: int) -> int:
    if number >= len(desk.cards):
        raise InputError(f"card {number}", "is not on this desk", "reload the page")
    return number


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _verdict(desk: Desk, entry: dict[str, Any], name: str) -> Verdict:
    """A post as a verdict; InputError where it is none."""
    try:
        number, seen, present = entry["card"], entry["seen"], entry["present"]
        reason, spans = str(entry.get("reason", "")).strip(), entry.get("spans", [])
        if type(number) is not int or type(seen) is not int or type(present) is not bool:
            raise TypeError(number, seen, present)
        if number < 0 or len(reason) > LONGEST or len(spans) > MOST:
            raise ValueError(number)
        card = desk.cards[_number(desk, number)]
        words = [quote_at(card.program, _span(card.program, *span)) for span in spans]
    except (KeyError, TypeError, ValueError):
        raise InputError("post", "is not a decision", "reload the page") from None
    return Verdict(
        key=card.key,
        present=present,
        by=desk.blind or name_of(str(entry.get("name") or name)),
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
