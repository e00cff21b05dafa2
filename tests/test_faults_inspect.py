"""Rows of the table of faults for `inspect`, which reads a sentence and shows a network at work."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest
from asked import Desk


def test_F01_F02_nothing_to_look_at(window: Desk) -> None:
    for text in (b"", b"\n", b" \n\t\n"):
        done = window.ask(text)
        assert done == (3, b"", "error: there is nothing to look at in an empty text\n")


READ = {
    "F03_no_LF": b"la casa",
    "F04_CRLF": b"la\r\ncasa\r\n",
    "F05_BOM": b"\xef\xbb\xbfla casa\n",
    "F06_line_ends": "la\r\x0b\x0c\x85\u2028\u2029casa".encode(),
    "F26_locale": b"la casa\n",
}


@pytest.mark.parametrize("row", READ)
def test_F03_F04_F05_F06_F26_what_ends_a_line_is_no_word(window: Desk, row: str) -> None:
    [document] = window.rows(READ[row])
    assert document["tokens"] == ["la", "casa"]
    for locale in ({"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}):
        assert json.loads(window.ask(READ[row], "--json", **locale).out) == document


def test_F07_F14_F15_odd_characters_are_words(window: Desk) -> None:
    text = "a\0b [b] :smile: [/x] e\u0301 \x1b[31m"
    [document] = window.rows(text.encode())
    assert "".join(document["tokens"]) == "".join(text.split())
    assert b"\x1b" not in window.ask(text.encode()).out


def test_F08_F09_bytes_of_other_encodings(window: Desk) -> None:
    done = window.ask(b"est\xe1\n", "--json")
    assert (done.code, json.loads(done.out)["tokens"]) == (0, ["est", "\ufffd"])
    done = window.ask(b"est\xe1\n", "--strict")
    assert (done.code, done.out) == (3, b"")
    [document] = window.rows(b"est\xe1\n", "--encoding", "latin-1")
    assert document["tokens"] == ["está"]
    done = window.ask("la casa\n".encode("utf-16-le"))
    assert done.err == "error: standard input: looks like UTF-16\nhint: add --encoding utf-16-le\n"
    assert done.code == 3
    [document] = window.rows("la casa\n".encode("utf-16-le"), "--encoding", "utf-16-le")
    assert document["tokens"] == ["la", "casa"]


def test_F10_a_line_that_is_too_long(window: Desk) -> None:
    done = window.ask(b"x " * (2 << 20))
    assert done == (3, b"", "error: standard input:1: longer than 1,048,576 bytes\n")


def test_F20_F21_F22_streams_that_are_full_or_closed(window: Desk) -> None:
    with open("/dev/full", "wb") as full:
        process = window.start(stdout=full)
        _, err = process.communicate(window.line, 30)
    assert process.returncode == 5
    assert err == b"error: cannot write output: No space left on device\n"
    done = window.ask(window.line, before=lambda: os.close(1))
    assert done == (5, b"", "error: cannot write output: standard output is closed\n")
    done = window.ask(None, before=lambda: os.close(0))
    assert done == (3, b"", "error: no input: standard input is closed\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_F23_Ctrl_C_and_F24_SIGTERM(window: Desk, number: int, code: int) -> None:
    process = window.start()  # waits for its input
    time.sleep(1)
    process.send_signal(number)
    assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == code
