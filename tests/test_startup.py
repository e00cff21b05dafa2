"""Starting up: nothing heavy, nothing written, nobody told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from processes import environment

HEAVY = {"torch", "datasets", "pandas", "sklearn", "huggingface_hub", "sacrebleu", "matplotlib"}
HEAVY |= {"pydantic"}  # which newer releases of Typer would bring
AFTER = """
import sys
sys.argv = ["nlpcell", *{arguments!r}]
try:
    from nlpcell.cli.app import main
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def modules(home: Path, *arguments: str, stdin: bytes = b"") -> set[str]:
    """What is in memory when a command ends."""
    done = subprocess.run(
        [sys.executable, "-c", AFTER.format(arguments=arguments)],
        input=stdin, capture_output=True, env=environment(home), cwd=home,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stderr.decode().split("\n")[-2].split())


def test_looking_inside_needs_nothing_heavy(writer: Path, tmp_path: Path) -> None:
    used = modules(tmp_path, "inspect", "la casa", "--model", str(writer), "--silence", "1")
    assert "numpy" in used and not used & {*HEAVY, "rich", "onnxruntime"}


def test_answers_need_nothing_heavy(judge: Path, writer: Path, tmp_path: Path) -> None:
    used = modules(tmp_path, "sentiment", "-m", str(judge), stdin=b"la cama es fea\n")
    assert "onnxruntime" in used and not used & {*HEAVY, "rich"}
    used = modules(tmp_path, "generate", "-m", str(writer), "--prompt", "a", "--length", "3")
    assert "onnxruntime" in used and not used & {*HEAVY, "rich"}
    assert not used & HEAVY


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["sentiment", "--help"]])
def test_help_is_light(home: Path, words: list[str]) -> None:
    assert not modules(home, *words) & {*HEAVY, "numpy", "rich", "onnxruntime", "sentencepiece"}


def test_a_command_leaves_the_others_alone(judge: Path, tmp_path: Path) -> None:
    used = modules(tmp_path, "sentiment", "-m", str(judge))
    others = {f"nlpcell.cli.{name}" for name in ("agree", "compare", "evaluate", "train")}
    assert "nlpcell.cli.sentiment" in used and not used & others
    used = modules(tmp_path, "sentiment", "-m", str(judge), stdin=b"la cama es fea\n")
    others = {f"nlpcell.inference.{name}" for name in ("corrector", "generator", "translator")}
    assert "nlpcell.inference.classifier" in used and not used & {*others, "nlpcell.settings"}
    assert not modules(tmp_path, "--version") & {"nlpcell.cli.sentiment", *others}


def test_an_empty_input_loads_no_model(judge: Path, tmp_path: Path) -> None:
    assert not modules(tmp_path, "sentiment", "-m", str(judge)) & {"onnxruntime", "sentencepiece"}


def test_arrays_are_computed_by_one_thread(writer: Path, tmp_path: Path) -> None:
    """NumPy would start one for each processor, which doubles the processor time of loading it."""
    code = AFTER.replace("*sorted(sys.modules)", "len(__import__('os').listdir('/proc/self/task'))")
    words = ["inspect", "la casa", "--quiet", "--model", str(writer)]
    done = subprocess.run(
        [sys.executable, "-c", code.format(arguments=words)],
        capture_output=True, env=environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"1\n")


def test_importing_creates_nothing_and_says_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-c", "import nlpcell, nlpcell.cli.app, nlpcell.corpora.readers"],
        capture_output=True, env=environment(tmp_path), cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.rglob("*")) == []


def test_answering_writes_nothing_at_home(judge: Path, tmp_path: Path) -> None:
    """ONNX Runtime would leave an identifier there, and report to its maker."""
    modules(tmp_path, "sentiment", "-m", str(judge), stdin=b"la cama es fea\n")
    assert list(tmp_path.rglob("*")) == []
