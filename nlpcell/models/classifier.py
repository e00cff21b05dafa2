"""A sentence to scores of its labels: many to one."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.models.loss import Loss
from nlpcell.modules.encoder import Encoder
from nlpcell.modules.ngrams import NGrams
from nlpcell.modules.pooling import pooled
from nlpcell.settings import ClassifierSize


class Labelled(NamedTuple):
    """Sentences and what they are."""

    ids: Tensor  # (batch, time), padded
    lengths: Tensor  # (batch,)
    labels: Tensor  # (batch,)


class Classifier(nn.Module):
    """Two judges, each taught by itself, whose scores are added.

    One reads: bidirectional encoder, mean and maximum over the words, one linear layer. The other
    counts n-grams. Taught together, the reader would explain away what the counter has to learn.
    """

    def __init__(self, vocabulary: int, labels: int, settings: ClassifierSize) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = Encoder(
            vocabulary,
            settings.embedding,
            settings.recurrent,
            settings.embedding_dropout,
            settings.word_dropout,
        )
        width = 2 * (2 * settings.recurrent.hidden + settings.embedding)
        self.output = nn.Linear(width, labels)
        self.ngrams = NGrams(vocabulary, labels)

    def scores(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time), (batch,) -> (batch, labels)."""
        return torch.add(self.read(ids, lengths), self.ngrams(ids, lengths))

    def read(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """What the recurrent half finds: (batch, labels)."""
        encoded = self.encoder(ids, lengths)
        vectors = torch.cat([encoded.outputs, encoded.embedded], dim=-1)
        sentence = pooled(vectors, encoded.real)
        hidden = F.dropout(sentence, self.settings.recurrent.dropout, self.training)
        return torch.as_tensor(self.output(hidden)).float()

    def forward(self, batch: Labelled, memory: Tensor | None = None) -> tuple[Loss, None]:
        """The nats it takes each judge to name the labels."""
        judges = self.read(batch.ids, batch.lengths), self.ngrams(batch.ids, batch.lengths)
        nats = [F.cross_entropy(scores, batch.labels, reduction="sum") for scores in judges]
        return Loss(nats[0] + nats[1], int((batch.labels >= 0).sum())), None
