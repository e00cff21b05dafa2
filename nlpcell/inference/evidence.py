"""What a dictionary says for or against an edit, as log odds.

The network is told what the dictionary knows of every word, but trusts it little where it has met
a word seldom. Whether the noun nearby wants the new form and not the old can be looked up; so can
whether both are forms that agree with a noun at all: edits of names and verbs err more often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nlpcell.kinds import PREPOSITIONS, change
from nlpcell.lexicon import ADJECTIVE, DETERMINER, NOUN, Lexicon, genders, numbers
from nlpcell.scripts import CONTRACTED

# Fitted together with those in secondlook.py.
WANTED = 0.89  # for an edit after which a word agrees with another nearby, and did not before
STRANGE = -0.44  # for any other of a noun, a verb, a name or a word that is not known
FAR = 7  # words among which an earlier noun is looked for
NEAR = 4  # words among which the noun of a determiner is
PARTICIPLE = re.compile(r"..[ai]d(?:(o)|a)(s?)$")
QUOTES = frozenset("\"'«»“”‘’-–—")
NUMERALS = frozenset([
    "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce",
    "quince", "veinte", "treinta", "cuarenta", "cincuenta", "cien", "mil",
])  # fmt: skip
BITS = {"s": 1, "p": 2, "-": 3}
ARTICLES = dict.fromkeys(CONTRACTED.values(), "el")  # that *al* and *del* end in
DEPENDING = PREPOSITIONS.union(ARTICLES)  # before a noun that depends on another


class Form(NamedTuple):
    """Genders and numbers that a word can have, a bit each."""

    genders: int  # 0 where it is no word of the kind that was asked for
    numbers: int

    def __bool__(self) -> bool:
        return self.genders > 0

    def fits(self, other: Form) -> bool:
        """Whether two words can agree."""
        return bool(self.genders & other.genders and self.numbers & other.numbers)


def evidence(lexicon: Lexicon, words: Sequence[str], place: int, new: str) -> float:
    """The log odds that speak for writing `new` for the word at `place`."""
    old, new = words[place], new.split()[-1]
    known = agreeing(lexicon, old), agreeing(lexicon, new)
    if all(known):
        return WANTED * wanted(*known, around(lexicon, words, place))
    known = noun(lexicon, old), noun(lexicon, new)
    if all(known):
        found = wanted(*known, (agreeing(lexicon, word) for word in words[:place][-1:]))
        return WANTED if found else STRANGE
    # Nothing speaks for a verb: its subject may be another, left unsaid.
    return 0.0 if wanted(*numbered(old, new), earlier(lexicon, words, place)) else STRANGE


def wanted(before: Form, after: Form, others: Iterator[Form]) -> bool:
    """Whether only after an edit a word agrees with the first of others that there is."""
    return any(one.fits(after) and not one.fits(before) for one in [*filter(None, others)][:1])


def agreeing(lexicon: Lexicon, word: str) -> Form:
    """What a word can be as a determiner, an adjective or a participle."""
    small = plain(word)
    code = lexicon(small)
    found = Form(genders(code, ADJECTIVE) | genders(code, DETERMINER), numbers(code))
    if ending := PARTICIPLE.search(small):
        masculine, plural = ending.groups()
        found = Form(found.genders | (1 if masculine else 2), found.numbers | (2 if plural else 1))
    return found


def noun(lexicon: Lexicon, word: str) -> Form:
    """What a word can be as a noun."""
    code = lexicon(plain(word))
    return Form(genders(code, NOUN), numbers(code))


def numbered(old: str, new: str) -> tuple[Form, Form]:
    """Two forms of a word, of which only the number is known."""
    before, after = change(old, new) or ("--", "--")
    return Form(3, BITS[before[1]]), Form(3, BITS[after[1]])


def around(lexicon: Lexicon, words: Sequence[str], place: int) -> Iterator[Form]:
    """The nouns that a determiner or an adjective could agree with, likeliest first."""
    before, behind = words[:place][-1:], words[place + 1 : place + 1 + NEAR]
    if is_a(DETERMINER, lexicon, words[place]):
        behind = [word for word in behind if not between(lexicon, word)][:2]
        near = behind if behind and is_a(ADJECTIVE, lexicon, behind[0]) else behind[:1]
        order = sorted(near, key=lambda word: is_a(ADJECTIVE, lexicon, word))
        yield from (noun(lexicon, word) for word in order)
    else:
        yield from (noun(lexicon, word) for word in (*before, *behind[:1]))
        yield from earlier(lexicon, words, place - 1)


def between(lexicon: Lexicon, word: str) -> bool:
    """Whether a word can come before what a determiner belongs to: *todas las casas*, *los 350*."""
    counts = word[0].isdigit() or word.lower() in NUMERALS
    return counts or word in QUOTES or is_a(DETERMINER, lexicon, word)


def earlier(lexicon: Lexicon, words: Sequence[str], place: int) -> Iterator[Form]:
    """The nouns before a place, the nearest first, up to a sign; none that depends on another.

    *Los libros de la biblioteca están ordenados*: here it is the first.
    """
    for at in range(place - 1, max(-1, place - 1 - FAR), -1):
        if not any(map(str.isalnum, words[at])):
            break
        if not any(word.lower() in DEPENDING for word in words[max(0, at - 2) : at]):
            yield noun(lexicon, words[at])


def is_a(kind: int, lexicon: Lexicon, word: str) -> bool:
    """Whether a word can be of a kind."""
    return genders(lexicon(plain(word)), kind) > 0


def plain(word: str) -> str:
    """A word as a dictionary has it."""
    return ARTICLES.get(word.lower(), word.lower())
