"""Decisions in, gold out: nothing invented, nothing lost."""

import json
from collections import Counter
from pathlib import Path

import pytest

from classify.errors import InputError
from classify.labels import append, derive, find, gold_lines, load_gold, load_labels, load_programs
from classify.records import Label, Program

LABELED = Path(__file__).parents[1] / "labeled"
PROGRAM = Program("r-001", "r", 1, "", "", "", "つながり事業", "居場所を\n提供する", "", "", "")


def said(by: str, *, present: bool, **more: object) -> Label:
    return Label("r-001", "ibasho", present, by=by, **more)  # type: ignore[arg-type]  # test data


@pytest.mark.parametrize(
    ("labels", "present", "origin"),
    [
        ([said("a", present=True), said("b", present=True)], True, "unanimous"),
        ([said("a", present=False), said("b", present=False)], False, "unanimous"),
        (
            [said("a", present=True), said("b", present=True), said("c", present=False)],
            True,
            "majority",
        ),
        ([said("a", present=True), said("adjudication", present=False)], False, "adjudicated"),
        ([said("a", present=True), said("a", present=False)], False, "unanimous"),
    ],
)
def test_gold_is_what_the_adjudicator_or_all_or_most_say(
    labels: list[Label], present: bool, origin: str
) -> None:
    (gold,) = derive(labels)
    assert (gold.present, gold.origin) == (present, origin)


def test_gold_keeps_the_quotes_of_those_who_agree_with_it() -> None:
    labels = [
        said("a", present=True, quotes=("居場所",), unsure=True),
        said("b", present=True, quotes=("居場所を提供",)),
        said("c", present=False),
    ]
    (gold,) = derive(labels)
    assert gold.quotes == ("居場所", "居場所を提供")
    assert gold.unsure == 1


def test_a_quote_is_found_across_line_breaks() -> None:
    span = find("居場所を提供", PROGRAM)
    assert span is not None
    assert PROGRAM.summary[span.start : span.end] == "居場所を\n提供"
    assert find("つながり", PROGRAM) is not None
    assert find("相談", PROGRAM) is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is not JSON. mend or remove the line"),
        ("[]", "is not a JSON object. mend or remove the line"),
        ('{"tag": "ibasho"}', "is not a decision (it has near_miss, quotes, tag). mend the line"),
        (
            '{"program_id": "x", "tag": "ibasho", "present": true, "by": "a"}',
            "program 'x' is not among the labelled programs. add its release to labeled/programs",
        ),
        (
            '{"program_id": "r-001", "tag": "t", "present": true, "by": "a", "quotes": ["相談"]}',
            "quote '相談' does not stand in r-001. copy the words to the letter",
        ),
    ],
)
def test_a_line_that_is_no_decision_is_refused_with_its_place(
    tmp_path: Path, line: str, message: str
) -> None:
    path = tmp_path / "decisions" / "a.jsonl"
    path.parent.mkdir()
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_labels(tmp_path, {"r-001": PROGRAM})
    assert str(raised.value) == f"{path}:2: {message}"


def test_the_gold_of_r3_follows_from_its_decisions() -> None:
    labels = load_labels(LABELED, load_programs(LABELED))
    assert gold_lines(derive(labels)) == (LABELED / "gold.jsonl").read_bytes()


def test_r3_has_656_decisions_of_which_three_were_settled_with_a_reason() -> None:
    gold = load_gold(LABELED)
    assert len(gold) == 82 * 8
    assert Counter(g.origin for g in gold.values()) == {"unanimous": 653, "adjudicated": 3}
    settled = {key for key, g in gold.items() if g.reason}
    assert settled == {
        ("tsunagari-r3-029", "ibasho"),
        ("tsunagari-r3-049", "consultation"),
        ("tsunagari-r3-057", "surveys"),
    }


def test_every_present_tag_of_r3_has_a_quote_that_stands_in_its_program() -> None:
    programs = load_programs(LABELED)
    for gold in load_gold(LABELED).values():
        if gold.present:
            assert gold.quotes
        assert all(find(quote, programs[gold.program_id]) for quote in gold.quotes)


def test_each_annotator_decided_everything() -> None:
    for name in ("a", "b", "c"):
        path = LABELED / "decisions" / f"annotator-{name}.jsonl"
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert len({(line["program_id"], line["tag"]) for line in lines}) == 656


def test_decisions_are_appended_to_their_peoples_files(tmp_path: Path) -> None:
    append(tmp_path, [said("hana", present=True, quotes=("居場所",)), said("花", present=False)])
    append(tmp_path, [said("hana", present=False, unsure=True)])
    files = {path.stem: path for path in (tmp_path / "decisions").iterdir()}
    assert set(files) == {"hana", "花"}
    first, second = files["hana"].read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["quotes"] == ["居場所"]
    assert json.loads(second) == {
        "program_id": "r-001", "tag": "ibasho", "present": False, "by": "hana", "unsure": True,
    }  # fmt: skip
    programs = {"r-001": PROGRAM}
    assert len(load_labels(tmp_path, programs)) == 3


@pytest.mark.parametrize("name", ["", "../x", "-a", "a/b", "a.b", "a b"])
def test_a_name_that_could_leave_the_folder_is_refused_before_anything_is_written(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError, match="cannot be an annotator's name"):
        append(tmp_path, [said("hana", present=True), said(name, present=True)])
    assert list(tmp_path.iterdir()) == []
