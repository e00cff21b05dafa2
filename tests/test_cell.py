"""The readable cell against torch.nn, in float64: outputs, memories and gradients."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import nn

from nlpcell.cell import Weights, gru_step, lstm_step, rnn_step, sigmoid

BATCH, TIME, INPUTS, HIDDEN = 3, 9, 5, 4
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def layer_of(cell: str) -> nn.RNNBase:
    """A torch layer with random weights and biases in float64."""
    torch.manual_seed(7)
    layer = CELLS[cell](INPUTS, HIDDEN, batch_first=True).double()
    for weight in layer.parameters():
        nn.init.normal_(weight, std=0.8)
    return layer


def weights_of(layer: nn.RNNBase) -> Weights:
    return Weights(*(weight.detach().numpy().copy() for weight in layer.parameters()))


def start(seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random sequence, hidden state and memory."""
    random = np.random.default_rng(seed)
    shapes = (BATCH, TIME, INPUTS), (BATCH, HIDDEN), (BATCH, HIDDEN)
    sequence, hidden, memory = (random.normal(size=shape) for shape in shapes)
    return sequence, hidden, memory


def ours(cell: str, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """(batch, time, hidden) of outputs, and the memory (or hidden state) after the last step."""
    sequence, hidden, memory = start()
    outputs = []
    for time in range(TIME):
        token = sequence[:, time]
        if cell == "lstm":
            step = lstm_step(token, hidden, memory, weights)
            hidden, memory = step.hidden, step.memory
        elif cell == "gru":
            hidden = memory = gru_step(token, hidden, weights).hidden
        else:
            hidden = memory = rnn_step(token, hidden, weights)
        outputs.append(hidden)
    return np.stack(outputs, axis=1), memory


def theirs(cell: str, layer: nn.RNNBase) -> tuple[torch.Tensor, torch.Tensor]:
    sequence, hidden, memory = (torch.from_numpy(array) for array in start())
    if cell == "lstm":
        outputs, (_, last) = layer(sequence, (hidden[None], memory[None]))
    else:
        outputs, last = layer(sequence, hidden[None])
    return outputs, last[0]


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_equals_torch(cell: str) -> None:
    layer = layer_of(cell)
    outputs, memory = ours(cell, weights_of(layer))
    expected, last = theirs(cell, layer)
    np.testing.assert_allclose(outputs, expected.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(memory, last.detach().numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("which", range(4))
def test_gradients_equal_torch(cell: str, which: int) -> None:
    """Along one random direction of each array. Ours come from the same page by a complex step:
    f(w + ihv) = f(w) + ihv f'(w) + O(h^2), so the imaginary part over h is exact to rounding
    (Squire and Trapp 1998); nothing is written twice."""
    layer = layer_of(cell)
    weights = list(weights_of(layer))
    direction = np.random.default_rng(which).normal(size=weights[which].shape)
    weights[which] = weights[which] + 1e-30j * direction
    outputs, memory = ours(cell, Weights(*weights))
    slope = (outputs.sum() + memory.sum()).imag / 1e-30

    expected, last = theirs(cell, layer)
    (expected.sum() + last.sum()).backward()
    gradient = list(layer.parameters())[which].grad.numpy()
    assert slope == pytest.approx((gradient * direction).sum(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("cell", "one", "other"),
    [("lstm", 0, 1), ("lstm", 1, 3), ("lstm", 0, 2), ("gru", 0, 1), ("gru", 1, 2)],
)
def test_swapping_two_gates_is_noticed(cell: str, one: int, other: int) -> None:
    layer = layer_of(cell)
    swapped = []
    for array in weights_of(layer):
        gates = np.split(array, 4 if cell == "lstm" else 3)
        gates[one], gates[other] = gates[other], gates[one]
        swapped.append(np.concatenate(gates))
    outputs, _ = ours(cell, Weights(*swapped))
    assert np.abs(outputs - theirs(cell, layer)[0].detach().numpy()).max() > 0.01


def test_lstm_gates_are_called_by_their_names() -> None:
    """With every gate forced open or shut by a bias of 50: memory = 1 * 2 + 0 * candidate."""
    zeros = np.zeros((4, 1))
    bias = np.array([-50.0, 50.0, 0.3, 50.0])  # i shut, f open, g, o open
    step = lstm_step(
        np.ones((1, 1)),
        np.zeros((1, 1)),
        np.full((1, 1), 2.0),
        Weights(zeros, zeros, bias, 0 * bias),
    )
    assert step.update.item() == pytest.approx(0, abs=1e-15)
    assert (step.forget.item(), step.output.item()) == (1.0, 1.0)
    assert step.candidate.item() == pytest.approx(np.tanh(0.3))
    assert step.memory.item() == pytest.approx(2.0)
    assert step.hidden.item() == pytest.approx(np.tanh(2.0))


def test_gru_update_gate_keeps_the_old_memory() -> None:
    zeros = np.zeros((3, 1))
    bias = np.array([0.0, 50.0, 1.0])  # r half, z open, n
    step = gru_step(np.ones((1, 1)), np.full((1, 1), 0.25), Weights(zeros, zeros, bias, 0 * bias))
    assert step.reset.item() == 0.5
    assert step.hidden.item() == pytest.approx(0.25)


def test_sigmoid_meets_extremes_in_silence() -> None:
    scores = np.array([-np.inf, -1e308, -745.0, -1.5, 0.0, 2.5, 745.0, 1e308, np.inf])
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        found = sigmoid(scores)
    np.testing.assert_allclose(found, torch.from_numpy(scores).sigmoid().numpy(), atol=1e-15)
