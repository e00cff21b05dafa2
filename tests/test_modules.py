"""Recurrent stacks, masks and poolings: carried memory, padding, first weights."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcell import cell as page
from nlpcell.modules.encoder import Encoder
from nlpcell.modules.pooling import masked_max, masked_mean, pooled
from nlpcell.modules.recurrent import Bidirectional, Recurrent, locked_dropout, mirror
from nlpcell.settings import Cell, Layers

CELLS: list[Cell] = ["lstm", "gru", "rnn"]
INPUTS, HIDDEN = 5, 6
torch.set_num_threads(1)  # these are small, and the machine may be busy


def shape(cell: Cell, **changes: object) -> Layers:
    return Layers(**{"cell": cell, "hidden": HIDDEN, "layers": 2, "dropout": 0.5, **changes})


def shaken(module: nn.Module) -> nn.Module:
    """With all weights random, biases too, and no dropout."""
    torch.manual_seed(11)
    for weight in module.parameters():
        nn.init.normal_(weight, std=0.5)
    return module.eval()


@pytest.mark.parametrize("cell", CELLS)
def test_two_halves_with_carried_memory_are_one_pass(cell: Cell) -> None:
    stack = shaken(Recurrent(INPUTS, shape(cell))).double()
    inputs = torch.randn(3, 9, INPUTS, dtype=torch.float64)
    whole, after = stack(inputs)
    first, memory = stack(inputs[:, :4])
    second, last = stack(inputs[:, 4:], memory)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole, rtol=0, atol=1e-12)
    torch.testing.assert_close(last, after, rtol=0, atol=1e-12)
    assert after.shape == (2, 2 if cell == "lstm" else 1, 3, HIDDEN) == stack.blank(3).shape
    assert (stack(inputs[:, 4:])[0] - second).abs().max() > 1e-3  # the memory does matter


def test_memory_is_hidden_state_then_cell_state() -> None:
    """One token through one layer, against the page; state 0 is hidden, state 1 the cell state."""
    stack = shaken(Recurrent(INPUTS, shape("lstm", layers=1))).double()
    weights = page.Weights(*(weight.detach().numpy() for weight in stack.parameters()))
    token, memory = torch.randn(2, 1, INPUTS).double(), torch.randn(1, 2, 2, HIDDEN).double()
    _, after = stack(token, memory)
    step = page.lstm_step(token[:, 0].numpy(), *memory[0].numpy(), weights)
    expected = np.stack([step.hidden, step.memory])
    np.testing.assert_allclose(after[0].detach().numpy(), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sentence_alone_equals_itself_in_a_padded_batch(cell: Cell) -> None:
    stack = shaken(Bidirectional(INPUTS, shape(cell)))
    lengths = torch.tensor([4, 1, 7, 5])
    batch = torch.randn(4, 8, INPUTS)  # what stands in the padding is as loud as the rest
    together = stack(batch, lengths)
    for row, length in enumerate(lengths):
        alone = stack(batch[row : row + 1, :length], length[None])
        torch.testing.assert_close(together[row, :length], alone[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_both_ways_equal_torch_on_unpadded_input(cell: Cell) -> None:
    stack = shaken(Bidirectional(INPUTS, shape(cell)))
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
    torchs = kinds[cell](INPUTS, HIDDEN, num_layers=2, bidirectional=True, batch_first=True)
    for depth, (ahead, back) in enumerate(zip(stack.ahead, stack.back, strict=True)):
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            for layer, ending in ((ahead, ""), (back, "_reverse")):
                target = getattr(torchs, f"{name}_l{depth}{ending}")
                target.data.copy_(getattr(layer, f"{name}_l0"))
    inputs = torch.randn(3, 6, INPUTS)
    found = stack(inputs, torch.tensor([6, 6, 6]))
    torch.testing.assert_close(found, torchs(inputs)[0], rtol=0, atol=1e-6)


def test_an_encoded_sentence_is_the_same_in_a_padded_batch() -> None:
    encoder = Encoder(9, INPUTS, shape("gru"), embedding_dropout=0.5, word_dropout=0.5).eval()
    ids, lengths = torch.tensor([[4, 5, 0, 0], [6, 7, 8, 4]]), torch.tensor([2, 4])
    together, alone = encoder(ids, lengths), encoder(ids[:1, :2], lengths[:1])
    torch.testing.assert_close(together.outputs[:1, :2], alone.outputs, rtol=0, atol=1e-6)
    assert together.real.tolist() == [[True, True, False, False], [True] * 4]
    assert together.embedded[0, 2:].abs().sum() == 0  # PAD is nothing


def test_mirror_twice_is_where_it_was() -> None:
    lengths = torch.tensor([0, 1, 4, 5])
    order = mirror(lengths, 5)
    assert order.tolist()[2:] == [[3, 2, 1, 0, 4], [4, 3, 2, 1, 0]]
    assert torch.equal(order.gather(1, order), torch.arange(5).expand(4, 5))


def test_locked_dropout_hides_the_same_units_at_every_step() -> None:
    torch.manual_seed(3)
    ones = torch.ones(40, 6, 50)
    dropped = locked_dropout(ones, 0.25, training=True)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert torch.allclose(dropped[dropped != 0], torch.tensor(4 / 3))
    # 2,000 masks drawn with 0.75: the mean is 1 with a standard deviation of 0.013
    assert dropped.mean().item() == pytest.approx(1, abs=0.05)
    assert not torch.equal(dropped[0], dropped[1])
    assert locked_dropout(ones, 0.25, training=False) is ones
    assert locked_dropout(ones, 0.0, training=True) is ones


def biases(cell: Cell, **changes: object) -> list[Tensor]:
    """The sum of both biases of the first layer, a row for each gate."""
    layer = Recurrent(INPUTS, shape(cell, hidden=128, layers=1, **changes)).layers[0]
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[cell]
    return list((layer.bias_ih_l0 + layer.bias_hh_l0).detach().view(gates, 128))


def test_forget_gates_begin_open() -> None:
    assert [row.unique().tolist() for row in biases("lstm")] == [[0.0], [1.0], [0.0], [0.0]]
    assert all(row.abs().max() == 0 for cell in ("gru", "rnn") for row in biases(cell))


@pytest.mark.parametrize("longest", [2, 100, 1_000])
def test_chrono_spreads_the_gates_over_the_lags(longest: int) -> None:
    """Tallec and Ollivier 2018: forget ~ log U(1, longest - 1), input = -forget."""
    torch.manual_seed(4)
    i, f, g, o = biases("lstm", start="chrono", longest_lag=longest)
    _, z, n = biases("gru", start="chrono", longest_lag=longest)
    for row in (f, z):
        assert 0 <= row.min() <= row.max() <= math.log(max(1, longest - 1)) + 1e-6
        assert row.exp().mean().item() == pytest.approx(longest / 2, rel=0.15)  # of a uniform law
    assert torch.equal(i, -f)
    assert (g.abs() + o.abs() + n.abs()).max() == 0


@pytest.mark.parametrize("cell", CELLS)
def test_recurrence_begins_orthogonal(cell: Cell) -> None:
    weight = Recurrent(INPUTS, shape(cell)).layers[1].weight_hh_l0.detach()
    for gate in weight.split(HIDDEN):
        torch.testing.assert_close(gate @ gate.T, torch.eye(HIDDEN), rtol=0, atol=1e-5)


def test_pooling_ignores_padding() -> None:
    vectors = torch.tensor([[[1.0, -5.0], [3.0, -1.0], [99.0, 99.0]], [[2.0, 2.0]] * 3])
    real = torch.tensor([[True, True, False], [True, True, True]])
    assert masked_mean(vectors, real).tolist() == [[2.0, -3.0], [2.0, 2.0]]
    assert masked_max(vectors, real).tolist() == [[3.0, -1.0], [2.0, 2.0]]
    assert pooled(vectors, real).tolist() == [[2.0, -3.0, 3.0, -1.0], [2.0] * 4]
    louder = vectors.masked_fill(~real.unsqueeze(-1), 1e9)
    assert torch.equal(pooled(louder, real), pooled(vectors, real))
