"""What the documents say is so: commands run, links lead somewhere, examples load."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "README.ja.md", *sorted((ROOT / "docs").glob("*.md"))]
READMES = DOCUMENTS[:2]

# These run for a minute, or until they are stopped; they have tests of their own.
LONG = {"evaluate", "review", "train"}


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def commands(path: Path) -> list[str]:
    lines = [line for block in blocks(path, "sh") for line in block.splitlines()]
    return [line.split("   #")[0].strip() for line in lines if line.startswith("classify")]


@pytest.mark.slow
def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path: Path) -> None:
    release = ROOT / "labeled" / "releases" / "tsunagari-r3.pdf"
    (tmp_path / "release.pdf").write_bytes(release.read_bytes())
    (tmp_path / "labeled").mkdir()
    for part in ("programs", "decisions", "contrast"):
        (tmp_path / "labeled" / part).symlink_to(ROOT / "labeled" / part)
    ran = commands(READMES[0])
    assert len(ran) >= 8
    for command in ran:
        words = shlex.split(command)
        if words[1] in LONG:
            continue
        done = subprocess.run(
            [sys.executable, "-m", "classify", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr.decode())
    assert (tmp_path / "matrix.xlsx").exists()


@pytest.mark.slow
def test_the_commands_of_the_taxonomy_guide_run_one_after_the_other(tmp_path: Path) -> None:
    for name in ("taxonomy.yaml", "src/classify/data/model.npz"):
        shutil.copy(ROOT / name, tmp_path)
    for part in ("programs", "decisions", "contrast"):
        shutil.copytree(ROOT / "labeled" / part, tmp_path / "labeled" / part)
    shutil.copy(ROOT / "labeled" / "gold.jsonl", tmp_path / "labeled")
    ran = commands(ROOT / "docs" / "taxonomy.md")
    assert len(ran) == 8
    # A rule is proposed for the tag as it is called before the changes that the guide begins with.
    for command in [*ran[6:], *ran[:6]]:
        words = shlex.split(command)
        if words[2] != "crosswalk":
            words += ["--taxonomy", "taxonomy.yaml", "--model", "model.npz"]
        done = subprocess.run(
            [sys.executable, "-m", "classify", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr.decode())
    assert "retire" in (tmp_path / "labeled" / "crosswalk.jsonl").read_text(encoding="utf-8")


def test_both_readmes_show_the_same_commands() -> None:
    english, japanese = (commands(path) for path in READMES)
    assert english == japanese


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("http") or (path.parent / target).exists(), target


def test_the_taxonomy_guides_examples_are_a_taxonomy(tmp_path: Path) -> None:
    guide = ROOT / "docs" / "taxonomy.md"
    path = tmp_path / "taxonomy.yaml"
    path.write_text('version: "1"\n' + "".join(blocks(guide, "yaml")), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "classify", "taxonomy", "check", str(path)],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_the_guide_names_every_place_of_a_cue() -> None:
    from classify.taxonomy import PLACES

    guide = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    table = guide[guide.index("| place") :]
    assert set(re.findall(r"`(\w+)`", table.split("\n\n")[0])) >= set(PLACES)


def test_every_command_is_in_the_readmes_or_the_guide() -> None:
    from classify.cli import app

    named = set()
    for group in app.registered_groups:
        assert group.typer_instance
        for command in group.typer_instance.registered_commands:
            name = command.name or getattr(command.callback, "__name__", "")
            named.add(f"{group.name} {name}" if isinstance(group.name, str) else name)
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert {name for name in named if f"classify {name}" not in text} == set()
