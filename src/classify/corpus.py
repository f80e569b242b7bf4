"""Labelled texts made ready, so that those with given words are found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classify.language import analyse, keys
from classify.lessons import Labelled, gold_of
from classify.phrases import elements
from classify.tagger import Tagger
from classify.taxonomy import Cue, Rule

__all__ = ["Corpus", "Ready", "corpus", "forms_of", "ready"]


@dataclass(frozen=True, slots=True)
class Ready:
    """A text as phrases meet it: its units' keys, its units as written, and the keys of longer
    words that are spelt otherwise than their units; with the tags decided of it."""

    gold: Mapping[str, bool]
    keys: str
    written: str
    wholes: frozenset[str]

    def may_hold(self, forms: Iterable[frozenset[str]]) -> bool:
        """Whether the text has words that a phrase of these forms could be: never no where the
        phrase matches."""
        return all(any(self._has(form) for form in listed) for listed in forms)

    def _has(self, form: str) -> bool:
        if form in self.keys or form in self.written:
            return True
        return any(form.startswith(whole) for whole in self.wholes)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled texts by id, the tagger under which they are decided, and its taxonomy's sentences
    (`yes` and `no`)."""

    labelled: Labelled
    tagger: Tagger
    texts: Mapping[str, Ready]
    sentences: tuple[Ready, ...]


def corpus(labelled: Labelled, tagger: Tagger) -> Corpus:
    """Make labelled texts ready. It takes seconds for thousands of them: do it once."""
    texts = {
        program.program_id: ready(f"{program.program}\n{program.summary}", gold)
        for program, gold in gold_of(labelled, tagger)
    }
    taxonomy = tagger.taxonomy
    entries: list[Rule | Cue] = [*taxonomy.rules, *taxonomy.cues]
    sentences = [ready(text, {}) for entry in entries for text in entry.yes + entry.no]
    return Corpus(labelled, tagger, texts, tuple(sentences))


def ready(text: str, gold: Mapping[str, bool]) -> Ready:
    """Make one text ready."""
    document = analyse(text)
    units = [word.key for word in document.words]
    pairs = zip(document.starts, document.starts[1:], strict=False)
    return Ready(
        gold=gold,
        keys="".join(units),
        written="".join(document.text[a:b].strip() for a, b in pairs),
        wholes=frozenset(
            word.key
            for first, count, word in document.wholes
            if word.key and word.key != "".join(units[first : first + count])
        ),
    )


def forms_of(phrase: str) -> tuple[frozenset[str], ...]:
    """The ways in which each run of words of a phrase can stand in a text; none for no phrase.

    >>> [sorted(forms) for forms in forms_of("ひとり親…集まる")]
    [['ひとり親', '一人親'], ['集まる']]
    """
    try:
        parts = elements(phrase)
    except ValueError:
        return ()
    return tuple(keys(part.text) for part in parts if part.kind == "words")
