"""Nonce sentences: other words of the same gender and number, where a word is sure to be one."""

from __future__ import annotations

import re

from nlpcell.corpora.nonce import Nonce
from nlpcell.corpora.paradigms import Entry
from nlpcell.corpora.wordstock import Wordstock

NOUNS = {
    "casa": "FS",
    "barca": "FS",
    "camas": "FP",
    "perro": "MS",
    "problema": "MS",
    "tijeras": "FP",
}
ADJECTIVES = {"blanca": "FS", "rota": "FS", "blanco": "MS", "verde": "CS", "francés": "MS"}
LEXICON = [Entry(form, form, f"NC{cell}000") for form, cell in NOUNS.items()]
LEXICON += [Entry(form, form, f"AQ0{cell}00") for form, cell in ADJECTIVES.items()]


def everything(text: str) -> set[str]:
    nonce = Nonce(Wordstock(LEXICON))
    return {nonce(text, seed) for seed in range(400)}


def outcomes(text: str) -> set[str]:
    """All but the sentences with a name."""
    known = {*NOUNS, *ADJECTIVES, *text.lower().rstrip(".").split()}
    return {one for one in everything(text) if known.issuperset(one.lower().rstrip(".").split())}


def test_gender_and_number_stay() -> None:
    nouns, adjectives = ("Casa", "Barca"), ("blanca", "rota", "verde")
    assert outcomes("La Casa blanca.") == {f"La {n} {a}." for n in nouns for a in adjectives}
    assert outcomes("un problema blanco") == {
        f"un {noun} {adjective}"
        for noun in ("perro", "problema")
        for adjective in ("blanco", "francés", "verde")
    }


def test_only_sure_places_change() -> None:
    for text in ("casa blanca", "No casa bien", "el agua blanca", "la alta casa", "la zapatilla"):
        assert {re.sub("rota|verde", "blanca", one) for one in outcomes(text)} <= {text}


def test_the_same_seed_gives_the_same_sentence() -> None:
    text = "La casa blanca y el perro blanco."
    assert Nonce(Wordstock(LEXICON))(text, 7) == Nonce(Wordstock(LEXICON))(text, 7)
    assert len(outcomes(text)) > 4


def test_without_a_lexicon_nothing_changes() -> None:
    nonce = Nonce(Wordstock([]))
    assert {nonce("La casa blanca", seed) for seed in range(20)} == {"La casa blanca"}


def test_names_have_any_gender() -> None:
    names = {one.split()[1] for one in everything("la casa blanca") | everything("el perro blanco")}
    names -= {*NOUNS}
    assert len(names) > 4 and all(name[0].isupper() for name in names)
    assert any(name.isupper() for name in names) and not all(name.isupper() for name in names)
    assert not any(one.split()[1][0].isupper() for one in everything("las camas blancas"))


def test_what_an_article_flowed_into_is_a_determiner() -> None:
    assert outcomes("el color del perro") == {"el color del perro", "el color del problema"}
