"""What the files of the tools share: decisions as JSON objects, and checks of what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from classify.errors import InputError
from classify.labels import line_of
from classify.records import Label

__all__ = ["entry_of", "labels_of", "strings", "text_in", "whole"]

_BLANK = Label("", "", present=False, by="")


def entry_of(label: Label) -> dict[str, Any]:
    """A decision as an object that says neither whose it is nor about which program."""
    entry: dict[str, Any] = json.loads(line_of(label))
    del entry["program_id"], entry["by"]
    return entry


def labels_of(entries: Iterable[dict[str, Any]], program_id: str, by: str) -> tuple[Label, ...]:
    """Decisions out of such objects; TypeError for what is none."""
    return tuple(_label(entry, program_id, by) for entry in entries)


def _label(entry: dict[str, Any], program_id: str, by: str) -> Label:
    said: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    label = Label(program_id=program_id, by=by, **said)
    for field in fields(Label):
        value = getattr(label, field.name)
        if not isinstance(value, type(getattr(_BLANK, field.name))):
            raise TypeError(value)
        if isinstance(value, tuple):
            strings(list(value))
    return label


def strings(value: object) -> tuple[str, ...]:
    """A list of strings as a tuple; TypeError for anything else.

    >>> strings(["a", "b"])
    ('a', 'b')
    """
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(value)
    return tuple(value)


def text_in(data: bytes, name: str) -> str:
    """A file's text; InputError where it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(name, "is not UTF-8", "import the tool's export as it is") from None


@contextmanager
def whole(place: str, tool: str) -> Iterator[None]:
    """Tell whatever is missing or of another shape as one fault of `place`."""
    remedy = f"import what {tool} exports of a file that was exported from here"
    try:
        yield
    except KeyError as fault:
        problem = f"{fault.args[0]!r} is missing, or no place in the text"
        raise InputError(place, problem, remedy) from None
    except (TypeError, ValueError, AttributeError):
        raise InputError(place, f"is not as {tool} writes it", remedy) from None
