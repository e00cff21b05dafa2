"""Sequences whose answer lies far back: noisy recall and the adding problem.

Both are made up as they are needed, so that no sequence is seen twice: what is judged is fresh.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

DISTRACTORS = 50  # symbols of noise; the hardest row of table 3 of Hochreiter and Schmidhuber 1997
GOES_ON = 0.9  # chance that one more symbol of noise follows, once the lag is over
SURE = 0.75  # probability of the right symbol, the criterion of their table 3 (error below 0.25)
NEAR = 0.04  # error of a sum that counts as solved, section 5.4 of the same paper


class Sequences(NamedTuple):
    """A batch and what is to be answered at the end of each."""

    inputs: Tensor  # (batch, time, width), padded with zeros
    lengths: Tensor  # (batch,): steps
    targets: Tensor  # (batch,)


class LongLag(Protocol):
    """A task in which the end of a sequence asks for its beginning."""

    name: str
    width: int  # numbers that enter at a step
    outputs: int

    def drawn(self, random: np.random.Generator, count: int, lag: int) -> Sequences: ...
    def loss(self, scores: Tensor, targets: Tensor) -> Tensor: ...
    def right(self, scores: Tensor, targets: Tensor) -> Tensor:
        """(batch,) of booleans."""
        ...

    def memoryless(self, targets: Tensor) -> float:
        """Share that is right when nothing but the end of the sequence is known."""
        ...


class NoisyRecall:
    """Experiment 2c of Hochreiter and Schmidhuber 1997.

    A sequence is b, then x or y, then at least `lag` symbols of noise drawn from DISTRACTORS, then
    e; asked for is the x or y. The noise goes on with probability 0.9 after each further symbol,
    so its length, too, is of no help. The shortest way back is lag + 1 steps.
    """

    name = "recall"
    width = DISTRACTORS + 4
    outputs = 2

    def drawn(self, random: np.random.Generator, count: int, lag: int) -> Sequences:
        begin, end, first = DISTRACTORS, DISTRACTORS + 1, DISTRACTORS + 2
        noise = lag + random.geometric(1 - GOES_ON, count) - 1
        answers = random.integers(2, size=count)
        symbols = random.integers(DISTRACTORS, size=(count, int(noise.max()) + 3))
        symbols[:, 0], symbols[:, 1] = begin, first + answers
        symbols[np.arange(count), noise + 2] = end
        inputs = torch.eye(self.width)[torch.from_numpy(symbols)]
        lengths = torch.from_numpy(noise + 3)
        real = torch.arange(inputs.shape[1]) < lengths.unsqueeze(1)
        return Sequences(inputs * real.unsqueeze(-1), lengths, torch.from_numpy(answers))

    def loss(self, scores: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(scores, targets)

    def right(self, scores: Tensor, targets: Tensor) -> Tensor:
        return scores.softmax(dim=-1).gather(1, targets.unsqueeze(1)).squeeze(1) > SURE

    def memoryless(self, targets: Tensor) -> float:
        """The commoner symbol, said with certainty."""
        return max((targets == one).double().mean().item() for one in (0, 1))


class Adding:
    """Experiment 4 of the same paper: the sum of two marked numbers among `lag` and more.

    A step is a number from -1 to 1 and a marker; one of the first ten numbers is marked, and one
    of the others of the first half. Target: 0.5 + sum / 4. The shortest way back is lag / 2 steps.
    """

    name = "adding"
    width = 2
    outputs = 1

    def drawn(self, random: np.random.Generator, count: int, lag: int) -> Sequences:
        longest = lag + lag // 10
        lengths = random.integers(lag, longest + 1, size=count)
        numbers = random.uniform(-1, 1, size=(count, longest))
        markers = np.zeros_like(numbers)
        rows, early = np.arange(count), min(10, max(1, lag // 4))
        one = random.integers(early, size=count)
        other = random.integers(early, max(early + 1, lag // 2), size=count)
        markers[rows, one] = markers[rows, other] = 1.0
        targets = 0.5 + (numbers[rows, one] + numbers[rows, other]) / 4
        inputs = torch.from_numpy(np.stack([numbers, markers], axis=-1)).float()
        real = torch.arange(longest) < torch.from_numpy(lengths).unsqueeze(1)
        return Sequences(
            inputs * real.unsqueeze(-1),
            torch.from_numpy(lengths),
            torch.from_numpy(targets).float(),
        )

    def loss(self, scores: Tensor, targets: Tensor) -> Tensor:
        return F.mse_loss(scores.squeeze(-1), targets)

    def right(self, scores: Tensor, targets: Tensor) -> Tensor:
        return (scores.squeeze(-1) - targets).abs() < NEAR

    def memoryless(self, targets: Tensor) -> float:
        """The mean sum, which is likelier to be near than any other."""
        return float(((0.5 - targets).abs() < NEAR).double().mean())


TASKS: dict[str, LongLag] = {"recall": NoisyRecall(), "adding": Adding()}
