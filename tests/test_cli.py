"""What a person at the command line sees: where it wrote, one line for what is wrong, exit status."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
R3 = ROOT / "labeled" / "releases"


def run(*arguments: object, cwd: Path = ROOT, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `classify` with these arguments."""
    done = subprocess.run(
        [sys.executable, "-m", "classify", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("form", ["txt", "xlsx", "pdf"])
def test_read_writes_the_82_programs_of_each_form(tmp_path: Path, form: str) -> None:
    status, out, err = run("read", R3 / f"tsunagari-r3.{form}", "-o", tmp_path / "programs.csv")
    assert (status, err) == (0, "")
    assert out == f"wrote {tmp_path / 'programs.csv'} (82 programs)\n"
    programs = pd.read_csv(tmp_path / "programs.csv", dtype=str)
    assert list(programs.columns) == [
        "program_id", "release", "number", "prefecture", "body", "code",
        "program", "summary", "department", "phone", "source",
    ]  # fmt: skip
    assert len(programs) == 82


def test_what_was_not_placed_is_told_and_strict_fails(tmp_path: Path) -> None:
    release = tmp_path / "r.csv"
    release.write_text(
        "実施主体,事業名,事業概要,備考\n札幌市,居場所,交流,四月から\n", encoding="utf-8"
    )
    status, _, err = run("read", release, "-o", tmp_path / "p.csv")
    assert status == 0
    assert err.startswith("not placed: ")
    assert "四月から" in err
    status, _, err = run("read", release, "-o", tmp_path / "q.csv", "--strict")
    assert status == 1
    assert "四月から" in err
    assert err.endswith("nothing was written, since --strict takes no text without a place\n")
    assert not (tmp_path / "q.csv").exists()


def test_what_of_a_release_needs_a_look_is_told(tmp_path: Path) -> None:
    release = tmp_path / "r.csv"
    release.write_text(
        "実施主体,事業名,事業概要\n札幌市,居場所事業,\n左津市,相談事業,相談\n", encoding="utf-8"
    )
    status, _, err = run("tag", release, "-o", tmp_path / "t.jsonl")
    assert status == 0
    assert err.splitlines() == [
        "note: no prefecture or municipality by name: 左津市. check the spelling",
        "note: without a summary: r-001. only the names of these programs are tagged",
    ]


@pytest.mark.parametrize("command", ["read", "tag", "matrix", "disagreements"])
def test_what_is_read_is_not_written_over(tmp_path: Path, command: str) -> None:
    release = tmp_path / "r.csv"
    release.write_text("実施主体,事業名,事業概要\n札幌市,居場所,交流\n", encoding="utf-8")
    before = release.read_bytes()
    beside = tmp_path / ".." / tmp_path.name / "r.csv"
    status, _, err = run(command, release, "-o", beside)
    assert (status, err) == (1, f"{beside}: is what is read. write to another file\n")
    assert release.read_bytes() == before


def test_a_release_named_twice_is_not_counted_twice(tmp_path: Path) -> None:
    release = R3 / "tsunagari-r3.txt"
    status, _, err = run("matrix", release, release, "-o", tmp_path / "m.csv")
    assert (status, err) == (1, f"{release}: is named twice. name it once\n")


def test_the_version_is_told() -> None:
    assert run("--version") == (0, f"classify {version('classify-programs')}\n", "")


def test_tag_writes_the_contract_and_reads_its_own_programs_again(tmp_path: Path) -> None:
    run("read", R3 / "tsunagari-r3.xlsx", "-o", tmp_path / "tsunagari-r3.csv")
    status, _, _ = run("tag", tmp_path / "tsunagari-r3.csv", "-o", tmp_path / "tags.jsonl")
    assert status == 0
    lines = (tmp_path / "tags.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(lines[0])
    assert list(first) == [
        "program_id", "release", "number", "prefecture", "body", "code", "program", "tags",
    ]  # fmt: skip
    assert list(first["tags"]["ibasho"]) == [
        "present", "probability", "status", "rule", "model", "review", "reason", "evidence",
    ]  # fmt: skip
    assert len(lines) == 82
    run("tag", R3 / "tsunagari-r3.xlsx", "-o", tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "tags.jsonl").read_bytes()


def test_matrix_writes_several_files_in_one_run_and_sums_up(tmp_path: Path) -> None:
    names = ("m.csv", "m.xlsx", "m.html", "m.parquet")
    outputs = [part for name in names for part in ("-o", tmp_path / name)]
    status, out, err = run("matrix", R3 / "tsunagari-r3.txt", *outputs)
    assert (status, err) == (0, "")
    assert out.count("wrote ") == 4
    assert "sanitary_products" in out
    table = pd.read_csv(tmp_path / "m.csv", dtype=str)
    assert len(table) == 82
    assert set(table["ibasho"]) <= {"0", "1", "?"}


def test_matrix_by_prefecture_has_47_rows_in_jis_order() -> None:
    status, out, _ = run("matrix", R3 / "tsunagari-r3.txt", "--by", "prefecture", "-o", "-")
    assert status == 0
    rows = out.removeprefix("\ufeff").splitlines()
    assert len(rows) == 48
    assert rows[1].startswith("010006,北海道,11,11,10,")
    assert rows[2].startswith("020001,青森県,0,0,0,0,0,0")
    assert rows[47].startswith("470007,沖縄県,0,")


def test_standard_input_is_a_release_too() -> None:
    release = "実施主体,事業名,事業概要\n札幌市,居場所,女性が集うサロンを開く\n".encode("cp932")
    status, out, _ = run("tag", "-", "-o", "-", stdin=release)
    assert status == 0
    assert json.loads(out)["tags"]["ibasho"]["present"] is True


def test_explain_shows_words_votes_model_and_decision() -> None:
    status, out, _ = run("explain", "居場所づくりについても検討する。LINE相談を行う。")
    assert status == 0
    for words in ("検討段階", "considered.undecided", "● 実施", "― 記載なし"):
        assert words in out
    status, out, _ = run("explain", "-", "--lang", "en", stdin="居場所を開く".encode())
    assert status == 0
    assert "● provided" in out
    status, out, _ = run("explain", "-", stdin="居場所を開く".encode("cp932"))
    assert status == 0
    assert "● 実施" in out
    assert run("explain", " ")[::2] == (
        1, "TEXT: is empty. give the words of a summary, or - and a file by <\n",
    )  # fmt: skip


def test_taxonomy_check_counts_what_is_in_order_or_tells_every_fault(tmp_path: Path) -> None:
    status, out, _ = run("taxonomy", "check")
    assert status == 0
    assert "8 tags" in out
    broken = tmp_path / "t.yaml"
    text = (ROOT / "taxonomy.yaml").read_text(encoding="utf-8")
    broken.write_text(
        text.replace("tag: ibasho", "tag: ibashoo").replace("version:", "versoin:"),
        encoding="utf-8",
    )
    status, out, err = run("taxonomy", "check", broken)
    assert (status, out) == (1, "")
    assert all(line.startswith(f"{broken}:") for line in err.splitlines())
    assert len(err.splitlines()) == 2 + text.count("tag: ibasho")


def test_taxonomy_schema_is_json() -> None:
    status, out, _ = run("taxonomy", "schema")
    assert status == 0
    assert json.loads(out)["required"] == ["version", "tags"]


def test_two_releases_of_one_name_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "tsunagari-r3.xlsx"
    other.write_bytes((R3 / "tsunagari-r3.xlsx").read_bytes())
    status, _, err = run("read", R3 / "tsunagari-r3.txt", other, "-o", tmp_path / "p.csv")
    assert status == 1
    assert err == (
        f"{other}: program tsunagari-r3-001 is also in {R3 / 'tsunagari-r3.txt'}. "
        "give each release a file name of its own\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("read", "none.pdf"), "none.pdf: "),
        (("read", "."), ".: "),
        (("read", "empty.csv"), "empty.csv: "),
        (("tag", "good.csv", "-o", "tags.docx"), "tags.docx: "),
        (("matrix", "good.csv", "-o", "none/m.csv"), "none"),
        (("matrix", "good.csv", "-o", "m.pdf"), "m.pdf: "),
        (("tag", "good.csv", "--model", "good.csv"), "good.csv: is not a model"),
        (("tag", "good.csv", "--taxonomy", "empty.csv"), "empty.csv:1: holds no taxonomy"),
        (("train", "--labels", "."), "programs: holds no labelled programs"),
        (("labels", "import", "empty.csv", "--format", "doccano"), "empty.csv: is empty"),
        (("labels", "rebuild", "--labels", "."), "programs: holds no labelled programs"),
    ],
)
def test_bad_input_is_one_line_and_status_1(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "good.csv").write_text("body,program,summary\n札幌市,a,相談\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    status, out, err = run(*arguments, cwd=tmp_path)
    assert (status, out) == (1, "")
    assert err.startswith(told)
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("arguments", [("nothing",), ("read",), ("matrix", "x", "--by", "city")])
def test_wrong_usage_is_status_2(arguments: tuple[str, ...]) -> None:
    status, _, err = run(*arguments)
    assert status == 2
    assert "Traceback" not in err


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, classify.cli as cli\n"
        "try: cli.app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pandas', 'sklearn', 'numpy', 'sudachipy', 'pydantic', 'openpyxl', 'pdfplumber'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "[]"


def test_tagging_loads_no_scikit_learn() -> None:
    code = (
        "import sys, classify.cli as cli\n"
        "try: cli.app(['explain', '居場所を開く'])\n"
        "except SystemExit: pass\n"
        "print('sklearn' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "False"


def test_agreement_is_shown_and_written(tmp_path: Path) -> None:
    status, out, err = run("agreement", "--lang", "en", "-o", tmp_path / "a.json")
    assert (status, err) == (0, "")
    assert "kappa annotator-a × annotator-b: 0.994" in out
    assert out.endswith(f"wrote {tmp_path / 'a.json'} (agreement)\n")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["machines"]
    status, out, _ = run("agreement", "-o", "-")
    assert json.loads(out)["groups"][0]["overall"]["cards"] == 656
    status, _, err = run("agreement", "-o", "a.txt")
    assert (status, err) == (1, "a.txt: no format is known by this suffix. Use .json, .html\n")


@pytest.fixture
def labeled(tmp_path: Path) -> Path:
    """A labels folder with one program and what hana decided about it."""
    folder = tmp_path / "labeled"
    (folder / "decisions").mkdir(parents=True)
    (folder / "programs").mkdir()
    (folder / "programs" / "x.csv").write_text(
        "program_id,body,program,summary\nx-001,村,相談,訪問と研修\n", encoding="utf-8"
    )
    said = [("outreach", True, ["訪問"]), ("training", False, [])]
    lines = (
        {"program_id": "x-001", "tag": tag, "present": present, "by": "hana", "quotes": quotes}
        for tag, present, quotes in said
    )
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / "decisions" / "hana.jsonl").write_text(text, encoding="utf-8")
    return folder


def test_decisions_go_to_doccano_and_come_back(tmp_path: Path, labeled: Path) -> None:
    file, kept = tmp_path / "hana.jsonl", labeled / "decisions" / "hana.jsonl"
    before = kept.read_bytes()
    status, out, err = run(
        "labels", "export", "--format", "doccano", "-o", file, "--labels", labeled
    )
    assert (status, out, err) == (0, f"wrote {file} (1 sheets)\n", "")
    status, out, err = run("labels", "import", file, "--format", "doccano", "--labels", labeled)
    assert (status, out, err) == (0, "2 decisions are as they were\n", "")
    assert kept.read_bytes() == before
    line = json.loads(file.read_text(encoding="utf-8")) | {"cats": ["outreach", "training"]}
    file.write_text(json.dumps(line), encoding="utf-8")
    status, out, err = run("labels", "import", file, "--format", "doccano", "--labels", labeled)
    assert out == f"wrote {kept} (1 decisions added)\n1 decisions are as they were\n"
    assert kept.read_bytes().startswith(before)
    added = json.loads(kept.read_text(encoding="utf-8").splitlines()[-1])
    assert (added["tag"], added["present"], added["was"]) == ("training", True, "absent")


def test_label_studio_gets_its_interface_and_gives_everybody_back(
    tmp_path: Path, labeled: Path
) -> None:
    file = tmp_path / "tasks.json"
    tool = ("--format", "label-studio", "--labels", labeled)
    status, out, _ = run("labels", "export", *tool, "-o", file, "--predictions")
    assert status == 0
    assert out.startswith(f"wrote {tmp_path / 'tasks.xml'} ")
    (task,) = json.loads(file.read_text(encoding="utf-8"))
    assert task["predictions"][0]["model_version"].startswith("classify")
    status, out, _ = run("labels", "import", file, *tool)
    assert (status, out) == (0, "2 decisions are as they were\n")


def test_a_file_with_a_fault_is_not_imported_at_all(tmp_path: Path, labeled: Path) -> None:
    file = tmp_path / "new.jsonl"
    tool = ("--format", "doccano", "--labels", labeled)
    assert run("labels", "export", *tool, "--as", "rei", "-o", file)[0] == 0
    with file.open("a", encoding="utf-8") as lines:
        lines.write("{\n[]\n")
    status, _, err = run("labels", "import", file, *tool)
    assert status == 1
    assert [line.split(" ")[0] for line in err.splitlines()] == [f"{file}:2:", f"{file}:3:"]
    assert [path.name for path in (labeled / "decisions").glob("*.jsonl")] == ["hana.jsonl"]


def test_doccano_takes_one_persons_decisions_at_a_time() -> None:
    status, _, err = run("labels", "export", "--format", "doccano", "-o", "-")
    assert status == 1
    assert "holds one person's decisions, not 5 people's. name whose with --as" in err


def test_a_file_of_another_kind_is_told_in_a_few_lines(tmp_path: Path) -> None:
    file = tmp_path / "numbers.jsonl"
    file.write_text("\n".join(map(str, range(500))), encoding="utf-8")
    labeled = str(ROOT / "labeled")
    status, _, err = run(
        "labels", "import", str(file), "--format", "doccano", "--as", "z", "--labels", labeled
    )
    assert (status, len(err.splitlines())) == (1, 21)
    assert err.splitlines()[-1] == "and 480 more like these"
