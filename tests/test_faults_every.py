"""Rows of the table of faults that hold alike for every command that answers lines.

What a command does besides is in the files about input, output, models and agree.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from asked import ASKED, Desk
from processes import at_once, nlpcell, terminal
from test_faults_input import peak
from workshop import Workshop

# One stream that begins with a BOM and ends without LF. What a record is made of changes nothing.
ODD = [
    b"\xef\xbb\xbf%b",  # F05
    *(b"", b"  ", b"%b", b"\t", b""),  # F02
    *(b"%b\r", b"\r"),  # F04
    "%b\r.\x0b \x0c \x85 \u2028 \u2029.".encode(),  # F06
    *(b"%b\0", b"\0", b"\0\0"),  # F07
    b"[b]roja[/b] :smile: [/x]",  # F14
    "👩‍👩‍👧 no\u00a0se\u0301 a\u0308 ▁".encode(),  # F15
    b"%b",  # F03
]


def test_F02_F03_F04_F05_F06_F07_F14_F15_a_record_ends_at_LF(desk: Desk) -> None:
    records = [record.replace(b"%b", desk.line) for record in ODD]
    rows = desk.rows(b"\n".join(records))
    assert [row["line"] for row in rows] == list(range(1, len(ODD) + 1))


def test_F01_nothing_in_nothing_out(desk: Desk) -> None:
    (desk.own() / "model.onnx").write_bytes(b"damaged, and not looked at")
    assert desk.ask(b"") == (0, b"", "")
    assert desk.ask(desk.line).code == 4


def test_F08_bytes_that_are_not_utf8(desk: Desk) -> None:
    text = desk.line + b"\nest\xe1\n\xff\n"
    done = desk.ask(text)
    assert done.code == 0 and done.out.startswith(desk.answer + b"\n")
    assert done.err.startswith("warning: standard input:2: not UTF-8; ")
    assert done.err.endswith(" (2 lines)\n") and done.err.count("\n") == 1
    done = desk.ask(text, "--strict")
    assert (done.code, done.out) == (3, desk.answer + b"\n")
    assert done.err.startswith("error: standard input:2: not UTF-8")


def test_F09_utf16(desk: Desk) -> None:
    codecs = ("utf-16", "utf-16-le", "utf-16-be")
    texts = [(desk.line.decode() + "\n").encode(codec) for codec in codecs]
    for codec, done in zip(codecs, at_once(desk.ask, texts), strict=True):
        hint = f"hint: add --encoding {codec}\n"
        assert done == (3, b"", f"error: standard input: looks like UTF-16\n{hint}")
    both = zip(texts, codecs, strict=True)
    for done in at_once(lambda one: desk.ask(one[0], "--encoding", one[1]), both):
        assert done == (0, desk.answer + b"\n", "")


def test_F10_a_line_of_a_hundred_megabytes(desk: Desk) -> None:
    """The memory of a short stream, and no more than 64 MB."""
    used = []
    for size in (0, 100_000_000):
        with open(desk.home / "in.txt", "wb") as file:
            file.write(desk.line + b"\n")
            for _ in range(size // 10_000_000):
                file.write(b"palabra y " * 1_000_000)
            file.write(b"\n" + desk.line + b"\n")
        code, most = peak(desk.home, *desk.command, "-m", desk.model, "--json")
        rows = (desk.home / "out.txt").read_bytes().split(b"\n")[:-1]
        assert len(rows) == 3 and rows[2].endswith(rows[0][-20:])
        assert (code, b'"code": "line_too_long"' in rows[1]) == (3 * (size > 0), size > 0)
        used.append(most)
    assert used[1] - used[0] < 64 << 20


def test_F12_memory_does_not_grow_with_the_lines(desk: Desk) -> None:
    used = []
    for count in (100, desk.asked.many // 2):
        (desk.home / "in.txt").write_bytes((desk.line + b"\n") * count)
        code, most = peak(desk.home, *desk.command, "-m", desk.model, "--json")
        assert (code, (desk.home / "out.txt").read_bytes().count(b"\n")) == (0, count)
        used.append(most)
    assert used[1] - used[0] < 30 << 20


def test_F13_escapes_do_not_reach_a_terminal(desk: Desk) -> None:
    (desk.home / "in.txt").write_bytes(b"\x1b[31m" + desk.line + b"\x07\n")
    command = [*desk.command, "-m", desk.model, "in.txt"]
    code, shown = terminal(desk.home, *command)
    assert (code, "\x1b[31m" in shown, "\x07" in shown) == (0, False, False)
    if desk.line[:3] in desk.answer:  # the text itself comes back
        assert "\\x1b[31m" in shown and nlpcell(*command, home=desk.home).out[:5] == b"\x1b[31m"


def test_F16_random_bytes(desk: Desk) -> None:
    draw = random.Random(5)
    lines = [draw.randbytes(draw.randrange(40)).replace(b"\n", b"") for _ in range(desk.asked.many)]
    done = desk.ask(b"\n".join(lines) + b"\n", "--json")
    assert (done.code, done.out.count(b"\n"), done.err.count("\n")) == (0, len(lines), 1)


def test_F18_a_program_writes_one_line_and_waits(desk: Desk) -> None:
    process = desk.start("--json")
    assert process.stdin and process.stdout
    for number in (1, 2):
        process.stdin.write(desk.line + b"\n")
        process.stdin.flush()
        assert select.select([process.stdout], [], [], 20)[0]
        assert b'"line": %d' % number in os.read(process.stdout.fileno(), 1_000)
    assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == 0


def fed(process: subprocess.Popen[bytes], line: bytes) -> threading.Thread:
    """Feed a process one line again and again, like `yes`, until it stops reading."""
    pipe = process.stdin
    assert pipe

    def yes() -> None:
        try:
            while True:
                pipe.write((line + b"\n") * 100)
        except (OSError, ValueError):
            pass

    thread = threading.Thread(target=yes, daemon=True)
    thread.start()
    return thread


def test_F19_the_reader_leaves(desk: Desk) -> None:
    process = desk.start()
    assert process.stdout and process.stderr
    thread = fed(process, desk.line)
    assert process.stdout.readline() == desk.answer + b"\n"
    process.stdout.close()
    left = time.monotonic()
    assert (process.wait(20), process.stderr.read()) == (0, b"")
    assert time.monotonic() - left < 5  # 2 s on a machine that is not busy
    thread.join(5)
    process.stderr.close()


def test_F20_F21_F22_streams_that_are_full_or_closed(desk: Desk) -> None:
    with open("/dev/full", "wb") as full:
        process = desk.start(stdout=full)
        _, err = process.communicate(desk.line, 30)
    assert process.returncode == 5
    assert err == b"error: cannot write output: No space left on device\n"
    done = desk.ask(desk.line, before=lambda: os.close(1))
    assert done == (5, b"", "error: cannot write output: standard output is closed\n")
    done = desk.ask(None, before=lambda: os.close(0))
    assert done == (3, b"", "error: no input: standard input is closed\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_F23_Ctrl_C_and_F24_SIGTERM(desk: Desk, number: int, code: int) -> None:
    """Lines that were finished are out, whole; the process is gone at once."""
    process = desk.start("--json")
    assert process.stdin and process.stdout and process.stderr
    fed(process, desk.line)
    assert process.stdout.readline().startswith(b"{")
    process.send_signal(number)
    asked = time.monotonic()
    out, err = process.stdout.read(), process.stderr.read()
    assert (process.wait(20), err) == (code, b"")
    assert time.monotonic() - asked < 4  # 1 s on a machine that is not busy
    assert out == b"" or out.endswith(b"}\n")


def test_F25_no_escape_in_a_pipe_or_under_NO_COLOR(any_desk: Desk) -> None:
    done = nlpcell(*any_desk.asked.words, "--help", home=any_desk.home, GITHUB_ACTIONS="1")
    assert (done.code, b"\x1b" in done.out, b"--model" in done.out) == (0, False, True)
    code, shown = terminal(any_desk.home, *any_desk.asked.words, "--help", NO_COLOR="1")
    assert (code, "\x1b" in shown, "--model" in shown) == (0, False, True)
    done = any_desk.ask(any_desk.line, GITHUB_ACTIONS="1")
    assert (done.code, b"\x1b" in done.out, done.err) == (0, False, "")


def test_F26_the_locale_plays_no_part(desk: Desk) -> None:
    (desk.home / "año.txt").write_bytes(desk.line + " — ñandú\n".encode())
    locales = [{"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}]
    usual, *others = at_once(lambda one: desk.ask(b"", "año.txt", "--json", **one), locales)
    assert usual.code == 0 and usual.out and others == [usual, usual]


def test_F27_the_output_is_the_input(desk: Desk) -> None:
    (desk.home / "in.txt").write_bytes(desk.line)
    done = desk.ask(b"", "in.txt", "-o", "./in.txt")
    assert (done.code, done.out, (desk.home / "in.txt").read_bytes()) == (2, b"", desk.line)
    assert done.err.startswith("error: in.txt is the input itself\nhint: ")


def test_F31_unknown_model(any_desk: Desk) -> None:
    shutil.copytree(any_desk.model, any_desk.home / "data" / "nlpcell" / "models" / "own-model")
    done = any_desk.ask(any_desk.line, model="own-modl")
    assert (done.code, done.out) == (4, b"")
    wanted = 'error: no model named "own-modl"\nhint: did you mean "own-model"'
    assert done.err.startswith(wanted) and done.err.endswith("nlpcell models list\n")
    assert any_desk.ask(any_desk.line, model="own-model").code == 0


def test_F32_F33_weights_that_are_none(any_desk: Desk) -> None:
    name = "weights.safetensors" if any_desk.asked.task == "inspect" else "model.onnx"
    file = any_desk.own() / name
    whole = file.read_bytes()
    flipped = whole[:500] + bytes([whole[500] ^ 1]) + whole[501:]
    for damage in (whole[:-10], whole + b"x", b"<html>404</html>", flipped):
        file.write_bytes(damage)
        done = any_desk.ask(any_desk.line)
        assert (done.code, done.out) == (4, b"")
        assert done.err.startswith("error: ") and f"{name}: damaged" in done.err


def test_F36_names_that_lead_elsewhere(any_desk: Desk) -> None:
    (any_desk.home / "link").symlink_to("/etc")
    for done in at_once(
        lambda name: any_desk.ask(any_desk.line, model=name),
        ("../none", "x" * 300, "link", " "),
    ):
        assert (done.code, done.out, done.err[:7]) == (4, b"", "error: ")


def test_F37_a_model_of_another_task(any_desk: Desk, request: pytest.FixtureRequest) -> None:
    task = any_desk.asked.task
    other = "generate" if task == "sentiment" else "sentiment"
    model = request.getfixturevalue(ASKED[other].maker)
    done = any_desk.ask(any_desk.line, model=model)
    assert (done.code, done.out) == (4, b"")
    assert done.err.startswith("error: ") and other in done.err
    assert f"made for {other}, not for {task}\n" in done.err or task == "inspect"


def test_F39_eight_first_starts_without_a_home(home: Path, workshop: Workshop) -> None:
    """At once, two of each command."""
    nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), "/proc/none")
    desks = [Desk(one, home, workshop.model(one.maker)) for one in ASKED.values()]
    begun = [(desk, desk.start(extra=nowhere)) for desk in desks * 2]
    for desk, process in begun:
        out, err = process.communicate(desk.line + b"\n", 60)
        assert (process.returncode, out, err) == (0, desk.answer + b"\n", b"")
