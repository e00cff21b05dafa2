"""Right Spanish sentences to longer ones: adjectives and complements put behind their nouns.

Everyday text and old novels have few adjectives behind the noun (*la oficina presidencial*), and
few nouns between a noun and its verb (*la oficina de los ministros abre*); news has both
everywhere. What is put in agrees, so that a right sentence stays one.
"""

from __future__ import annotations

import random

from nlpcell.kinds import PREPOSITIONS
from nlpcell.words import Edit, edited, words

from .wordstock import Wordstock

SHARE = 0.6  # of sentences that may grow
DESCRIBED = 0.4  # of the nouns there that get an adjective
TWICE = 0.2  # of those, two of them
SHARED = 0.15  # of the plurals, one for each half: *los sectores público y privado*
COMPLETED = 0.2  # of the nouns there that get a complement
SIGNS = frozenset(",.;:!?)»…")
COMMON_VERBS = """
    es era fue son eran fueron está estaba están estaban ha había han habían tiene tenía tienen
    hace va iba van puede podía pueden debe deben quiere sigue parece parecía dice dijo queda no se
"""
LINKS = frozenset(["y", "o", "ni", "pero", "que", "como", "cuando", "donde", "porque", "si"])
CLOSING = SIGNS | {*COMMON_VERBS.split()}  # what can follow a noun and its complement
FOLLOWING = CLOSING | LINKS | PREPOSITIONS  # what can follow a noun and its adjective
COMPLEMENTS = {
    "ms": ("del", "del", "de un", "de su", "de este"),
    "fs": ("de la", "de la", "de una", "de su", "de esta"),
    "mp": ("de", "de los", "de los", "de sus", "de estos"),
    "fp": ("de", "de las", "de las", "de sus", "de estas"),
}


class Growing:
    """Puts words behind nouns; the same ones for the same seed."""

    def __init__(self, stock: Wordstock) -> None:
        self.stock = stock

    def __call__(self, text: str, seed: int) -> str:
        """The sentence with some of its nouns described and completed, or as it is."""
        draw = random.Random(f"{seed} growing {text}")
        if draw.random() >= SHARE:
            return text
        read = words(text)
        small = [word.text.lower() for word in read]
        changes = []
        for before, word, at, after in zip(small, small[1:], read[1:], small[2:], strict=False):
            cell = self.stock.noun(word)
            if cell and self.stock.opens(before, cell):
                more = self.described(cell, after, draw) + self.completed(after, draw)
                changes.append(Edit(at.end, at.end, more))
        return edited(text, changes)

    def described(self, cell: str, after: str, draw: random.Random) -> str:
        """An adjective or two for a noun, each behind a space; nothing where they might not fit."""
        if after not in FOLLOWING or draw.random() >= DESCRIBED:
            return ""
        if cell[1] == "p" and draw.random() < SHARED:
            return self.halves(cell[0] + "s", draw)
        count = 2 if draw.random() < TWICE else 1
        found = [self.stock.draw("adj", cell, draw) for _ in range(count)]
        return "".join(f" {new}" for new in found if new)

    def halves(self, cell: str, draw: random.Random) -> str:
        """ " público y privado", or nothing."""
        one, other = (self.stock.draw("adj", cell, draw) for _ in range(2))
        joined = other and not other.startswith(("i", "hi"))  # before these "y" is "e"
        return f" {one} y {other}" if joined else ""

    def completed(self, after: str, draw: random.Random) -> str:
        """ " de los vecinos", behind which the noun's verb may come, or nothing."""
        if after not in CLOSING or draw.random() >= COMPLETED:
            return ""
        cell = draw.choice([*COMPLEMENTS])
        noun = self.stock.draw("noun", cell, draw)
        opening = draw.choice(COMPLEMENTS[cell])
        return f" {opening} {noun}{self.described(cell, after, draw)}" if noun else ""
