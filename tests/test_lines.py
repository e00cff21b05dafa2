"""Streams of bytes as lines: nothing lost, nothing invented, in bounded memory, in time."""

from __future__ import annotations

import codecs
import itertools
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlpcell import lines
from nlpcell.errors import BadInput, WrongUse
from nlpcell.lines import BOM, Line, Splitter, in_windows, near_lengths, utf16, windows

PARTS = [
    b"a",
    b"hola ",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    BOM,
    "é".encode(),
    "\u2028\x0b\x0c".encode(),
]
PARTS += ["\u0085".encode(), b"\xff", b"\xc3", b"\0", b"\xe2\x80"]
STREAMS = st.lists(st.sampled_from(PARTS), max_size=40).map(b"".join)


def piped(data: bytes, size: int = 64, encoding: str = "utf-8") -> list[list[Line]]:
    """What `windows` makes of `data` in a real pipe whose writer has gone; data below 64 KiB."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    try:
        return list(windows(reader, size, encoding))
    finally:
        os.close(reader)


def split(data: bytes) -> list[Line]:
    return [line for window in piped(data) for line in window]


def expected(data: bytes) -> Iterator[Line]:
    """The same by bytes.split: LF alone ends a record; a CR before it, a first BOM step aside."""
    *complete, rest = data.split(b"\n")
    records = [(part, b"\n") for part in complete] + ([(rest, b"")] if rest else [])
    for number, (raw, ending) in enumerate(records, start=1):
        before = BOM if number == 1 and raw.startswith(BOM) else b""
        raw = raw.removeprefix(before)
        ending = b"\r" + ending if raw.endswith(b"\r") else ending
        raw = raw.removesuffix(b"\r")
        text = raw.decode("utf-8", "replace")
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            yield Line(number, text, ending, error.start + 1, before=before)
        else:
            yield Line(number, text, ending, before=before)


@given(data=STREAMS, portion=st.integers(1, 9), longest=st.integers(1, 12))
def test_an_exact_splitter_loses_no_byte(data: bytes, portion: int, longest: int) -> None:
    splitter = lines.Splitter(longest, exact=True)
    found = [
        line
        for start in range(0, len(data), portion)
        for line in splitter.feed(data[start : start + portion])
    ]
    found += splitter.close()
    whole = [
        line.before + line.text.encode("utf-8", "surrogateescape") + line.ending for line in found
    ]
    assert b"".join(whole) == data
    assert all(len(part) <= longest + portion + len(BOM) + 2 for part in whole)


@given(data=STREAMS, portion=st.integers(1, 9), size=st.integers(1, 5))
def test_a_pipe_gives_its_lines_wherever_reads_end(data: bytes, portion: int, size: int) -> None:
    assume(not utf16(data[:portion]))
    with patch.object(lines, "CHUNK", portion):
        found = piped(data, size)
    assert [line for window in found for line in window] == list(expected(data))
    assert all(1 <= len(window) <= size for window in found)


@given(data=STREAMS, longest=st.integers(1, 12), borders=st.lists(st.integers(0, 99), max_size=9))
def test_long_lines_are_counted_and_let_go(data: bytes, longest: int, borders: list[int]) -> None:
    splitter, found = Splitter(longest), []
    cuts = sorted({0, *borders, len(data)})
    for start, end in itertools.pairwise(cuts):
        found += splitter.feed(data[start:end])
        assert len(splitter.held) <= longest
    found += splitter.close()
    raws = data.split(b"\n")
    assert len(found) == len(list(expected(data)))
    for line, kept, raw in zip(found, expected(data), raws, strict=False):
        assert line.too_long == (len(raw) > longest)
        assert (line.number, line.text) == (kept.number, "" if line.too_long else kept.text)


def test_a_line_over_a_mebibyte_leaves_the_next_ones_alone(tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_bytes(b"uno\n" + b"x" * (lines.LONGEST + 1) + b"\ndos\n" + b"y" * lines.LONGEST)
    with open(file, "rb") as stream:
        [found] = windows(stream.fileno(), 9)
    assert [(line.number, len(line.text), line.too_long) for line in found] == [
        (1, 3, False), (2, 0, True), (3, 3, False), (4, 1 << 20, False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "texts", "endings"),
    [
        (b"", [], []),
        (b"\n", [""], [b"\n"]),
        (b"a\n\n  \nb", ["a", "", "  ", "b"], [b"\n", b"\n", b"\n", b""]),
        (b"a\r\nb\r\n", ["a", "b"], [b"\r\n", b"\r\n"]),
        (b"a\r", ["a"], [b"\r"]),
        (b"a\rb\n", ["a\rb"], [b"\n"]),
        (b"a\r\r\n", ["a\r"], [b"\r\n"]),
        ("a\u2028b\u2029c\x85d\x0be\x0cf\n".encode(), ["a\u2028b\u2029c\x85d\x0be\x0cf"], [b"\n"]),
        (BOM + b"a\n" + BOM + b"b\n", ["a", "\ufeffb"], [b"\n", b"\n"]),
        (b"a\0b\n", ["a\0b"], [b"\n"]),
        (b"\0" * 40 + b"\n", ["\0" * 40], [b"\n"]),
    ],
)
def test_what_a_record_is(data: bytes, texts: list[str], endings: list[bytes]) -> None:
    assert [line.text for line in split(data)] == texts
    assert [line.ending for line in split(data)] == endings


def test_the_first_odd_byte_has_a_column() -> None:
    found = split(b"casa\n" + "sí ".encode() + b"\xe1\xe1\nya")
    assert [line.odd_bytes for line in found] == [0, 5, 0]  # s, two bytes of í, space, \xe1
    assert found[1].text == "sí \ufffd\ufffd"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_recognised_and_read_with_the_hint(codec: str) -> None:
    data = "El niño está aquí.\nAdiós\n".encode(codec)
    with pytest.raises(BadInput, match="looks like UTF-16") as caught:
        piped(data)
    assert caught.value.hint == f"add --encoding {codec}"
    [found] = piped(data, encoding=codec)
    assert [line.text for line in found] == ["El niño está aquí.", "Adiós"]


@pytest.mark.parametrize("codec", ["latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-32", "utf-7"])
@pytest.mark.parametrize("portion", [1, 3, 1000])
def test_other_encodings(codec: str, portion: int) -> None:
    with patch.object(lines, "CHUNK", portion):
        found = [one for some in piped("señal\r\nñu".encode(codec), 9, codec) for one in some]
    assert [(one.text, one.ending) for one in found] == [("señal", b"\r\n"), ("ñu", b"")]


def test_a_marked_utf16_of_a_stated_order_drops_its_mark() -> None:
    assert piped(codecs.BOM_UTF16_LE + "a\n".encode("utf-16-le"), 9, "utf-16-le")[0][0].text == "a"


@pytest.mark.parametrize("name", ["latin-99", "hex", "rot13", "undefined", "idna", "a\0b", ""])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(WrongUse, match="no encoding"):
        piped(b"abc\n", encoding=name)


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "punycode"])
def test_an_encoding_that_gives_up_is_bad_input(name: str) -> None:
    with pytest.raises(BadInput, match="not in the encoding"):
        piped(b"ab\xffcdefg\n", encoding=name)


def test_an_answer_does_not_wait_for_the_next_line() -> None:
    reader, writer = os.pipe()
    answered, in_time, found = threading.Event(), [], []

    def program() -> None:
        os.write(writer, b"uno\ndos\n")
        in_time.append(answered.wait(10))
        os.write(writer, b"tres\n")
        os.close(writer)

    thread = threading.Thread(target=program)
    thread.start()
    for window in windows(reader, 64):
        found.append([line.text for line in window])
        answered.set()
    thread.join()
    os.close(reader)
    assert in_time == [True]
    assert found == [["uno", "dos"], ["tres"]]


def test_a_file_gives_full_windows(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"x" * 999 + b"\n" + b"hola\n" * 40_000)  # more than three reads
    with open(file, "rb") as stream:
        sizes = [len(window) for window in windows(stream.fileno(), 30_000)]
    assert sizes == [30_000, 10_001]


@given(st.lists(st.integers()), st.integers(1, 9))
def test_in_windows_keeps_all_and_fills_up(items: list[int], size: int) -> None:
    found = list(in_windows(iter(items), size))
    assert [item for window in found for item in window] == items
    assert all(len(window) == size for window in found[:-1])
    assert all(1 <= len(window) <= size for window in found)


@given(st.lists(st.text(max_size=9)), st.integers(1, 5))
def test_near_lengths_asks_by_length_and_answers_in_order(items: list[str], batch: int) -> None:
    asked: list[list[str]] = []

    def ask(some: list[str]) -> list[str]:
        asked.append(some)
        return [one + "!" for one in some]

    assert near_lengths(items, batch, ask, len) == [one + "!" for one in items]
    lengths = [len(one) for some in asked for one in some]
    assert lengths == sorted(lengths)
    assert all(len(some) <= batch for some in asked)


def test_near_lengths_notices_a_missing_answer() -> None:
    with pytest.raises(ValueError, match="zip"):
        near_lengths(["a", "b"], 2, lambda some: some[:1], len)
