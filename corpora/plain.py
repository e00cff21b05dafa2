"""Files of plain text as examples: .txt, .tsv, .csv, .jsonl. Every cell stays as it is written.

These readers are our own, because the usual ones read `NA` and `null` as nothing, drop rows, join
lines at a stray quote, or end a line at U+2028.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from nlpcell.errors import BadInput
from nlpcell.example import Example

from .opened import lines
from .reading import Reading, as_text

LONGEST_CELL = 2**31 - 1  # characters; csv stops at 131,072, and a book may be one cell


class Row(NamedTuple):
    """One record of a table that is written as text."""

    number: int  # the line on which it begins, from 1
    cells: list[str]


def running_text(reading: Reading) -> str:
    """A whole file as one text, CR LF as LF, all else as it is."""
    return "".join(line.text for line in lines(reading)).replace("\r\n", "\n")


def txt(reading: Reading) -> Iterator[Example]:
    """A line is a text; lines of nothing but white space are no records and are passed over."""
    if reading.target is not None:
        columns = f"{reading.text} and {reading.target}"
        hint = f"give a .tsv or .jsonl with the columns {columns}"
        raise BadInput(f'a .txt has no "{reading.target}"', where=reading.source, hint=hint)
    for line in lines(reading):
        if line.text.strip():
            yield from reading.examples(line.number, line.bare())


def tsv(reading: Reading) -> Iterator[Example]:
    """Cells between tabs under a header. Nothing is quoted: a quote is a character of its cell."""
    rows = (Row(line.number, line.bare().split("\t")) for line in lines(reading))
    return under_header(rows, reading)


def csv_(reading: Reading) -> Iterator[Example]:
    """Cells between commas under a header, quoted as in RFC 4180, so a cell may have line ends."""
    return under_header(csv_rows(reading), reading)


def under_header(rows: Iterator[Row], reading: Reading) -> Iterator[Example]:
    """Rows as examples. A blank line is a row of one empty cell, so mostly a problem."""
    header = next(rows, None)
    if header is None:
        reading.finish()
        raise BadInput("empty; line 1 must name the columns", where=reading.source)
    names = [name.strip() for name in header.cells]
    places = [names.index(name) for name in reading.columns(names, header.number)]
    for row in rows:
        if len(row.cells) == len(names):
            yield from reading.examples(row.number, *(row.cells[place] for place in places))
        else:
            fields = "1 field" if len(row.cells) == 1 else f"{len(row.cells)} fields"
            reading.problem(row.number, f"{fields}, the header has {len(names)}")


def csv_rows(reading: Reading) -> Iterator[Row]:
    """Records of a .csv, each with the line on which it begins."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader((line.text for line in lines(reading)), strict=True)
    while True:
        first = reader.line_num + 1
        try:
            yield Row(first, next(reader) or [""])  # csv has no cell at all on a blank line
        except StopIteration:
            return
        except csv.Error as error:
            reading.problem(first, csv_problem(str(error)))


def csv_problem(message: str) -> str:
    """The csv module's complaint in words about the file."""
    if message.startswith("unexpected end"):
        return "a quote opens in this record and never closes"
    if message.startswith("new-line"):
        return "a carriage return outside quotes"
    if message.endswith("expected after '\"'"):
        return 'text after a closing quote (a quote inside quotes is written "")'
    return message


def jsonl(reading: Reading) -> Iterator[Example]:
    """An object per line; blank lines are passed over. Numbers keep the form they are written in.

    The first object decides what the wanted keys are called.
    """
    keys: list[str] = []
    for line in lines(reading):
        if not line.text.strip():
            continue
        try:
            record = json_object(line.bare())
            keys = keys or reading.names(list(record))
            values = [value(record, key) for key in keys]
        except ValueError as error:
            reading.problem(line.number, str(error))
            continue
        if missing := [key for key in keys if key not in record]:
            option = "--text-key" if missing[0] == keys[0] else "--label-key"
            has = ", ".join(list(record)[:5]) or "no keys"
            hint = f"the line has {has}; choose with {option}"
            reading.problem(line.number, f'no value for "{missing[0]}"', hint)
        else:
            yield from reading.examples(line.number, *values)


def json_object(text: str) -> dict[str, Any]:
    """One line of JSON. Raises ValueError that says what is wrong, in a user's words."""
    try:
        record = json.loads(text, parse_int=str, parse_float=str, parse_constant=no_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON (column {error.colno})") from None
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record


def no_number(name: str) -> None:
    """Refuse the NaN and Infinity that Python reads and JSON does not have."""
    raise ValueError(f"not valid JSON ({name})")


def value(record: dict[str, Any], key: str) -> str | None:
    """A value as text that can be written as UTF-8. Raises ValueError that says what is wrong."""
    try:
        text = as_text(record.get(key))
        (text or "").encode()
    except UnicodeEncodeError:  # JSON can spell it, Unicode has no such character
        raise ValueError(f'"{key}" holds half of a \\u surrogate pair') from None
    except ValueError as error:
        raise ValueError(f'"{key}" {error}') from None
    return text
