"""Characters read so far to scores of the next one: a recurrent language model."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.models.loss import Loss
from nlpcell.modules.recurrent import Recurrent
from nlpcell.settings import GeneratorSize


class Passage(NamedTuple):
    """Pieces of several texts side by side, and what comes next at each place."""

    ids: Tensor  # (batch, time)
    following: Tensor  # (batch, time): ids moved by one


class Generator(nn.Module):
    """Embedding, recurrent stack, scores (Mikolov et al. 2010; Graves 2013)."""

    def __init__(self, vocabulary: int, settings: GeneratorSize) -> None:
        super().__init__()
        self.settings = settings
        self.embedding = nn.Embedding(vocabulary, settings.embedding)
        self.recurrent = Recurrent(settings.embedding, settings.recurrent)
        self.output = nn.Linear(settings.recurrent.hidden, vocabulary)

    def scores(self, ids: Tensor, memory: Tensor | None) -> tuple[Tensor, Tensor]:
        """(batch, time) -> (batch, time, vocabulary) and the memory after the last character."""
        settings = self.settings
        embedded = F.dropout(self.embedding(ids), settings.embedding_dropout, self.training)
        outputs, memory = self.recurrent(embedded, memory)
        outputs = F.dropout(outputs, settings.recurrent.dropout, self.training)
        return self.output(outputs), memory

    def forward(self, batch: Passage, memory: Tensor | None = None) -> tuple[Loss, Tensor]:
        """The nats it takes to spell `batch.following`, and the memory for the next passage."""
        scores, memory = self.scores(batch.ids, memory)
        total = F.cross_entropy(
            scores.float().flatten(0, 1), batch.following.flatten(), reduction="sum"
        )
        return Loss(total, batch.following.numel()), memory
