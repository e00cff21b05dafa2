"""What a Spanish word can be, and the forms it could be confused with.

Known from a lexicon where there is one, and from the text itself where not: a word behind an
article is a noun, and a stem that is met with several of -o, -a, -os, -as is an adjective's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from nlpcell.words import words

from . import inflection, readers

OPENINGS = {"al": ("a", "el"), "del": ("de", "el")}  # what flowed together
# Masculine and feminine singular, masculine and feminine plural; "-" where there is none.
DETERMINERS = """
    el la los las | un una unos unas | este esta estos estas | ese esa esos esas
    aquel aquella aquellos aquellas | todo toda todos todas | otro otra otros otras
    mucho mucha muchos muchas | poco poca pocos pocas | tanto tanta tantos tantas
    cuánto cuánta cuántos cuántas | algún alguna algunos algunas | ningún ninguna ningunos ningunas
    nuestro nuestra nuestros nuestras | vuestro vuestra vuestros vuestras | demasiado demasiada
    demasiados demasiadas | cierto cierta ciertos ciertas | mismo misma mismos mismas | - - varios
    varias | - - ambos ambas | cuyo cuya cuyos cuyas | mi mi mis mis | tu tu tus tus | su su sus sus
    uno una unos unas | alguno alguna algunos algunas | ninguno ninguna ningunos ningunas
    primer primera primeros primeras | tercer tercera terceros terceras | buen buena buenos buenas
    mal mala malos malas
"""
PRONOUNS = """
    él ella ellos ellas | - - nosotros nosotras | - - vosotros vosotras | cual cual cuales cuales
    aquél aquélla aquéllos aquéllas | éste ésta éstos éstas | ése ésa ésos ésas
    quien quien quienes quienes | mío mía míos mías | tuyo tuya tuyos tuyas | suyo suya suyos suyas
"""
ARTICLES = {
    "el": "ms", "la": "fs", "los": "mp", "las": "fp", "un": "ms", "una": "fs", "unos": "mp",
    "unas": "fp",
}  # fmt: skip
OBJECT = re.compile(r"(?:[aeií]r|ndo|[áéíóú]\w*)lo$")  # "verlo", "déjelo": no adjectives
CLOSED = ("det", "pron", "verb")
CELLS = ("ms", "fs", "mp", "fp")


class Reading(NamedTuple):
    """One thing that a word can be."""

    kind: str  # det, pron, noun, adj, participle or verb
    gender: str  # m, f, or c for both
    number: str  # s, p, or n for both
    others: tuple[tuple[str, str, str], ...]  # gender, number and text of its other forms


class Entry(NamedTuple):
    """A form of a lexicon, its tag after EAGLES (Leech and Wilson 1996), as FreeLing has it."""

    form: str
    lemma: str
    tag: str


class Paradigms:
    """Readings of words, from a lexicon or from the words' own company."""

    def __init__(self, texts: Iterable[str] = (), entries: Iterable[Entry] = ()) -> None:
        seen = Company(texts)
        self.met = seen.counts.keys()  # the words of the texts, in small letters
        self.known: dict[str, list[Reading]] = defaultdict(list)
        for block, kind in ((DETERMINERS, "det"), (PRONOUNS, "pron")):
            for four in in_fours(block):
                self.enter(kind, zip(CELLS, four, strict=True))
        closed = set(self.known)
        for (kind, _), forms in lemmas(entries).items():
            # The names of letters and notes are nouns, too: *lo*, *la*.
            self.enter(kind, [one for one in forms if kind != "noun" or one[1] not in closed])
        for kind, forms in seen.guesses(set(self.known), closed):
            self.enter(kind, forms)
        for one, many in seen.verbs():
            self.enter("verb", [("cs", one), ("cp", many)])

    def enter(self, kind: str, forms: Iterable[tuple[str, str]]) -> None:
        """Take up the forms of one word, (gender and number, text) each."""
        cells = [(cell[0], cell[1], text) for cell, text in forms if text != "-"]
        for gender, number, text in dict.fromkeys(cells):
            # *malo* and *peor* are one lemma, but nobody writes one for the other.
            others = tuple(
                one for one in cells if one[2] != text and (kind in CLOSED or one[2][0] == text[0])
            )
            if others:
                self.known[text].append(Reading(kind, gender, number, others))

    def readings(self, word: str) -> list[Reading]:
        """What a word in small letters can be; nothing where nothing is known of it."""
        found = self.known.get(word)
        if found is not None:
            return found
        four = inflection.participles(word)
        if four:
            self.enter("participle", zip(CELLS, four, strict=True))
        return self.known.setdefault(word, [])


def lexicon(name: str, encoding: str = "utf-8") -> list[Entry]:
    """The forms of a table with the columns form, lemma and tag. Raises BadInput without them."""
    lemmas = readers.examples(name, text="form", target="lemma", encoding=encoding)
    tags = readers.examples(name, text="form", target="tag", encoding=encoding)
    return [Entry(*one, other.target) for one, other in zip(lemmas, tags, strict=True)]


def in_fours(block: str) -> Iterable[list[str]]:
    found = block.replace("|", " ").split()
    return (found[start : start + 4] for start in range(0, len(found), 4))


def lemmas(entries: Iterable[Entry]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The nouns and adjectives of a lexicon: (kind, lemma) to (gender and number, form)."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for form, lemma, tag in entries:
        kind, cell = {"NC": ("noun", tag[2:4]), "AQ": ("adj", tag[3:5])}.get(tag[:2], ("", ""))
        if kind and cell[1:] in ("S", "P"):
            found[kind, lemma].append((cell.lower(), form))
    return found


class Company:
    """How often words occur, and behind which articles."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.behind: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            before = ""
            for word in words(text.lower()):
                self.counts[word.text] += 1
                if before in ARTICLES:
                    self.behind[word.text][ARTICLES[before]] += 1
                before = word.text

    def guesses(
        self, known: set[str], closed: set[str]
    ) -> Iterable[tuple[str, list[tuple[str, str]]]]:
        """Nouns and adjectives among words that no lexicon knows; *esto* is none, beside *esta*."""
        for word, cells in self.behind.items():
            cell, count = cells.most_common(1)[0]
            sure = count >= 2 and count >= 0.8 * cells.total() and 4 * count >= self.counts[word]
            if sure and word not in known and cell[1] == "s" and word.isalpha():
                many = inflection.plural(word)
                if many in self.counts and many != word:
                    yield "noun", [(cell, word), (cell[0] + "p", many)]
        for word in list(self.counts):
            woman = inflection.feminine(word)
            if word in known or word == woman or len(word) < 4 or OBJECT.search(word):
                continue
            four = [word, woman, inflection.plural(word), inflection.plural(woman)]
            if word[-1] == "s" or four[2] not in self.counts or not closed.isdisjoint(four):
                continue  # without the third it is a verb: *puedo*, *pueda*, *puedas*
            if woman in self.counts or four[3] in self.counts:
                yield "adj", list(zip(CELLS, four, strict=True))

    def verbs(self) -> Iterable[tuple[str, str]]:
        """Third persons singular and plural that both occur, and look like no noun's forms."""
        for word in list(self.counts):
            for many in inflection.third_persons(word):
                fit = word in inflection.IRREGULAR or (
                    self.counts[many] > max(1, self.counts[word + "s"] // 2)
                    and not self.behind[word].total() * 5 > self.counts[word]
                )
                if many in self.counts and fit:
                    yield word, many
