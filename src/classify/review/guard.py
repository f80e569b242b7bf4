"""Who may speak to the page: known names of this machine, its own origin, holders of the token."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Door", "Guard"]

# Nothing but the page's own files may be loaded, run, framed or asked.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Where the page listens, and the token that opens it; an empty token asks for none."""

    host: str
    port: int
    token: str = ""

    @property
    def loopback(self) -> bool:
        """Can only this machine come in?

        >>> Door("127.0.0.1", 8000).loopback, Door("0.0.0.0", 8000).loopback
        (True, False)
        """
        return self.host == "localhost" or (_is_address(self.host) and _address(self.host))

    @property
    def address(self) -> str:
        """The address to open in a browser on this machine, with the token where there is one."""
        anywhere = self.host in ("", "0.0.0.0", "::")  # noqa: S104  # compared, not bound
        name = socket.gethostname() if anywhere else self.host
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def knows(self, host: str) -> bool:
        """Is a Host header one that leads here, and not a stranger's name for this machine?

        >>> door = Door("127.0.0.1", 8000)
        >>> door.knows("localhost:8000"), door.knows("evil.example:8000"), door.knows("localhost")
        (True, False, False)
        """
        name, _, port = host.rpartition(":")
        if port != str(self.port):
            return False
        name = name.strip("[]").lower()
        if self.loopback:
            return name in ("localhost", "127.0.0.1", "::1", self.host)
        own = socket.gethostname().lower()
        # No name can be made to lead to an address that is written out.
        return _is_address(name) or name in ("localhost", own, f"{own}.local", self.host.lower())


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _address(name: str) -> bool:
    return ipaddress.ip_address(name).is_loopback


class Guard:
    """Turns away strangers before anything is read, and puts the policy on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door
        self.cookie = f"review-{door.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answer = self._refusal(scope)
        await (answer or self.app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.door.knows(host):
            return PlainTextResponse("this is not an address of the review page", 421)
        if scope["method"] not in ("GET", "HEAD"):
            site = headers.get("sec-fetch-site", "same-origin")
            if headers.get("origin") != f"http://{host}" or site != "same-origin":
                return PlainTextResponse("only the page itself may post", 403)
            if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return PlainTextResponse("post JSON", 415)
        return self._token(scope, headers) if self.door.token else None

    def _token(self, scope: Scope, headers: Headers) -> Response | None:
        if _same(self._kept(headers), self.door.token):
            return None
        given = QueryParams(scope["query_string"]).get("token", "")
        if scope["path"] == "/" and _same(given, self.door.token):
            answer = RedirectResponse("/", 303)
            answer.set_cookie(self.cookie, self.door.token, httponly=True, samesite="strict")
            return answer
        return PlainTextResponse("open the address with the token that `classify review` told", 401)

    def _kept(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return found.value if found else ""


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
