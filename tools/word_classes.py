"""Make src/classify/data/word_classes.txt.gz: words that are used alike, in nested classes.

The vectors are chiVe's (Works Applications, Apache-2.0) as ja-ginza 5.3.0 carries them (Megagon
Labs, MIT). Once, in an environment of its own:

    pip install spacy scikit-learn sudachipy sudachidict-core
    pip download --no-deps ja-ginza==5.3.0 && unzip ja_ginza-5.3.0-*.whl -d ginza
    python tools/word_classes.py ginza/ja_ginza/ja_ginza-5.3.0/vocab
"""

import gzip
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import srsly
from sklearn.cluster import KMeans
from spacy.strings import hash_string
from sudachipy import Dictionary, SplitMode

# From fine to coarse: each class of one size lies in one class of the next.
SIZES = (1500, 600, 150)
LONGEST = 8
TARGET = Path(__file__).parents[1] / "src" / "classify" / "data" / "word_classes.txt.gz"

WORD = re.compile(r"[\u3041-\u30ff\u3400-\u9fff々A-Za-z]+")
# Names say where, not what; these parts of speech are told apart by their form.
LEFT_OUT = {"固有名詞", "数詞", "助詞", "助動詞", "補助記号", "記号", "空白"}


def words(names: list[str]) -> list[str]:
    """The normalised forms that are one word of a text, in order."""
    tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.C)
    kept = []
    for name in names:
        if len(name) > LONGEST or not WORD.fullmatch(name):
            continue
        found = tokenizer.tokenize(name)
        if len(found) != 1 or found[0].is_oov() or found[0].normalized_form() != name:
            continue
        if not LEFT_OUT & set(found[0].part_of_speech()[:2]):
            kept.append(name)
    return kept


def classes(vectors: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """A class for each vector, and the middles of the classes."""
    fitted = KMeans(size, init="random", n_init=1, max_iter=25, random_state=0).fit(vectors)
    middles = fitted.cluster_centers_
    return fitted.labels_, middles / np.linalg.norm(middles, axis=1, keepdims=True).clip(1e-6)


def main(vocab: Path) -> None:
    """Read vectors, make classes, write one line per finest class: its classes, then its words."""
    rows = srsly.msgpack_loads((vocab / "key2row").read_bytes())
    table = np.load(vocab / "vectors")
    known = words(sorted(json.loads((vocab / "strings.json").read_text(encoding="utf-8"))))
    place = {word: rows[hash_string(word)] for word in known if hash_string(word) in rows}
    used = np.array(sorted(set(place.values())))
    vectors = table[used] / np.linalg.norm(table[used], axis=1, keepdims=True).clip(1e-6)
    names = np.arange(len(used))
    paths: list[np.ndarray] = []
    for size in SIZES:
        labels, vectors = classes(vectors, size)
        names = labels if not paths else labels[paths[-1]]
        paths.append(names)
    by_row = {int(row): tuple(int(path[i]) for path in paths) for i, row in enumerate(used)}
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for word, row in place.items():
        groups[by_row[row]].append(word)
    lines = [
        f"{' '.join(map(str, path))}\t{' '.join(listed)}\n"
        for path, listed in sorted(groups.items())
    ]
    TARGET.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{len(place)} words in {len(groups)} classes: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
