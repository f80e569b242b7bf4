"""The only door to SudachiPy: a text becomes a Document of units with their dictionary forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from itertools import accumulate
from sys import intern
from threading import local

from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer

from classify.records import Document, Role, Word

__all__ = ["LIMIT_BYTES", "analyse", "dictionary_name", "keys"]

# SudachiPy refuses more than 49,149 bytes of UTF-8 in one call.
LIMIT_BYTES = 49_149

# Parts of speech, as Sudachi names them, whose written form carries the meaning: 行わ-ない.
_AS_WRITTEN = frozenset({"助詞", "助動詞"})

# What the parts of speech that Sudachi names do to the shape of a sentence.
_ROLES: dict[tuple[str, ...], Role] = {
    ("空白",): "space",
    ("補助記号", "句点"): "stop",
    ("補助記号", "読点"): "comma",
    ("補助記号", "括弧開"): "open",
    ("補助記号", "括弧閉"): "close",
    ("補助記号",): "mark",
    ("名詞", "数詞"): "digit",
    ("助詞", "接続助詞"): "verbal",
}

_SENTENCE_ENDS = "。\n"

# Every word read so far, by its spelling and its number in the dictionary.
_spelled: dict[tuple[str, int], Word] = {}

# The same by number alone; None where one number has been seen in several spellings.
_numbered: dict[int, Word | None] = {}

_thread = local()


@cache
def _dictionary() -> Dictionary:
    return Dictionary(dict="core")


def dictionary_name() -> str:
    """The dictionary and analyser with their versions, for reports and model files.

    >>> dictionary_name().split()[0]
    'sudachidict-core'
    """
    return f"sudachidict-core {version('sudachidict-core')}, sudachipy {version('sudachipy')}"


def analyse(text: str) -> Document:
    """Cut a text into units. A text over the analyser's limit is analysed in pieces.

    >>> document = analyse("ひとり親の居場所")
    >>> [word.key for word in document.words], document.starts
    (['一人', '親', 'の', '居', '場所'], (0, 3, 4, 5, 6, 8))
    >>> [(first, count, word.key) for first, count, word in document.wholes]
    [(0, 2, '一人親'), (3, 2, '居場所')]
    """
    cut: list[Word] = []
    for piece in _pieces(text):
        cut += _cut(piece)
    words: list[Word] = []
    wholes: list[tuple[int, int, Word]] = []
    done = 0
    for index in [index for index, word in enumerate(cut) if word.parts]:
        words += cut[done:index]
        whole = cut[index]
        wholes.append((len(words), len(whole.parts), whole))
        words += [part for _, part in whole.parts]
        done = index + 1
    words += cut[done:]
    lengths = [len(word.surface) for word in words]
    return Document(text, tuple(words), tuple(accumulate(lengths, initial=0)), tuple(wholes))


def keys(phrase: str) -> frozenset[str]:
    """The ways in which a phrase can stand in a document, each as one string.

    Its units' keys joined, in modes A and C, and the phrase as it is written.

    >>> sorted(keys("ひとり親")), sorted(keys("一人親"))
    (['ひとり親', '一人親'], ['一人親'])
    """
    document = analyse(phrase)
    units = [word.key for word in document.words]
    fine = "".join(units)
    for first, count, word in reversed(document.wholes):
        units[first : first + count] = [word.key]
    return frozenset({fine, "".join(units), "".join(phrase.split())})


def _tokenizer() -> Tokenizer:
    # One tokenizer per thread: it keeps state while it works.
    try:
        return _thread.tokenizer
    except AttributeError:
        _thread.tokenizer = _dictionary().tokenizer(
            mode=SplitMode.C, fields={"pos", "normalized_form", "split_a"}
        )
        return _tokenizer()


def _cut(piece: str) -> list[Word]:
    """The words of a text that the analyser takes in one call, the longest.

    Numbers are the cheapest to ask for, and nearly always tell the spelling too: it is asked for
    only where there are several, or where the words as known do not spell this text.
    """
    morphemes = _tokenizer().tokenize(piece)
    numbered = _numbered.get
    words = [numbered(morpheme.word_id()) or _as_spelled(morpheme) for morpheme in morphemes]
    if "".join([word.surface for word in words]) != piece:
        words = [_as_spelled(morpheme) for morpheme in morphemes]
    return words


def _as_spelled(morpheme: Morpheme) -> Word:
    spelling, number = morpheme.surface(), morpheme.word_id()
    word = _spelled.get((spelling, number))
    if word is None:
        word = _spelled[spelling, number] = _read(morpheme)
        _numbered[number] = None if number in _numbered else word
    return word


def _read(morpheme: Morpheme) -> Word:
    units = morpheme.split(SplitMode.A)
    parts: tuple[tuple[int, Word], ...] = ()
    # ㍻ is one character and two units: only parts that fill the word can be addressed.
    if len(units) > 1 and all(unit.surface() for unit in units):
        parts = tuple((unit.end() - unit.begin(), _read(unit)) for unit in units)
    pos = morpheme.part_of_speech()
    surface = morpheme.surface()
    role = _role(surface, pos)
    # Spaces stand anywhere in such texts: they must not part the words of a phrase.
    key = (
        "" if role == "space" else surface if pos[0] in _AS_WRITTEN else morpheme.normalized_form()
    )
    key, surface, written = intern(key), intern(surface), intern(surface.strip())
    return Word(key, ",".join(pos[:3]), role, parts, surface, written)


def _role(surface: str, pos: tuple[str, ...]) -> Role:
    if "\n" in surface:
        return "line"
    if pos[0] == "動詞" or pos[0] == "助動詞" or pos[0] == "形容詞":
        return "verbal" if pos[5].startswith("連用形") else "verb"
    return _ROLES.get(pos[:2]) or _ROLES.get(pos[:1]) or ""


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that the analyser takes, cut after a sentence's end where one is."""
    start = 0
    while len(text) - start > LIMIT_BYTES // 4:
        # Four bytes a character at the most: a window of this many characters always fits.
        end = start + LIMIT_BYTES // 4
        cut = max(text.rfind(mark, start, end) for mark in _SENTENCE_ENDS) + 1
        end = cut if cut > start else end
        yield text[start:end]
        start = end
    yield text[start:]
