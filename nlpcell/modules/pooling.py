"""A vector for each word to one vector for the sentence."""

from __future__ import annotations

import torch
from torch import Tensor


def masked_mean(vectors: Tensor, real: Tensor) -> Tensor:
    """(batch, time, width), (batch, time) -> (batch, width): the mean over real places."""
    weights = real.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)


def masked_max(vectors: Tensor, real: Tensor) -> Tensor:
    """(batch, time, width), (batch, time) -> (batch, width): the largest over real places."""
    return vectors.masked_fill(~real.unsqueeze(-1), -1e4).amax(dim=1)


def pooled(vectors: Tensor, real: Tensor) -> Tensor:
    """Mean and maximum side by side (Howard and Ruder 2018, concat pooling): (batch, 2 * width)."""
    return torch.cat([masked_mean(vectors, real), masked_max(vectors, real)], dim=-1)
