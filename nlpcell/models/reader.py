"""An encoder that learns its language from raw text before it learns a task."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.models.classifier import Labelled
from nlpcell.models.loss import Loss
from nlpcell.modules.encoder import Encoder
from nlpcell.settings import ClassifierSize
from nlpcell.tokenizer import PAD


class Reader(nn.Module):
    """A language model in both directions over one bidirectional layer (Peters et al. 2018).

    What reads ahead foretells the next subword, what reads backwards the one before; scores come
    from the embedding itself (Press and Wolf 2017), so all that is learnt stays in the encoder.
    Only the first layer takes part: above it each direction has seen what it should foretell.
    """

    def __init__(self, vocabulary: int, settings: ClassifierSize) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = Encoder(vocabulary, settings.embedding, settings.recurrent,
                               settings.embedding_dropout, settings.word_dropout)
        self.ahead = nn.Linear(settings.recurrent.hidden, settings.embedding)
        self.back = nn.Linear(settings.recurrent.hidden, settings.embedding)

    def forward(self, batch: Labelled, memory: Tensor | None = None) -> tuple[Loss, None]:
        """The nats it takes to foretell every subword from its left and from its right."""
        encoded = self.encoder(batch.ids, batch.lengths)
        ahead, back = encoded.outputs.chunk(2, dim=-1)  # each (batch, time, hidden)
        following = self.nats(self.ahead(ahead[:, :-1]), batch.ids[:, 1:])
        before = self.nats(self.back(back[:, 1:]), batch.ids[:, :-1])
        following = following.masked_fill(batch.ids[:, 1:] == PAD, 0)
        before = before.masked_fill(batch.ids[:, 1:] == PAD, 0)
        count = 2 * int((batch.lengths - 1).clamp(min=0).sum())
        return Loss(following.sum() + before.sum(), max(1, count)), None

    def nats(self, vectors: Tensor, wanted: Tensor) -> Tensor:
        """(batch, time, embedding), (batch, time) -> (batch, time)."""
        vectors = F.dropout(vectors, self.settings.recurrent.dropout / 2, self.training)
        scores = vectors @ self.encoder.embedding.weight.T.to(vectors.dtype)
        nats = F.cross_entropy(scores.float().flatten(0, 1), wanted.flatten(), reduction="none")
        return torch.reshape(nats, wanted.shape)
