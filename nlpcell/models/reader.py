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

EXTRA = 512  # subwords drawn from the whole vocabulary to tell the batch's own from


class Reader(nn.Module):
    """A language model in both directions over one bidirectional layer (Peters et al. 2018).

    What reads ahead foretells the next subword, what reads backwards the one before; scores come
    from the embedding itself (Press and Wolf 2017), so all that is learnt stays in the encoder.
    Only the first layer takes part: above it each direction has seen what it should foretell.
    """

    def __init__(self, vocabulary: int, settings: ClassifierSize) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = Encoder(
            vocabulary,
            settings.embedding,
            settings.recurrent,
            settings.embedding_dropout,
            settings.word_dropout,
        )
        self.ahead = nn.Linear(settings.recurrent.hidden, settings.embedding)
        self.back = nn.Linear(settings.recurrent.hidden, settings.embedding)

    def forward(self, batch: Labelled, memory: Tensor | None = None) -> tuple[Loss, None]:
        """The nats it takes to foretell every subword from its left and from its right.

        Told apart are the subwords of the batch and some more, not the whole vocabulary: a
        sampled softmax (Jean et al. 2015) costs a fifth and serves as well for a start.
        """
        encoded = self.encoder(batch.ids, batch.lengths)
        ahead, back = encoded.outputs.chunk(2, dim=-1)  # each (batch, time, hidden)
        told_apart = self.candidates(batch.ids)
        following = self.nats(self.ahead(ahead[:, :-1]), batch.ids[:, 1:], told_apart)
        before = self.nats(self.back(back[:, 1:]), batch.ids[:, :-1], told_apart)
        padding = batch.ids[:, 1:] == PAD
        total = (following + before).masked_fill(padding, 0).sum()
        return Loss(total, max(1, 2 * int((~padding).sum()))), None

    def candidates(self, ids: Tensor) -> Tensor:
        """(candidates,): the ids of the batch and others, ascending; all when judging.

        Their number is a multiple of EXTRA, so that few kernels have to be compiled.
        """
        vocabulary = len(self.encoder.embedding.weight)
        if not self.training:
            return torch.arange(vocabulary, device=ids.device)
        own = torch.unique(ids)
        others = torch.randint(vocabulary, (2 * EXTRA - len(own) % EXTRA,), device=ids.device)
        return torch.cat([own, others]).sort().values

    def nats(self, vectors: Tensor, wanted: Tensor, told_apart: Tensor) -> Tensor:
        """(batch, time, embedding), (batch, time), (candidates,) -> (batch, time)."""
        vectors = F.dropout(vectors, self.settings.recurrent.dropout / 2, self.training)
        scores = vectors @ self.encoder.embedding(told_apart).T.to(vectors.dtype)
        places = torch.searchsorted(told_apart, wanted.contiguous())
        nats = F.cross_entropy(scores.float().flatten(0, 1), places.flatten(), reduction="none")
        return torch.reshape(nats, wanted.shape)
