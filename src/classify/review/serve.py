"""The only door to uvicorn: the page is served until the person at the terminal stops it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from classify.desk import Desk
from classify.errors import InputError
from classify.review.guard import Door
from classify.review.web import app_of

__all__ = ["serve"]


def serve(desk: Desk, door: Door, name: str, ready: Callable[[Door], None]) -> None:
    """Serve a desk until interrupted; `ready` is told where, once the page can be opened.

    Port 0 takes a free one. Raises InputError where the address cannot be listened on.
    """
    try:
        family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
        listening = socket.create_server((door.host, door.port), family=family)
    except OSError as fault:
        problem = f"cannot be listened on ({fault.strerror or fault})"
        place, remedy = f"{door.host}:{door.port}", "name another --port or --host"
        raise InputError(place, problem, remedy) from None
    with listening:
        bound = Door(door.host, listening.getsockname()[1], door.token)
        config = uvicorn.Config(
            app_of(desk, bound, name),
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        ready(bound)
        with suppress(KeyboardInterrupt):  # how the person at the terminal ends it
            uvicorn.Server(config).run(sockets=[listening])
