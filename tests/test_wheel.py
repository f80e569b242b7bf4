"""A wheel carries all it needs: it works in an empty environment, outside the checkout."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_a_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    # The libraries it depends on are those of this environment; the package itself is not.
    venv.create(tmp_path / "env", with_pip=True, symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", wheel], check=True)
    site = next((tmp_path / "env" / "lib").glob("python*/site-packages"))
    here = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    libraries = [p for p in here.iterdir() if "classify" not in p.name and p.name != "__pycache__"]
    for library in libraries:
        target = site / library.name
        if not target.exists():
            target.symlink_to(library)
    release = tmp_path / "r.csv"
    release.write_text("body,program,summary\n札幌市,a,女性の居場所を提供する\n", encoding="utf-8")
    done = subprocess.run(
        [tmp_path / "env" / "bin" / "classify", "matrix", release, "-o", tmp_path / "m.csv"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    row = (tmp_path / "m.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert row.startswith("北海道,札幌市,011002,1,")
