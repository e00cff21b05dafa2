"""Table rows of words to vectors: a word is the sum of what its parts say."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.features import HIDDEN, NAMED, PADDING, SLOTS


class WordVectors(nn.Module):
    """Sums of rows of one table (Bojanowski et al. 2017, eq. 1)."""

    def __init__(self, buckets: int, width: int, hide_word: float, hide_name: float) -> None:
        super().__init__()
        self.table = nn.Embedding(buckets, width, padding_idx=PADDING)
        nn.init.normal_(self.table.weight, std=0.3)
        with torch.no_grad():
            self.table.weight[PADDING] = 0
        self.hide_word = hide_word
        self.hide_name = hide_name

    def forward(self, rows: Tensor) -> Tensor:
        """(batch, time, slots) -> (batch, time, width)."""
        if not self.training:
            return torch.as_tensor(self.table(rows)).sum(dim=2)
        rows = self.partly_hidden(rows)
        flat = F.embedding_bag(
            rows.flatten(0, 1), self.table.weight, mode="sum", padding_idx=PADDING
        )
        return flat.view(*rows.shape[:2], -1)

    def partly_hidden(self, rows: Tensor) -> Tensor:
        """Hide some words, and of others the name, so that endings and neighbours must do.

        What a lexicon says it says of the name.
        """
        rows = rows.clone()
        nameless = torch.rand(rows.shape[:2], device=rows.device) < self.hide_name
        rows[..., :NAMED].masked_fill_(nameless.unsqueeze(-1), PADDING)
        rows[..., SLOTS:].masked_fill_(nameless.unsqueeze(-1), PADDING)
        gone = torch.rand(rows.shape[:2], device=rows.device) < self.hide_word
        rows.masked_fill_(gone.unsqueeze(-1), PADDING)
        rows[..., 0].masked_fill_(gone, HIDDEN)
        return rows
