"""N-gram counts as a layer: the prior by a hand calculation, padding that changes nothing."""

from __future__ import annotations

import math

import pytest
import torch

from nlpcell.modules.ngrams import NGrams

SENTENCES = [[5, 6], [5, 7], [7, 8, 9]]
LABELS = [0, 0, 1]


def taught() -> NGrams:
    layer = NGrams(vocabulary=10, labels=2)
    layer.learn_prior(SENTENCES, LABELS)
    return layer


def test_prior_is_the_log_count_ratio() -> None:
    """Subword 5 stands in two sentences of label 0 and in none of label 1, plus one each.

    The sums over all n-grams: every row counts one, and the sentences hold 3 + 3 n-grams under
    label 0 and 6 under label 1 (three single ones, two pairs, one triple).
    """
    layer = taught()
    rows = len(layer.prior)
    expected = math.log(3 / (rows + 6)) - math.log(1 / (rows + 6))
    assert layer.prior[5, 0].item() == pytest.approx(expected, abs=1e-5)
    assert layer.prior[5, 1].item() == pytest.approx(-expected, abs=1e-5)
    assert layer.prior[7, 0].item() == pytest.approx(0, abs=1e-5)  # once under each


def test_padding_changes_nothing() -> None:
    layer = taught()
    alone = layer(torch.tensor([[5, 6]]), torch.tensor([2]))
    padded = layer(torch.tensor([[5, 6, 0, 0, 0]]), torch.tensor([2]))
    assert torch.equal(alone, padded)


def test_order_counts() -> None:
    layer = taught()
    lengths = torch.tensor([2])
    there, back = layer(torch.tensor([[5, 6]]), lengths), layer(torch.tensor([[6, 5]]), lengths)
    assert there[0, 0] > back[0, 0]  # the pair 5 6 was seen under label 0, the pair 6 5 never


@pytest.mark.parametrize("length", [1, 2, 3])
def test_the_shortest_sentences_have_scores(length: int) -> None:
    ids = torch.full((1, length), 5)
    assert taught()(ids, torch.tensor([length])).shape == (1, 2)
