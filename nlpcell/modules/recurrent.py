"""Vectors along time to hidden states along time: LSTM, GRU or plain RNN, one way or both."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.settings import Layers

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
STATES = {"lstm": 2, "gru": 1, "rnn": 1}  # an LSTM carries its hidden state and its memory


class Recurrent(nn.Module):
    """A stack of recurrent layers that reads from left to right.

    `memory` is one tensor for every cell, (layers, states, batch, hidden), zeros at the start of
    a text; for the LSTM state 0 is the hidden state and state 1 the cell state. Between layers
    other units are hidden at every step (Zaremba et al. 2014): on long texts that beat one mask
    for a whole sequence, 1.44 against 1.47 nats per character of tinyshakespeare.
    """

    def __init__(self, inputs: int, settings: Layers) -> None:
        super().__init__()
        self.settings = settings
        widths = [inputs] + [settings.hidden] * (settings.layers - 1)
        self.layers = nn.ModuleList(
            CELLS[settings.cell](width, settings.hidden) for width in widths
        )
        for layer in self.layers:
            start_weights(layer, settings)

    def blank(self, batch: int) -> Tensor:
        """The memory of nothing read yet."""
        settings = self.settings
        shape = (settings.layers, STATES[settings.cell], batch, settings.hidden)
        like = next(self.parameters())
        return torch.zeros(shape, dtype=like.dtype, device=like.device)

    def forward(self, inputs: Tensor, memory: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(batch, time, inputs) -> (batch, time, hidden) and the memory after the last step."""
        if memory is None:
            memory = self.blank(len(inputs))
        outputs, after = inputs, []
        for depth, layer in enumerate(self.layers):
            outputs = F.dropout(outputs, self.settings.dropout if depth else 0.0, self.training)
            outputs, state = run(layer, outputs, memory[depth])
            after.append(state)
        return outputs, torch.stack(after)


