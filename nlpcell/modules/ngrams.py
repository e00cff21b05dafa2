"""Ids of a sentence to scores of the labels, by its single subwords, pairs and triples alone."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

BUCKETS = 65_536  # places for pairs, and as many for triples; what collides shares one
LONGEST = 3


class NGrams(nn.Module):
    """NB-SVM as a layer (Wang and Manning 2012): counts give a prior, which learning bends.

    Every n-gram starts with the logarithm of how much oftener it stands under a label than under
    the others. A recurrent network needs many more sentences to find that out for itself.
    """

    prior: Tensor  # (n-grams, labels)

    def __init__(self, vocabulary: int, labels: int) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        rows = vocabulary + (LONGEST - 1) * BUCKETS
        self.register_buffer("prior", torch.zeros(rows, labels))
        self.bend = nn.Parameter(torch.zeros(rows, labels))

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time), (batch,) -> (batch, labels)."""
        # 0.4 and 0.1 set how far the prior counts before anything is learnt: tuned on reviews-es.
        speaks_for = (self.bend + 0.4) * self.prior * 0.1  # (n-grams, labels)
        rows, real = self.rows(ids, lengths)
        return torch.sum(speaks_for[rows] * real.unsqueeze(-1), dim=1)

    def rows(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The n-grams of padded sentences, (batch, places), and which are no padding."""
        pairs = ids[:, :-1] * 7_919 + ids[:, 1:]
        triples = ids[:, :-2] * 104_729 + ids[:, 1:-1] * 7_919 + ids[:, 2:]
        rows = [ids, self.vocabulary + pairs % BUCKETS]
        rows.append(self.vocabulary + BUCKETS + triples % BUCKETS)
        last = lengths.unsqueeze(1)
        real = [
            torch.arange(one.shape[1], device=ids.device) < last - longer
            for longer, one in enumerate(rows)
        ]
        return torch.cat(rows, dim=1), torch.cat(real, dim=1)

    @torch.no_grad()
    def learn_prior(self, sentences: Sequence[Sequence[int]], labels: Sequence[int]) -> None:
        """Count under each label in how many sentences an n-gram stands, and add one."""
        # In float64: the last bit of a logarithm depends on where in memory a number lies.
        counts = torch.ones_like(self.prior, dtype=torch.float64)
        for ids, label in zip(sentences, labels, strict=True):
            one = torch.tensor([ids], dtype=torch.int64)
            rows, real = self.rows(one, torch.tensor([len(ids)]))
            counts[rows[real], label] += 1  # a row that is named twice is counted once
        others = counts.sum(dim=1, keepdim=True) - counts
        here, elsewhere = counts / counts.sum(dim=0), others / others.sum(dim=0)
        self.prior.copy_(here.log() - elsewhere.log())  # Wang and Manning 2012, eq. 2
