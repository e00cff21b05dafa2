"""Beam search over a step, for many sentences at once. Ids in, ids out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from nlpcell.settings import Decoding
from nlpcell.tokenizer import END, START

Ids = NDArray[np.int64]
Numbers = NDArray[np.float32]


class Candidates(NamedTuple):
    """What may come next in every row."""

    scores: Numbers  # (rows, candidates), natural logarithms of probabilities
    ids: Ids  # (rows, candidates)
    weights: Numbers  # (rows, source): where the network looked; (rows, 0) if nobody asks


class Stepper(Protocol):
    """A network that writes. Its rows are sentence by sentence, `beam` of them for each."""

    def step(self, last: Ids, most: int) -> Candidates:
        """Read the last id of every row, (rows,): the `most` likeliest that may follow."""

    def keep(self, sentences: Ids | None, rows: Ids) -> None:
        """Go on with these rows, in this order, of these sentences (None: of all)."""


class Beams(NamedTuple):
    """Beginnings of translations, some for each sentence, as they are written."""

    ids: Ids  # (rows, time), START first
    weights: Numbers  # (rows, time - 1, source)


class Found(NamedTuple):
    """A translation that came to its end."""

    ids: list[int]  # without START and END
    score: float  # logarithm of its probability, over the length penalty
    weights: Numbers  # (time, source): where the network looked for each id


# Lowers the scores of what must not follow: candidates, what was written, (rows, time), and the
# sentence of each row, (rows,), to scores, (rows, candidates).
Filter = Callable[[Candidates, Ids, Ids], Numbers]


def search(
    stepper: Stepper, longest: Sequence[int], settings: Decoding, filters: Sequence[Filter] = ()
) -> list[list[Found]]:
    """The best translations of every sentence, best first; `longest` holds their limits in ids.

    1. Each sentence has `beam` beginnings; all their continuations compete.
    2. One that ends leaves the beam and is kept; the others go on.
    3. A sentence is done when nothing that goes on can become better than what was kept.
    """
    beam, limits = settings.beam, np.array(longest)
    left = np.arange(len(longest))  # sentences that are not done
    found: list[list[Found]] = [[] for _ in longest]
    totals = np.tile(np.array([0.0] + [-np.inf] * (beam - 1)), (len(left), 1))
    beams = Beams(np.full((len(left) * beam, 1), START), np.empty((0, 0, 0), np.float32))
    while len(left):
        following = stepper.step(beams.ids[:, -1], 2 * beam + 2)
        for lower in filters:
            lowered = lower(following, beams.ids, np.repeat(left, beam))
            following = following._replace(scores=lowered)
        rows, ids, totals = chosen(totals, following, 2 * beam)
        time = beams.ids.shape[1]  # ids written after this step, START not counted
        over = limits[left] <= time
        ended = (ids == END) | over[:, None]
        for place, slot in np.argwhere(ended[:, :beam] & np.isfinite(totals[:, :beam])):
            whole = grown(
                beams, rows[place, slot : slot + 1], ids[place, slot : slot + 1], following
            )
            found[left[place]].append(finished(whole, totals[place, slot], settings))
        totals[ended] = -np.inf
        best = np.argsort(-totals, axis=1, kind="stable")[:, :beam]
        rows, ids = np.take_along_axis(rows, best, axis=1), np.take_along_axis(ids, best, axis=1)
        totals = np.take_along_axis(totals, best, axis=1)
        going = ~done([found[one] for one in left], totals, limits[left], time, settings)
        beams = grown(beams, rows[going].ravel(), ids[going].ravel(), following)
        stepper.keep(None if going.all() else np.flatnonzero(going), rows[going].ravel())
        left, totals = left[going], totals[going]
    return [sorted(some, key=lambda one: -one.score)[: settings.n_best] for some in found]


def chosen(
    totals: NDArray[np.float64], following: Candidates, count: int
) -> tuple[Ids, Ids, NDArray[np.float64]]:
    """The best continuations of each sentence: their rows, ids and totals, (sentences, count)."""
    sentences, beam = totals.shape
    width = following.scores.shape[1]
    both = (totals[:, :, None] + following.scores.reshape(sentences, beam, width)).reshape(
        sentences, -1
    )
    best = np.argsort(-both, axis=1, kind="stable")[:, :count]
    rows = best // width + beam * np.arange(sentences)[:, None]
    ids = np.take_along_axis(following.ids.reshape(sentences, -1), best, axis=1)
    return rows, ids, np.take_along_axis(both, best, axis=1)


def grown(beams: Beams, rows: Ids, ids: Ids, following: Candidates) -> Beams:
    """Beginnings of these rows, each with one more id."""
    last = following.weights[rows][:, None]
    before = beams.weights[rows] if len(beams.weights) else last[:, :0]
    return Beams(
        np.concatenate([beams.ids[rows], ids[:, None]], axis=1),
        np.concatenate([before, last], axis=1),
    )


def finished(beams: Beams, total: float, settings: Decoding) -> Found:
    """A single beginning as a translation."""
    ids = beams.ids[0, 1:].tolist()
    length = len(ids)
    ids = ids[:-1] if ids[-1] == END else ids
    score = total / penalty(length, settings.length_penalty)
    return Found(ids, float(score), beams.weights[0, : len(ids)])


def penalty(length: float, alpha: float) -> float:
    """What the logarithm of a probability is divided by (Wu et al. 2016, eq. 14).

    >>> penalty(1, 0.5), penalty(19, 1.0)
    (1.0, 4.0)
    """
    return float(((5 + length) / 6) ** alpha)


def done(
    found: Sequence[Sequence[Found]],
    totals: NDArray[np.float64],
    limits: Ids,
    time: int,
    settings: Decoding,
) -> NDArray[np.bool_]:
    """Which sentences have what they need after `time` ids: (sentences,) of (sentences, beam)."""
    best = totals.max(axis=1)
    answers: NDArray[np.bool_] = ~np.isfinite(best)
    for place, some in enumerate(found):
        if len(some) >= settings.n_best and not answers[place]:
            least = sorted(one.score for one in some)[-settings.n_best]
            # With enough to choose from, what is worse by now is not expected to catch up.
            length = time if len(some) >= settings.beam else limits[place]
            answers[place] = least >= best[place] / penalty(length, settings.length_penalty)
    return answers
