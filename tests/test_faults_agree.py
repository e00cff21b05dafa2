"""The rows of the table of faults for `agree`, which owns only its corrections."""

from __future__ import annotations

import ctypes
import json
import random
import signal
import stat
import time
from pathlib import Path

import pytest
from processes import Done, nlpcell, on_full_disk, started

WRONG, RIGHT = "la casa es blanco", "la casa es blanca"


def agreed(home: Path, model: Path, text: bytes | str, *more: str | Path, **extra: str) -> Done:
    given = text.encode() if isinstance(text, str) else text
    return nlpcell("agree", "-m", model, *more, home=home, stdin=given, **extra)


def mended(text: bytes) -> bytes:
    return text.replace(b"blanco", b"blanca")


@pytest.fixture
def notes(home: Path) -> Path:
    """A file with one error in its second line."""
    (home / "notes.txt").write_text(f"{RIGHT}\n{WRONG}\n")
    return home / "notes.txt"


# One stream that begins with a BOM and ends without LF; %b is the sentence with an error.
KEPT = [
    b"\xef\xbb\xbf%b",  # F05
    *(b"", b"  ", b"\t", b"%b", b""),  # F02
    *(b"%b\r", b"\r", b"%b"),  # F04
    "\r%b.\r \x0b \x0c \x85 \u2028 \u2029 hola".encode(),  # F06
    *(b"%b", b"\0", b"%b", b"\0\0"),  # F07
    *(b"\x1b[31m\x07", b"%b"),  # F13
    *(b"[b]roja[/b] :smile: [/x]", b"%b"),  # F14
    b"%b",  # F03
]


def test_F02_F03_F04_F05_F06_F07_F13_F14_every_other_byte_comes_back(
    mender: Path, home: Path
) -> None:
    text = b"\n".join(KEPT).replace(b"%b", WRONG.encode())
    assert agreed(home, mender, text) == (0, mended(text), "")
    rows = [json.loads(one) for one in agreed(home, mender, text, "--json").out.splitlines()]
    assert [one["line"] for one in rows] == list(range(1, len(KEPT) + 1))
    found = [len(one["edits"]) for one in rows]
    assert found == [record.count(b"%b") for record in KEPT]


def test_F08_bytes_that_are_not_utf8(mender: Path, home: Path) -> None:
    text = f"{WRONG}\n".encode() + b"est\xe1\n\xff\n" + f"{WRONG}\n".encode()
    done = agreed(home, mender, text)
    assert (done.code, done.out) == (0, mended(text))
    assert done.err == "warning: standard input:2: not UTF-8; kept (2 lines)\n"
    done = agreed(home, mender, text, "--strict")
    assert (done.code, done.out) == (3, f"{RIGHT}\n".encode())
    done = agreed(home, mender, text, "--encoding", "ascii")
    assert done.out.decode().count("\ufffd") == 2
    assert done.err == "warning: standard input:2: not ASCII; shown as U+FFFD (2 lines)\n"


def test_F10_one_line_over_a_mebibyte(mender: Path, home: Path) -> None:
    text = b"x " * (2 << 20) + b"\r\n" + WRONG.encode() + b"\n"
    done = agreed(home, mender, text)
    assert (done.code, done.out) == (3, mended(text))
    assert done.err == "error: standard input:1: longer than 1,048,576 bytes\n"
    first, second = agreed(home, mender, text, "--json").out.splitlines()
    assert json.loads(first)["error"]["code"] == "line_too_long"
    assert json.loads(second)["output"] == RIGHT


def test_F11_a_line_of_five_thousand_words(mender: Path, home: Path) -> None:
    text = f"{WRONG}. " * 1_250
    assert agreed(home, mender, text) == (0, mended(text.encode()), "")


def test_F15_joined_and_decomposed_characters(mender: Path, home: Path) -> None:
    text = f"👩‍👩‍👧 no\u00a0se\u0301 a\u0308 ▁. {WRONG}"
    assert agreed(home, mender, text).out == mended(text.encode())
    [edit] = json.loads(agreed(home, mender, text, "--json").out)["edits"]
    assert text[edit["start"] : edit["end"]] == edit["old"] == "blanco"


def test_F16_random_bytes(mender: Path, home: Path) -> None:
    draw = random.Random(6)
    text = b"\n".join(draw.randbytes(draw.randrange(40)) for _ in range(5_000))
    done = agreed(home, mender, text, "--min-confidence", "1")
    assert (done.code, done.out) == (0, text)  # all of it, byte for byte
    assert agreed(home, mender, text).out.count(b"\n") == text.count(b"\n")


def test_F17_json_lines_that_are_none(mender: Path, home: Path) -> None:
    good = json.dumps({"text": WRONG})
    text = f'{good}\n{{bad\n5\n{{"a":1}}\n{good}\n'
    done = agreed(home, mender, text, "--input-format", "jsonl", "--json")
    rows = [json.loads(one) for one in done.out.splitlines()]
    codes = [row.get("error", {}).get("code") for row in rows]
    assert (done.code, codes) == (3, [None, "bad_json", "not_an_object", "no_text", None])
    assert rows[4]["output"] == RIGHT
    plain = agreed(home, mender, text, "--input-format", "jsonl")
    assert (plain.code, plain.out) == (3, f"{RIGHT}\n\n\n\n{RIGHT}\n".encode())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_F23_Ctrl_C_and_F24_SIGTERM_under_write(
    mender: Path, notes: Path, home: Path, number: int, code: int
) -> None:
    """A file under --write is the old one or the new one, never mixed."""
    notes.write_text(f"{WRONG}\n" * 100_000)
    before = notes.read_bytes()
    process = started("agree", "-m", mender, "--write", notes.name, home=home)
    until = time.monotonic() + 20
    while not list(home.glob(".nlpcell-*")) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, b"", b"")
    assert notes.read_bytes() == before
    assert not list(home.glob(".nlpcell-*"))


