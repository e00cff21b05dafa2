"""A sentence to another sentence: many to many, with attention."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.models.loss import Loss
from nlpcell.models.smoothing import smoothed
from nlpcell.modules.decoder import Decoded, Decoder, Sentence
from nlpcell.modules.encoder import Encoder
from nlpcell.settings import TranslatorSize
from nlpcell.tokenizer import PAD


class Paired(NamedTuple):
    """Sentences and what they become."""

    source: Tensor  # (batch, source), padded; END closes every sentence
    lengths: Tensor  # (batch,) of the source
    before: Tensor  # (batch, target): START and the target
    after: Tensor  # (batch, target): the target and END


class Translator(nn.Module):
    """A bidirectional encoder and an attending decoder over one table of subwords.

    The same table reads the source, reads what was written and names what comes next (Press and
    Wolf 2017).
    """

    def __init__(self, vocabulary: int, settings: TranslatorSize) -> None:
        super().__init__()
        self.settings = settings
        size, width = settings.embedding, settings.recurrent.hidden
        scale = math.sqrt(size)  # Vaswani et al. 2017, section 3.4: small rows serve both ends
        self.encoder = Encoder(
            vocabulary, size, settings.encoder, settings.embedding_dropout, 0.0, scale
        )
        table = self.encoder.embedding.weight
        nn.init.normal_(table, 0.0, 1 / scale)  # of size 1 as the layers see it, at any width
        nn.init.zeros_(table[PAD])
        self.decoder = Decoder(size, width, width + size, settings.recurrent, settings.attention)
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def read(self, ids: Tensor, lengths: Tensor) -> tuple[Sentence, Tensor]:
        """(batch, source), (batch,) -> the sentences to look at, and the memory to begin with."""
        return self.understand(self.encoder.embedded(ids), lengths)

    def understand(self, embedded: Tensor, lengths: Tensor) -> tuple[Sentence, Tensor]:
        """The same from (batch, source, embedding)."""
        real = torch.arange(embedded.shape[1], device=embedded.device) < lengths.unsqueeze(1)
        outputs = self.encoder.recurrent(embedded, lengths)
        half = outputs.shape[2] // 2
        last = (lengths - 1).view(-1, 1, 1).expand(-1, 1, half)
        ends = torch.cat([last, torch.zeros_like(last)], dim=-1)
        summary = outputs.gather(1, ends).squeeze(1)  # both directions' last states
        values = torch.cat([outputs, embedded.to(outputs.dtype)], dim=-1)
        return self.decoder.look(values, real), self.decoder.begin(summary)

    def write(self, ids: Tensor, memory: Tensor, sentence: Sentence) -> Decoded:
        """(rows, time) ids and memory, (layers, states, rows, hidden) -> Decoded."""
        return Decoded(*self.decoder(self.encoder.embedded(ids), memory, sentence))

    def scores(self, vectors: Tensor) -> Tensor:
        """(..., embedding) -> (..., vocabulary)."""
        return nn.functional.linear(vectors, self.encoder.embedding.weight, self.bias).float()

    def forward(self, batch: Paired, memory: Tensor | None = None) -> tuple[Loss, None]:
        """Smoothed nats of each next subword, given the right ones before it."""
        sentence, start = self.read(batch.source, batch.lengths)
        decoded = self.write(batch.before, start, sentence)
        real = batch.after != PAD
        table, smoothing = self.encoder.embedding.weight, self.settings.smoothing
        nats = smoothed(decoded.vectors[real], table, self.bias, batch.after[real], smoothing)
        return Loss(nats, int(real.sum())), None
