"""Where bytes become a file: whole, or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar

from classify.errors import InputError

__all__ = ["STDOUT", "by_suffix", "deliver"]

STDOUT = "-"
T = TypeVar("T")


def by_suffix(path: str | Path, formats: Mapping[str, T]) -> T:
    """What `formats` holds for the suffix of `path`; for `-` its first entry, which is a text.

    >>> by_suffix("out/matrix.XLSX", {".csv": 1, ".xlsx": 2}), by_suffix("-", {".csv": 1})
    (2, 1)
    >>> by_suffix("matrix.doc", {".csv": 1, ".xlsx": 2})
    Traceback (most recent call last):
    ...
    classify.errors.InputError: matrix.doc: no format is known by this suffix. Use .csv, .xlsx
    """
    if str(path) == STDOUT:
        return next(iter(formats.values()))
    suffix = Path(path).suffix.lower()
    if suffix not in formats:
        raise InputError(
            str(path), "no format is known by this suffix", f"Use {', '.join(formats)}"
        )
    return formats[suffix]


def deliver(path: str | Path, chunks: Iterable[bytes], *, stream: BinaryIO | None = None) -> None:
    """Write `chunks` to the file `path`, or for `-` to `stream` (else standard output).

    The file appears whole or not at all: a new file beside it takes the bytes and then its name,
    so that a fault half-way leaves an older file as it was. Raises InputError where that cannot be.
    """
    if str(path) == STDOUT:
        (stream or sys.stdout.buffer).writelines(chunks)
        return
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise InputError(str(path), "its folder does not exist", f"Create {target.parent} first")
    if target.exists() and not target.is_file():
        raise InputError(str(path), "is not a file", "Name a file to write")
    try:
        _replace(target, chunks)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise InputError(str(path), f"cannot be written ({reason})", "Write elsewhere") from fault


def _replace(target: Path, chunks: Iterable[bytes]) -> None:
    beside = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with beside.open("xb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
