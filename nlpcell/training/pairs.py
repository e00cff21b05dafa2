"""Pairs of sentences to batches of near lengths, counted in subwords."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.example import Example
from nlpcell.models.translator import Paired
from nlpcell.subwords import Subwords
from nlpcell.tokenizer import END, START, UNKNOWN, seed_sampling
from nlpcell.training.batches import Epoch, Share, padded

Renamed = Callable[[Example, int], Example]  # a pair, a seed -> it with other names, or as it is

LONGEST = 120  # subwords of a side; longer pairs are left out
ROWS = 16  # a batch holds a multiple of them, as the registers for matrices (AMX) do
COPIED = 0.05  # share of pairs that hide a subword of both sides, so that copying is learnt


class Sides(NamedTuple):
    """A pair as ids."""

    source: Sequence[int]
    target: Sequence[int]


class Pairs:
    """Pairs, shuffled, those of near lengths together; `batch` counts subwords of both sides.

    The segmentation of an epoch is drawn anew where `sampling` is not 0 (Kudo 2018), and so are
    the names where there is something that can draw them.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        subwords: Subwords,
        sampling: float,
        batch: int,
        seed: int,
        renamed: Renamed | None = None,
    ) -> None:
        found = [(one, pair) for one in examples for pair in sides([one], subwords)]
        self.examples = [one for one, _ in found]
        self.fixed = [pair for _, pair in found]
        self.renamed = renamed
        self.subwords = subwords
        self.sampling = sampling
        self.batch = batch
        self.seed = seed

    def reading(self, number: int) -> Sequence[Sides]:
        """The pairs of one epoch as ids."""
        seed = 1_000 * self.seed + number
        now = [self.renamed(one, seed) for one in self.examples] if self.renamed else self.examples
        if self.sampling:
            seed_sampling(seed)
            return sides(now, self.subwords, self.sampling)
        same = [one is before for one, before in zip(now, self.examples, strict=True)]
        other = [one for one, kept in zip(now, same, strict=True) if not kept]
        kept = [pair for pair, kept in zip(self.fixed, same, strict=True) if kept]
        return kept + sides(other, self.subwords)

    def epoch(self, number: int, share: Share) -> Sequence[Paired]:
        pairs = self.reading(number)
        plan = planned(pairs, self.batch, [self.seed, number])

        def paired(position: int) -> Paired:
            rows = plan[position]
            draws = np.random.default_rng([self.seed, number, position]).random((len(rows), 2))
            chosen = [
                self.with_a_gap(pairs[row], which) if hide < COPIED else pairs[row]
                for row, (hide, which) in zip(rows, draws, strict=True)
            ]
            return collated(chosen[share.rank :: share.world])

        return Epoch(len(plan), paired)  # type: ignore[return-value]

    def with_a_gap(self, pair: Sides, which: float) -> Sides:
        """The pair with UNKNOWN for a subword that stands once on either side, if there is one.

        `which`, in [0, 1), chooses among them.
        """
        source, target = (
            [one for one in side if list(side).count(one) == 1 and one > END] for side in pair
        )
        alike = sorted(set(source) & set(target))
        if not alike:
            return pair
        hidden = alike[int(which * len(alike))]
        space = self.subwords.space
        gap = [space] if hidden in self.subwords.spaced and space is not None else []
        return Sides(*(replaced(side, hidden, [*gap, UNKNOWN]) for side in pair))


def replaced(side: Sequence[int], old: int, new: Sequence[int]) -> list[int]:
    """Ids with others in the place of one.

    >>> replaced([4, 5, 6], 5, [9, 1])
    [4, 9, 1, 6]
    """
    return [one for id_ in side for one in (new if id_ == old else [id_])]


def sides(examples: Sequence[Example], subwords: Subwords, sampling: float = 0.0) -> list[Sides]:
    """The ids of pairs, without those that are too long."""
    found = (
        Sides(subwords.read(one.text, sampling).ids, subwords.read(one.target, sampling).ids)
        for one in examples
    )
    return [pair for pair in found if max(map(len, pair)) < LONGEST]


def planned(pairs: Sequence[Sides], batch: int, seed: Sequence[int]) -> list[NDArray[np.int64]]:
    """Which pairs go into which batch: at random among those whose lengths are alike."""
    random = np.random.default_rng(seed)
    # END makes either side longer by one
    lengths = np.array([[len(one.source), len(one.target)] for one in pairs]) + 1
    order = random.permutation(len(pairs))
    order = order[np.lexsort((lengths[order, 0], lengths[order, 1]))]
    batches, start = [], 0
    while start < len(order):
        longest, end = np.zeros(2, np.int64), start
        while end < len(order):
            longest = np.maximum(longest, lengths[order[end]])
            if end > start and (end + 1 - start) * longest.sum() > batch:
                break
            end += 1
        if end < len(order) and end - start > ROWS:
            end -= (end - start) % ROWS
        batches.append(order[start:end])
        start = end
    return [batches[place] for place in random.permutation(len(batches))]


def collated(pairs: Sequence[Sides]) -> Paired:
    """Pairs as tensors; a process without a pair joins in with nothing to learn."""
    source, lengths = padded([[*one.source, END] for one in pairs] or [[END]], 1)
    before, _ = padded([[START, *one.target] for one in pairs] or [[START]], 1)
    after, _ = padded([[*one.target, END] for one in pairs] or [[]], 1)
    return Paired(source, lengths, before, after)


def in_order(pairs: Sequence[Sides], batch: int) -> Iterator[Paired]:
    """Batches for scoring: every pair once, shortest first."""
    for rows in sorted(planned(pairs, batch, [0]), key=lambda rows: len(pairs[rows[0]].target)):
        yield collated([pairs[row] for row in rows])
