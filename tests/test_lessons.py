"""What the model learns from labels, whole or of single tags."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from classify.errors import InputError
from classify.labels import load_out_of_fold, out_of_fold_lines
from classify.lessons import Labelled, read_labelled, train
from classify.lessons import _from_gold as lessons_of
from classify.records import Label
from desks import LAKE, PORT, folder, tagger

LABELED = Path(__file__).parents[1] / "labeled"
TAGS = tuple(tag.id for tag in tagger().taxonomy.tags)


def labelled(path: Path, *labels: Label) -> Labelled:
    return read_labelled(folder(path, *labels))


def whole(program_id: str, **present: bool) -> list[Label]:
    return [Label(program_id, tag, present.get(tag, False), by="a") for tag in TAGS]


def test_a_decision_on_one_tag_teaches_that_tag_only(tmp_path: Path) -> None:
    settled = Label(LAKE.program_id, "ibasho", False, "adjudication-hana", near_miss=("居場所",))
    (lesson,) = lessons_of(labelled(tmp_path, settled), tagger())
    example = lesson.example
    assert dict(example.present) == {"ibasho": False}
    assert [(mention.tag, mention.provided) for mention in example.mentions] == [("ibasho", False)]
    # People decided what was doubtful: that says little of how likely a tag is elsewhere.
    assert not example.whole


def test_a_program_with_every_tag_decided_calibrates_too(tmp_path: Path) -> None:
    found = lessons_of(labelled(tmp_path, *whole(LAKE.program_id)), tagger())
    assert [lesson.example.whole for lesson in found] == [True]


def test_gold_is_as_the_decisions_are_whatever_gold_jsonl_says(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text("stale\n")
    found = labelled(tmp_path, Label(LAKE.program_id, "ibasho", True, by="adjudication-hana"))
    assert [gold.present for gold in found.gold.values()] == [True]


def test_undecided_tags_leave_a_model_as_it_was(tmp_path: Path) -> None:
    # The second program decides one tag; of the other seven nothing may be learnt from it.
    base = whole(LAKE.program_id, consultation=True, sns_consultation=True)
    one = Label(PORT.program_id, "ibasho", True, "adjudication-hana", quotes=("居場所を開く",))
    known = labelled(tmp_path, *base, one)
    examples = [lesson.example for lesson in lessons_of(known, tagger())]
    assert [set(example.present) for example in examples] == [set(TAGS), {"ibasho"}]
    with pytest.raises(InputError, match="teach too little"):
        # What so few texts speak of cannot be fitted, and is not made up.
        train(known, tagger())


@pytest.mark.slow
def test_a_tag_of_few_texts_is_left_to_its_rules_and_the_others_are_learnt(tmp_path: Path) -> None:
    # By itself R3 provides two tags in fewer than twenty programs: 18 and 15.
    for part in ("programs", "decisions"):
        shutil.copytree(LABELED / part, tmp_path / part)
    known = read_labelled(tmp_path)
    model = train(known, tagger()).model
    assert set(TAGS) - set(model.tags) == {"sns_consultation", "accompaniment"}
    found = next(replace(tagger(), model=model).tag([known.programs[0]]))
    alone = {decision.tag for decision in found.decisions if decision.model is None}
    assert alone == {"sns_consultation", "accompaniment"}


def test_out_of_fold_probabilities_come_back(tmp_path: Path) -> None:
    found = {("r-2", "ibasho"): 0.25, ("r-1", "training"): 0.5}
    assert load_out_of_fold(tmp_path) == {}
    (tmp_path / "out_of_fold.jsonl").write_bytes(out_of_fold_lines(found))
    assert load_out_of_fold(tmp_path) == found
