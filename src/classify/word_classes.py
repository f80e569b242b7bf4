"""Words that are used alike, in nested classes: what is learnt of one word can hold for another.

The classes are made from chiVe's word vectors (Works Applications, Apache-2.0) as ja-ginza carries
them (Megagon Labs, MIT); `tools/word_classes.py` tells how.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["WordClasses", "word_classes"]


@dataclass(frozen=True, slots=True)
class WordClasses:
    """`fine` maps a word to its finest class, `paths[fine]` names that class and those above it."""

    fine: dict[str, int]
    paths: tuple[tuple[str, ...], ...]

    def of(self, word: str) -> tuple[str, ...]:
        """The classes of a word from fine to coarse; none where the word is not known.

        >>> known = word_classes()
        >>> known.of("悩み") == known.of("相談"), known.of("")
        (True, ())
        """
        fine = self.fine.get(word)
        return () if fine is None else self.paths[fine]


@cache
def word_classes() -> WordClasses:
    """The classes that this installation carries; one shared copy."""
    packed = files("classify").joinpath("data", "word_classes.txt.gz").read_bytes()
    fine: dict[str, int] = {}
    paths = []
    for number, line in enumerate(gzip.decompress(packed).decode().splitlines()):
        path, words = line.split("\t")
        paths.append(tuple(f"{level}:{name}" for level, name in enumerate(path.split())))
        fine.update(dict.fromkeys(words.split(" "), number))
    return WordClasses(fine, tuple(paths))
