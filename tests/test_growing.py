"""Words behind nouns and statements behind sentences; the rest stays as it was."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nlpcell.corpora.growing import CLAUSES, Growing
from nlpcell.corpora.paradigms import Entry
from nlpcell.corpora.phrases import OPENINGS
from nlpcell.corpora.wordstock import Wordstock

NOUNS = {"casa": "FS", "perro": "MS", "camas": "FP", "barcos": "MP"}
ADJECTIVES = {"rota": "FS", "roto": "MS", "rotas": "FP", "rotos": "MP"}
LEXICON = [Entry(form, form, f"NC{cell}000") for form, cell in NOUNS.items()]
LEXICON += [Entry(form, "roto", f"AQ0{cell}00") for form, cell in ADJECTIVES.items()]
PARTICIPLES = ["pintada", "pintado", "pintadas", "pintados"]
GROWING = Growing(Wordstock(LEXICON))
TELLING = Growing(Wordstock(LEXICON, PARTICIPLES))


def outcomes(text: str, growing: Growing = GROWING) -> set[str]:
    return {growing(text, seed) for seed in range(600)}


def behind(text: str, rest: str, growing: Growing = GROWING) -> set[str]:
    """What comes between `text`, where nothing came before its noun, and `rest`."""
    found = {one for one in outcomes(text + rest, growing) if one.startswith(text)}
    assert all(one.endswith(rest) for one in found)
    return {one.removeprefix(text).removesuffix(rest) for one in found}


def test_adjectives_stand_behind_their_nouns() -> None:
    found = behind("La casa", " de Ana")
    assert {"", " rota", " rota rota"} <= found and not any(" de " in one for one in found)


def test_nouns_behind_prepositions_need_no_article() -> None:
    assert " rota" in behind("Voy a casa", " de Ana")
    assert behind("Voy casa", " de Ana") == {""}


def test_nouns_in_the_plural_need_no_article() -> None:
    assert " rotas" in behind("Hacen camas", " de Ana")
    assert behind("Los camas", " de Ana") == {""}


def test_adjectives_of_a_plural_may_share_it() -> None:
    assert {" rotas", " rota y rota", " rotas y rotas"} <= behind("Las camas", " de Ana")


def test_complements_come_before_verbs_and_signs() -> None:
    openings = "|".join({one for four in OPENINGS.values() for one in four if one})
    complement = rf" del?(?: (?:{openings}))?[\w .-]* (casa|perro|camas|barcos)"
    pattern = re.compile(rf"[\w .-]*?({complement}.*)?")
    for rest in (" es blanca", ", blanca"):
        found = [pattern.fullmatch(one) for one in behind("La casa", rest)]
        assert all(found) and sum(bool(one and one[1]) for one in found) > 20


def test_participles_come_before_verbs_and_signs() -> None:
    for rest in (" es blanca", ", blanca"):
        told = {one for one in behind("La casa", rest, TELLING) if " pintada" in one}
        assert len(told) > 20 and not any(one.endswith((" ", ",")) for one in told if "," in rest)
        assert any(re.search(r"^ que \w+( \w+)? pintada", one) for one in told)
    assert not any("pintad" in one for one in behind("La casa", " de Ana", TELLING))


def test_words_come_before_nouns_and_signs_around_them() -> None:
    found = outcomes("Las camas de Ana")
    assert "Las «camas» de Ana" in found
    assert any(re.match("Las (primera|últim|nuev|grande|buena)", one) for one in found)
    assert any(re.match(r"Las (\d+(\.000)?|\w+) camas de Ana", one) for one in found)
    assert not any(re.search(r"\b(mil|dos|\d+)\b", one) for one in outcomes("La casa de Ana"))


def test_statements_follow_whole_sentences() -> None:
    grown = outcomes("Llueve.", TELLING)
    found = {one.removeprefix("Llueve.") for one in grown if one.startswith("Llueve.")}
    assert len(found) > 20
    assert all(re.fullmatch(r"| [A-ZÁÉ](?:[^.]|\.000)* (?:[^.]|\.000)*\.", one) for one in found)
    assert outcomes("Llueve", TELLING) == {"Llueve"}


def test_statements_are_linked_to_sentences() -> None:
    found = {one.removeprefix("Llueve") for one in outcomes("Llueve.", TELLING)}
    linked = {one for one in found if not one.startswith(".")}
    links = "|".join(re.escape(one) for one in CLAUSES)
    assert len(linked) > 10
    assert all(re.fullmatch(rf"({links}) [a-záéí].*\.", one) for one in linked)
    assert not any(re.search(r"[!.] ?(y|pero) ", one) for one in outcomes("¡Llueve!", TELLING))


def test_where_a_word_would_not_fit_none_comes() -> None:
    for text in ("casa:", "La casa", "La cosa,", "El casa,"):
        assert outcomes(text, TELLING) == {text}
    assert behind("La casa", " blanca,", TELLING) == behind("La casa", " azul es") == {""}


PIECES = st.sampled_from([*NOUNS, "la", "las", "el", "los", "es", "de", ".", ",", "", "\t¡"])


@given(st.lists(PIECES, max_size=20).map(" ".join), st.integers(0, 50))
def test_nothing_is_lost(text: str, seed: int) -> None:
    grown = iter(TELLING(text, seed))
    assert all(letter in grown for letter in text)
    assert TELLING(text, seed) == TELLING(text, seed)


def test_without_a_lexicon_nothing_grows() -> None:
    empty = Growing(Wordstock([]))
    assert {empty("La casa es.", seed) for seed in range(50)} == {"La casa es."}
