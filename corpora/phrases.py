"""Spanish phrases drawn word by word from a wordstock: they mean nothing, and everything agrees."""

from __future__ import annotations

import random

from .paradigms import CELLS, in_fours
from .wordstock import Wordstock

TWICE = 0.2  # of nouns that get an adjective, two of them
SHARED = 0.15  # of the plurals, one for each half: *los sectores público y privado*
COMPOUND = 0.05  # of adjectives, two in one: *franco-alemana*
JOINED = 0.1  # of adjectives and participles, with another one
COUNTED = 0.1  # of determiners that a number can follow, by one
FRONTING = 0.15  # of nouns that get an adjective before them
MODIFIED = 0.15  # of adjectives and participles, by an adverb
NEARBY = 0.5  # of nouns in the phrases of others, that get an adjective
TOLD = 0.25  # of nouns that get a participle
INVERTED = 0.25  # of statements: *fue presentado el informe*
LIKED = 0.15  # of statements: *nos gustaban los mapas*
# Before the nouns of each cell; there may be nothing, in the singular behind a preposition only.
OPENINGS = {
    "ms": ("el", "el", "un", "su", "este", ""),
    "fs": ("la", "la", "una", "su", "esta", ""),
    "mp": ("los", "los", "sus", "estos", "", ""),
    "fp": ("las", "las", "sus", "estas", "", ""),
}
FLOWED = {("a", "el"): "al", ("de", "el"): "del"}
DEGREES = ("muy", "más", "menos", "poco", "tan", "casi", "bastante", "cada vez más")
TIMES = ("ya", "aún", "recién", "siempre", "muy", "apenas", "especialmente", "ayer", "hoy")
# What comes behind a participle, about as often as in news: by whom, where, with what.
TAILS = (
    "por", "por", "por", "por", "en", "en", "en", "en", "con", "a", "a", "para", "como", "desde",
    "entre", "de", "sobre", "contra", "", "", "",
)  # fmt: skip
# What is at home between a determiner and its noun, in the forms of CELLS.
FRONTED = """
    primer primera primeros primeras | segundo segunda segundos segundas | tercer tercera terceros
    terceras | último última últimos últimas | próximo próxima próximos próximas | nuevo nueva
    nuevos nuevas | gran gran grandes grandes | buen buena buenos buenas | mejor mejor mejores
    mejores | mayor mayor mayores mayores | posible posible posibles posibles | principal principal
    principales principales | supuesto supuesta supuestos supuestas | único única únicos únicas |
    verdadero verdadera verdaderos verdaderas | pequeño pequeña pequeños pequeñas | antiguo antigua
    antiguos antiguas | propio propia propios propias | futuro futura futuros futuras
"""
AT_HOME = 0.6  # of adjectives before nouns, those of FRONTED; the others are any
SHORTENED = frozenset(["bueno", "malo", "grande", "primero", "tercero", "santo"])  # before nouns
NUMBERS = ("dos", "tres", "cuatro", "cinco", "seis", "ocho", "diez", "veinte", "cien", "mil")
COUNTING = frozenset([
    "los", "las", "unos", "unas", "sus", "mis", "tus", "estos", "estas", "esos", "esas", "otros",
    "otras", "aquellos", "aquellas", "nuestros", "nuestras",
])  # fmt: skip
AUXILIARIES = {
    "s": ("es", "era", "fue", "será", "está", "estaba", "ha sido", "había sido", "sería", "quedó"),
    "p": (
        "son", "eran", "fueron", "serán", "están", "estaban", "han sido", "habían sido", "serían",
        "quedaron",
    ),
}  # fmt: skip
DATIVES = ("me", "te", "le", "le", "nos", "les", "no me", "ya no le")
LIKING = {
    "s": ("gusta", "gustaba", "gustó", "encanta", "duele", "interesa", "importa"),
    "p": ("gustan", "gustaban", "gustaron", "encantan", "duelen", "interesan", "importan"),
}  # fmt: skip


