"""Who is a machine: rules and model, and those that `labeled/people.toml` names."""

from __future__ import annotations

import tomllib
from pathlib import Path

from classify.errors import InputError

__all__ = ["MODEL", "RULES", "load_machines"]

# The names under which rules and model decide.
RULES, MODEL = "rules", "model"


def load_machines(folder: Path) -> frozenset[str]:
    """The names of machines; everyone else is a person. Rules and model are machines everywhere.

    Raises InputError for a file that is not TOML or does not list names under `[machines]`.
    """
    path = folder / "people.toml"
    if not path.exists():
        return frozenset({RULES, MODEL})
    try:
        names = tomllib.loads(path.read_text(encoding="utf-8"))["machines"]["names"]
    except (OSError, ValueError, KeyError, TypeError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        remedy = 'write [machines] and below it names = ["..."]'
        raise InputError(str(path), "does not list the machines", remedy)
    return frozenset({RULES, MODEL, *names})
