"""Edits weighed by what the sentence looks like once they are made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from nlpcell.inference.secondlook import Proposal, Seen, certainty, weighed
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
    sure = certainty(seen.scores)
    return [
        Proposal(place, forms[word.text], CHANGE, float(sure[place]))
        for place, word in enumerate(seen.words)
        if word.text in forms
    ]


def test_an_edit_is_as_likely_as_the_calm_it_brings() -> None:
    read = reader(lambda text, found: {"rojos": 0.9, "roja": 0.2})
    seen = read("casa rojos")
    (one,) = weighed(seen, proposals(seen, rojos="roja"), read, 0.5)
    assert one.score == pytest.approx(0.8 / (0.8 + 0.1))  # of one that may stay, then and before
    assert weighed(seen, proposals(seen, rojos="roja"), read, 0.9) == []


def test_what_unsettles_the_others_is_not_done() -> None:
    """At first sight it is sure; but then another word does not fit."""
    read = reader(lambda text, found: {"rojos": 0.9} if "rojos" in found else {"casas": 0.95})
    seen = read("casas rojos")
    assert proposals(seen, rojos="roja")[0].score > 0.85
    assert weighed(seen, proposals(seen, rojos="roja"), read, 0.5) == []


def semifinals(text: str, found: list[str]) -> dict[str, float]:
    return {"la": 0.7, "semifinales": 0.3} if text.startswith("la semifinales") else {}


def test_either_of_two_words_may_change_and_one_does() -> None:
    read = reader(semifinals)
    seen = read("la semifinales")
    both = proposals(seen, la="las", semifinales="semifinal")
    (one,) = weighed(seen, both, read, 0.5)
    assert one.new == "las"  # as good as the other: the first one stays
    assert one.score == pytest.approx(1 / (1 + 0.3 * 0.7), abs=0.01)
    assert one.score > both[0].score  # that something is wrong is surer than what


def test_two_errors_are_two_edits() -> None:
    def wrong(text: str, found: list[str]) -> dict[str, float]:
        return {"bonitos": 0.9, "tranquila": 0.9}

    read = reader(wrong)
    seen = read("casa bonitos y perro tranquila")
    made = weighed(seen, proposals(seen, bonitos="bonita", tranquila="tranquilo"), read, 0.5)
    assert [one.new for one in made] == ["bonita", "tranquilo"]


def test_words_move_where_two_become_one() -> None:
    """ "a la parque" becomes "al parque": what comes behind stands a word earlier then."""
    read = reader(lambda text, found: {"la": 0.9, "bonita": 0.9})
    seen = read("a la parque muy bonita")
    made = weighed(seen, proposals(seen, la="el", bonita="bonito"), read, 0.5)
    assert [one.new for one in made] == ["el", "bonito"]


def test_nothing_proposed_is_nothing_read() -> None:
    def never(text: str) -> Seen:
        raise AssertionError(text)

    assert weighed(reader(semifinals)("la casa"), [], never, 0.5) == []
