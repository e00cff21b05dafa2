"""What was written so far to what comes next, looking back at the sentence that was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.modules.attention import ATTENTIONS
from nlpcell.modules.recurrent import CELLS, STATES, locked_dropout, run, start_weights
from nlpcell.settings import AttentionName, Layers

Through = Callable[[nn.Module, Tensor, Tensor], tuple[Tensor, Tensor]]


class Sentence(NamedTuple):
    """A batch of sentences that were read, as the layers of a decoder look at them."""

    keys: Tensor  # (layers, batch, source, hidden)
    values: Tensor  # (batch, source, width)
    real: Tensor  # (batch, source): True where there is no padding


class Decoded(NamedTuple):
    """What a decoder makes of some steps."""

    vectors: Tensor  # (rows, time, embedding), to be compared with the embeddings of all ids
    memory: Tensor  # (layers, states, rows, hidden) after the last step
    weights: Tensor  # (rows, time, source): where the last layer looked


class Decoder(nn.Module):
    """Recurrent layers, each of which looks at the source before it speaks to the next.

    A layer's attention reads its outputs and feeds nothing back into it, so training runs whole
    sequences through fused kernels; yet the layer above remembers all that was looked at, which
    is what input feeding is for (Luong et al. 2015, section 3.3).
    """

    def __init__(
        self,
        embedding: int,
        summary: int,
        width: int,
        settings: Layers,
        attention: AttentionName,
    ) -> None:
        super().__init__()
        self.settings = settings
        hidden = settings.hidden
        inputs = [embedding] + [hidden + width] * (settings.layers - 1)
        self.layers = nn.ModuleList(CELLS[settings.cell](one, hidden) for one in inputs)
        for layer in self.layers:
            start_weights(layer, settings)
        self.attentions = nn.ModuleList(ATTENTIONS[attention](hidden, width) for _ in inputs)
        self.start = nn.Linear(summary, settings.layers * hidden)
        self.readout = nn.Linear(hidden + width, embedding)

    def look(self, values: Tensor, real: Tensor) -> Sentence:
        """(batch, source, width), (batch, source) -> Sentence."""
        keys = [attention.key(values) for attention in self.attentions]  # type: ignore[operator]
        return Sentence(torch.stack(keys), values, real)

    def begin(self, summary: Tensor) -> Tensor:
        """(batch, summary) -> the memory before the first step; an LSTM's cells begin empty."""
        settings = self.settings
        hidden = self.start(summary).tanh().view(-1, settings.layers, settings.hidden)
        states = [hidden] + [torch.zeros_like(hidden)] * (STATES[settings.cell] - 1)
        return torch.stack(states).permute(2, 0, 1, 3)  # (layers, states, batch, hidden)

    def forward(
        self, embedded: Tensor, memory: Tensor, sentence: Sentence, through: Through = run
    ) -> Decoded:
        """(rows, time, embedding), (layers, states, rows, hidden) -> Decoded.

        Several rows may write about one sentence; they stand beside each other. `through` takes
        inputs and state through one layer.
        """
        rows, time, _ = embedded.shape
        batch = sentence.values.shape[0]
        inputs, below, after, dropout = embedded, None, [], self.settings.dropout
        layers = zip(self.layers, self.attentions, memory, sentence.keys, strict=True)
        for layer, attention, before, keys in layers:
            outputs, state = through(layer, inputs, before.to(inputs.dtype))
            after.append(state)
            outputs = below = outputs if below is None else outputs + below  # He et al. 2016
            queries = outputs.reshape(batch, -1, self.settings.hidden)
            seen = attention(queries, keys, sentence.values, sentence.real)
            context = seen.context.reshape(rows, time, -1)
            both = torch.cat([outputs, context], dim=-1)
            inputs = locked_dropout(both, dropout, self.training)
        vectors = self.readout(inputs).tanh()  # Luong et al. 2015, eq. 5
        weights = seen.weights.reshape(rows, time, -1)
        return Decoded(vectors, torch.stack(after), weights)