class Phrases:
    """What can stand around a noun, and statements; each behind a space, the same for one draw.

    A word that the stock lacks is left out together with its phrase.
    """

    def __init__(self, stock: Wordstock) -> None:
        self.stock = stock
        fronted = zip(*in_fours(FRONTED), strict=True)
        self.fronted = dict(zip(CELLS, fronted, strict=True))

    def before(self, opening: str, cell: str, draw: random.Random) -> str:
        """ " primera", " 350.000" or " seis próximas": between a determiner and its noun."""
        number = ""
        if opening in COUNTING and draw.random() < COUNTED:
            some, few = f"{draw.randrange(2, 2000)}", f"{draw.randrange(2, 900)}"
            number = " " + draw.choice((draw.choice(NUMBERS), some, f"{few}.000"))
        return number + (self.fronting(cell, draw) if draw.random() < FRONTING else "")

    def fronting(self, cell: str, draw: random.Random) -> str:
        """ " primera", " paulatina", or nothing."""
        if draw.random() < AT_HOME:
            return f" {draw.choice(self.fronted[cell])}"
        found = self.stock.draw("adj", cell, draw)
        return f" {found}" if found and found not in SHORTENED else ""

    def adjectives(self, cell: str, draw: random.Random) -> str:
        """ " rojo", " muy rojo", " rojo alto", or " público y privado" for a plural."""
        if cell[1] == "p" and draw.random() < SHARED:
            return self.joined("adj", cell[0] + "s", draw)
        if draw.random() < COMPOUND:
            return self.compound(cell, draw)
        if draw.random() < JOINED:
            return self.joined("adj", cell, draw)
        count = 2 if draw.random() < TWICE else 1
        found = [self.stock.draw("adj", cell, draw) for _ in range(count)]
        adverb = self.adverb(DEGREES, draw)
        return adverb + "".join(f" {new}" for new in found) if all(found) else ""

    def compound(self, cell: str, draw: random.Random) -> str:
        """ " franco-alemana", whose first half is the same for every cell, or nothing."""
        first, last = self.stock.draw("adj", "ms", draw), self.stock.draw("adj", cell, draw)
        found = first.endswith("o") and last
        return f" {first}{draw.choice(('-', ' - '))}{last}" if found else ""

    def joined(self, kind: str, cell: str, draw: random.Random) -> str:
        """ " público y privado", or nothing."""
        one, other = (self.stock.draw(kind, cell, draw) for _ in range(2))
        joined = other and not other.startswith(("i", "hi"))  # before these "y" is "e"
        return f" {one} y {other}" if joined else ""

    def adverb(self, words: tuple[str, ...], draw: random.Random) -> str:
        """Seldom an adverb, mostly nothing."""
        return f" {draw.choice(words)}" if draw.random() < MODIFIED else ""

    def noun(self, preposition: str, cell: str, draw: random.Random) -> str:
        """ " de los vecinos", " por su casa blanca", or nothing."""
        openings = OPENINGS[cell] if preposition or cell[1] == "p" else OPENINGS[cell][:-1]
        opening, noun = draw.choice(openings), self.stock.draw("noun", cell, draw)
        if not noun:
            return ""
        flowed = FLOWED.get((preposition, opening), f"{preposition} {opening}").split()
        more = self.adjectives(cell, draw) if draw.random() < NEARBY else ""
        return " ".join(["", *flowed, *self.before(opening, cell, draw).split(), noun]) + more

    def complement(self, draw: random.Random) -> str:
        """ " de los vecinos" or " de la casa construida por los vecinos"."""
        cell = draw.choice(CELLS)
        found = self.noun("de", cell, draw)
        return found + self.aside(cell, draw) if found and draw.random() < TOLD else found

    def participle(self, cell: str, draw: random.Random) -> str:
        """ " construida por los vecinos", " ya perdidas", or nothing."""
        one, tail = self.stock.draw("participle", cell, draw), draw.choice(TAILS)
        if not one:
            return ""
        two = self.joined("participle", cell, draw) if draw.random() < JOINED else ""
        behind = self.noun(tail, draw.choice(CELLS), draw) if tail else ""
        return f"{self.adverb(TIMES, draw)}{two or f' {one}'}{behind}"

    def aside(self, cell: str, draw: random.Random) -> str:
        """A participle with what belongs to it; in signs, or behind *que fue*, or neither."""
        found = self.participle(cell, draw)
        if not found:
            return ""
        frame = draw.choice(("{}", "{}", "{}", ",{},", " que {auxiliary}{}"))
        return frame.format(found, auxiliary=draw.choice(AUXILIARIES[cell[1]]))

    def statement(self, draw: random.Random) -> str:
        """ " La casa de los vecinos fue construida por su hermano.", or nothing."""
        cell = draw.choice(CELLS)
        subject = self.noun("", cell, draw)
        described = draw.choice((self.participle, self.adjectives))(cell, draw)
        if not (subject and described):
            return ""
        if draw.random() < LIKED and self.stock.opens(subject.split()[0]):
            liked = f"{draw.choice(DATIVES)} {draw.choice(LIKING[cell[1]])}{subject}."
            return f" {liked.capitalize()}"
        # A participle agrees with the noun before it: in news and novels 19 times of 20.
        longer = (self.complement(draw), self.aside(cell, draw), "", "")
        subject += draw.choice(longer)
        parts = [subject, f" {draw.choice(AUXILIARIES[cell[1]])}{described}"]
        if draw.random() < INVERTED:
            parts.reverse()
        said = "".join(parts).removesuffix(",").lstrip()
        return f" {said[0].upper()}{said[1:]}."
