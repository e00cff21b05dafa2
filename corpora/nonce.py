"""Right Spanish sentences about other things: nouns and adjectives drawn from a lexicon.

A text of any length lacks most nouns of the language, and what it lacks, nobody learns the gender
of. In a nonce sentence (Gulordava et al. 2018) words give way to others of their gender and number:
it means nothing, and everything in it still agrees. Some nouns give way to names, which have the
gender of what they name: *la Valencia romana*, and *el Valencia* where eleven men play football.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable

from nlpcell.scripts import capitals
from nlpcell.words import Edit, Word, edited, words

from . import naming
from .paradigms import DETERMINERS, OPENINGS, Entry, in_fours, lemmas

SHARE = 0.5  # of sentences in which words give way
SWAPPED = 0.6  # of the words there that could
NAMED = 0.06  # of the nouns in the singular that give way, to a name
LETTERS = "ABCDEFGILMNOPRSTU"  # of names like ONU
# No vowels in front: "el agua", "y" and "e", "o" and "u" depend on them. No short words: they are
# much else besides.
SAFE = re.compile(r"[bcdfgjklmnpqrstvzñ]\w{3,}$")


class Nonce:
    """Puts other words into sentences; the same ones for the same seed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        cells: dict[str, dict[str, set[str]]] = {"noun": defaultdict(set), "adj": defaultdict(set)}
        for (kind, _), forms in lemmas(entries).items():
            for cell, form in forms:
                if SAFE.match(form):
                    cells[kind][form].add(cell)
        self.cell = {
            kind: {form: min(found) for form, found in forms.items() if len(found) == 1}
            for kind, forms in cells.items()
        }
        self.forms: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, known in self.cell.items():
            for form, cell in known.items():
                self.forms[kind, cell].append(form)
        self.determiners = {form for four in in_fours(DETERMINERS) for form in four} | {*OPENINGS}
        self.names = [name for name, kind in naming.kinds().items() if kind in ("place", "family")]

    def __call__(self, text: str, seed: int) -> str:
        """The sentence with some of its nouns and adjectives exchanged, or as it is."""
        draw = random.Random(f"{seed} nonce {text}")
        if draw.random() >= SHARE:
            return text
        changes, before = [], ""
        for word in words(text):
            small = word.text.lower()
            kind = self.kind(before, small)
            if kind and draw.random() < SWAPPED:
                changes.append(self.exchange(word, kind, draw))
            before = small
        return edited(text, changes)

    def kind(self, before: str, word: str) -> str:
        """ "noun" or "adj" where the word before it says so, else ""."""
        if before in self.determiners and word in self.cell["noun"]:
            return "noun"
        cell = self.cell["noun"].get(before)
        return "adj" if cell and self.cell["adj"].get(word) == cell else ""

    def exchange(self, word: Word, kind: str, draw: random.Random) -> Edit:
        """Another word of the same gender and number."""
        cell = self.cell[kind][word.text.lower()]
        if kind == "noun" and cell[1] == "s" and draw.random() < NAMED:
            return Edit(word.start, word.end, self.name(draw))
        new = draw.choice(self.forms[kind, cell])
        return Edit(word.start, word.end, capitals(word.text, new))

    def name(self, draw: random.Random) -> str:
        """A name that does not tell its gender, or letters in place of one."""
        letters = "".join(draw.choices(LETTERS, k=draw.choice((3, 3, 4))))
        return draw.choice((draw.choice(self.names), letters))
