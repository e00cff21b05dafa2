"""The embedded corpora: whole, balanced, split without leaks."""

from __future__ import annotations

import itertools
import unicodedata

import pytest

from nlpcell.corpora.catalogue import DEFAULT, EMBEDDED, HERE

SPLITS = ("train", "dev", "test")


def essence(text: str) -> str:
    """Letters and digits alone: what two spellings of one sentence share."""
    return "".join(one for one in text.lower() if one.isalnum())


@pytest.mark.parametrize(("name", "least"), [("reviews-es", 3_000), ("reviews-en", 1_000)])
def test_reviews_are_balanced_and_many(name: str, least: int) -> None:
    examples = [one for split in SPLITS for one in EMBEDDED[name].load(split)]
    positive = sum(one.target == "pos" for one in examples)
    assert len(examples) >= least
    assert {one.target for one in examples} == {"neg", "pos"}
    assert 0.45 < positive / len(examples) < 0.55


@pytest.mark.parametrize("name", ["reviews-es", "reviews-en"])
def test_no_sentence_is_in_two_splits(name: str) -> None:
    texts = [{essence(one.text) for one in EMBEDDED[name].load(split)} for split in SPLITS]
    for one, other in itertools.combinations(texts, 2):
        assert not one & other
    assert sum(map(len, texts)) == sum(len(EMBEDDED[name].load(split)) for split in SPLITS)


def test_every_file_is_normal_utf8_without_carriage_returns() -> None:
    for path in [*HERE.glob("*.tsv"), *HERE.glob("*.txt")]:
        text = path.read_bytes().decode()
        assert unicodedata.is_normalized("NFC", text), path.name
        assert "\r" not in text and text.endswith("\n"), path.name


def test_prose_is_one_text_of_some_sixty_kilobytes() -> None:
    [whole] = EMBEDDED["prose-es"].load("train")
    assert len(whole.text.encode()) > 55_000


def test_articles_are_many_sentences_and_judged_by_others() -> None:
    train, test = ([one.text for one in EMBEDDED["articles-es"].load(kind)] for kind in SPLITS[::2])
    assert len(train) > 3_000 and len(test) > 300
    assert not {essence(one) for one in train} & {essence(one) for one in test}
    right = {one.text for one in EMBEDDED["right-es"].load("train")}
    assert right.issuperset(train) and not right & set(test)


def test_metro_journeys_go_both_ways_to_the_end_of_the_line() -> None:
    journeys = {one.text for one in EMBEDDED["metro"].load("train")}
    assert "Zaragoza, Pantitlán" in journeys
    assert any(one.startswith("Zaragoza, Gómez Farías, Boulevard") for one in journeys)
    assert all(", " in one for one in journeys)


def test_dinosaurs_are_names() -> None:
    names = EMBEDDED["dinosaurs"].load("train")
    assert len(names) == 1_384
    assert all(one.text.isalpha() for one in names)


def test_every_task_has_a_default_of_its_own() -> None:
    assert {EMBEDDED[name].task for name in DEFAULT.values()} == set(DEFAULT)


def test_everyday_sentences_go_both_ways() -> None:
    one, other = EMBEDDED["everyday-es-en"].load, EMBEDDED["everyday-en-es"].load
    for split, least in (("train", 120), ("dev", 15), ("test", 15)):
        assert len(one(split)) >= least
        assert [pair[::-1] for pair in one(split)] == [tuple(pair) for pair in other(split)]
    pairs = [pair for split in SPLITS for pair in one(split)]
    assert all(pair.text.strip() and pair.target.strip() for pair in pairs)
    assert len({essence(pair.text) for pair in pairs}) == len(pairs)


def test_phrasebook_goes_both_ways_and_keeps_off_the_everyday_sentences() -> None:
    pairs = EMBEDDED["phrasebook-es-en"].load("train")
    other = EMBEDDED["phrasebook-en-es"].load("train")
    assert len(pairs) > 3_000 and [pair[::-1] for pair in pairs] == [tuple(one) for one in other]
    assert len(set(pairs)) == len(pairs)
    assert all(side == side.strip() != "" for pair in pairs for side in pair)
    everyday = [one for split in SPLITS for one in EMBEDDED["everyday-es-en"].load(split)]
    judged = {essence(side) for pair in everyday for side in pair}
    assert not [pair for pair in pairs if {essence(side) for side in pair} & judged]
