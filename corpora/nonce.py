"""Right Spanish sentences about other things: nouns and adjectives drawn from a lexicon.

A text of any length lacks most nouns of the language, and what it lacks, nobody learns the gender
of. In a nonce sentence (Gulordava et al. 2018) words give way to others of their gender and number:
it means nothing, and everything in it still agrees. Some nouns give way to names, which have the
gender of what they name: *la Valencia romana*, and *el Valencia* where eleven men play football.
"""

from __future__ import annotations

import random

from nlpcell.scripts import capitals
from nlpcell.words import Edit, Word, edited, words

from . import naming
from .wordstock import Wordstock

SHARE = 0.5  # of sentences in which words give way
SWAPPED = 0.6  # of the words there that could
NAMED = 0.1  # of the nouns in the singular that give way, to a name
LETTERS = "ABCDEFGILMNOPRSTU"  # of names like ONU


class Nonce:
    """Puts other words into sentences; the same ones for the same seed."""

    def __init__(self, stock: Wordstock) -> None:
        self.stock = stock
        self.names = [name for name, kind in naming.kinds().items() if kind in ("place", "family")]

    def __call__(self, text: str, seed: int) -> str:
        """The sentence with some of its nouns and adjectives exchanged, or as it is."""
        draw = random.Random(f"{seed} nonce {text}")
        if draw.random() >= SHARE:
            return text
        changes, before, noun = [], "", ""  # `noun`: the cell of the word before, if it is one
        for word in words(text):
            small = word.text.lower()
            cell = self.stock.noun(small)
            if cell and self.stock.opens(before, cell):
                changes += self.exchanged(word, "noun", cell, draw)
            elif noun and self.stock.adjective(small, noun):
                changes += self.exchanged(word, "adj", noun, draw)
            before, noun = small, cell
        return edited(text, changes)

    def exchanged(self, word: Word, kind: str, cell: str, draw: random.Random) -> list[Edit]:
        """Another word of the same gender and number, or none."""
        if draw.random() >= SWAPPED:
            return []
        if kind == "noun" and cell[1] == "s" and draw.random() < NAMED:
            return [Edit(word.start, word.end, self.name(draw))]
        new = self.stock.draw(kind, cell, draw)
        return [Edit(word.start, word.end, capitals(word.text, new))]

    def name(self, draw: random.Random) -> str:
        """A name that does not tell its gender, or letters in place of one."""
        letters = "".join(draw.choices(LETTERS, k=draw.choice((3, 3, 4))))
        return draw.choice((draw.choice(self.names), letters))
