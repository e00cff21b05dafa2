"""A line as words with their places, and edits applied to the line itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

# A word is letters and digits, with marks (decomposed accents), inner apostrophes and hyphens;
# every other visible character stands alone. White space belongs to no word.
WORD = re.compile(r"\w[\w\u0300-\u036f]*(?:['’\-]\w[\w\u0300-\u036f]*)*|\S")


class Word(NamedTuple):
    """A word and where it stands, in Unicode characters from 0."""

    text: str
    start: int
    end: int  # one past the last character


class Edit(NamedTuple):
    """Put `new` in the place of `line[start:end]`."""

    start: int
    end: int
    new: str


def words(line: str) -> list[Word]:
    """The words and signs of a line.

    >>> [word.text for word in words("¡El agua, fría!")]
    ['¡', 'El', 'agua', ',', 'fría', '!']
    """
    return [Word(found.group(), *found.span()) for found in WORD.finditer(line)]


def edited(line: str, edits: Iterable[Edit]) -> str:
    """The line with non-overlapping edits made; every character outside them is kept.

    >>> edited("la casa  bonitos", [Edit(9, 16, "bonita")])
    'la casa  bonita'
    """
    parts: list[str] = []
    place = 0
    for edit in sorted(edits):
        if edit.start < place:
            raise ValueError(f"edits overlap at character {edit.start}")
        parts += [line[place : edit.start], edit.new]
        place = edit.end
    return "".join([*parts, line[place:]])
