"""The decisions of a labels folder as they grow, under whoever else writes there."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from classify import crosswalk, journal
from classify.crosswalk import Step
from classify.labels import entry_of, label_of, load_programs
from classify.records import Label, Program

__all__ = ["Ledger", "labelled"]

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Read:
    """How far a file was read: when it was written, its size, and the bytes taken from it."""

    written: int
    size: int
    end: int
    check: int


@dataclass(slots=True)
class Ledger:
    """Every decision line, by program and present tag, and as written by name; newer ones behind.

    `own` are programs that may be decided about though no release in the folder holds them yet.
    `steps` are the changes of the tags that old lines are read through.
    """

    folder: Path
    own: Mapping[str, Program]
    labelled: Mapping[str, Program] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    lines: dict[Key, list[Label]] = field(default_factory=lambda: defaultdict(list))
    by: dict[str, list[Label]] = field(default_factory=lambda: defaultdict(list))
    _written: dict[str, list[Label]] = field(default_factory=lambda: defaultdict(list))
    _files: dict[Path, _Read] = field(default_factory=dict)

    @property
    def written(self) -> Iterator[Label]:
        """Every line as it was written, under the tags of its time."""
        return chain.from_iterable(self._written.values())

    def refresh(self) -> list[Key]:
        """Take in what was written since the last look; the keys of the lines that came.

        Where a file did more than grow (git merged it, an editor saved it), all is read anew.
        Raises InputError as `labels.load_labels` does.
        """
        paths = sorted((self.folder / "decisions").glob("*.jsonl"))
        states = {path: path.stat() for path in paths}
        moved = [
            path
            for path, state in states.items()
            if path not in self._files
            or (state.st_mtime_ns, state.st_size)
            != (self._files[path].written, self._files[path].size)
        ]
        if self._files.keys() - states.keys() or not all(map(self._only_grew, moved)):
            return self._again()
        return self._carry([label for path in moved for label in self._take(path)])

    def key(self, label: Label) -> Key | None:
        """The card that a line is about now; None where its tag is no single one any more."""
        tag = crosswalk.now(label.tag, self.steps)
        return (label.program_id, tag) if tag else None

    def _only_grew(self, path: Path) -> bool:
        known = self._files.get(path)
        return known is None or _check(path, known.end) == known.check

    def _carry(self, new: Sequence[Label]) -> list[Key]:
        """Put new lines to the cards that they are about; the keys of those that changed."""
        for label in new:
            self._written[label.program_id].append(label)
            self.by[label.by].append(label)
        if not self.steps:
            for label in new:
                self.lines[label.program_id, label.tag].append(label)
            return [(label.program_id, label.tag) for label in new]
        keys: dict[Key, None] = {}
        for name in dict.fromkeys(label.program_id for label in new):
            tags = {label.tag for label in self._written[name]}
            tags |= {tag for step in self.steps for tag in step.news}
            cards: dict[Key, list[Label]] = {(name, tag): [] for tag in sorted(tags)}
            for label in crosswalk.carry_labels(self._written[name], self.steps):
                cards[name, label.tag].append(label)
            keys |= {key: None for key in cards if self.lines.get(key, []) != cards[key]}
            self.lines |= cards
        return list(keys)

    def _take(self, path: Path) -> list[Label]:
        state = path.stat()
        start = self._files[path].end if path in self._files else 0
        lines, end = journal.tail(path, start)
        behind = f" after byte {start}" if start else ""
        labels = [
            self._label(f"{path}{behind}:{number}", line)
            for number, line in enumerate(lines, start=1)
            if line.strip()
        ]
        self._files[path] = _Read(state.st_mtime_ns, state.st_size, end, _check(path, end))
        return labels

    def _label(self, place: str, line: bytes) -> Label:
        entry = entry_of(place, line)
        program_id = entry.get("program_id")
        if program_id not in self.labelled and program_id not in self.own:
            # Somebody has added a release since the last look.
            self.labelled = labelled(self.folder)
        known = self.labelled if program_id in self.labelled else self.own
        return label_of(place, entry, known)

    def _again(self) -> list[Key]:
        before = self.lines
        self.lines, self.by = defaultdict(list), defaultdict(list)
        self._written, self._files = defaultdict(list), {}
        self.refresh()
        keys = sorted(before.keys() | self.lines.keys())
        return [key for key in keys if before.get(key) != self.lines.get(key)]


def labelled(folder: Path, files: str = "*.csv") -> dict[str, Program]:
    """The labelled programs by id; none where there is no such file yet."""
    there = any((folder / "programs").glob(files))
    return load_programs(folder, files) if there else {}


def _check(path: Path, end: int) -> int:
    """What tells a file's first bytes from others."""
    with path.open("rb") as file:
        return zlib.crc32(file.read(end))
