"""Words to an edit script for each: many to many, in step."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.models.loss import Loss
from nlpcell.modules.recurrent import Bidirectional, locked_dropout
from nlpcell.modules.words import WordVectors
from nlpcell.settings import CorrectorSize

NO_DECISION = -100  # a word that nothing is learnt from
TAUGHT = 0.5  # share of the loss that goes by what teachers say, where there are some


class Tagged(NamedTuple):
    """Sentences and what becomes of each word."""

    rows: Tensor  # (batch, time, slots), padded
    lengths: Tensor  # (batch,)
    labels: Tensor  # (batch, time), NO_DECISION in the padding
    taught: Tensor  # (batch, time, labels): probabilities teachers give; none: no labels


class Corrector(nn.Module):
    """Word vectors, a bidirectional recurrent stack, one linear layer (Omelianchuk et al. 2020)."""

    def __init__(self, labels: int, settings: CorrectorSize) -> None:
        super().__init__()
        self.settings = settings
        self.vectors = WordVectors(
            settings.buckets, settings.embedding, settings.word_dropout, settings.name_dropout
        )
        self.recurrent = Bidirectional(settings.embedding, settings.recurrent)
        self.output = nn.Linear(2 * settings.recurrent.hidden + settings.embedding, labels)

    def scores(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, slots), (batch,) -> (batch, time, labels)."""
        vectors = self.vectors(rows)
        read = self.recurrent(
            locked_dropout(vectors, self.settings.embedding_dropout, self.training), lengths
        )
        hidden = locked_dropout(
            torch.cat([read, vectors], dim=-1), self.settings.recurrent.dropout, self.training
        )
        return torch.as_tensor(self.output(hidden)).float()

    def forward(self, batch: Tagged, memory: Tensor | None = None) -> tuple[Loss, None]:
        """The nats it takes to say what becomes of the words, and what teachers say does."""
        scores = self.scores(batch.rows, batch.lengths).flatten(0, 1)
        decided = batch.labels.flatten() != NO_DECISION
        nats = F.cross_entropy(
            scores, batch.labels.flatten(), ignore_index=NO_DECISION, reduction="sum"
        )
        if batch.taught.shape[-1]:
            soft = F.cross_entropy(
                scores[decided], batch.taught.flatten(0, 1)[decided], reduction="sum"
            )
            nats = (1 - TAUGHT) * nats + TAUGHT * soft  # Hinton et al. 2015, section 2
        return Loss(nats, int(decided.sum())), None
