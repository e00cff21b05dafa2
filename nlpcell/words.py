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


def tokens(line: str) -> list[str]:
    """The texts of the words alone, for where their places do not matter.

    >>> tokens("¡El agua, fría!")
    ['¡', 'El', 'agua', ',', 'fría', '!']
    """
    return WORD.findall(line)


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
    marks: list[tuple[int, int, int]] = []  # where the first edits went, and how far they moved it
    shift = 0
    for edit in sorted(first):
        start, grown = edit.start + shift, len(edit.new) - (edit.end - edit.start)
        marks.append((start, start + len(edit.new), grown))
        shift += grown

    def back(place: int) -> int:
        """Where a place of `middle`, not inside an edit, stands in `line`."""
        return place - sum(grown for _, end, grown in marks if end <= place)

    spans: list[tuple[int, int]] = []  # parts of `middle` that one edit or several changed
    for start, end in sorted([*(mark[:2] for mark in marks), *(edit[:2] for edit in second)]):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    found: list[Edit] = []
    for start, end in spans:
        inside = [
            Edit(edit.start - start, edit.end - start, edit.new)
            for edit in second
            if start <= edit.start < end
        ]
        found.append(Edit(back(start), back(end), edited(middle[start:end], inside)))
    return found
