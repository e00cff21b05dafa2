"""Errors put into right sentences: they can be undone, and they are errors."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcell.corpora import inflection
from nlpcell.corpora.agreement import Corruptor
from nlpcell.corpora.catalogue import EMBEDDED
from nlpcell.corpora.paradigms import Entry, Paradigms
from nlpcell.scripts import decisions
from nlpcell.words import edited

RIGHT = [one.text for one in EMBEDDED["right-es"].load("train")]
LEXICON = [
    Entry(form, lemma, tag)
    for lemma, forms in {
        "casa": [("casa", "NCFS000"), ("casas", "NCFP000")],
        "niño": [("niño", "NCMS000"), ("niños", "NCMP000")],
        "parque": [("parque", "NCMS000"), ("parques", "NCMP000")],
        "playa": [("playa", "NCFS000"), ("playas", "NCFP000")],
        "joven": [("joven", "AQ0CS00"), ("jóvenes", "AQ0CP00")],
        "bonito": [
            ("bonito", "AQ0MS00"), ("bonita", "AQ0FS00"), ("bonitos", "AQ0MP00"),
            ("bonitas", "AQ0FP00"),
        ],
    }.items()
    for form, tag in forms
]  # fmt: skip
VERBS = ("gusta", "compra")


@pytest.fixture(scope="module")
def by_rule() -> Corruptor:
    """Knows only the sentences themselves."""
    return Corruptor(Paradigms(RIGHT))


@pytest.fixture(scope="module")
def by_lexicon() -> Corruptor:
    return Corruptor(Paradigms(["los niños juegan", "el niño juega"] * 3, LEXICON))


@given(place=st.integers(0, len(RIGHT) - 1), seed=st.integers(0, 10**6))
def test_undoing_gives_the_original_byte_for_byte(
    by_rule: Corruptor, place: int, seed: int
) -> None:
    wrong = by_rule(RIGHT[place], seed)
    assert edited(wrong.text, wrong.answer) == RIGHT[place]
    assert by_rule(RIGHT[place], seed) == wrong


@given(text=st.text(max_size=80), seed=st.integers(0, 99))
def test_any_text_can_be_undone(by_lexicon: Corruptor, text: str, seed: int) -> None:
    wrong = by_lexicon(text + " La casa bonita, AL PARQUE", seed)
    assert edited(wrong.text, wrong.answer) == text + " La casa bonita, AL PARQUE"


def test_many_sentences_stay_and_most_errors_are_articles_and_adjectives(
    by_rule: Corruptor,
) -> None:
    wrong = [by_rule(text, 1) for text in RIGHT[:2000]]
    untouched = sum(not one.answer for one in wrong) / len(wrong)
    assert 0.4 < untouched < 0.8
    found = [decisions(one.text, edited(one.text, one.answer)) for one in wrong]
    labels = Counter(label for one in found if one for label in one[1].values())
    assert len(labels) > 30
    assert labels["=la>el"] and labels["=el>la"] and labels["a>o"] and labels["o>a"]


def outcomes(corrupt: Corruptor, text: str) -> set[str]:
    return {corrupt(text, seed).text for seed in range(300)}


def test_forms_come_from_the_lexicon(by_lexicon: Corruptor) -> None:
    found = outcomes(by_lexicon, "La casa es bonita.")
    assert {"El casa es bonita.", "La casa es bonito.", "La casa es bonita."} <= found
    assert "La casas es bonita." in found
    assert "La casa bonita es jóvenes." in outcomes(by_lexicon, "La casa bonita es joven.")


def test_adjectives_are_guessed_by_their_plural() -> None:
    texts = ["rojizo rojizos rojiza", "puedo pueda puedas", "esto esta estos estas"]
    known = Paradigms(texts)
    assert [one.others for one in known.readings("rojizo")] == [
        (("f", "s", "rojiza"), ("m", "p", "rojizos"), ("f", "p", "rojizas"))
    ]
    assert known.readings("puedo") == known.readings("esto") == []


def test_articles_are_no_nouns() -> None:
    entries = [Entry("la", "la", "NCMS000"), Entry("las", "la", "NCMP000")]
    assert {one.kind for one in Paradigms([], entries).readings("la")} == {"det"}


@pytest.mark.parametrize("tags", [["NCM{}000"], ["NCM{}000", "AQ0C{}00"]])
def test_articles_go_wrong_oftener_than_their_nouns(tags: list[str]) -> None:
    """As with learners, also where the noun could be an adjective: those go wrong oftenest."""
    forms = [("joven", "S"), ("jóvenes", "P")]
    entries = [Entry(form, "joven", tag.format(number)) for tag in tags for form, number in forms]
    corrupt = Corruptor(Paradigms([], entries))
    made = Counter(corrupt("Llega el joven.", seed).text for seed in range(4_000))
    assert 0 < 4 * made["Llega el jóvenes."] < made["Llega los joven."]


def test_verbs_go_wrong_only_where_their_subject_is_said(by_lexicon: Corruptor) -> None:
    assert "Los niños juega." in outcomes(by_lexicon, "Los niños juegan.")
    assert outcomes(by_lexicon, "Ayer juegan.") == {"Ayer juegan."}


def test_verbs_of_liking_go_wrong_before_their_subject() -> None:
    texts = ["me gusta", "me gustan", "la casa", "compran", "compra"] * 3
    corrupt = Corruptor(Paradigms(texts, LEXICON))
    changed = {corrupt(f"Me {verb} la casa.", seed).text for seed in range(300) for verb in VERBS}
    assert "Me gustan la casa." in changed
    assert not any("compran" in one for one in changed)


def test_what_is_said_of_a_subject_goes_wrong_with_its_verb() -> None:
    texts = ["es", "son", "los parques son bonitos"] * 3
    corrupt = Corruptor(Paradigms(texts, LEXICON))
    changed = {corrupt("Los parques son muy bonitos.", seed).text for seed in range(300)}
    assert {"Los parques es muy bonitos.", "Los parques es muy bonito."} <= changed


def test_nouns_behind_numbers_go_wrong(by_lexicon: Corruptor) -> None:
    changed = {by_lexicon("Vio dos casas.", seed).text for seed in range(300)}
    assert "Vio dos casa." in changed


def test_contractions(by_lexicon: Corruptor) -> None:
    assert "Va a la parque." in outcomes(by_lexicon, "Va al parque.")
    assert "Va al playa." in outcomes(by_lexicon, "Va a la playa.")
    assert "Va a el playa." not in outcomes(by_lexicon, "Va a la playa.")


def test_capitals_are_kept(by_lexicon: Corruptor) -> None:
    assert "LA CASA ES BONITO." in outcomes(by_lexicon, "LA CASA ES BONITA.")
    assert "-La casa es bonito." in outcomes(by_lexicon, "-La casa es bonita.")


def test_names_stay(by_lexicon: Corruptor) -> None:
    found = outcomes(by_lexicon, "La playa es bonita, y con la Casa Bonita es bonita.")
    assert {one.count("Casa Bonita") for one in found} == {1} and len(found) > 5


@pytest.mark.parametrize(
    ("one", "many"),
    [("luz", "luces"), ("joven", "jóvenes"), ("inglés", "ingleses"), ("canción", "canciones"),
     ("crisis", "crisis"), ("rey", "reyes"), ("café", "cafés"), ("mes", "meses"),
     ("ciudad", "ciudades"), ("examen", "exámenes"), ("israelí", "israelíes")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert inflection.plural(one) == many


@pytest.mark.parametrize(
    ("one", "many"),
    [("juega", "juegan"), ("come", "comen"), ("habló", "hablaron"), ("salió", "salieron"),
     ("oyó", "oyeron"), ("dijo", "dijeron"), ("tuvo", "tuvieron"), ("es", "son"),
     ("será", "serán"), ("hizo", "hicieron")],
)  # fmt: skip
def test_third_persons(one: str, many: str) -> None:
    assert inflection.third_persons(one) == [many]


def test_no_verb_is_made_of_what_is_none() -> None:
    assert inflection.third_persons("de") == inflection.third_persons("casas") == []
