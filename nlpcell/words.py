"""A line as words with their places, and edits applied to the line itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


def composed(line: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """The edits of `line` that do what `first` does, and then `second` to what came of it.

    >>> composed("a la parque", [Edit(2, 4, "el")], [Edit(0, 4, "al")])
    [Edit(start=0, end=4, new='al')]
    """
    middle = edited(line, first)
    marks: list[tuple[int, int, Edit]] = []  # where each of the first edits went
    shift = 0
    for edit in sorted(first):
        start = edit.start + shift
        marks.append((start, start + len(edit.new), edit))
        shift += len(edit.new) - (edit.end - edit.start)

    def back(place: int) -> int:
        """Where an end of a word of `middle` stands in `line`."""
        return place - sum(m[1] - m[0] - (m[2].end - m[2].start) for m in marks if m[1] <= place)

    found: list[Edit] = []
    kept = list(marks)
    for edit in second:
        met = [one for one in kept if one[0] < edit.end and edit.start < one[1]]
        kept = [one for one in kept if one not in met]
        start = min([edit.start, *(one[0] for one in met)])
        end = max([edit.end, *(one[1] for one in met)])
        new = middle[start : edit.start] + edit.new + middle[edit.end : end]
        found.append(Edit(back(start), back(end), new))
    return sorted([*found, *(one[2] for one in kept)])
