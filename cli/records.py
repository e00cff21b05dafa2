"""Lines of files or standard input as records, plain text or JSON, bad ones among them."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from nlpcell.errors import BadInput
from nlpcell.lines import LONGEST, Line, is_utf8, windows

from . import inputs, terminal


class Record(NamedTuple):
    """One line, understood or not."""

    file: str  # "-" for standard input
    number: int  # of the line, from 1
    text: str
    problem: str = ""  # why it cannot be processed; such a record still gets its line of output
    code: str = ""  # the same for programs
    fields: dict[str, Any] = {}  # noqa: RUF012 - the other fields of a JSON record, handed through
    before: bytes = b""  # with Reading.exact: what goes out before the text, and after it
    ending: bytes = b"\n"
    copied: bool = False  # with Reading.exact: `before` is part of a line too long to be read

    def error(self) -> dict[str, str]:
        """The problem as programs read it."""
        return {"code": self.code, "message": self.problem}


class Reading(NamedTuple):
    """How to read."""

    encoding: str = "utf-8"
    strict: bool = False
    text_key: str | None = None  # of JSON Lines; None: plain text
    window: int = 1024  # lines at most
    exact: bool = False  # nothing of the stream may be lost; see lines.Splitter
    odd_kept: bool = True  # with `exact`: bytes that are not UTF-8 go out as they came


def records(files: list[str], how: Reading, warnings: terminal.Warnings) -> Iterator[list[Record]]:
    """Windows of records; a window closes early when no more input is waiting."""
    for name in files or ["-"]:
        descriptor = inputs.opened(name)
        try:
            for window in windows(descriptor, how.window, how.encoding, how.exact):
                yield from understood(name, window, how, warnings)
        except IsADirectoryError:
            raise BadInput("is a folder, not a file", where=shown(name)) from None
        except OSError as error:
            raise BadInput(f"cannot be read: {error.strerror}", where=shown(name)) from None
        except BadInput as problem:
            if not problem.where:
                problem.where = shown(name)
            raise
        finally:
            if name != "-":
                os.close(descriptor)


def understood(
    name: str, window: list[Line], how: Reading, warnings: terminal.Warnings
) -> Iterator[list[Record]]:
    """A window of lines as records; with --strict it ends before the first odd line."""
    found: list[Record] = []
    for line in window:
        where = f"{shown(name)}:{line.number}"
        if line.odd_bytes:
            if how.strict:
                yield found
                raise odd(line, how, where)
            kept = how.exact and how.odd_kept and is_utf8(how.encoding)
            what = f"not {how.encoding.upper()}; {'kept' if kept else 'shown as U+FFFD'}"
            warnings.add(what, where)
        part = line.too_long and bool(line.before)
        record = Record(name, line.number, line.text, "", "", {}, line.before, line.ending, part)
        if line.too_long and not part:
            what = f"longer than {LONGEST:,} bytes"
            found.append(record._replace(problem=what, code="line_too_long"))
        elif how.text_key is None:
            found.append(record)
        else:
            found.append(from_json(name, line, how.text_key))
    yield found


def odd(line: Line, how: Reading, where: str) -> BadInput:
    """What --strict says of a line that does not fit its encoding."""
    if not is_utf8(how.encoding):
        return BadInput(f"not {how.encoding.upper()}", where=where)
    what = f"not UTF-8 (at byte {line.odd_bytes} of the line)"
    return BadInput(what, where=where, hint="it looks like Latin-1; add --encoding latin-1")


def from_json(name: str, line: Line, key: str) -> Record:
    """A line of JSON Lines."""
    if not line.text.strip():
        return Record(name, line.number, "")
    try:
        value = json.loads(line.text, parse_constant=no_number, parse_float=number)
    except (ValueError, RecursionError) as error:
        column = getattr(error, "colno", 1)
        return Record(name, line.number, "", f"not valid JSON (column {column})", "bad_json")
    if not isinstance(value, dict):
        return Record(name, line.number, "", "not a JSON object", "not_an_object")
    if not isinstance(value.get(key), str):
        return Record(name, line.number, "", f'no text under "{key}"', "no_text", value)
    return Record(name, line.number, terminal.whole_characters(value[key]), fields=value)


def no_number(name: str) -> NoReturn:
    """Refuse the NaN and Infinity that Python reads and JSON does not have."""
    raise ValueError(name)


def number(digits: str) -> float:
    """A number that can be written again as JSON."""
    value = float(digits)
    return no_number(digits) if math.isinf(value) else value


def shown(name: str) -> str:
    """How a source is called in messages."""
    return "standard input" if name == "-" else name


class Failures:
    """Records that could not be processed: the first three are told, then a count."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, record: Record) -> None:
        self.count += 1
        if self.count <= 3:
            terminal.say(f"error: {shown(record.file)}:{record.number}: {record.problem}")

    def close(self) -> None:
        """Raises BadInput when there were any; all the others have been processed."""
        if self.count > 3:
            terminal.say(f"error: {self.count:,} lines could not be processed")
        if self.count:
            raise SomeFailed


class SomeFailed(BadInput):
    """Told already, line by line; only the exit code is left to say."""

    def __init__(self) -> None:
        super().__init__("some lines could not be processed")
