"""Options and help: one name for one thing, and a useful word when it is misspelt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from processes import environment, nlpcell

from nlpcell.cli.anywhere import debugging, first
from nlpcell.cli.app import app, misused


def commands(command: Any = None, name: str = "nlpcell") -> Iterator[tuple[str, Any]]:
    """Every command and group with the words that call it."""
    command = command or typer.main.get_command(app)
    yield name, command
    for inner in getattr(command, "commands", {}).values():
        yield from commands(inner, f"{name} {inner.name}")


def options() -> Iterator[tuple[str, Any]]:
    """Every option of every command."""
    for name, command in commands():
        for option in command.params:
            if option.param_type_name == "option":
                yield f"{name} {option.opts[0]}", option


@pytest.mark.parametrize(("name", "option"), list(options()))
def test_an_option_reads_its_environment_variable(name: str, option: Any) -> None:
    long = max(option.opts, key=len)
    once = ("--version", "--debug", "--help", "--install-completion", "--show-completion")
    if long not in once and not option.multiple:
        assert option.envvar == "NLPCELL" + long[1:].replace("-", "_").upper()


@pytest.mark.parametrize(("name", "option"), list(options()))
def test_help_is_one_plain_sentence(name: str, option: Any) -> None:
    assert option.help[0].isupper() or option.help.startswith(("auto", "line:"))
    assert option.help.endswith(".") and "\n" not in option.help


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_a_command_says_what_it_does(name: str, command: Any) -> None:
    assert command.help.endswith(".") and "\n\n" not in command.help


@pytest.mark.parametrize("words", [[], ["train"], ["models"], ["evaluate"]])
def test_no_command_runs_because_its_name_was_left_out(home: Path, words: list[str]) -> None:
    done = nlpcell(*words, home=home)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("Usage: nlpcell") and "Commands:" in done.err


MISTAKES = [
    (["sentimnt"], "no such command 'sentimnt'", "did you mean 'sentiment'?"),
    (["sentiment", "--modle", "x"], "no such option: --modle", "did you mean --model?"),
    (["train", "sentimen"], "no such command 'sentimen'", "did you mean 'sentiment'?"),
    (["train", "generate", "--epoch", "3"], "no such option: --epoch", "did you mean --epochs?"),
    (["xyzzy"], "no such command 'xyzzy'", "nlpcell --help"),
    (["models", "info"], "missing argument 'model'", "nlpcell --help"),
    (["generate", "--length", "x"], "invalid value for '--length'", "nlpcell --help"),
    (["sentiment", "--threads", "0"], "invalid value for '--threads'", "nlpcell --help"),
    (["sentiment", "--encoding", "latin-99", "-"], 'no encoding of text is called "latin-99"', ""),
    (["train", "generate", "--lr", "100"], "the learning rate must lie between 0 and 10", ""),
    (["train", "generate", "--budget", "soon"], 'not a duration: "soon"', "write it like 20m"),
]


@pytest.mark.parametrize(("words", "what", "hint"), MISTAKES)
def test_wrong_use(judge: Path, home: Path, words: list[str], what: str, hint: str) -> None:
    done = nlpcell(*words, home=home, stdin=b"x\n", NLPCELL_MODEL=str(judge))
    assert (done.code, done.out) == (2, b"")
    first, _, second = done.err.partition("\n")
    assert first.startswith(f"error: {what}")
    assert second.startswith(f"hint: {hint}" if hint else "")


def test_options_stand_before_or_after_files(judge: Path, home: Path) -> None:
    (home / "in.txt").write_text("la cama es fea\n")
    for words in (["in.txt", "--tsv"], ["--tsv", "in.txt"]):
        assert nlpcell("sentiment", "-m", judge, *words, home=home).out.startswith(b"neg\t")


def test_environment_variables_are_options(judge: Path, home: Path) -> None:
    done = nlpcell("sentiment", home=home, stdin=b"la cama es fea\n", NLPCELL_MODEL=str(judge),
                   NLPCELL_FORMAT="tsv")  # fmt: skip
    assert done.out.startswith(b"neg\t")


def test_debug_shows_the_traceback(home: Path) -> None:
    for words in (["--debug", "models", "path", "none"], ["models", "path", "none", "--debug"]):
        done = nlpcell(*words, home=home)
        assert (done.code, "Traceback" in done.err) == (4, True)
        assert done.err.endswith('error: no model named "none"\nhint: nlpcell models list\n')
    assert "Traceback" not in nlpcell("models", "path", "none", home=home).err


def test_debug_after_two_dashes_is_a_file() -> None:
    words = ["a", "--color", "never", "--", "--debug"]
    assert first(words) == ["--color", "never", "a", "--", "--debug"]
    assert not debugging(words) and debugging(["a", "--debug"])


def test_a_bug_leaves_a_report(home: Path) -> None:
    patch = "import nlpcell.cli.models as m; m.installed = lambda: 1 / 0; "
    code = f"import sys; sys.argv = ['nlpcell', 'models', 'list']; {patch}"
    code += "from nlpcell.cli.app import main; main()"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, env=environment(home), cwd=home)
    assert (done.returncode, done.stdout) == (70, b"")
    [report] = (home / "state" / "nlpcell").glob("crash-*.txt")
    assert str(report) in done.stderr.decode()
    assert "ZeroDivisionError" in report.read_text()


def test_evaluate_min_is_the_only_one(judge: Path, home: Path) -> None:
    command = ["evaluate", "sentiment", "opinions.tsv", "-m", judge]
    assert nlpcell(*command, "--min", "0.9", home=home).code == 0
    (home / "wrong.tsv").write_text("text\tlabel\nla cama es fea\tpos\nla cama es mala\tneg\n")
    done = nlpcell("evaluate", "sentiment", "wrong.tsv", "-m", judge, "--min", "0.9", home=home)
    assert (done.code, done.err) == (1, "")
    assert b"accuracy\t0.5000" in done.out


def test_misused_is_typers_words_in_our_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert misused(typer.BadParameter("Odd.", param_hint="--x")) == 2
    assert capsys.readouterr().err == "error: invalid value for --x: Odd\nhint: nlpcell --help\n"
