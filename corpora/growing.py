"""Right Spanish sentences to longer ones: words put around their nouns, and statements behind them.

Everyday text and old novels have few adjectives and participles behind the noun (*la oficina
presidencial*, *la ley aprobada ayer*), and few nouns between a noun and its verb (*la oficina de
los ministros abre*); news has all of that everywhere. What is put in agrees, so that a right
sentence stays one.
"""

from __future__ import annotations

import random

from nlpcell.kinds import PREPOSITIONS
from nlpcell.words import Edit, edited, words

from .phrases import TOLD, Phrases
from .wordstock import Wordstock

SHARE = 0.6  # of sentences that may grow
DESCRIBED = 0.4  # of the nouns there that get an adjective
COMPLETED = 0.2  # of the nouns there that get a complement
BARE = 0.4  # of the nouns without a determiner, behind a preposition or in the plural
QUOTED = 0.05  # of the nouns there that stand between quotation marks
STATED = 0.15  # of the sentences there that a statement follows
LINKED = 0.5  # of the statements, with an *and* or *but* in place of the full stop
QUOTES = (('"', '"'), ("«", "»"), ("'", "'"), ("“", "”"))
SIGNS = frozenset(",.;:!?)»…")
COMMON_VERBS = """
    es era fue son eran fueron está estaba están estaban ha había han habían tiene tenía tienen
    hace va iba van puede podía pueden debe deben quiere sigue parece parecía dice dijo queda no se
"""
LINKS = frozenset(["y", "o", "ni", "pero", "que", "como", "cuando", "donde", "porque", "si"])
CLAUSES = (" y", " y", ", y", ", pero", " pero", ";", " mientras", " porque", " aunque", " cuando")
CLOSING = SIGNS | {*COMMON_VERBS.split()}  # what can follow a noun and its complement
FOLLOWING = CLOSING | LINKS | PREPOSITIONS  # what can follow a noun and its adjective


class Growing:
    """Puts words around nouns; the same ones for the same seed."""

    def __init__(self, stock: Wordstock) -> None:
        self.stock = stock
        self.phrases = Phrases(stock)

    def __call__(self, text: str, seed: int) -> str:
        """The sentence with more words around its nouns and behind itself, or as it is."""
        draw = random.Random(f"{seed} growing {text}")
        if draw.random() >= SHARE:
            return text
        read = words(text)
        small = [word.text.lower() for word in read]
        changes = []
        for before, word, at, after in zip(small, small[1:], read[1:], small[2:], strict=False):
            cell = self.stock.noun(word)
            bare = before in PREPOSITIONS or (cell.endswith("p") and not self.stock.opens(before))
            if cell and (self.stock.opens(before, cell) or (bare and draw.random() < BARE)):
                opening, closing = draw.choice(QUOTES) if draw.random() < QUOTED else ("", "")
                more = self.phrases.before(before, cell, draw).lstrip()
                changes.append(Edit(at.start, at.start, f"{more} {opening}".lstrip()))
                changes.append(Edit(at.end, at.end, closing + self.behind(cell, after, draw)))
        grown = edited(text, changes)
        stated = grown.endswith((".", "!", "?")) and draw.random() < STATED
        return self.followed(grown, draw) if stated else grown

    def followed(self, text: str, draw: random.Random) -> str:
        """The sentence and a statement, or both in one: *la casa es bonita y el perro es manso*."""
        said = self.phrases.statement(draw)
        small = said.lower().lstrip()
        fits = small and not small.startswith(("i", "hi"))  # before these "y" is "e"
        if not fits or text.endswith(("..", "!", "?")) or draw.random() >= LINKED:
            return text + said
        return f"{text.removesuffix('.')}{draw.choice(CLAUSES)} {small}"

    def behind(self, cell: str, after: str, draw: random.Random) -> str:
        """What comes between a noun and the word after it, mostly nothing."""
        found = ""
        if after in FOLLOWING and draw.random() < DESCRIBED:
            found += self.phrases.adjectives(cell, draw)
        if after in CLOSING and draw.random() < COMPLETED:
            found += self.phrases.complement(draw)
        elif after in CLOSING and draw.random() < TOLD:
            found += self.phrases.aside(cell, draw)
        return found.removesuffix(",") if after in SIGNS else found
