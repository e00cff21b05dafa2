"""Long-lag tasks, made by rule, and what learning them tells of a cell."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from nlpcell.settings import Cell
from nlpcell.training import recollection
from nlpcell.training.lags import DISTRACTORS, TASKS, Adding, NoisyRecall
from nlpcell.training.recollection import Outcome, Rememberer, Trial, compared, gradients, outcome
from nlpcell.training.rivals import matched

RECALL, ADDING = NoisyRecall(), Adding()
BEGIN, END, X, Y = DISTRACTORS, DISTRACTORS + 1, DISTRACTORS + 2, DISTRACTORS + 3
CELLS: list[Cell] = ["lstm", "gru", "rnn"]
torch.set_num_threads(1)


def test_noisy_recall_is_experiment_2c() -> None:
    """b, x or y, at least `lag` symbols of noise, e; how many more is geometric with mean 9."""
    lag, count = 20, 3_000
    batch = RECALL.drawn(np.random.default_rng(1), count, lag)
    symbols = batch.inputs.argmax(dim=-1)
    lengths = batch.lengths.tolist()
    for row in range(count):
        length = lengths[row]
        assert symbols[row, 0] == BEGIN and symbols[row, length - 1] == END
        assert symbols[row, 1] == (X, Y)[batch.targets[row]]
        assert (symbols[row, 2 : length - 1] < DISTRACTORS).all()
        assert (batch.inputs[row, :length].sum(dim=-1) == 1).all()
        assert (batch.inputs[row, length:] == 0).all()
    noise = np.array(lengths) - 3
    assert noise.min() == lag and 8 < (noise - lag).mean() < 10
    assert 0.45 < batch.targets.double().mean() < 0.55
    used = symbols[:, 2 : lag + 2].unique()
    assert used.tolist() == list(range(DISTRACTORS))


def test_a_recalled_symbol_counts_when_it_is_sure() -> None:
    sure = math.log(3)  # exp: 3 to 1, a probability of 0.75
    scores = torch.tensor([[sure + 0.01, 0.0], [sure - 0.01, 0.0], [0.0, 5.0]])
    assert RECALL.right(scores, torch.tensor([0, 0, 0])).tolist() == [True, False, False]
    assert RECALL.memoryless(torch.tensor([0, 1, 1, 1])) == 0.75


def test_adding_is_experiment_4() -> None:
    lag, count = 40, 500
    batch = ADDING.drawn(np.random.default_rng(2), count, lag)
    numbers, markers = batch.inputs.unbind(dim=-1)
    assert batch.inputs.shape[1] == 44 and batch.lengths.min() >= lag
    assert (numbers.abs() <= 1).all() and (markers.sum(dim=1) == 2).all()
    places = markers.nonzero()[:, 1].reshape(count, 2)
    assert (places[:, 0] < 10).all() and (places[:, 1] >= 10).all() and (places[:, 1] < 20).all()
    sums = (numbers * markers).sum(dim=1)
    torch.testing.assert_close(batch.targets, 0.5 + sums / 4)
    assert ADDING.right(torch.tensor([[0.53], [0.55]]), torch.tensor([0.5, 0.5])).tolist() == [
        True, False,
    ]  # fmt: skip
    # |sum| / 4 < 0.04: the sum of two uniform numbers has a triangular density of height 1 / 2,
    # so the probability is 2 (0.16 / 2 - 0.16^2 / 8) = 0.1536
    many = ADDING.drawn(np.random.default_rng(3), 20_000, lag).targets
    assert ADDING.memoryless(many) == pytest.approx(0.1536, abs=0.01)


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_what_comes_after_the_end_changes_nothing(task: recollection.LongLag) -> None:
    network = Rememberer(task, "lstm", 6, 20, "chrono")
    batch = task.drawn(np.random.default_rng(4), 20, 20)
    other = batch.inputs.clone()
    for row, length in enumerate(batch.lengths):
        other[row, length:] = 7.0
    assert (batch.lengths < batch.inputs.shape[1]).any()
    torch.testing.assert_close(network(batch._replace(inputs=other)), network(batch))


def test_cells_get_equal_parameters() -> None:
    def build(cell: Cell, hidden: int) -> torch.nn.Module:
        return Rememberer(RECALL, cell, hidden, 10, "chrono")

    found = matched(build, 32)
    sizes = {cell: sum(one.numel() for one in build(cell, found[cell]).parameters())
             for cell in CELLS}  # fmt: skip
    assert found["lstm"] == 32 and found["lstm"] < found["gru"] < found["rnn"]
    # by hand: 4 gates (54 inputs + 32 units + 2 biases) 32 units, and 2 scores of 32 units
    assert sizes["lstm"] == 4 * (54 + 32 + 2) * 32 + 2 * 33
    for cell in CELLS:
        near = [
            abs(sum(one.numel() for one in build(cell, found[cell] + step).parameters())
                - sizes["lstm"]) for step in (-1, 0, 1)
        ]  # fmt: skip
        assert min(near) == near[1]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_gated_cell_learns_a_short_lag(cell: Cell) -> None:
    found = outcome(Trial(RECALL, 16), cell, 16, lag=20, seconds=60)
    assert found.solved and found.success >= 0.99 and 0.4 < found.memoryless < 0.6
    assert found.sequences % recollection.BATCH == 0 and found.sequences < 20_000


def test_who_learns_nothing_solves_nothing() -> None:
    for one in compared(Trial(RECALL, 8), [5], budget=0.0):
        assert (one.sequences, one.solved) == (0, False) and one.success < 0.9


def test_the_gradient_forgets_in_a_plain_network_and_lasts_in_a_cell_state() -> None:
    """Hochreiter 1991. A forget gate prepared for the lag keeps about 1 - 1 / lag a step."""
    lag = 200
    trial = Trial(RECALL, 16)
    plain = gradients(trial, "rnn", 40, lag)["rnn"]
    state = gradients(trial, "lstm", 16, lag)["lstm cell state"]
    assert len(plain) == len(state) == lag and plain[0] > 0 == state[0]  # see there
    assert plain[150] < 1e-3 * plain[0] and state[150] > 0.05 * state[1] > 0


def test_the_last_gradient_is_that_of_the_formula() -> None:
    """Cross-entropy after a linear layer: d(loss)/dh = W^T (softmax - truth), summed over nothing
    but the answer; the mean of its norms over the sequences."""
    trial, lag = Trial(RECALL, 8, seed=3), 12
    found = gradients(trial, "rnn", 8, lag)["rnn"][0]
    torch.manual_seed(3)
    network = Rememberer(RECALL, "rnn", 8, lag, "chrono")
    batch = RECALL.drawn(np.random.default_rng([3, lag]), recollection.BATCH, lag)
    with torch.no_grad():
        outputs, _ = network.recurrent(batch.inputs[:, :lag])
        chances = network.output(outputs[:, -1]).softmax(dim=-1)
        truth = torch.nn.functional.one_hot(batch.targets, 2)
        expected = ((chances - truth) @ network.output.weight).norm(dim=-1).mean()
    assert found == pytest.approx(float(expected), rel=1e-4)


def test_time_that_one_lag_leaves_is_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    given: list[tuple[int, float]] = []

    def quick(trial: Trial, cell: Cell, hidden: int, lag: int, seconds: float) -> Outcome:
        given.append((lag, seconds))
        now[0] += 1.0
        return Outcome(cell, hidden, 0, lag, 1.0, 0.5, 0, 1.0)

    monkeypatch.setattr(recollection, "outcome", quick)
    monkeypatch.setattr(recollection.time, "monotonic", lambda: now[0])
    list(compared(Trial(RECALL, 8), [2, 3], budget=30.0))
    assert given == [(2, 5.0)] * 3 + [(3, 9.0)] * 3  # 30 s in 6 shares; 27 s in 3
    given.clear()
    list(compared(Trial(RECALL, 8, cells=["gru"]), [2], budget=30.0))
    assert given == [(2, 30.0)]
