"""A file as numbered lines of text: decoded strictly, split at LF alone, one line in memory."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from nlpcell.errors import BadInput, WrongUse
from nlpcell.lines import BOM, utf16

from .reading import Reading, first_line

GZIP = b"\x1f\x8b"


class Line(NamedTuple):
    """One line of a file. Lone CR, form feed, U+2028 and the like are characters of it."""

    number: int  # from 1
    text: str  # with its LF or CR LF

    def bare(self) -> str:
        """The line without its ending."""
        return self.text.removesuffix("\n").removesuffix("\r")


@contextmanager
def opened(path: str) -> Iterator[io.BufferedReader]:
    """A file's bytes, unpacked if it is gzip, which is told by content and not by name."""
    try:
        with open(path, "rb") as file:
            if file.peek(2).startswith(GZIP):
                yield io.BufferedReader(gzip.GzipFile(fileobj=file))
            else:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise BadInput("damaged: not a whole gzip file", where=path) from None
    except OSError as error:
        raise BadInput(
            f"cannot be read: {error.strerror or first_line(error)}", where=path
        ) from None


def lines(reading: Reading) -> Iterator[Line]:
    """The lines of a file. A byte that does not fit is a problem; its line is yielded all the same,

    so that quotes stay paired and fields can still be counted. A BOM is dropped.
    """
    with opened(reading.source) as file:
        if encoded_newline(reading.encoding) == b"\n":
            yield from lines_of_bytes(file, reading)
        else:  # UTF-16 and its kind: LF has to be looked for among characters
            yield from lines_of_characters(file, reading)


def encoded_newline(encoding: str) -> bytes:
    """LF in an encoding, without mark; WrongUse when there is no such encoding of text."""
    try:
        return "\n".encode(encoding).removeprefix(BOM)
    except (LookupError, ValueError):
        raise WrongUse(f'no encoding is called "{encoding}"') from None


def lines_of_bytes(file: io.BufferedReader, reading: Reading) -> Iterator[Line]:
    """Split first, decode each line: so a bad byte is known by its line and column."""
    start = file.peek(200)
    as_utf8 = codecs.lookup(reading.encoding).name in ("utf-8", "utf-8-sig")
    if as_utf8 and (really := utf16(start)):
        hint = f"add --encoding {really}"
        raise BadInput("looks like UTF-16", where=reading.source, hint=hint)
    if start.startswith(BOM):
        file.read(len(BOM))
    proven = not as_utf8  # whether accents were met that rule another encoding out
    for number, raw in enumerate(file, start=1):
        try:
            text = raw.decode(reading.encoding)
            proven = proven or not raw.isascii()
        except UnicodeDecodeError as error:
            text = raw.decode(reading.encoding, "replace")
            reading.problem(number, bad_byte(error, reading), "" if proven else other_encoding(raw))
        yield Line(number, text)


def lines_of_characters(file: io.BufferedReader, reading: Reading) -> Iterator[Line]:
    """Decode in portions and split at LF; a bad byte ends the reading, its line is not known."""
    try:
        # newline="\n" splits at LF alone and translates nothing.
        with io.TextIOWrapper(file, encoding=reading.encoding, newline="\n") as characters:
            for number, text in enumerate(characters, start=1):
                yield Line(number, text.removeprefix("\ufeff") if number == 1 else text)
    except UnicodeError:
        reading.problem(0, f"not {reading.encoding.upper()}")
        reading.finish()


def bad_byte(error: UnicodeDecodeError, reading: Reading) -> str:
    """What is wrong and where, the column counted in characters from 1."""
    before, byte = error.object[: error.start], error.object[error.start]
    column = len(before.decode(reading.encoding, "replace")) + 1
    return f"not {reading.encoding.upper()} (byte 0x{byte:02X} at column {column})"


def other_encoding(raw: bytes) -> str:
    """A hint that names what a line that is not UTF-8 is likely to be."""
    if any(0x80 <= byte < 0xA0 for byte in raw):  # Latin-1 has only control characters there
        return "it looks like Windows-1252; add --encoding cp1252"
    return "it looks like Latin-1; add --encoding latin-1"
