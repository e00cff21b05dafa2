"""Scores to a chosen id: filters against hand calculations, draws against their frequencies."""

from __future__ import annotations

import numpy as np
import pytest

from nlpcell.inference.decoding import Chooser, less_repetition, log_softmax, min_p, top_k, top_p
from nlpcell.settings import Sampling

SCORES = np.log(np.array([0.5, 0.25, 0.15, 0.1], np.float32))


def kept(scores: np.ndarray) -> list[int]:
    return np.flatnonzero(np.isfinite(scores)).tolist()


def test_top_k_keeps_the_likeliest() -> None:
    assert kept(top_k(2)(SCORES)) == [0, 1]
    assert kept(top_k(9)(SCORES)) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("mass", "expected"), [(0.4, [0]), (0.5001, [0, 1]), (0.76, [0, 1, 2]), (1.0, [0, 1, 2, 3])]
)
def test_top_p_keeps_the_smallest_nucleus_that_reaches_the_mass(
    mass: float, expected: list[int]
) -> None:
    assert kept(top_p(mass)(SCORES)) == expected


def test_top_p_does_not_depend_on_the_order_of_ids() -> None:
    assert kept(top_p(0.7)(SCORES[::-1])) == [2, 3]


def test_min_p_is_relative_to_the_likeliest() -> None:
    assert kept(min_p(0.31)(SCORES)) == [0, 1]  # 0.15 < 0.31 * 0.5 = 0.155 < 0.25
    assert kept(min_p(0.29)(SCORES)) == [0, 1, 2]


def test_repetition_makes_what_was_written_less_likely() -> None:
    penalised = less_repetition(SCORES, [0, 0], 2.0)
    assert penalised[0] == pytest.approx(2 * np.log(0.5))
    assert penalised[1:].tolist() == SCORES[1:].tolist()


def test_log_softmax_sums_to_one_for_huge_scores() -> None:
    scores = np.array([[1e4, 1e4 - 1], [-1e4, 0]], np.float32)
    assert np.exp(log_softmax(scores)).sum(axis=-1).tolist() == pytest.approx([1, 1])


def test_draws_follow_the_probabilities() -> None:
    choose = Chooser(Sampling(temperature=1.0), np.random.default_rng(0))
    drawn = np.bincount([choose(SCORES, []) for _ in range(20_000)], minlength=4) / 20_000
    assert drawn.tolist() == pytest.approx([0.5, 0.25, 0.15, 0.1], abs=0.015)


def test_temperature_sharpens() -> None:
    """At temperature 0.5 probabilities are squared: 0.25 / (0.25 + 0.0625 + 0.0225 + 0.01)."""
    choose = Chooser(Sampling(temperature=0.5), np.random.default_rng(0))
    share = np.mean([choose(SCORES, []) == 0 for _ in range(20_000)])
    assert share == pytest.approx(0.25 / 0.345, abs=0.015)


def test_temperature_zero_is_the_likeliest() -> None:
    choose = Chooser(Sampling(temperature=0), np.random.default_rng(0))
    assert {choose(SCORES, []) for _ in range(50)} == {0}


def test_same_seed_same_draws() -> None:
    def draws(seed: int) -> list[int]:
        choose = Chooser(Sampling(), np.random.default_rng(seed))
        return [choose(SCORES, []) for _ in range(100)]

    assert draws(3) == draws(3) != draws(4)


def test_what_is_filtered_out_is_never_drawn() -> None:
    choose = Chooser(Sampling(temperature=2.0, top_k=2, top_p=0.99), np.random.default_rng(0))
    assert {choose(SCORES, []) for _ in range(500)} == {0, 1}
