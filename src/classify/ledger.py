"""The decisions of a labels folder as they grow, under whoever else writes there."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from classify import journal
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
    """Every decision line, by program and tag and by name; newer ones come behind.

    `own` are programs that may be decided about though no release in the folder holds them yet.
    """

    folder: Path
    own: Mapping[str, Program]
    labelled: Mapping[str, Program] = field(default_factory=dict)
    lines: dict[Key, list[Label]] = field(default_factory=lambda: defaultdict(list))
    by: dict[str, list[Label]] = field(default_factory=lambda: defaultdict(list))
    _files: dict[Path, _Read] = field(default_factory=dict)

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
        return [key for path in moved for key in self._take(path)]

    def _only_grew(self, path: Path) -> bool:
        known = self._files.get(path)
        return known is None or _check(path, known.end) == known.check

    def _take(self, path: Path) -> list[Key]:
        state = path.stat()
        start = self._files[path].end if path in self._files else 0
        lines, end = journal.tail(path, start)
        behind = f" after byte {start}" if start else ""
        labels = [
            self._label(f"{path}{behind}:{number}", line)
            for number, line in enumerate(lines, start=1)
            if line.strip()
        ]
        for label in labels:
            self.lines[label.program_id, label.tag].append(label)
            self.by[label.by].append(label)
        self._files[path] = _Read(state.st_mtime_ns, state.st_size, end, _check(path, end))
        return [(label.program_id, label.tag) for label in labels]

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
        self.lines, self.by, self._files = defaultdict(list), defaultdict(list), {}
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
