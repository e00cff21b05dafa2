"""Cross-entropy with smoothed labels over a large vocabulary, its gradient taken on the way.

Scores of all subwords for all places of a batch would be by far its largest array. Here they exist
for some places at a time and are read while they are still in the cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

PLACES = 512  # scored at a time


class Smoothed(torch.autograd.Function):
    """The sum over all places of the nats that smoothed labels cost (Szegedy et al. 2016)."""

    @staticmethod
    def forward(
        ctx: Any, vectors: Tensor, table: Tensor, bias: Tensor, targets: Tensor, smoothing: float
    ) -> Tensor:
        near = table.to(vectors.dtype)
        total = bias.new_zeros(())
        slopes = torch.empty_like(vectors), torch.zeros_like(table), torch.zeros_like(bias)
        for start in range(0, len(vectors), PLACES):
            here = slice(start, start + PLACES)
            scores = (vectors[here] @ near.T).to(table.dtype).add_(bias)
            nats, slope = cost(scores, targets[here].unsqueeze(1), smoothing)
            total += nats
            small = slope.to(vectors.dtype)
            slopes[0][here] = small @ near
            slopes[1].add_(small.T @ vectors[here])
            slopes[2].add_(slope.sum(dim=0))
        ctx.save_for_backward(*slopes)
        return total

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        vectors, table, bias = ctx.saved_tensors
        factor = upstream[0]
        return vectors * factor.to(vectors.dtype), table * factor, bias * factor, None, None


def cost(scores: Tensor, targets: Tensor, smoothing: float) -> tuple[Tensor, Tensor]:
    """The nats of some places, and the slope of each score: (places, vocabulary), like the scores.

    The softmax reads a row while it is in the cache; logsumexp, from which all would follow, too,
    writes an array as large as the scores and takes as long as one of the matrix products.
    """
    slope = scores.softmax(dim=-1)
    norm = scores.amax(dim=-1, keepdim=True) - slope.amax(dim=-1, keepdim=True).log()
    right = (1 - smoothing) * scores.gather(1, targets)
    nats = (norm - right - smoothing * scores.mean(dim=-1, keepdim=True)).sum()
    slope.sub_(smoothing / scores.shape[1])
    slope.scatter_add_(1, targets, torch.full_like(right, smoothing - 1))
    return nats, slope


def smoothed(
    vectors: Tensor, table: Tensor, bias: Tensor, targets: Tensor, smoothing: float
) -> Tensor:
    """(places, width), (vocabulary, width), (vocabulary,), (places,) -> () nats.

    The same as `F.cross_entropy(linear(vectors, table, bias), targets, reduction="sum",
    label_smoothing=smoothing)`.
    """
    apply: Any = Smoothed.apply
    return torch.as_tensor(apply(vectors, table, bias, targets, smoothing))
