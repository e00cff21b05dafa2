"""The whole package passes mypy in strict mode, laid out as it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def linked_view(folder: Path) -> Path:
    """A folder in which cli/ and corpora/ stand inside nlpcell/, as links."""
    package = folder / "nlpcell"
    package.mkdir()
    for path in (ROOT / "nlpcell").iterdir():
        (package / path.name).symlink_to(path)
    for name in ("cli", "corpora"):
        (package / name).symlink_to(ROOT / name)
    return folder


def mypy(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), "--package", "nlpcell"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_types(tmp_path: Path) -> None:
    done = mypy(linked_view(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_type_would_be_found(tmp_path: Path) -> None:
    view = linked_view(tmp_path)
    (view / "nlpcell" / "wrong.py").write_text("def f(x):\n    return x\n")
    assert "wrong.py:1: error: Function is missing a type annotation" in mypy(view).stdout