class Bidirectional(nn.Module):
    """A stack whose every layer reads both ways and is exact under padding.

    The backward half runs over each sequence reversed within its own length, so padding comes
    last for it too and can touch nothing. Packed sequences would do the same twelve times slower
    on a CPU.
    """

    def __init__(self, inputs: int, settings: Layers) -> None:
        super().__init__()
        self.settings = settings
        widths = [inputs] + [2 * settings.hidden] * (settings.layers - 1)
        cell = CELLS[settings.cell]
        self.ahead = nn.ModuleList(cell(w, settings.hidden) for w in widths)
        self.back = nn.ModuleList(cell(w, settings.hidden) for w in widths)
        for layer in [*self.ahead, *self.back]:
            start_weights(layer, settings)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, inputs), (batch,) -> (batch, time, 2 * hidden)."""
        outputs = inputs.transpose(0, 1)  # (time, batch, ...), as the layers read it
        batch, time = inputs.shape[:2]
        columns = torch.arange(batch, device=inputs.device)
        order = (mirror(lengths, time).T * batch + columns).flatten()
        for depth, (ahead, back) in enumerate(zip(self.ahead, self.back, strict=True)):
            share = self.settings.dropout if depth else 0.0
            outputs = locked_dropout(outputs, share, self.training, time=0)
            forward, _ = ahead(outputs)
            backward, _ = back(reordered(outputs, order))
            outputs = torch.cat([forward, reordered(backward, order)], dim=-1)
        return outputs.transpose(0, 1)


def run(layer: nn.Module, inputs: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """One layer over a sequence; `state` is (states, batch, hidden) before and after.

    The layer itself reads (time, batch, inputs): its ONNX operator knows no other order.
    """
    sequence = inputs.transpose(0, 1)
    if isinstance(layer, nn.LSTM):
        before = None if state is None else (state[0:1], state[1:2])
        outputs, (hidden, memory) = layer(sequence, before)
        return outputs.transpose(0, 1), torch.cat([hidden, memory])
    outputs, hidden = layer(sequence, state)
    return outputs.transpose(0, 1), hidden


def stepped(layer: nn.Module, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
    """What `run` computes for a sequence of one step, (batch, 1, inputs), gate by gate.

    In plain products, which an exporter can take apart; cell.py explains the gates.
    """
    assert isinstance(layer, nn.RNNBase)
    weights = dict(layer.named_parameters())
    given = F.linear(inputs[:, 0], weights["weight_ih_l0"], weights["bias_ih_l0"])
    kept = F.linear(state[0], weights["weight_hh_l0"], weights["bias_hh_l0"])
    if isinstance(layer, nn.LSTM):
        i, f, g, o = (given + kept).chunk(4, dim=-1)
        memory = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        hidden = o.sigmoid() * memory.tanh()
        return hidden.unsqueeze(1), torch.stack([hidden, memory])
    if isinstance(layer, nn.GRU):
        (r, z, n), (rh, zh, nh) = given.chunk(3, dim=-1), kept.chunk(3, dim=-1)
        update = (z + zh).sigmoid()
        hidden = (1 - update) * (n + (r + rh).sigmoid() * nh).tanh() + update * state[0]
    else:
        hidden = (given + kept).tanh()
    return hidden.unsqueeze(1), hidden.unsqueeze(0)


def mirror(lengths: Tensor, time: int) -> Tensor:
    """For each place of a sequence the place it has when the sequence is read backwards.

    (batch,) -> (batch, time); places in the padding stay where they are.

    >>> mirror(torch.tensor([3, 1]), 4)
    tensor([[2, 1, 0, 3],
            [0, 1, 2, 3]])
    """
    places = torch.arange(time, device=lengths.device)
    backwards = lengths.unsqueeze(1) - 1 - places
    return torch.where(backwards >= 0, backwards, places)


def reordered(sequence: Tensor, order: Tensor) -> Tensor:
    """(time, batch, width) with its rows in another order, (time * batch,).

    Whole rows are copied, in a quarter of the time that `gather` takes for number after number.
    """
    return sequence.flatten(0, 1).index_select(0, order).view_as(sequence)


def locked_dropout(sequence: Tensor, share: float, training: bool, time: int = 1) -> Tensor:
    """Hide the same units at every step of a sequence (Gal and Ghahramani 2016).

    `time` is the dimension of the steps.
    """
    if not training or share == 0:
        return sequence
    shape = list(sequence.shape)
    shape[time] = 1
    kept = torch.rand(shape, device=sequence.device) >= share  # a third of bernoulli_'s time
    return sequence * (kept.to(sequence.dtype) / (1 - share))


@torch.no_grad()
def start_weights(layer: nn.Module, settings: Layers) -> None:
    """First values of one layer: orthogonal recurrence, and gates that remember."""
    assert isinstance(layer, nn.RNNBase)
    hidden = settings.hidden
    for name, weight in layer.named_parameters():
        if name.startswith("weight_hh"):
            for gate in torch.split(weight, hidden):
                nn.init.orthogonal_(gate)  # Saxe et al. 2014
        elif name.startswith("bias"):
            nn.init.zeros_(weight)
    bias = dict(layer.named_parameters())["bias_ih_l0"]
    if settings.start == "chrono":
        # Tallec and Ollivier 2018, eq. 15 and 16: forget biases spread over the lags to bridge
        lags = torch.empty(hidden).uniform_(1, settings.longest_lag - 1).clamp(min=1.0)
        lags = lags.double()  # a float32's logarithm depends on where in memory it lies
        if isinstance(layer, nn.LSTM):
            bias[hidden : 2 * hidden] = lags.log()
            bias[:hidden] = -lags.log()
        elif isinstance(layer, nn.GRU):
            bias[hidden : 2 * hidden] = lags.log()  # PyTorch's z keeps the old memory
    elif isinstance(layer, nn.LSTM):
        bias[hidden : 2 * hidden] = 1.0  # Jozefowicz et al. 2015