def test_F26_the_locale_plays_no_part(mender: Path, home: Path) -> None:
    (home / "año.txt").write_text(f"{WRONG}\n")
    command = ["agree", "-m", mender, "--check", "año.txt"]
    usual = nlpcell(*command, home=home, LC_ALL="C.UTF-8")
    assert usual.code == 1 and usual.out.decode().startswith("año.txt:1:12: gender")
    for locale in ({"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}):
        assert nlpcell(*command, home=home, **locale) == usual


def test_F27_the_output_is_the_input(mender: Path, notes: Path, home: Path) -> None:
    before = notes.read_bytes()
    done = agreed(home, mender, b"", notes.name, "-o", notes.name)
    assert (done.code, done.out, notes.read_bytes()) == (2, b"", before)
    assert done.err.endswith("is the input itself\nhint: --write corrects files in place\n")


def kept(file: Path) -> tuple[int, int, bytes]:
    """What changes when a file is written again, if only with the same text."""
    return file.stat().st_ino, file.stat().st_mtime_ns, file.read_bytes()


def test_F28_write_follows_links_and_keeps_the_mode(mender: Path, notes: Path, home: Path) -> None:
    notes.chmod(0o640)
    (home / "link.txt").symlink_to(notes.name)
    done = agreed(home, mender, b"", "--write", "link.txt")
    assert (done.code, done.err) == (0, "link.txt: 1 correction\n")
    assert notes.read_text() == f"{RIGHT}\n{RIGHT}\n" and (home / "link.txt").is_symlink()
    assert stat.S_IMODE(notes.stat().st_mode) == 0o640
    before = kept(notes)
    assert agreed(home, mender, b"", "--write", "link.txt").code == 0
    assert kept(notes) == before  # nothing to correct: not rewritten


def without_privilege() -> None:
    """Even root obeys the modes of files: prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_F24_a_full_disk_at_every_write_keeps_the_old_file(mender: Path, home: Path) -> None:
    """Whatever fails, the file is the old one or the new one, and nothing lies beside it."""
    notes = home / "notes" / "a.txt"
    notes.parent.mkdir()
    old, new = f"{WRONG}\n" * 700, f"{RIGHT}\n" * 700  # three buffers
    ends: list[tuple[int, bool]] = []
    while not ends or ends[-1][0]:
        notes.write_text(old)
        command = ["agree", "-m", mender, "--write", "notes/a.txt"]
        done = on_full_disk(len(ends) + 1, "notes", *command, home=home)
        ends.append((done.code, notes.read_text() == new))
        assert ends[-1][1] or notes.read_text() == old
        assert [one.name for one in notes.parent.iterdir()] == ["a.txt"]
        assert done.code == 0 or done.err.endswith(": No space left on device\n")
    # Only after the rename, when the folder is made sure of, is it the new one.
    assert ends == [(5, False)] * (len(ends) - 2) + [(5, True), (0, True)] and len(ends) > 7


def test_F28_write_in_a_folder_that_is_read_only(mender: Path, home: Path) -> None:
    folder = home / "locked"
    folder.mkdir()
    (folder / "a.txt").write_text(WRONG)
    folder.chmod(0o555)
    command = ["agree", "-m", mender, "--write", "locked/a.txt"]
    done = nlpcell(*command, home=home, before=without_privilege)
    folder.chmod(0o755)
    assert (done.code, done.out) == (5, b"")
    assert done.err == "error: cannot write locked/a.txt: Permission denied\n"
    assert [one.name for one in folder.iterdir()] == ["a.txt"]
    assert (folder / "a.txt").read_text() == WRONG


def test_F29_check_and_diff(mender: Path, notes: Path, home: Path) -> None:
    before = kept(notes)
    done = agreed(home, mender, b"", "--check", notes.name)
    assert (done.code, done.err) == (1, "")
    assert done.out.decode().startswith("notes.txt:2:12: gender: «blanco» should be «blanca»")
    done = agreed(home, mender, b"", "--diff", notes.name)
    assert done.code == 1
    assert done.out.decode().endswith(f" {RIGHT}\n-{WRONG}\n+{RIGHT}\n")
    as_json = agreed(home, mender, b"", "--check", "--json", notes.name)
    assert (as_json.code, as_json.out.count(b"\n")) == (1, 2)
    for more in (["--check"], ["--diff"], ["--check", "--json"]):
        assert agreed(home, mender, b"", *more, "--exit-zero", notes.name).code == 0
    assert kept(notes) == before
    for more in (["--check"], ["--diff"]):
        assert agreed(home, mender, RIGHT, *more) == (0, b"", "")


def test_F30_agree_on_its_own_output(mender: Path, home: Path) -> None:
    draw = random.Random(3)
    words = ["la", "el", "casa", "perro", "es", "blanco", "blanca", "negra", "y", ",", ".", "árbol"]
    lines = [" ".join(draw.choices(words, k=draw.randrange(1, 14))) for _ in range(200)]
    once = agreed(home, mender, "\n".join(lines)).out
    assert once != "\n".join(lines).encode()
    assert agreed(home, mender, once, "--check") == (0, b"", "")
    assert agreed(home, mender, once).out == once
