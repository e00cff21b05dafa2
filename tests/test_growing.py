"""Adjectives and complements behind nouns: what is put in agrees, the rest stays as it was."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nlpcell.corpora.growing import COMPLEMENTS, Growing
from nlpcell.corpora.paradigms import Entry
from nlpcell.corpora.wordstock import Wordstock

NOUNS = {"casa": "FS", "perro": "MS", "camas": "FP", "barcos": "MP"}
ADJECTIVES = {"rota": "FS", "roto": "MS", "rotas": "FP", "rotos": "MP"}
LEXICON = [Entry(form, form, f"NC{cell}000") for form, cell in NOUNS.items()]
LEXICON += [Entry(form, "roto", f"AQ0{cell}00") for form, cell in ADJECTIVES.items()]
GROWING = Growing(Wordstock(LEXICON))
ENDS = {"casa": "rota", "perro": "roto", "camas": "rotas", "barcos": "rotos"}


def outcomes(text: str) -> set[str]:
    return {GROWING(text, seed) for seed in range(600)}


def test_adjectives_agree_with_their_nouns() -> None:
    grown = outcomes("La casa de Ana.")
    assert grown == {"La casa de Ana.", "La casa rota de Ana.", "La casa rota rota de Ana."}


def test_adjectives_of_a_plural_may_share_it() -> None:
    grown = outcomes("Las camas de Ana.")
    assert {"Las camas rotas de Ana.", "Las camas rota y rota de Ana."} <= grown
    assert not any("rotas y" in one or "y rotas" in one for one in grown)


def test_complements_come_before_verbs_and_signs() -> None:
    openings = "|".join(f"{one} " for four in COMPLEMENTS.values() for one in set(four))
    for text in ("La casa es blanca", "La casa."):
        before, after = text[:7], text[7:]
        pattern = rf"{before}( rota)*( ({openings})(\w+)( \w+)*)?{after}"
        found = [re.fullmatch(pattern, one) for one in outcomes(text)]
        assert all(found) and sum(bool(one and one[2]) for one in found) > 20


def test_everything_in_a_complement_agrees() -> None:
    found = [one for one in outcomes("La casa es") if " y " not in one]
    openings = sorted({one for four in COMPLEMENTS.values() for one in four}, key=len)
    pattern = rf" ({'|'.join(reversed(openings))}) ({'|'.join(NOUNS)})((?: rot\w+)*) es$"
    complements = [match.groups() for one in found if (match := re.search(pattern, one))]
    assert len(complements) > 20
    for opening, noun, adjectives in complements:
        assert opening in COMPLEMENTS[NOUNS[noun].lower()]
        assert set(adjectives.split()) <= {ENDS[noun]}


def test_where_a_word_would_not_fit_none_comes() -> None:
    for text in ("casa.", "La casa", "La casa blanca.", "La cosa.", "El casa.", "La casa azul es"):
        assert outcomes(text) == {text}


PIECES = st.sampled_from([*NOUNS, "la", "las", "el", "los", "es", "de", ".", ",", "", "\t¡"])


@given(st.lists(PIECES, max_size=20).map(" ".join), st.integers(0, 50))
def test_nothing_is_lost(text: str, seed: int) -> None:
    grown = iter(GROWING(text, seed))
    assert all(letter in grown for letter in text)
    assert GROWING(text, seed) == GROWING(text, seed)


def test_without_a_lexicon_nothing_grows() -> None:
    empty = Growing(Wordstock([]))
    assert {empty("La casa es", seed) for seed in range(50)} == {"La casa es"}
