"""What a change of the taxonomy does to the decisions on all labelled texts."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from classify.errors import InputError
from classify.lessons import Labelled, gold_of
from classify.records import Decision, Program
from classify.rules import compile_rules
from classify.tagger import Tagger
from classify.taxonomy import load

__all__ = ["Change", "changes", "older"]


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that is another now; `right` tells whether gold has it as it is now."""

    program: Program
    before: Decision
    after: Decision
    right: bool


def older(against: str, tagger: Tagger) -> Tagger:
    """The tagger as it was with an older taxonomy: a file, or a git revision of the present one."""
    path = Path(against)
    if path.exists():
        taxonomy = load(path)
    else:
        present = Path(tagger.taxonomy.path).resolve()
        text = _revision(against, present)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / present.name
            copy.write_bytes(text)
            taxonomy = load(copy)
    return replace(tagger, taxonomy=taxonomy, rules=compile_rules(taxonomy))


def changes(labelled: Labelled, before: Tagger, after: Tagger) -> tuple[Change, ...]:
    """Every decision with gold that the two taggers make differently, in the order of the texts."""
    found = []
    for program, gold in gold_of(labelled, after):
        old = {d.tag: d for d in before.decide(before.analyse(program)).decisions}
        for new in after.decide(after.analyse(program)).decisions:
            was = old.get(new.tag)
            if was and new.tag in gold and was.present != new.present:
                found.append(Change(program, was, new, new.present == gold[new.tag]))
    return tuple(found)


def _revision(revision: str, path: Path) -> bytes:
    command = ["git", "-C", str(path.parent), "show", f"{revision}:./{path.name}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # no shell
    except OSError:
        raise InputError(revision, "is no file, and git is not there", "name a file") from None
    if done.returncode:
        problem = f"is neither a file nor a revision with {path.name}"
        raise InputError(revision, problem, "name an older taxonomy.yaml or a git revision")
    return done.stdout
