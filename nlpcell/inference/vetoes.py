"""What must not be written next: filters for the search, each from candidates to lower scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlpcell.inference.search import Candidates, Filter, Ids, Numbers
from nlpcell.tokenizer import PAD, START, UNKNOWN

LOWER = np.float32(1e4)  # taken off: an end is always likelier than what is vetoed
PERIODS = 8  # ids at most in what is repeated
REPEATS = 3  # times something may stand in a row, unless the source says it more often


def never(candidates: Candidates, written: Ids, sentences: Ids) -> Numbers:
    """Padding and the beginning of a text are not part of one."""
    del written, sentences
    return lowered(candidates, np.isin(candidates.ids, (PAD, START)))


def copies(unknown: Sequence[int]) -> Filter:
    """No more unknown characters than the source has; `unknown` counts those of each sentence."""
    allowed = np.array(unknown)

    def veto(candidates: Candidates, written: Ids, sentences: Ids) -> Numbers:
        asked = candidates.ids == UNKNOWN
        if not asked.any():
            return candidates.scores
        used_up = (written == UNKNOWN).sum(axis=1) >= allowed[sentences]
        return lowered(candidates, asked & used_up[:, None])

    return veto


def circles(sources: Sequence[Sequence[int]]) -> Filter:
    """Nothing again and again, unless the source, a list of ids for each sentence, does so."""

    def veto(candidates: Candidates, written: Ids, sentences: Ids) -> Numbers:
        # To go round, the last two ids at least must have stood there a period ago.
        last = written[:, -1 - PERIODS : -1] == written[:, -1:]
        before = written[:, -2 - PERIODS : -2] == written[:, -2:-1]
        both = last[:, last.shape[1] - before.shape[1] :] & before
        suspects = np.flatnonzero(both.any(axis=1))
        found = np.zeros(candidates.ids.shape, bool)
        for row in suspects:
            source = sources[sentences[row]]
            found[row] = [goes_round(written[row], one, source) for one in candidates.ids[row]]
        return lowered(candidates, found)

    return veto


def goes_round(written: NDArray[np.int64], one: int, source: Sequence[int]) -> bool:
    """Whether an id closes one circle too many.

    >>> goes_round(np.array([7, 5, 5, 5]), 5, [4]), goes_round(np.array([7, 5, 5, 5]), 6, [4])
    (True, False)
    >>> goes_round(np.array([7, 5, 5, 5]), 5, [9, 9, 9, 9])
    False
    """
    ids = np.append(written[1:], one)
    for period in range(1, PERIODS + 1):
        times = repeats(ids, period, at_the_end=True)
        if times > REPEATS and times > repeats(np.array(source), period):
            return True
    return False


def repeats(ids: NDArray[np.int64], period: int, at_the_end: bool = False) -> int:
    """How many times at most something of `period` ids stands in a row.

    >>> repeats(np.array([1, 2, 1, 2, 1, 2, 3]), 2), repeats(np.array([1, 2, 3]), 1)
    (3, 1)
    """
    best = run = 0
    for same in ids[period:] == ids[:-period]:
        run = run + 1 if same else 0
        best = max(best, run)
    return (run if at_the_end else best) // period + 1


def lowered(candidates: Candidates, where: NDArray[np.bool_]) -> Numbers:
    """Scores, lower where something holds."""
    return np.where(where, candidates.scores - LOWER, candidates.scores)
