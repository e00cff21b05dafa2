"""Minimal pairs under a plain language model: what counts, and who is preferred."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from nlpcell.models.generator import Generator
from nlpcell.settings import GeneratorSize, Layers
from nlpcell.training.preferences import (
    BOUNDARY,
    KNOWN,
    UNKNOWN,
    Alphabet,
    Pair,
    groups,
    likelihoods,
    preferred,
)

TEXTS = ["La casa es bonita", "la casa es roja", "el perro es bonito"]
torch.set_num_threads(1)


def network(symbols: int) -> Generator:
    torch.manual_seed(6)
    return Generator(symbols, GeneratorSize(Layers("lstm", 8, 1), embedding=5)).eval()


def test_words_are_small_and_rare_ones_are_one() -> None:
    alphabet = Alphabet(TEXTS, by_word=True)
    assert len(alphabet) == 8 + 2  # la casa es bonita roja el perro bonito
    ids = alphabet("LA mesa es roja")
    assert ids[0] == ids[-1] == BOUNDARY and ids[2] == UNKNOWN and len(ids) == 6
    assert ids[1] == alphabet("la")[1] > UNKNOWN
    letters = Alphabet(TEXTS, by_word=False)
    assert len(letters("La casa")) == 9 and letters("L")[1] != letters("l")[1]
    many = Alphabet([" ".join(f"w{number}" for number in range(KNOWN + 50))], by_word=True)
    assert len(many) == KNOWN + 2


@pytest.mark.parametrize(
    ("right", "wrong", "both"),
    [
        ("la casa es bonita", "la casa es bonito", True),
        ("la casa es bonita", "la casa es fea", False),  # a form nobody has seen
        ("la casa es linda", "la casa es lindo", False),
        ("la mesa es bonita", "la mesa es bonito", True),  # the noun may be new
    ],
)
def test_a_pair_counts_when_both_forms_are_known(right: str, wrong: str, both: bool) -> None:
    alphabet = Alphabet(TEXTS, by_word=True)
    assert alphabet.tells_apart(Pair(right, wrong, 1, False)) is both


def test_likelihoods_are_those_of_each_sentence_alone() -> None:
    model = network(9)
    sentences = [[0, 3, 4, 0], [0, 5, 0], [0, 8, 7, 6, 5, 4, 3, 0]]
    found = likelihoods(model, sentences)
    for sentence, log in zip(sentences, found, strict=True):
        with torch.no_grad():
            scores, _ = model.scores(torch.tensor([sentence[:-1]]), None)
        logs = F.log_softmax(scores[0], dim=-1)
        expected = sum(float(logs[at, one]) for at, one in enumerate(sentence[1:]))
        assert log == pytest.approx(expected, abs=1e-5)


def test_the_likelier_sentence_is_preferred() -> None:
    alphabet = Alphabet(TEXTS, by_word=True)
    model = network(len(alphabet))
    with torch.no_grad():
        model.output.bias[alphabet("bonita")[1]] += 9.0
    pair = Pair("la casa es bonita", "la casa es bonito", 2, False)
    turned = Pair(pair.wrong, pair.right, 2, False)
    assert preferred(model, alphabet, [pair, turned]) == [True, False]


def test_groups_by_distance_and_attractor() -> None:
    pairs = [Pair("a", "b", distance, distance > 4) for distance in (1, 2, 5, 9, 6)]
    assert groups(pairs) == {
        "all": [0, 1, 2, 3, 4], "distance 1": [0], "distance 2": [1], "distance 4-6": [2, 4],
        "distance 7+": [3], "no attractor": [0, 1], "attractor": [2, 3, 4],
    }  # fmt: skip
