"""Edit scripts: what they say of two words can be done again, on any word they fit."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcell.kinds import kind
from nlpcell.outcomes import changes
from nlpcell.scripts import applied, between, decisions, edits, parsed
from nlpcell.words import Edit, composed, edited, words

LETTERS = st.text("abcdeilnorstuáéíóúñz", min_size=1, max_size=9)


@given(old=LETTERS, new=LETTERS)
def test_a_script_turns_one_word_into_the_other(old: str, new: str) -> None:
    if old != new:
        script = between(old, new)
        assert parsed(str(script)) == script
        assert applied(script, old) == new
        assert applied(script, normalize("NFD", old)) == (
            normalize("NFD", new) if normalize("NFD", old) != old else new
        )


@pytest.mark.parametrize(
    ("label", "old", "new"),
    [
        ("os>a", "BONITOS", "BONITA"),
        ("os>a", "Bonitos", "Bonita"),
        ("=el>la", "El", "La"),
        ("=el>la", "EL", "LA"),
        ("=al>a la", "AL", "A LA"),
        ("=al>a la", "Al", "A la"),
        ("oven>óvenes", "joven", "jóvenes"),
        ("os>a", "casa", None),
        ("=el>la", "papel", None),
        ("os>a", "os", None),
    ],
)
def test_capitals_and_what_does_not_fit(label: str, old: str, new: str | None) -> None:
    assert applied(parsed(label), old) == new


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Voy a la parque.", "Voy al parque."),
        ("Vengo al casa y del playa", "Vengo a la casa y de la playa"),
        ("De la perro", "Del perro"),
        ("los niña  están cansado .", "las niñas  están cansadas ."),
        ("la semana", "la semana"),
    ],
)
def test_decisions_lead_from_one_sentence_to_the_other(source: str, target: str) -> None:
    found = decisions(source, target)
    assert found
    new = {at: applied(parsed(label), found[0][at].text) or "" for at, label in found[1].items()}
    assert edited(source, edits(source, found[0], new)) == target


def test_words_that_come_or_go_are_no_decisions() -> None:
    assert decisions("la casa", "la casa blanca") is None
    assert decisions("la casa", "casa la") is not None  # two words become others
    assert len(changes("la casa", "la casa blanca")) == 1


@given(
    text=st.lists(LETTERS, min_size=1, max_size=8).map(" ".join),
    draw=st.randoms(use_true_random=False),
)
def test_composed_edits_do_what_both_do(text: str, draw) -> None:  # type: ignore[no-untyped-def]
    def some(line: str) -> list[Edit]:
        return [
            Edit(word.start, word.end, draw.choice(["x", "otra", "de la"]))
            for word in words(line)
            if draw.random() < 0.5
        ]

    first = some(text)
    middle = edited(text, first)
    second = some(middle)
    assert edited(text, composed(text, first, second)) == edited(middle, second)


@pytest.mark.parametrize(
    ("old", "new", "which"),
    [
        ("bonitos", "bonita", "gender+number"),
        ("la", "el", "gender"),
        ("mi", "mis", "number"),
        ("joven", "jóvenes", "number"),
        ("inglés", "inglesas", "gender+number"),
        ("juega", "juegan", "number"),
        ("habló", "hablaron", "number"),
        ("es", "son", "number"),
        ("al", "a la", "gender"),
        ("ningún", "ninguna", "gender"),
        ("grande", "gran", "form"),
    ],
)
def test_kinds(old: str, new: str, which: str) -> None:
    assert kind(old, new) == kind(new, old) == which
