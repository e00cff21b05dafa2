"""One step of an LSTM, a GRU and a plain RNN, gate by gate: the page to read first.

Everything a recurrent network remembers passes through these lines. `nn.LSTM`, `nn.GRU` and
`nn.RNN` compute whole sequences from the same four arrays; the tests hold the two together.

Sizes: `token` is (batch, inputs), everything else is (batch, hidden). The arrays of a cell are
PyTorch's: the gates' rows lie under one another, `gates` being 4 (LSTM), 3 (GRU) or 1 (RNN).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


class Weights(NamedTuple):
    """What one layer has learnt."""

    from_input: Array  # (gates * hidden, inputs)
    from_hidden: Array  # (gates * hidden, hidden)
    input_bias: Array  # (gates * hidden,)
    hidden_bias: Array  # (gates * hidden,)


class LstmStep(NamedTuple):
    """The gates and the memory after one token, each (batch, hidden)."""

    forget: Array  # 0: drop what this unit remembers; 1: keep it
    update: Array  # the input gate: how much of the candidate is written
    candidate: Array  # what would be written, between -1 and 1
    output: Array  # how much of the memory is shown
    memory: Array  # the cell state, the conveyor belt
    hidden: Array  # what the rest of the network sees


class GruStep(NamedTuple):
    """The gates and the memory after one token, each (batch, hidden)."""

    reset: Array  # how much of the old memory the candidate may look at
    update: Array  # 1: keep the old memory; 0: take the candidate
    candidate: Array
    hidden: Array


def sigmoid(scores: Array) -> Array:
    """Squash to between 0 and 1 without overflow.

    >>> sigmoid(np.array([0.0, -1000.0, 1000.0])).tolist()
    [0.5, 0.0, 1.0]
    """
    squashed: Array = 0.5 * (1.0 + np.tanh(0.5 * scores))
    return squashed


def lstm_step(token: Array, hidden: Array, memory: Array, weights: Weights) -> LstmStep:
    """One step of the LSTM of Gers et al. 2000 (Hochreiter and Schmidhuber 1997 with forget gate).

    Gate order in the rows is PyTorch's, here and nowhere else: i, f, g, o.
    """
    seen = token @ weights.from_input.T + weights.input_bias  # (batch, 4 * hidden)
    remembered = hidden @ weights.from_hidden.T + weights.hidden_bias
    i, f, g, o = np.split(seen + remembered, 4, axis=-1)

    forget = sigmoid(f)  # Gers et al. 2000: the forget gate
    update = sigmoid(i)  # Hochreiter and Schmidhuber 1997: the input gate
    candidate = np.tanh(g)  # what to write
    output = sigmoid(o)  # Hochreiter and Schmidhuber 1997: the output gate
    memory = forget * memory + update * candidate  # the only road from the past
    return LstmStep(forget, update, candidate, output, memory, output * np.tanh(memory))


def gru_step(token: Array, hidden: Array, weights: Weights) -> GruStep:
    """One step of the GRU of Cho et al. 2014, in the variant of cuDNN and PyTorch.

    The reset gate acts on the product with the hidden state, not on the state before the product;
    gate order in the rows: r, z, n.
    """
    seen_r, seen_z, seen_n = np.split(token @ weights.from_input.T + weights.input_bias, 3, axis=-1)
    past_r, past_z, past_n = np.split(
        hidden @ weights.from_hidden.T + weights.hidden_bias, 3, axis=-1
    )
    reset = sigmoid(seen_r + past_r)  # Cho et al. 2014, eq. 5
    update = sigmoid(seen_z + past_z)  # eq. 6
    candidate = np.tanh(seen_n + reset * past_n)  # eq. 8, with the reset after the product
    return GruStep(reset, update, candidate, update * hidden + (1.0 - update) * candidate)  # eq. 7


def rnn_step(token: Array, hidden: Array, weights: Weights) -> Array:
    """One step of the plain recurrent network of Elman 1990: the next hidden state."""
    seen = token @ weights.from_input.T + weights.input_bias
    return np.tanh(seen + hidden @ weights.from_hidden.T + weights.hidden_bias)
