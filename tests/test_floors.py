"""The house keeps its shape: imports go down, rooms stay small, foreign libraries have one door."""

import ast
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from classify import records

SOURCE = Path(__file__).parents[1] / "src" / "classify"

# From the ground up: a room imports only from floors below its own. A folder is one room.
FLOORS: list[set[str]] = [
    {"records", "errors", "phrases", "texts", "formulas", "wording", "word_classes", "chance"},
    {"places", "taxonomy", "voices", "people"},
    {"crosswalk", "journal", "releases"},
    {"labels", "language"},
    {"patterns", "clauses"},
    {"linear", "features", "scope"},
    {"tables"},
    {"scoring"},
    {"rules", "model"},
    {"tagger", "training"},
    {"agreement", "crossval", "evaluate", "coverage", "disagreements", "ledger", "settled"},
    {"lessons", "export", "exchange"},
    {"usage", "changes", "evolution", "corpus", "desk"},
    {"proposals"},
    {"console", "console_agreement", "review", "answers"},
    {"cli"},
    {"__main__"},
]

# Each foreign library with the only places that may import it.
DOORS = {
    "sudachipy": {"language.py"},
    "sklearn": {"training.py"},
    "scipy": {"training.py"},
    "ruamel": {f"taxonomy/{part}.py" for part in ("document", "faults", "editing")},
    "pydantic": {"taxonomy/entries.py", "taxonomy/__init__.py"},
    "pdfplumber": {"releases/pdf.py"},
    "openpyxl": {"releases/sheet.py"},
    "xlsxwriter": {"export/book.py"},
    "jinja2": {"export/page.py", "export/report.py", "review/page.py"},
    "starlette": {"review/web.py", "review/guard.py"},
    "uvicorn": {"review/serve.py"},
    "typer": {
        f"cli/{part}.py"
        for part in (
            "__init__",
            "options",
            "release",
            "learning",
            "taxonomy",
            "labels",
            "review",
            "retagging",
        )
    },
    "rich": {"console.py", "console_agreement.py"},
}

JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")

MODULES = sorted(SOURCE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def room(path: Path) -> str:
    return name(path).split("/")[0].removesuffix(".py")


def imports(tree: ast.AST) -> set[str]:
    """Every module that is imported anywhere in a file, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def floor(of: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if of in rooms)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_only_go_down(path: Path) -> None:
    if room(path) == "__init__":
        return
    for module in imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = module.split(".")
        if parts[0] == "classify" and parts[1] != room(path):
            assert floor(parts[1]) < floor(room(path)), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_foreign_libraries_have_one_door(path: Path) -> None:
    used = {module.split(".")[0] for module in imports(ast.parse(path.read_text(encoding="utf-8")))}
    for library in used & DOORS.keys():
        assert name(path) in DOORS[library], f"{name(path)} imports {library}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_rooms_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, "part the room"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            docstring = len((ast.get_docstring(node) or "").splitlines())
            lines = (node.end_lineno or 0) - node.lineno - docstring
            assert lines <= 45, f"{node.name} has {lines} lines"
            positional = [*node.args.posonlyargs, *node.args.args]
            limit = 12 if room(path) == "cli" else 6
            assert len(positional) <= limit, f"{node.name} has {len(positional)} parameters"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_cues_and_tags_are_data_not_code(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node in docstrings or name(path) == "language.py":
                continue
            assert not JAPANESE.search(node.value), node.value
            assert not re.search(r"\b(ibasho|sns_consultation|sanitary_products)\b", node.value)


def test_records_are_frozen_and_hold_no_lists() -> None:
    nouns = [noun for noun in vars(records).values() if is_dataclass(noun)]
    assert len(nouns) > 10
    for noun in nouns:
        assert isinstance(noun, type)
        assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]  # not in typeshed
        assert hasattr(noun, "__slots__")
        assert not any("list[" in str(field.type) for field in fields(noun))


def test_every_public_room_says_what_it_is_for() -> None:
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name(path)
