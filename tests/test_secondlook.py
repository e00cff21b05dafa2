"""Edits weighed by what the sentence looks like once they are made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nlpcell.cell import sigmoid
from nlpcell.inference.evidence import WANTED
from nlpcell.inference.secondlook import (
    ELSEWHERE,
    FIRST,
    PLURAL,
    RARE,
    REJOINED,
    STILL,
    Proposal,
    Seen,
    at_best,
    doubt,
    hopeful,
    weighed,
)
from nlpcell.words import words

KEEP, CHANGE = 0, 1


def reader(wrong: Callable[[str, list[str]], dict[str, float]]) -> Callable[[str], Seen]:
    """A network that finds each word wrong with the probability `wrong` gives for the text."""

    def read(text: str) -> Seen:
        found = words(text)
        doubts = wrong(text, [word.text for word in found])
        chances = np.array([doubts.get(word.text, 0.001) for word in found], np.float32)
        scores = np.log(np.stack([1 - chances, chances], axis=-1))
        return Seen(text, found, np.zeros((len(found), 1), np.int32), scores)

    return read


def proposals(seen: Seen, **forms: str) -> list[Proposal]:
    """A proposal for every word that has another form."""
    return [
        Proposal(place, forms[word.text], CHANGE)
        for place, word in enumerate(seen.words)
        if word.text in forms
    ]


def judged(
    seen: Seen, proposals: list[Proposal], read: Callable[[str], Seen], least: float
) -> list[Proposal]:
    """The proposals that stay after both readings."""
    return weighed(seen, hopeful(seen, proposals, least), read, least)


def odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def score(word: str, new: str, wrong: dict[str, float], text: str) -> float:
    """How likely it is right to put one word in the place of another."""
    read = reader(lambda text, found: wrong)
    seen = read(text)
    (one,) = judged(seen, proposals(seen, **{word: new}), read, 0.0)
    return one.score


def test_an_edit_is_as_likely_as_both_readings_make_it() -> None:
    found = score("rojos", "roja", {"rojos": 0.9, "roja": 0.2, "casa": 0.01}, "casa rojos")
    assert found == pytest.approx(sigmoid(RARE + FIRST * odds(0.9) + STILL * odds(0.2)))
    read = reader(lambda text, found: {"rojos": 0.9, "roja": 0.2, "casa": 0.01})
    seen = read("casa rojos")
    assert judged(seen, proposals(seen, rojos="roja"), read, found - 0.01)
    assert judged(seen, proposals(seen, rojos="roja"), read, found + 0.01) == []


def test_what_unsettles_the_others_is_less_likely() -> None:
    """At first sight it is sure; but then another word does not fit."""
    read = reader(lambda text, found: {"rojos": 0.9} if "rojos" in found else {"casas": 0.95})
    seen = read("casas rojos")
    (one,) = judged(seen, proposals(seen, rojos="roja"), read, 0.0)
    calm = RARE + FIRST * odds(0.9) + STILL * odds(0.001)
    assert one.score == pytest.approx(sigmoid(calm + ELSEWHERE * (odds(0.95) - odds(0.001))))


def test_the_plural_is_likelier_and_a_contraction_less() -> None:
    flat = {"luz": 0.5, "luces": 0.5, "al": 0.5, "la": 0.5, "a": 0.5}
    assert score("luz", "luces", flat, "luz") == pytest.approx(sigmoid(RARE + PLURAL))
    assert score("luces", "luz", flat, "luces") == pytest.approx(sigmoid(RARE))
    elsewhere = ELSEWHERE * (odds(0.5) - odds(0.001))  # there is an "a" to doubt now
    found = score("al", "a la", flat, "al parque")
    assert found == pytest.approx(sigmoid(RARE + REJOINED + elsewhere))


@pytest.mark.parametrize("other", [0.001, 0.4, 0.9999])
@pytest.mark.parametrize("first", [0.01, 0.5, 0.99])
def test_at_best_all_speaks_for_an_edit(first: float, other: float) -> None:
    """It settles its word, the other one, and a dictionary knows of it."""
    read = reader(
        lambda text, found: (
            {"luz": first, "muchas": other} if "luz" in found else dict.fromkeys(found, 1e-5)
        )
    )
    seen = read("muchas luz")
    (one,) = judged(seen, proposals(seen, luz="luces"), read, 0.0)
    best = at_best(doubt(seen.scores))[1]
    assert best == pytest.approx(sigmoid(odds(one.score) + WANTED))
    least = one.score - 0.001
    assert judged(seen, proposals(seen, luz="luces"), read, least) == [one]


def test_what_cannot_become_likely_is_not_read_again() -> None:
    def never(text: str) -> Seen:
        raise AssertionError(text)

    seen = reader(lambda text, found: {"luz": 0.5})("la luz")
    assert judged(seen, proposals(seen, luz="luces"), never, 0.9) == []


def semifinals(text: str, found: list[str]) -> dict[str, float]:
    return {"la": 0.7, "semifinales": 0.3} if text.startswith("la semifinales") else {}


def test_either_of_two_words_may_change_and_one_does() -> None:
    read = reader(semifinals)
    seen = read("la semifinales")
    both = proposals(seen, la="las", semifinales="semifinal")
    (one,) = judged(seen, both, read, 0.5)
    assert one.new == "las"  # that something is wrong is surer than what
    assert one.score > score("la", "las", {"la": 0.7, "semifinales": 0.3}, "la semifinales")


def test_two_errors_are_two_edits() -> None:
    def wrong(text: str, found: list[str]) -> dict[str, float]:
        return {"bonitos": 0.9, "tranquila": 0.9}

    read = reader(wrong)
    seen = read("casa bonitos y perro tranquila")
    made = judged(seen, proposals(seen, bonitos="bonita", tranquila="tranquilo"), read, 0.4)
    assert [one.new for one in made] == ["bonita", "tranquilo"]


def test_words_move_where_two_become_one() -> None:
    """ "a la parque" becomes "al parque": what comes behind stands a word earlier then."""
    read = reader(lambda text, found: {"la": 0.9, "bonita": 0.9})
    seen = read("a la parque muy bonita")
    made = judged(seen, proposals(seen, la="el", bonita="bonito"), read, 0.3)
    assert [one.new for one in made] == ["el", "bonito"]


def test_nothing_proposed_is_nothing_read() -> None:
    def never(text: str) -> Seen:
        raise AssertionError(text)

    assert judged(reader(semifinals)("la casa"), [], never, 0.5) == []
