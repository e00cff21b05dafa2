"""Nouns and adjectives of a lexicon and participles of texts, drawn by gender and number."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from . import inflection
from .paradigms import CELLS, DETERMINERS, OPENINGS, Entry, in_fours, lemmas

FAMILIAR = 0.7  # how often a word is drawn from those that the texts have, too
WHOLE = re.compile(r"[^\W\d_]{4,}")  # short words are much else besides
STRESSED = re.compile(r"h?[aá]")  # "el agua": before some of these *la* becomes *el*
BEFORE_NOUNS = frozenset(["gran"])  # besides *buen* and its like, which are among DETERMINERS


class Wordstock:
    """Words of which the form alone tells gender and number.

    Cells are gender and number: ms, fs, mp, fp. `met` are the words that some text has; a lemma
    is familiar if any of its forms is among them, and all participles come from there.
    """

    def __init__(self, entries: Iterable[Entry], met: Collection[str] = ()) -> None:
        self.determiners: dict[str, set[str]] = {opening: {"ms"} for opening in OPENINGS}
        for four in in_fours(DETERMINERS):
            for cell, form in zip(CELLS, four, strict=True):
                self.determiners.setdefault(form, set()).add(cell)
        found: dict[str, dict[str, set[str]]] = {"noun": defaultdict(set), "adj": defaultdict(set)}
        familiar: set[str] = set()
        for (kind, _), forms in lemmas(entries).items():
            if any(form in met for _, form in forms):
                familiar.update(form for _, form in forms)
            for cell, form in forms:
                if self.usable(kind, cell, form):
                    found[kind][form].add(cell)
        self.cells = {
            kind: {form: both(*cells) for form, cells in forms.items() if len(cells) == 1}
            for kind, forms in found.items()
        }
        self.every: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind, sure in self.cells.items():
            for form, fits in sure.items():
                for cell in fits if kind == "adj" or self.noun(form) else ():
                    self.every[kind, cell].append(form)
        others = self.determiners.keys() | found["noun"].keys()
        for four in participles(met):
            if others.isdisjoint(four):
                for cell, form in zip(CELLS, four, strict=True):
                    self.every["participle", cell].append(form)
                familiar.update(four)
        self.familiar = {
            key: [form for form in forms if form in familiar] for key, forms in self.every.items()
        }

    def usable(self, kind: str, cell: str, form: str) -> bool:
        """Whether a word can stand wherever others of its kind and cell can."""
        if not WHOLE.fullmatch(form) or form in self.determiners or form in BEFORE_NOUNS:
            return False
        return kind == "adj" or not (cell == "fs" and STRESSED.match(form))

    def noun(self, word: str) -> str:
        """The cell of a word in small letters that is a noun and no adjective, else ""."""
        fits = self.cells["noun"].get(word, ())
        return fits[0] if len(fits) == 1 and word not in self.cells["adj"] else ""

    def opens(self, determiner: str, cell: str = "") -> bool:
        """Whether a word in small letters is a determiner, of this cell or of any."""
        found = self.determiners.get(determiner, ())
        return cell in found if cell else bool(found)

    def adjective(self, word: str, cell: str) -> bool:
        """Whether a word in small letters is an adjective, no noun, and goes with this cell."""
        return cell in self.cells["adj"].get(word, ()) and word not in self.cells["noun"]

    def draw(self, kind: str, cell: str, draw: random.Random) -> str:
        """A noun, adj or participle of some gender and number; "" where there is none."""
        every, familiar = (forms.get((kind, cell)) for forms in (self.every, self.familiar))
        return draw.choice((familiar if draw.random() < FAMILIAR else every) or every or [""])


def both(cell: str) -> tuple[str, ...]:
    """The cells in which a form can stand: *verde* goes with either gender.

    >>> both("fs"), both("cp")
    (('fs',), ('mp', 'fp'))
    """
    return ("m" + cell[1], "f" + cell[1]) if cell[0] == "c" else (cell,)


def participles(met: Collection[str]) -> list[list[str]]:
    """The four forms of each participle of which some text has the first and another.

    >>> participles({"cansado", "cansadas", "lado", "rápido", "rápida", "sentado"})
    [['cansado', 'cansada', 'cansados', 'cansadas']]
    """
    fours = (inflection.participles(word) for word in sorted(met) if word.endswith("do"))
    return [four for four in fours if any(form in met for form in four[1:]) and regular(four[0])]


def regular(word: str) -> bool:
    """Whether a masculine has the stress of a participle: *cansado*, *caído*, but not *rápido*."""
    return not re.search("[áéíóú]", word.removesuffix("ído"))
