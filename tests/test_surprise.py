"""How a corrector is judged while it reads right sentences with errors put in."""

from __future__ import annotations

import math

import pytest
import torch

from nlpcell.features import Features
from nlpcell.models.corrector import Corrector
from nlpcell.settings import CorrectorSize, Layers
from nlpcell.training.agree import surprise
from nlpcell.training.corrections import Decided, Lexer

SENTENCES = [
    Decided(["la", "casa", "viejo"], ["keep", "keep", "o>a"]),
    Decided(["el", "perro"], ["keep", "keep"]),
]


@pytest.fixture
def lexer() -> Lexer:
    return Lexer(["keep", "o>a"], Features(200))


def network(bias: float) -> Corrector:
    """One that says of every word the same: the odds that it may stay are exp(bias)."""
    size = CorrectorSize(Layers("lstm", 4, 1), 4, buckets=200)
    made = Corrector(2, size).eval()
    with torch.no_grad():
        made.output.weight.zero_()
        made.output.bias.copy_(torch.tensor([bias, 0.0]))
    return made


def test_it_is_the_mean_over_all_words_and_none_of_the_padding(lexer: Lexer) -> None:
    assert surprise(network(0.0), lexer, SENTENCES).value == pytest.approx(math.log(2))
    chance = 1 / (1 + math.exp(-2))
    nats = -(4 * math.log(chance) + math.log(1 - chance)) / 5
    assert surprise(network(2.0), lexer, SENTENCES).value == pytest.approx(nats)


def test_less_is_better(lexer: Lexer) -> None:
    sure = surprise(network(1.4), lexer, SENTENCES)  # close to the four of five that stay
    assert sure.beats(surprise(network(-1.4), lexer, SENTENCES).value)
    assert sure.beats(surprise(network(0.0), lexer, SENTENCES).value)
