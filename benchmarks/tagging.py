"""How long tagging takes beside the bare analyser loop over the same texts, on one thread.

Run `OMP_NUM_THREADS=1 python benchmarks/tagging.py [rounds]` from the checkout. Each round runs
every part once, so that a machine busy with other things slows them all alike; medians are printed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from sudachipy import Dictionary, SplitMode

from classify import model
from classify.labels import load_programs
from classify.language import analyse
from classify.records import Field, Program
from classify.tagger import Tagger
from classify.taxonomy import load

LABELED = Path(__file__).parents[1] / "labeled"


def parts(tagger: Tagger, programs: list[Program]) -> dict[str, Callable[[], None]]:
    """What is timed, each part with all that comes before it."""
    texts: list[tuple[Field, str, str]] = []
    for program in programs:
        texts += [
            ("program", program.program, program.body),
            ("summary", program.summary, program.body),
        ]
    tokenizer = Dictionary(dict="core").tokenizer(mode=SplitMode.C)

    def tokenise() -> None:
        for _, text, _ in texts:
            for morpheme in tokenizer.tokenize(text):
                morpheme.word_id()

    def words() -> None:
        for _, text, _ in texts:
            analyse(text)

    def rules() -> None:
        for field, text, body in texts:
            tagger.rules.read(analyse(text), field, body)

    def tag() -> None:
        for _ in tagger.tag(programs):
            pass

    return {"tokenise": tokenise, "words": words, "rules": rules, "model and deciding": tag}


def main(rounds: int) -> None:
    """Time the parts in turn and print each one's share, and the ratio."""
    taxonomy = load()
    tagger = Tagger.of(taxonomy, model.load(model.default_path(), taxonomy))
    programs = list(load_programs(LABELED).values())
    timed = parts(tagger, programs)
    taken: dict[str, list[float]] = {name: [] for name in timed}
    for run in timed.values():
        run()
    for _ in range(rounds):
        for name, run in timed.items():
            begun = perf_counter()
            run()
            taken[name].append((perf_counter() - begun) / len(programs) * 1000)
    print(f"{len(programs)} programs, medians of {rounds} rounds, ms per program")
    before: list[float] = [0.0] * rounds
    for name, times in taken.items():
        print(f"  {name:20}{median(t - b for t, b in zip(times, before, strict=True)):8.3f}")
        before = times
    bare, whole = taken["tokenise"], taken["model and deciding"]
    print(f"  {'all':20}{median(whole):8.3f}")
    ratio = median(b / w for b, w in zip(bare, whole, strict=True))
    print(f"bare analyser loop / tagging: {ratio:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
