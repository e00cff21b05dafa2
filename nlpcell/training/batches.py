"""Ids to batches of tensors, in an order that (seed, epoch, position) alone decides.

The one place that pads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nlpcell.errors import WrongUse
from nlpcell.models.classifier import Labelled
from nlpcell.models.generator import Passage
from nlpcell.tokenizer import PAD

NO_LABEL = -100  # cross_entropy passes over it


FEWEST = 64  # steps in an epoch: a short text is read in fewer rows, rather than in fewer steps


class Share(Protocol):
    """Which part of every batch this process works on."""

    @property
    def rank(self) -> int: ...
    @property
    def world(self) -> int: ...


class Source(Protocol):
    """Batches of one epoch, reachable by position, so that training resumes anywhere."""

    def epoch(self, number: int, share: Share) -> Sequence[Any]: ...


class Epoch:
    """A list of batches that are made when they are asked for."""

    def __init__(self, length: int, make: Any) -> None:
        self.length = length
        self.make = make

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, position: int) -> Any:
        return self.make(position)


class Stream:
    """Texts, one after another, as `batch` passages read side by side, each going on where it was.

    Truncated back-propagation through time with carried memory (Mikolov et al. 2010). Each epoch
    has the texts in another order and starts a few characters further in, so that the cuts never
    fall in the same places.
    """

    def __init__(
        self, texts: Sequence[NDArray[np.int32]], batch: int, steps: int, seed: int
    ) -> None:
        self.texts = texts
        characters = sum(map(len, texts))
        self.steps = max(1, min(steps, (characters - 1) // 2))
        self.batch = max(1, min(batch, (characters - 1) // (FEWEST * self.steps)))
        self.seed = seed

    def epoch(self, number: int, share: Share) -> Sequence[Passage]:
        if share.world > self.batch:
            raise WrongUse(f"{share.world} processes for batches of {self.batch}; start fewer")
        random = np.random.default_rng([self.seed, number])
        offset = int(random.integers(self.steps))
        stream = np.concatenate([self.texts[i] for i in random.permutation(len(self.texts))])
        length = (len(stream) - 1 - offset) // self.batch  # characters per row
        used = torch.from_numpy(stream[offset : offset + self.batch * length + 1].astype(np.int64))
        ids = used[:-1].view(self.batch, length)[share.rank :: share.world]
        following = used[1:].view(self.batch, length)[share.rank :: share.world]

        def passage(position: int) -> Passage:
            here = slice(position * self.steps, (position + 1) * self.steps)
            return Passage(ids[:, here], following[:, here])

        return Epoch(max(1, length // self.steps), passage)  # type: ignore[return-value]


class Sentences:
    """Labelled sentences, shuffled, near lengths together.

    `ids` gives the sentences of an epoch, because their segmentation may be drawn anew each time.
    """

    def __init__(
        self,
        ids: Callable[[int], Sequence[Sequence[int]]],
        labels: Sequence[int],
        batch: int,
        seed: int,
    ) -> None:
        self.ids = ids
        self.labels = labels
        self.batch = batch
        self.seed = seed

    def epoch(self, number: int, share: Share) -> Sequence[Labelled]:
        sentences = self.ids(number)
        plan = bucketed([len(ids) for ids in sentences], self.batch, [self.seed, number])

        def labelled(position: int) -> Labelled:
            chosen = plan[position][share.rank :: share.world]
            if not len(chosen):  # a small batch, many processes: this one joins in with nothing
                return collated([[]], [NO_LABEL])
            return collated([sentences[i] for i in chosen], [self.labels[i] for i in chosen])

        return Epoch(len(plan), labelled)  # type: ignore[return-value]


def bucketed(
    lengths: Sequence[int], batch: int, seed: list[int], within: int = 50
) -> list[NDArray[np.int64]]:
    """Which items go into which batch: random, but sorted by length within so many batches."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(lengths))
    batches: list[NDArray[np.int64]] = []
    for start in range(0, len(order), within * batch):
        window = order[start : start + within * batch]
        window = window[np.argsort(np.asarray(lengths)[window], kind="stable")]
        batches += [window[at : at + batch] for at in range(0, len(window), batch)]
    return [batches[place] for place in random.permutation(len(batches))]


def collated(sentences: Sequence[Sequence[int]], labels: Sequence[int]) -> Labelled:
    """Sentences and labels as tensors."""
    ids, lengths = padded(sentences)
    return Labelled(ids, lengths, torch.tensor(labels, dtype=torch.int64))


def padded(sentences: Sequence[Sequence[int]], multiple: int = 8) -> tuple[Tensor, Tensor]:
    """(batch, time) of ids and (batch,) of lengths.

    Time is rounded up to a multiple, which keeps the number of compiled kernels small, and an empty
    sentence counts as one PAD, because a mean needs something to stand on.
    """
    lengths = torch.tensor([max(1, len(ids)) for ids in sentences])
    time = -(-int(lengths.max()) // multiple) * multiple
    ids = torch.full((len(sentences), time), PAD)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = torch.tensor(sentence, dtype=torch.int64)
    return ids, lengths


def in_order(
    sentences: Sequence[Sequence[int]], labels: Sequence[int], batch: int
) -> Iterator[Labelled]:
    """Batches for scoring: every sentence once, shortest first."""
    order = sorted(range(len(sentences)), key=lambda place: len(sentences[place]))
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        yield collated([sentences[i] for i in chosen], [labels[i] for i in chosen])
