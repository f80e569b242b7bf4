"""Decisions in, gold out: nothing invented, nothing lost."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.errors import InputError
from classify.labels import (
    append,
    derive,
    find,
    gold_lines,
    line_of,
    load_gold,
    load_labels,
    load_programs,
    quote_at,
)
from classify.records import Label, Program, Span

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


AT = [f"2026-04-01T09:0{minute}:00Z" for minute in range(6)]


@pytest.mark.parametrize(
    ("labels", "present"),
    [
        # Who settled last holds, whichever file comes first.
        ([said("adjudication-b", present=True, at=AT[0]), said("adjudication-a", present=False, at=AT[1])], False),
        ([said("adjudication-b", present=True, at=AT[1]), said("adjudication-a", present=False, at=AT[0])], True),
        # Lines from before times were noted come first.
        ([said("adjudication-a", present=False, at=AT[0]), said("adjudication", present=True)], False),
        # What is undone gives way to what held before: one's own, another's, the annotators'.
        ([said("adjudication-a", present=True, at=AT[0]), said("adjudication-a", present=False, at=AT[1]), said("adjudication-a", present=False, at=AT[2], undone=True)], True),
        ([said("adjudication-a", present=True, at=AT[0]), said("adjudication-b", present=False, at=AT[1]), said("adjudication-b", present=False, at=AT[2], undone=True)], True),
        ([said("a", present=True), said("adjudication-a", present=False, at=AT[0]), said("adjudication-a", present=False, at=AT[1], undone=True)], True),
        ([said("a", present=True), said("b", present=False, at=AT[0]), said("b", present=False, at=AT[1], undone=True)], True),
    ],
)  # fmt: skip
def test_settlements_hold_by_time_and_can_be_undone(labels: list[Label], present: bool) -> None:
    (gold,) = derive(labels)
    assert gold.present is present


def test_where_everything_is_undone_there_is_no_gold() -> None:
    line = said("adjudication-a", present=True, at=AT[0])
    assert derive([line, replace(line, at=AT[1], undone=True), replace(line, undone=True)]) == ()


def test_new_fields_are_written_only_where_set_and_come_back(tmp_path: Path) -> None:
    plain = said("a", present=True)
    full = said(
        "adjudication-a", present=False, unsure=True, near_miss=("居場所",), reason="検討",
        at=AT[0], was="present", taxonomy="1", gap=True, undone=True,
    )  # fmt: skip
    assert set(json.loads(line_of(plain))) == {"program_id", "tag", "present", "by"}
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "a.jsonl").write_bytes(line_of(plain) + line_of(full))
    assert load_labels(tmp_path, {"r-001": PROGRAM}) == (plain, full)


def test_a_torn_last_line_does_not_close_the_folder(tmp_path: Path) -> None:
    (tmp_path / "decisions").mkdir()
    path = tmp_path / "decisions" / "a.jsonl"
    path.write_bytes(line_of(said("a", present=True)) + b'{"program_id": "r-0')
    assert len(load_labels(tmp_path, {"r-001": PROGRAM})) == 1


@given(st.text("居場所を開く 提供\n", min_size=1, max_size=30), st.data())
def test_a_quote_leads_back_to_where_it_was_taken(summary: str, data: st.DataObject) -> None:
    program = replace(PROGRAM, summary=summary, program="")
    start = data.draw(st.integers(0, len(summary) - 1))
    end = data.draw(st.integers(start + 1, len(summary)))
    quote = quote_at(program, Span("summary", start, end))
    assert quote in summary
    if quote:
        assert find(quote, program)
    # Where the line is told apart from those before it, the quote is too.
    line = summary[summary.rfind("\n", 0, start) + 1 : end].strip()
    if line and "\n" not in line and "".join(line.split()) not in "".join(summary[:start].split()):
        found = find(quote, program)
        assert found is None or found.end > start


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
        (
            '{"program_id": "r-001", "tag": "t", "present": true, "by": "a", "at": "2026-13-01T00:00:00Z"}',
            "'2026-13-01T00:00:00Z' is no time. write it as 2026-04-01T09:00:00Z",
        ),
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
    assert Counter(g.origin for g in gold.values()) == {"unanimous": 649, "adjudicated": 7}
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
    (tmp_path / "decisions").mkdir()
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
