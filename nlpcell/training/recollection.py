"""A cell and a lag to whether it learns to bridge it, and how the gradient fares on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from nlpcell.modules.recurrent import Recurrent
from nlpcell.settings import Cell, Layers, Start
from nlpcell.training.lags import LongLag, Sequences
from nlpcell.training.rivals import CELLS, matched, parameters

BATCH = 32  # sequences per step
CHECKED = 256  # fresh sequences of a look on the way
FRESH = 1_000  # fresh sequences that decide
AT_ONCE = 8_000_000  # steps of all sequences that are judged together: 2 GB of inputs
SOLVED = 0.99  # share of them that must be right
EVERY = 25  # steps between two looks
# Of Adam, without decay. At lag 1,000 an LSTM learns recall in 160 steps with 2e-2 and not in 150
# with 5e-3. A plain RNN wants smaller steps: with 5e-3 it learns lag 10 but not 30, with 1e-3 both.
RATES: dict[Cell, float] = {"lstm": 2e-2, "gru": 2e-2, "rnn": 1e-3}


@dataclass(frozen=True)
class Trial:
    """What is tried, the same for every cell."""

    task: LongLag
    hidden: int = 32  # units of the LSTM; the other cells get as many parameters
    start: Start = "chrono"
    seed: int = 1
    cells: Sequence[Cell] = CELLS


class Outcome(NamedTuple):
    """How one cell fared at one lag."""

    cell: Cell
    hidden: int
    parameters: int
    lag: int
    success: float  # share of FRESH sequences that are right
    memoryless: float  # the same for one that remembers nothing
    sequences: int  # learnt from, until it was solved or time was up
    seconds: float

    @property
    def solved(self) -> bool:
        return self.success >= SOLVED


class Rememberer(nn.Module):
    """One recurrent layer; the answer is read off its last hidden state."""

    def __init__(self, task: LongLag, cell: Cell, hidden: int, lag: int, start: Start) -> None:
        super().__init__()
        size = Layers(cell, hidden, 1, 0.0, start, max(2, lag))
        self.recurrent = Recurrent(task.width, size)
        self.output = nn.Linear(hidden, task.outputs)

    def forward(self, sequences: Sequences) -> Tensor:
        """(batch, time, width) -> (batch, outputs)."""
        read, _ = self.recurrent(sequences.inputs)
        last = read[torch.arange(len(read)), sequences.lengths - 1]
        return torch.as_tensor(self.output(last))


def rivals(trial: Trial, lag: int) -> dict[Cell, int]:
    """Hidden units of the three cells at equal parameter counts."""
    found = matched(
        lambda cell, hidden: Rememberer(trial.task, cell, hidden, lag, trial.start), trial.hidden
    )
    return {cell: hidden for cell, hidden in found.items() if cell in trial.cells}


def compared(trial: Trial, lags: Sequence[int], budget: float) -> Iterator[Outcome]:
    """Every cell at every lag, from new weights.

    The cells have equal time at one lag; what they leave of it goes to the lags that follow, so
    that all together take `budget` seconds at most.
    """
    end = time.monotonic() + budget
    for place, lag in enumerate(lags):
        share = (end - time.monotonic()) / (len(trial.cells) * (len(lags) - place))
        for cell, hidden in rivals(trial, lag).items():
            yield outcome(trial, cell, hidden, lag, max(0.0, share))


def outcome(trial: Trial, cell: Cell, hidden: int, lag: int, seconds: float) -> Outcome:
    """Learn until it is solved or `seconds` are over, then judge on fresh sequences."""
    began = time.monotonic()
    torch.manual_seed(trial.seed)
    random = np.random.default_rng([trial.seed, lag])
    network = Rememberer(trial.task, cell, hidden, lag, trial.start)
    search = torch.optim.Adam(network.parameters(), lr=RATES[cell])
    steps, success, known = 0, 0.0, False
    while time.monotonic() - began < seconds:
        learn(network, search, trial.task, trial.task.drawn(random, BATCH, lag))
        steps += 1
        known = steps % EVERY == 0 and share(network, trial.task, random, CHECKED, lag) >= SOLVED
        if known:
            success = share(network, trial.task, random, FRESH, lag)
            known = success >= SOLVED
        if known:
            break
    if not known:
        success = share(network, trial.task, random, FRESH, lag)
    numbers = parameters(lambda cell, hidden: network, cell, hidden)
    guessed = trial.task.memoryless(trial.task.drawn(random, FRESH, lag).targets)
    took = time.monotonic() - began
    return Outcome(cell, hidden, numbers, lag, success, guessed, steps * BATCH, took)


def learn(
    network: Rememberer, search: torch.optim.Optimizer, task: LongLag, batch: Sequences
) -> None:
    """One step; a gradient that has run away changes nothing."""
    loss = task.loss(network(batch), batch.targets)
    search.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    length = nn.utils.clip_grad_norm_(network.parameters(), 1.0)  # Pascanu et al. 2013
    if math.isfinite(float(length)):
        search.step()


@torch.no_grad()
def share(
    network: Rememberer, task: LongLag, random: np.random.Generator, count: int, lag: int
) -> float:
    """The share of new sequences that the network gets right."""
    right, rows = 0, max(BATCH, min(CHECKED, AT_ONCE // lag))
    for start in range(0, count, rows):
        batch = task.drawn(random, min(rows, count - start), lag)
        right += int(task.right(network(batch), batch.targets).sum())
    return right / count


def gradients(trial: Trial, cell: Cell, hidden: int, lag: int) -> dict[str, list[float]]:
    """The norm of d(loss)/d(h_t) against the steps back from the end, before anything is learnt.

    Mean over BATCH sequences of `lag` steps (Hochreiter 1991; Bengio et al. 1994). For an LSTM
    also d(loss)/d(c_t), of what its cell state hands to the next step: nothing at the end, where
    the hidden state is read.
    """
    torch.manual_seed(trial.seed)
    random = np.random.default_rng([trial.seed, lag])
    network = Rememberer(trial.task, cell, hidden, lag, trial.start)
    batch = trial.task.drawn(random, BATCH, lag)
    memory = network.recurrent.blank(BATCH)
    states = []
    for time_ in range(lag):
        _, memory = network.recurrent(batch.inputs[:, time_ : time_ + 1], memory)
        memory.retain_grad()
        states.append(memory)
    loss = trial.task.loss(network.output(memory[0, 0]), batch.targets)
    loss.backward()  # type: ignore[no-untyped-call]
    names = [cell, f"{cell} cell state"]
    found: dict[str, list[float]] = {}
    for place in range(memory.shape[1]):
        norms = [
            state.grad[0, place].norm(dim=-1).mean().item() * BATCH
            for state in reversed(states)
            if state.grad is not None
        ]
        found[names[place]] = norms
    return found
