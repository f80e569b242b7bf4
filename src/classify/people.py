"""Who is a person and who a machine, from `labeled/people.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from classify.errors import InputError

__all__ = ["load_machines"]


def load_machines(folder: Path) -> frozenset[str]:
    """The annotators that are machines; everyone else is a person. Without the file, nobody is.

    Raises InputError for a file that is not TOML or does not list names under `[machines]`.
    """
    path = folder / "people.toml"
    if not path.exists():
        return frozenset()
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8"))["machines"]["names"]
    except (OSError, ValueError, KeyError, TypeError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        remedy = 'write [machines] and below it names = ["..."]'
        raise InputError(str(path), "does not list the machines", remedy)
    return frozenset(names)
