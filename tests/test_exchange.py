"""What goes out to doccano and Label Studio and comes back is equal; what was changed there is told."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from classify.crosswalk import Step, carry_labels
from classify.errors import FileError, InputError
from classify.exchange import doccano, labelstudio, read_back, sheets, to_append
from classify.exchange.sheets import text_of
from classify.labels import find, load_labels, load_programs
from classify.records import Decision, Evidence, Label, Program, Tagging
from classify.taxonomy import load
from classify.voices import standing

LABELED = Path(__file__).parents[1] / "labeled"
TAGS = ("a", "b", "c")
FORMS = ("doccano", "label-studio")
TEXT = "\U00020bb7野家👩‍👩‍👧相談\n居場所を\n提供 😀訪問相談"
PROGRAM = Program(
    "x-1", "x", 1, "", "村", "", "\U00020bb7野家👩‍👩‍👧相談", "居場所を\n提供 😀訪問相談", "", "", ""
)
PROGRAMS = {"x-1": PROGRAM}


def label(tag: str, present: bool, by: str = "hana", **more: Any) -> Label:
    return Label("x-1", tag, present, by=by, **more)


def sent(labels: Sequence[Label], form: str, by: str = "") -> bytes:
    found = list(sheets(labels, PROGRAMS, TAGS, form, by=by))
    return doccano.as_lines(found) if form == "doccano" else labelstudio.as_tasks(found, TAGS)


def back(data: bytes, form: str, by: str = "", at: str = "") -> tuple[Label, ...]:
    return read_back(data, "f", form, PROGRAMS, TAGS, by=by, stamp=(at, "1" if at else ""))


def line(data: bytes) -> dict[str, Any]:
    (only,) = data.decode().splitlines()
    found: dict[str, Any] = json.loads(only)
    return found


# Letters of every width that the tools count in, and all kinds of white space.
LETTERS = st.sampled_from(
    "相談居場所aA1 　\t\n\r\x0b\x85\u2028\ufeff\u200d\u0301\U00020bb7\U0001f600\U0001f469"
) | st.characters(exclude_categories=["Cs"])
TEXTS = st.text(LETTERS, max_size=30)


@st.composite
def decided(draw: st.DrawFn) -> tuple[Program, list[Label]]:
    program = replace(PROGRAM, program=draw(TEXTS), summary=draw(TEXTS))
    assume(text_of(program).strip())
    labels = []
    for by in draw(
        st.lists(
            st.sampled_from(["hana", "花", "annotator-a"]), min_size=1, max_size=3, unique=True
        )
    ):
        for tag in draw(st.lists(st.sampled_from(TAGS), min_size=1, unique=True)):
            quotes, near_miss = draw(words(program)), draw(words(program))
            labels.append(
                Label(
                    "x-1",
                    tag,
                    draw(st.booleans()),
                    by,
                    draw(st.booleans()),
                    quotes,
                    near_miss,
                    reason=draw(TEXTS),
                    at=draw(st.sampled_from(["", "2026-04-01T09:00:00Z"])),
                )
            )
    return program, labels


@st.composite
def words(draw: st.DrawFn, program: Program) -> tuple[str, ...]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        text = draw(st.sampled_from([program.program, program.summary]))
        ends = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        quote = text[ends[0] : ends[1]]
        if draw(st.booleans()):
            quote = "".join(quote.split())  # as annotators write it, across a line's end
        if find(quote, program):
            found.append(quote)
    return tuple(found)


@pytest.mark.parametrize("form", FORMS)
@given(case=decided())
@settings(max_examples=150, deadline=None)
def test_what_goes_out_and_comes_back_is_equal(
    form: str, case: tuple[Program, list[Label]]
) -> None:
    program, labels = case
    programs = {"x-1": program}
    names = sorted({one.by for one in labels}) if form == "doccano" else [""]
    came: list[Label] = []
    for by in names:
        out = list(sheets(labels, programs, TAGS, form, by=by))
        data = doccano.as_lines(out) if form == "doccano" else labelstudio.as_tasks(out, TAGS)
        came += read_back(data, "f", form, programs, TAGS, by=by, stamp=("now", "1"))
    assert sorted(came, key=lambda one: (one.by, one.tag)) == sorted(
        labels, key=lambda one: (one.by, one.tag)
    )
    assert to_append(came, labels) == ()


@pytest.mark.parametrize("form", FORMS)
def test_the_decisions_of_r3_come_back_as_they_went(form: str) -> None:
    programs = load_programs(LABELED)
    labels = load_labels(LABELED, programs)
    tags = [tag.id for tag in load().tags]
    said = {one for card in standing(labels).values() for one in card.values()}
    names = sorted({one.by for one in labels}) if form == "doccano" else [""]
    came: set[Label] = set()
    for by in names:
        out = list(sheets(labels, programs, tags, form, by=by))
        data = doccano.as_lines(out) if form == "doccano" else labelstudio.as_tasks(out, tags)
        came |= set(read_back(data, "f", form, programs, tags))
    assert came == said


def test_doccano_counts_utf_16_units_and_drops_what_overlaps() -> None:
    labels = [
        label("a", True, quotes=("相談", "訪問相談")),
        label("b", False, near_miss=("訪問",)),
        label("c", True, quotes=("居場所を提供",)),
    ]
    data = sent(labels, "doccano")
    assert data.isascii()
    found = line(data)
    assert (found["text"], found["cats"]) == (TEXT, ["a", "c"])
    units = TEXT.encode("utf-16-le")
    shown = [(units[2 * a : 2 * b].decode("utf-16-le"), tag) for a, b, tag in found["entities"]]
    # 訪問相談 overlaps 訪問, which begins at the same place; 相談 is found in the summary first.
    assert shown == [("居場所を\n提供", "c"), ("訪問", "b"), ("相談", "a")]


def test_label_studio_counts_code_points_and_says_whose_it_is() -> None:
    labels = [
        label("a", True, quotes=("訪問相談",)),
        label("b", False, by="rei", near_miss=("訪問",)),
    ]
    (task,) = json.loads(sent(labels, "label-studio"))
    hana, rei = (annotation["result"] for annotation in task["annotations"])
    assert [region["type"] for region in hana] == ["textarea", "choices", "labels"]
    assert hana[0]["value"] == {"text": ["hana"]}
    assert hana[1]["value"] == {"choices": ["a"]}
    start = TEXT.index("訪問")
    assert hana[2]["value"] == {
        "start": start,
        "end": start + 4,
        "text": "訪問相談",
        "labels": ["a"],
    }
    assert [region["type"] for region in rei] == ["textarea", "labels"]


def test_label_studios_interface_offers_every_tag_twice() -> None:
    view = ElementTree.fromstring(labelstudio.config(load().tags))
    ids = [tag.id for tag in load().tags]
    assert [choice.get("value") for choice in view.iter("Choice")] == ids
    assert [one.get("value") for one in view.iter("Label")] == ids
    assert view.find("Choices") is not None
    assert {one.get("toName") for one in view} == {"text", None}


def test_predictions_carry_the_least_sure_probability() -> None:
    decision = Decision(
        "a",
        True,
        0.9,
        "provided",
        "present",
        0.9,
        False,
        "agree",
        (Evidence("summary", 0, 3, "居場所", "r"),),
    )
    tagging = Tagging(
        PROGRAM, (decision, replace(decision, tag="b", present=False, probability=0.3))
    )
    out = sheets([label("a", True)], PROGRAMS, TAGS, "label-studio")
    (task,) = json.loads(labelstudio.as_tasks(out, TAGS, {"x-1": tagging}, "1"))
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("1", 0.7)
    value = prediction["result"][1]["value"]
    assert TEXT[value["start"] : value["end"]] == "居場所"


@pytest.mark.parametrize("form", FORMS)
def test_somebody_new_is_asked_for_every_tag_and_unticked_is_absent(form: str) -> None:
    data = sent([label("a", True, quotes=("相談",))], form, by="rei")
    if form == "doccano":
        found = line(data)
        assert (found["asked"], found["cats"], found["entities"]) == (list(TAGS), [], [])
        data = json.dumps(found | {"cats": ["b"]}).encode()
    else:
        (task,) = json.loads(data)
        assert task["annotations"] == []
        task["annotations"] = [
            {"result": [_region("by", text=["rei"]), _region("tags", choices=["b"])]}
        ]
        data = json.dumps([task]).encode()
    new = back(data, form, at="now")
    assert [(one.by, one.tag, one.present) for one in new] == [
        ("rei", "a", False), ("rei", "b", True), ("rei", "c", False),
    ]  # fmt: skip
    assert {(one.at, one.was, one.taxonomy) for one in new} == {("now", "", "1")}


def _region(name: str, **value: Any) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "value": value}


def test_what_is_changed_in_the_tool_is_told_from_what_is_not() -> None:
    labels = [
        label("a", True, quotes=("居場所を提供", "訪問相談"), unsure=True, reason="迷う"),
        label("b", False, near_miss=("野家",)),
    ]
    found = line(sent(labels, "doccano"))
    start = TEXT.encode("utf-16-le").index("提供".encode("utf-16-le")) // 2
    # 居場所を提供 is marked no more, 提供 is; b is ticked, so that its near miss is now evidence.
    kept = found["entities"][:1] + found["entities"][2:]
    found |= {"cats": ["a", "b"], "entities": [*kept, [start, start + 2, "a"]]}
    a, b = back(json.dumps(found).encode(), "doccano", at="now")
    assert (a.quotes, a.unsure, a.reason) == (("訪問相談", "提供"), True, "迷う")
    assert (a.at, a.was) == ("now", "present")
    assert (b.present, b.quotes, b.near_miss, b.was) == (True, ("野家",), (), "absent")
    assert to_append([a, b], labels) == (a, b)


def test_a_tag_that_nobody_decided_stays_undecided_until_it_is_ticked() -> None:
    found = line(sent([label("a", False)], "doccano"))
    assert [one.tag for one in back(json.dumps(found).encode(), "doccano")] == ["a"]
    found["cats"] = ["c"]
    assert [(one.tag, one.present) for one in back(json.dumps(found).encode(), "doccano")] == [
        ("a", False), ("c", True),
    ]  # fmt: skip


def test_one_persons_texts_filled_in_by_another_are_all_the_others_decisions() -> None:
    data = sent([label("a", True, reason="hers")], "doccano")
    (new,) = back(data, "doccano", by="rei", at="now")
    assert (new.by, new.reason, new.at) == ("rei", "", "now")


def test_what_was_decided_anew_meanwhile_is_not_overwritten_by_what_came_back_unchanged() -> None:
    old = label("a", True, quotes=("相談",))
    since = replace(old, present=False, quotes=(), at="2026-04-01T09:00:00Z")
    assert to_append(back(sent([old], "doccano"), "doccano"), [old, since]) == ()


def test_words_across_name_and_summary_become_a_quote_of_each() -> None:
    found = line(sent([label("a", True)], "doccano"))
    end = TEXT.encode("utf-16-le").index("居場所".encode("utf-16-le")) // 2
    found["entities"] = [[2, end + 3, "a"]]
    (new,) = back(json.dumps(found).encode(), "doccano")
    assert new.quotes == ("野家👩‍👩‍👧相談", "居場所")


def test_a_text_classification_project_gives_its_categories_as_label() -> None:
    found = line(sent([label("a", True), label("b", False)], "doccano"))
    found["label"] = ["b"]
    assert [one.present for one in back(json.dumps(found).encode(), "doccano")] == [False, True]


def test_skipped_annotations_are_left_out() -> None:
    (task,) = json.loads(sent([label("a", True)], "label-studio"))
    task["annotations"][0]["was_cancelled"] = True
    assert back(json.dumps([task]).encode(), "label-studio") == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "moved"}, "the text of x-1 is not the one in labeled/programs. export it again, and label that"),
        ({"program_id": "y"}, "program 'y' is not among the labelled programs. add its release to labeled/programs"),
        ({"cats": ["z"]}, "tag 'z' is not in the taxonomy. use the taxonomy's tags, or add it to taxonomy.yaml"),
        ({"entities": [[0, 2, "c"]]}, "words are marked for c, which is not ticked. tick it, or remove the mark"),
        ({"entities": [[1, 2, "a"]]}, "1 is missing, or no place in the text."),
        ({"entities": [[13, 13, "a"]]}, "the mark 9 to 9 (a) holds no words. remove the mark"),
        ({"cats": "a"}, "is not as doccano writes it."),
        ({"base": [{"tag": "a"}]}, "is not as doccano writes it."),
        ({"base": [{"tag": "a", "present": 1}]}, "is not as doccano writes it."),
        ({"base": [{"tag": "a", "present": True, "quotes": ["elsewhere"]}]}, "quote 'elsewhere' does not stand in x-1."),
    ],
)  # fmt: skip
def test_every_fault_of_a_line_is_told_with_its_place(change: dict[str, Any], message: str) -> None:
    found = line(sent([label("a", True)], "doccano")) | change
    with pytest.raises(FileError) as raised:
        back(b"\n" + json.dumps(found).encode(), "doccano")
    assert str(raised.value).startswith(f"f:2: {message}")


def test_all_faults_are_told_at_once() -> None:
    found = json.dumps(line(sent([label("a", True)], "doccano")))
    with pytest.raises(FileError) as raised:
        back(f"{{\n{found}\n[]\n{found}\n".encode(), "doccano")
    places = [told.split(" ")[0] for told in str(raised.value).splitlines()]
    assert places == ["f:1:", "f:3:", "f:4:"]
    assert "hana decides x-1 a second time" in str(raised.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "f: is not as Label Studio writes it."),
        (b"\xff", "f: is not UTF-8."),
        (b"[1]", "f: task 1: is not as Label Studio writes it."),
        (b'[{"data": {}, "annotations": [{}]}]', "f: task 1, annotation 1: 'result' is missing"),
    ],
)
def test_what_is_no_file_of_label_studio_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as raised:
        back(data, "label-studio")
    assert str(raised.value).startswith(message)


def test_an_annotation_that_does_not_say_whose_it_is_needs_a_name() -> None:
    (task,) = json.loads(sent([label("a", True)], "label-studio", by="rei"))
    task["annotations"] = [{"result": [_region("tags", choices=["a"])]}]
    data = json.dumps([task]).encode()
    with pytest.raises(FileError, match=r'fill in its field "by", or name who made it with --as'):
        back(data, "label-studio")
    assert {one.by for one in back(data, "label-studio", by="mei")} == {"mei"}


@pytest.mark.parametrize("form", FORMS)
def test_a_sheet_from_before_a_change_of_the_tags_comes_back_under_the_present_ones(
    form: str,
) -> None:
    old = [label("a", True, quotes=("居場所",)), label("b", False)]
    file = sent(old, form)
    step = Step("rename", ("a",), ("z",), "2026-02-01T00:00:00Z", "sato", "1", "2")
    present, steps = ("z", "b", "c"), (step,)
    assert to_append(
        read_back(file, "f", form, PROGRAMS, present, steps=steps), carry_labels(old, steps)
    ) == ()  # fmt: skip
    step = Step("merge", ("a", "b"), ("b",), "2026-02-01T00:00:00Z", "sato", "1", "2")
    found = read_back(file, "f", form, PROGRAMS, TAGS[1:], steps=(step,))
    assert [(one.tag, one.present, one.quotes) for one in found] == [("b", True, ("居場所",))]
    with pytest.raises(FileError, match="tag 'a' is not in the taxonomy"):
        read_back(file, "f", form, PROGRAMS, TAGS[1:])
