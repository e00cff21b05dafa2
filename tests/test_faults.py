"""The table of faults: no row without a test that starts the command as a process."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from faults import FAULTS

STARTERS = {"nlpcell", "started", "trained", "Training", "judged", "agreed", "terminal", "peak"}
STARTERS |= {"desk.ask", "desk.rows", "desk.start", "any_desk.ask", "window.ask"}


def named_tests(folder: Path) -> dict[str, list[ast.FunctionDef]]:
    """Row: the tests that bear its name."""
    found: dict[str, list[ast.FunctionDef]] = {}
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for row in re.findall(r"(?<=_)F\d\d(?=_|$)", node.name):
                    found.setdefault(row, []).append(node)
    return found


TESTS = named_tests(Path(__file__).parent)


def starts_a_process(test: ast.FunctionDef) -> bool:
    """Whether a test calls one of the functions that start nlpcell."""
    called = {ast.unparse(node.func) for node in ast.walk(test) if isinstance(node, ast.Call)}
    return bool(called & STARTERS)


def test_the_table_is_whole() -> None:
    assert list(FAULTS) == [f"F{number:02d}" for number in range(1, 54)]


@pytest.mark.parametrize("row", FAULTS)
def test_a_row_has_a_process_to_prove_it(row: str) -> None:
    assert any(starts_a_process(test) for test in TESTS.get(row, [])), FAULTS[row]


def test_a_name_of_no_row_would_be_found() -> None:
    assert set(TESTS) <= set(FAULTS)
    assert "F99" not in TESTS and not starts_a_process(ast.parse("def f(): len('')").body[0])  # type: ignore[arg-type]
