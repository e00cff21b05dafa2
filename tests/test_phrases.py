"""Phrases and statements drawn from a wordstock: whatever is drawn, everything in it agrees."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from nlpcell.corpora.paradigms import Entry
from nlpcell.corpora.phrases import (
    AUXILIARIES,
    CELLS,
    DATIVES,
    DEGREES,
    LIKING,
    NUMBERS,
    OPENINGS,
    TAILS,
    TIMES,
    Phrases,
)
from nlpcell.corpora.wordstock import Wordstock

NOUN = {"fs": "casa", "ms": "perro", "fp": "camas", "mp": "barcos"}
ADJECTIVE = {"fs": "rota", "ms": "roto", "fp": "rotas", "mp": "rotos"}
PARTICIPLE = {"fs": "pintada", "ms": "pintado", "fp": "pintadas", "mp": "pintados"}
LEXICON = [Entry(form, form, f"NC{cell.upper()}000") for cell, form in NOUN.items()]
LEXICON += [Entry(form, "roto", f"AQ0{cell.upper()}00") for cell, form in ADJECTIVE.items()]
PHRASES = Phrases(Wordstock(LEXICON, PARTICIPLE.values()))
SEEDS = 800


def drawn(phrase: Callable[[random.Random], str]) -> set[str]:
    return {phrase(random.Random(seed)) for seed in range(SEEDS)}


def either(words: tuple[str, ...]) -> str:
    return "|".join(sorted(set(words), key=lambda one: -len(one)))


def adjectives(cell: str) -> str:
    """The pattern of all that can describe a noun of a cell."""
    one, half = ADJECTIVE[cell], ADJECTIVE[cell[0] + "s"]
    found = rf"(?: (?:{either(DEGREES)}))?(?: {one}){{1,2}}| {one} y {one}| roto(?:-| - ){one}"
    return f"(?:{found})" if cell[1] == "s" else f"(?:{found}| {half} y {half})"


def noun(cell: str) -> str:
    opening, fronted = either(OPENINGS[cell]), either(PHRASES.fronted[cell])
    number = rf" (?:{either(NUMBERS)}|\d+(?:\.000)?)"
    before = rf"(?: (?:{opening})(?:{number})?)?(?: (?:{fronted}|{ADJECTIVE[cell]}))?"
    return rf"(?:{before} {NOUN[cell]}{adjectives(cell)}?)"


def behind(prepositions: str, cell: str) -> str:
    """A noun behind a preposition, which may flow together with its article."""
    flowed = noun(cell).replace(either(OPENINGS[cell]), "al|del")
    return rf"(?: (?:{prepositions}){noun(cell)}" + (rf"|{flowed})" if cell == "ms" else ")")


def participle(cell: str) -> str:
    tails = either(tuple(filter(None, TAILS)))
    tail = "|".join(behind(tails, one) for one in CELLS)
    found = rf" {PARTICIPLE[cell]}(?: y {PARTICIPLE[cell]})?"
    return rf"(?:(?: (?:{either(TIMES)}))?{found}(?:{tail})?)"


def aside(cell: str) -> str:
    found, auxiliary = participle(cell), either(AUXILIARIES[cell[1]])
    return rf"(?:{found}|,{found},| que (?:{auxiliary}){found})"


def statement(cell: str) -> str:
    complement = "|".join(rf"{behind('de', one)}{aside(one)}?" for one in CELLS)
    determined = "" if cell[1] == "p" else rf"(?! {NOUN[cell]})"
    subject = rf"{determined}{noun(cell)}(?:{complement}|{aside(cell)})?"
    said = rf" (?:{either(AUXILIARIES[cell[1]])})(?:{participle(cell)}|{adjectives(cell)})"
    liked = rf" (?:{either(DATIVES)}) (?:{either(LIKING[cell[1]])})"
    return rf"{subject}{said}\.|{said}{subject}\.|{liked}{noun(cell)}\."


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("what", [adjectives, participle, aside])
def test_what_describes_a_noun_agrees_with_it(cell: str, what: Callable[[str], str]) -> None:
    method = getattr(PHRASES, what.__name__)
    found = drawn(lambda draw: method(cell, draw))
    assert len(found) > 5
    assert [one for one in found if not re.fullmatch(what(cell), one)] == []


def test_prepositions_and_articles_flow_together() -> None:
    found = drawn(lambda draw: PHRASES.noun("a", "ms", draw))
    assert {" al perro", " a un perro", " a su perro", " a este perro"} <= found
    assert not any("a el" in one for one in found)
    assert " de barcos" in drawn(PHRASES.complement)


def test_numbers_come_only_behind_what_counts() -> None:
    counted = re.compile(rf" (?:{either(NUMBERS)}|\d+)\b")
    los = drawn(lambda draw: PHRASES.before("los", "mp", draw))
    todos = drawn(lambda draw: PHRASES.before("todos", "mp", draw))
    assert any(counted.match(one) for one in los) and " primeros" in los & todos
    assert not any(counted.match(one) for one in todos)


def test_everything_in_a_statement_agrees() -> None:
    found = drawn(PHRASES.statement)
    assert len(found) > 0.9 * SEEDS
    pattern = re.compile("|".join(map(statement, CELLS)))
    for one in found:
        small = one[:2].lower() + one[2:]
        signs = small, small[:-1] + ",."  # the second sign of an aside falls before a full stop
        assert one[1].isupper() and any(map(pattern.fullmatch, signs)), one


def test_words_that_lack_take_their_phrase_with_them() -> None:
    bare = Phrases(Wordstock(LEXICON))
    assert drawn(lambda draw: bare.participle("fs", draw)) == {""}
    assert drawn(lambda draw: bare.aside("fs", draw)) == {""}
    assert drawn(Phrases(Wordstock([])).statement) == {""}
