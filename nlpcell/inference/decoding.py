"""Scores of the next id to a chosen id: filters, then a draw.

A filter is a function from log-probabilities, (vocabulary,), to log-probabilities in which what
must not be drawn is minus infinity. No text here: ids in, ids out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # others come here for log_softmax alone
    from nlpcell.settings import Sampling

Scores = NDArray[np.float32]
Filter = Callable[[Scores], Scores]


def log_softmax(scores: Scores) -> Scores:
    """Scores to natural logarithms of probabilities along the last axis.

    >>> np.exp(log_softmax(np.array([0.0, 0.0], np.float32))).tolist()
    [0.5, 0.5]
    """
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Scores = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def top_k(count: int) -> Filter:
    """Keep the `count` likeliest (Fan et al. 2018)."""

    def keep(scores: Scores) -> Scores:
        if count >= len(scores):
            return scores
        least = np.partition(scores, -count)[-count]
        return np.where(scores >= least, scores, -np.inf)

    return keep


def top_p(mass: float) -> Filter:
    """Keep the likeliest that together reach `mass`: the nucleus (Holtzman et al. 2020)."""

    def keep(scores: Scores) -> Scores:
        order = np.argsort(-scores)
        probabilities = np.exp(log_softmax(scores))[order]
        before = np.cumsum(probabilities) - probabilities  # what the likelier ones reach
        kept = np.full_like(scores, -np.inf)
        chosen = order[before < mass]
        kept[chosen] = scores[chosen]
        return kept

    return keep


def min_p(share: float) -> Filter:
    """Keep what is at least `share` as probable as the likeliest (Nguyen et al. 2024)."""
    margin = np.float32(np.log(share))

    def keep(scores: Scores) -> Scores:
        return np.where(scores >= scores.max() + margin, scores, -np.inf)

    return keep


def less_repetition(scores: Scores, recent: Sequence[int], penalty: float) -> Scores:
    """Make what was just written less likely (Keskar et al. 2019, section 4.1).

    Log-probabilities are never positive, so the penalty multiplies them.
    """
    scores = scores.copy()
    scores[list(set(recent))] *= penalty
    return scores


def filters(settings: Sampling) -> list[Filter]:
    """The filters that are switched on, cheapest first."""
    chosen: list[Filter] = []
    if settings.top_k:
        chosen.append(top_k(settings.top_k))
    if settings.min_p:
        chosen.append(min_p(settings.min_p))
    if settings.top_p < 1:
        chosen.append(top_p(settings.top_p))
    return chosen


class Chooser:
    """Draws an id from scores; the same generator state gives the same id."""

    RECENT = 64  # ids that the repetition penalty looks back on

    def __init__(self, settings: Sampling, random: np.random.Generator) -> None:
        self.settings = settings
        self.random = random
        self.filters = filters(settings)

    def __call__(self, scores: Scores, written: Sequence[int]) -> int:
        """Penalise, heat, filter, draw (the Gumbel trick: no need to normalise)."""
        settings = self.settings
        if settings.repetition != 1 and written:
            scores = less_repetition(
                log_softmax(scores), written[-self.RECENT :], settings.repetition
            )
        if settings.temperature == 0:
            return int(scores.argmax())
        scores = scores / np.float32(settings.temperature)
        for keep in self.filters:
            scores = keep(scores)
        return int((scores + self.random.gumbel(size=len(scores))).argmax())
