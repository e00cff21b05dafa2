"""A sentence to scores of its labels: many to one."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.models.loss import Loss
from nlpcell.modules.encoder import Encoder
from nlpcell.modules.pooling import pooled
from nlpcell.settings import ClassifierSize


class Labelled(NamedTuple):
    """Sentences and what they are."""

    ids: Tensor  # (batch, time), padded
    lengths: Tensor  # (batch,)
    labels: Tensor  # (batch,)


class Classifier(nn.Module):
    """Bidirectional encoder, mean and maximum over the words, one linear layer."""

    def __init__(self, vocabulary: int, labels: int, settings: ClassifierSize) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = Encoder(vocabulary, settings.embedding, settings.recurrent,
                               settings.embedding_dropout, settings.word_dropout)
        width = 2 * (2 * settings.recurrent.hidden + settings.embedding)
        self.output = nn.Linear(width, labels)

    def scores(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time), (batch,) -> (batch, labels)."""
        encoded = self.encoder(ids, lengths)
        vectors = torch.cat([encoded.outputs, encoded.embedded], dim=-1)
        sentence = pooled(vectors, encoded.real)
        hidden = F.dropout(sentence, self.settings.recurrent.dropout, self.training)
        return torch.as_tensor(self.output(hidden))

    def forward(self, batch: Labelled, memory: Tensor | None = None) -> tuple[Loss, None]:
        """The nats it takes to name the labels."""
        scores = self.scores(batch.ids, batch.lengths).float()
        total = F.cross_entropy(scores, batch.labels, reduction="sum")
        return Loss(total, int((batch.labels >= 0).sum())), None
