"""What happens when the output or the user goes away: rows of the table of faults."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from processes import at_once, nlpcell, started, terminal

FEA = b"la cama es fea\n"
LONG = b"una palabra muy larga " * 9000 + b"\n"


def test_F13_escapes_in_names(home: Path) -> None:
    message = nlpcell("sentiment", "-m", "\x1b[31m", home=home).err
    assert message.startswith('error: no model named "\\x1b[31m"')


def test_F20_a_full_disk_as_standard_output(judge: Path, home: Path) -> None:
    evaluated = ["evaluate", "sentiment", "opinions.tsv", "-m", judge]
    for command in (evaluated, ["--help"], ["--version"], ["models", "list"]):
        with open("/dev/full", "wb") as full:
            process = started(*command, home=home, stdout=full)
            _, err = process.communicate(FEA, 30)
        assert process.returncode == 5
        assert err == b"error: cannot write output: No space left on device\n"


def test_F21_standard_output_closed(judge: Path, home: Path) -> None:
    evaluated = ["evaluate", "sentiment", "opinions.tsv", "-m", judge]
    for command in (evaluated, ["models", "list"], ["--version"], ["--help"]):
        done = nlpcell(*command, home=home, stdin=FEA, before=lambda: os.close(1))
        assert done.code == 5
        assert done.err == "error: cannot write output: standard output is closed\n"


def test_standard_error_closed_or_gone(judge: Path, home: Path) -> None:
    done = nlpcell("sentiment", "-m", judge, home=home, stdin=b"\xe1\n", before=lambda: os.close(2))
    assert (done.code, done.out.count(b"\n")) == (0, 1)
    reader, broken = os.pipe()
    os.close(reader)
    process = started("sentiment", "-m", "none", home=home, stderr=broken)
    assert process.communicate(FEA, 30)[0] == b""
    assert process.returncode == 4
    os.close(broken)


def test_F22_standard_input_is_a_terminal(judge: Path, mender: Path, home: Path) -> None:
    for command, typed, answer in (
        (["sentiment", "-m", judge], "la cama es fea", "neg"),
        (["agree", "-m", mender], "la casa es blanco", "la casa es blanca"),
    ):
        code, shown = terminal(home, *command, typed=f"{typed}\n\x04".encode())
        assert (code, f"{answer}\r\n" in shown) == (0, True)
        assert shown.count("reading from the terminal; end with Ctrl-D\r\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_F23_Ctrl_C_and_F24_SIGTERM_while_running(
    judge: Path, home: Path, number: int, code: int
) -> None:
    process = started("sentiment", "-m", judge, "--threads", "2", home=home, bufsize=0)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(FEA)
    assert process.stdout.readline() == b"neg\n"  # a finished line is out
    with ThreadPoolExecutor() as beside:
        feeding = beside.submit(process.stdin.writelines, itertools.repeat(LONG))  # without end
        time.sleep(0.3)
        process.send_signal(number)
        asked = time.monotonic()
        try:
            assert process.wait(timeout=30) == code
        finally:
            process.kill()  # or the feeding would never end
        assert time.monotonic() - asked < 4  # 1 s on a machine that is not busy
        assert isinstance(feeding.exception(), BrokenPipeError)
    assert process.communicate()[1] == b""


def test_F23_a_half_written_file_does_not_stay(judge: Path, home: Path) -> None:
    (home / "out.txt").write_text("old")
    process = started("sentiment", "-m", judge, "-o", "out.txt", home=home)
    assert process.stdin
    process.stdin.write(FEA)
    process.stdin.flush()
    until = time.monotonic() + 20
    while not list(home.glob(".nlpcell-*")) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert (home / "out.txt").read_text() == "old"
    assert not list(home.glob(".nlpcell-*"))


def test_a_signal_that_is_ignored_stays_ignored(judge: Path, home: Path) -> None:
    """As under nohup, and in the background of a shell script."""
    process = started(
        "sentiment", "-m", judge, home=home,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdin.write(FEA)
    process.stdin.flush()
    assert process.stdout.readline() == b"neg\n"
    process.send_signal(signal.SIGHUP)
    assert process.communicate(FEA, 30)[0] == b"neg\n"
    assert process.returncode == 0


def test_F25_no_escape_where_none_is_wanted(judge: Path, home: Path) -> None:
    for command in (["--help"], ["train", "sentiment", "--help"], ["models", "list"], ["nonsense"]):
        done = nlpcell(*command, home=home, GITHUB_ACTIONS="1", CI="1")
        assert b"\x1b" not in done.out and "\x1b" not in done.err
        _, shown = terminal(home, *command, NO_COLOR="1", GITHUB_ACTIONS="1")
        assert "\x1b" not in shown
    evaluated = ["evaluate", "sentiment", "opinions.tsv", "-m", judge]
    code, shown = terminal(home, *evaluated, NO_COLOR="1")
    assert (code, "\x1b" in shown, "accuracy" in shown) == (0, False, True)
    assert "\x1b" in terminal(home, *evaluated)[1]  # else this test could not fail


def test_F26_names_and_arguments_in_any_locale(judge: Path, writer: Path, home: Path) -> None:
    (home / "año.txt").write_text("¡la cama es buena!\n")
    commands = [
        ["sentiment", "-m", judge, "año.txt", "--with-filename", "--json"],
        ["generate", "-m", writer, "--prompt", "ñandú", "--length", "5", "--seed", "1"],
    ]
    locales: list[dict[str, str]] = [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}]
    if shutil.which("localedef"):
        made = ["localedef", "-i", "es_ES", "-f", "ISO-8859-1", str(home / "es_ES.ISO-8859-1")]
        if subprocess.run(made, capture_output=True).returncode == 0:
            locales.append({"LC_ALL": "es_ES.ISO-8859-1", "LOCPATH": str(home)})
    for command in commands:
        usual = nlpcell(*command, home=home, LC_ALL="C.UTF-8")
        assert usual.code == 0 and "ñ".encode() in usual.out
        words = list(command)
        for done in at_once(lambda one, words=words: nlpcell(*words, home=home, **one), locales):
            assert done == usual


def test_F27_the_output_is_the_input(judge: Path, home: Path) -> None:
    (home / "in.txt").write_bytes(FEA)
    (home / "link.txt").symlink_to("in.txt")
    for name in ("in.txt", "./in.txt", "link.txt"):
        done = nlpcell("sentiment", "-m", judge, "in.txt", "-o", name, home=home)
        assert (done.code, done.out, (home / "in.txt").read_bytes()) == (2, b"", FEA)
        assert done.err.startswith(f"error: {name.removeprefix('./')} is the input itself\nhint: ")
    with open(home / "in.txt", "rb") as file:
        process = started("sentiment", "-m", judge, "-o", "in.txt", home=home, stdin=file)
        assert process.communicate(timeout=30)[0] == b""
    assert (process.returncode, (home / "in.txt").read_bytes()) == (2, FEA)


def test_the_terminal_helper_is_a_terminal(home: Path) -> None:
    assert sys.platform != "win32"
    code, shown = terminal(home, "--version")
    assert code == 0 and shown.startswith("nlpcell ")
