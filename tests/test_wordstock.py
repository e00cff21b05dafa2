"""Words by form, gender and number: only those whose form tells, and that can stand anywhere."""

from __future__ import annotations

import random

from nlpcell.corpora.paradigms import Entry
from nlpcell.corpora.wordstock import FAMILIAR, Wordstock

NOUNS = {
    "escuela": "FS",
    "agua": "FS",
    "aguas": "FP",
    "hacha": "FS",
    "historia": "FS",
    "crisis": "FN",
    "ante": "MS",
    "antes": "MP",
    "margen": "MS",
    "vecino": "MS",
}
ADJECTIVES = {
    "europea": "FS",
    "legal": "CS",
    "legales": "CP",
    "vecino": "MS",
    "gran": "CS",
    "buen": "MS",
    "rojo": "MS",
}
LEXICON = [Entry(form, form, f"NC{cell}000") for form, cell in NOUNS.items()]
LEXICON += [Entry(form, form, f"AQ0{cell}00") for form, cell in ADJECTIVES.items()]
STOCK = Wordstock(LEXICON)


def drawn(stock: Wordstock, kind: str, cell: str, times: int = 300) -> list[str]:
    draw = random.Random(3)
    return [stock.draw(kind, cell, draw) for _ in range(times)]


def test_nouns_before_which_the_article_changes_are_left_out() -> None:
    assert set(drawn(STOCK, "noun", "fs")) == {"escuela", "historia"}
    assert STOCK.noun("agua") == STOCK.noun("hacha") == ""
    assert STOCK.noun("aguas") == "fp" and STOCK.noun("escuela") == "fs"


def test_what_is_adjective_and_noun_is_sure_to_be_neither() -> None:
    assert STOCK.noun("vecino") == "" and "vecino" not in drawn(STOCK, "noun", "ms")
    assert not STOCK.adjective("vecino", "ms") and "vecino" in drawn(STOCK, "adj", "ms")


def test_adjectives_without_gender_go_with_both() -> None:
    assert set(drawn(STOCK, "adj", "fs")) == {"europea", "legal"}
    assert set(drawn(STOCK, "adj", "mp")) == {"legales"}
    assert STOCK.adjective("legal", "ms") and STOCK.adjective("legal", "fs")
    assert not STOCK.adjective("legal", "fp") and not STOCK.adjective("europea", "ms")


def test_adjectives_that_stand_only_before_nouns_are_left_out() -> None:
    assert not {"gran", "buen"} & {*drawn(STOCK, "adj", "ms"), *drawn(STOCK, "adj", "fs")}


def test_determiners_open_what_they_agree_with() -> None:
    assert STOCK.opens("poco", "ms") and not STOCK.opens("poco", "mp")  # "poco antes"
    assert STOCK.opens("del", "ms") and STOCK.opens("su", "fs") and not STOCK.opens("con", "ms")


def test_words_of_the_texts_come_first() -> None:
    found = drawn(Wordstock(LEXICON, {"escuela", "europea"}), "noun", "fs", 2_000)
    assert abs(found.count("escuela") / 2_000 - (FAMILIAR + (1 - FAMILIAR) / 2)) < 0.05


def test_nothing_is_drawn_from_nothing() -> None:
    assert drawn(Wordstock([]), "noun", "fs", 3) == ["", "", ""]


def test_participles_are_those_of_the_texts() -> None:
    texts = {"pintado", "pintadas", "vecino", "sólido", "sólida", "cansado", "caído", "caída"}
    stock = Wordstock(LEXICON, texts)
    assert set(drawn(stock, "participle", "mp")) == {"pintados", "caídos"}
    assert set(drawn(stock, "participle", "fs")) == {"pintada", "caída"}


def test_nouns_and_determiners_are_no_participles() -> None:
    entries = [*LEXICON, Entry("estados", "estado", "NCMP000")]
    texts = {"estado", "estada", "demasiado", "demasiada", "pintado", "pintados"}
    stock = Wordstock(entries, texts)
    assert set(drawn(stock, "participle", "ms")) == {"pintado"}
