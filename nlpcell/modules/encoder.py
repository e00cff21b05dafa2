"""Ids of a sentence to one vector for each of them, read in both directions."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.modules.recurrent import Bidirectional, locked_dropout
from nlpcell.settings import Layers
from nlpcell.tokenizer import PAD, UNKNOWN


class Encoded(NamedTuple):
    """What an encoder makes of a batch of sentences."""

    embedded: Tensor  # (batch, time, embedding): each id by itself
    outputs: Tensor  # (batch, time, 2 * hidden): each id in its sentence
    real: Tensor  # (batch, time): True where there is no padding


class Encoder(nn.Module):
    """An embedding and a bidirectional recurrent stack."""

    def __init__(
        self,
        vocabulary: int,
        embedding: int,
        recurrent: Layers,
        embedding_dropout: float,
        word_dropout: float,
        scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=PAD)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)  # Merity et al. 2018
        nn.init.zeros_(self.embedding.weight[PAD])
        self.recurrent = Bidirectional(embedding, recurrent)
        self.embedding_dropout = embedding_dropout
        self.word_dropout = word_dropout
        self.scale = scale  # of the embeddings as the layers see them

    def forward(self, ids: Tensor, lengths: Tensor) -> Encoded:
        """(batch, time), (batch,) -> Encoded."""
        real = torch.arange(ids.shape[1], device=ids.device) < lengths.unsqueeze(1)
        if self.training and self.word_dropout:  # Iyyer et al. 2015
            hidden = torch.rand(ids.shape, device=ids.device) < self.word_dropout
            ids = ids.masked_fill(hidden & real, UNKNOWN)
        embedded = self.embedded(ids)
        return Encoded(embedded, self.recurrent(embedded, lengths), real)

    def embedded(self, ids: Tensor) -> Tensor:
        """(batch, time) -> (batch, time, embedding): each id by itself."""
        vectors = self.embedding(ids) * self.scale
        return locked_dropout(vectors, self.embedding_dropout, self.training)
