"""Files that only ever grow: a line that was acknowledged is there, and none is left half written.

Whoever appends holds the folder's lock, so that what they looked at before still holds when their
line is written, whichever process wrote last.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classify.errors import InputError

__all__ = ["append", "locked", "tail"]

LOCK = ".lock"

_STEP = 1 << 16
_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)

_log = logging.getLogger(__name__)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock; whoever else asks for it waits, in this process or another.

    The folder is made where it is missing. Raises InputError where the lock cannot be had.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as fault:
        raise _refused(folder, fault) from fault
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)  # this gives the lock back, as the end of the process does


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)


def append(path: Path, lines: bytes) -> None:
    """Add whole lines to a file's end and come back when the disk has them. Hold the lock.

    All of `lines` is written or nothing. A torn line that a crash left at the end is taken out
    first, and told. Raises InputError where the lines cannot be kept, and keeps none of them.
    """
    if not lines.endswith(b"\n"):
        raise ValueError(lines)
    new = not path.exists()
    try:
        handle = os.open(path, _APPEND, 0o666)
    except OSError as fault:
        raise _refused(path, fault) from fault
    try:
        size = _sealed(path, handle)
        try:
            if os.write(handle, lines) != len(lines):
                raise OSError(0, "the disk took only a part")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)
            raise
    except OSError as fault:
        raise _refused(path, fault) from fault
    finally:
        os.close(handle)
    if new:
        _sync_folder(path.parent)


def tail(path: Path, start: int = 0) -> tuple[list[bytes], int]:
    """The whole lines of a file from byte `start`, and the byte behind the last of them.

    A torn last line (a crash in the middle of a save) is left out, and told. One that a person
    wrote and that only lacks its line end counts.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            data = file.read()
    except OSError as fault:
        remedy = "name the labels' folder with --labels"
        raise InputError(str(path), "cannot be read", remedy) from fault
    *lines, last = data.split(b"\n")
    if _whole(last):
        return [*lines, last], start + len(data)
    if last:
        _tell(path, last)
    return lines, start + len(data) - len(last)


def _sealed(path: Path, handle: int) -> int:
    """The size of a file once its last line has an end; a torn one is taken out."""
    size = os.fstat(handle).st_size
    last = _last(handle, size)
    if _whole(last):
        return size + os.write(handle, b"\n")
    if last:
        _tell(path, last)
        size -= len(last)
        os.ftruncate(handle, size)
    return size


def _last(handle: int, size: int) -> bytes:
    """What stands behind a file's last line end."""
    found = b""
    while len(found) < size and b"\n" not in found:
        begin = max(0, size - len(found) - _STEP)
        os.lseek(handle, begin, os.SEEK_SET)
        found = os.read(handle, size - len(found) - begin) + found
    return found.rpartition(b"\n")[2]


def _whole(line: bytes) -> bool:
    """Is it an object of JSON, complete? Half of one never is."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _tell(path: Path, torn: bytes) -> None:
    words = torn.decode("utf-8", errors="replace")
    _log.warning(
        "%s: the last line has no end and was never acknowledged; it is left out: %s", path, words
    )


def _sync_folder(folder: Path) -> None:
    """A new file's name is on the disk too, where the system lets a folder be synced."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(path: Path, fault: OSError) -> InputError:
    reason = fault.strerror or type(fault).__name__
    return InputError(
        str(path), f"cannot be kept ({reason})", "Nothing was saved: make room and try again"
    )
