"""Cross-entropy with smoothed labels over a large vocabulary, its gradient taken on the way.

Scores of all subwords for all places of a batch would be by far its largest array. Here they exist
for some places at a time and are read while they are still in the cache.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

PLACES = 512  # scored at a time
TINY = torch.finfo(torch.float32).tiny  # below it there is no logarithm


class Smoothed(torch.autograd.Function):
    """The sum over all places of the nats that smoothed labels cost (Szegedy et al. 2016).

    The share that goes to all subwords alike needs no array of its own: its nats are those of the
    mean row of the table, and its slope is the same for every subword.
    """

    @staticmethod
    def forward(
        ctx: Any, vectors: Tensor, table: Tensor, bias: Tensor, targets: Tensor, smoothing: float
    ) -> Tensor:
        near, shift = table.to(vectors.dtype), bias.to(vectors.dtype)
        whole, row = vectors.sum(dim=0, dtype=table.dtype), table.mean(dim=0)
        total = -smoothing * ((whole * row).sum() + len(vectors) * bias.mean())
        alike = -smoothing / len(table)
        slopes = (
            torch.empty_like(vectors),
            (alike * whole).repeat(len(table), 1),
            torch.full_like(bias, alike * len(vectors)),
        )
        for start in range(0, len(vectors), PLACES):
            here = slice(start, start + PLACES)
            scores = torch.addmm(shift, vectors[here], near.T)
            nats, slope = cost(scores, targets[here], smoothing)
            total += nats
            slopes[0][here] = slope @ near - smoothing * row
            slopes[1].add_(slope.T @ vectors[here])
            slopes[2].add_(slope.new_ones(len(slope)) @ slope)
        ctx.save_for_backward(*slopes)
        return total

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        vectors, table, bias = ctx.saved_tensors
        factor = upstream[0]
        return vectors * factor.to(vectors.dtype), table * factor, bias * factor, None, None


def cost(scores: Tensor, targets: Tensor, smoothing: float) -> tuple[Tensor, Tensor]:
    """Nats and slopes, (places, vocabulary), without what all subwords share alike.

    A probability too small for a float counts as the smallest there is; its slope is right all
    the same.

    The softmax reads a row while it is in the cache; logsumexp, from which all would follow, too,
    writes an array as large as the scores and takes as long as one of the matrix products.
    """
    slope = scores.softmax(dim=-1)
    right = targets + scores.shape[1] * torch.arange(len(targets), device=targets.device)
    likely = slope.take(right).float()
    nats = smoothing * scores.take(right).float() - likely.clamp(min=TINY).log()
    slope.put_(right, (likely + smoothing - 1).to(slope.dtype))
    return nats.sum(), slope


def smoothed(
    vectors: Tensor, table: Tensor, bias: Tensor, targets: Tensor, smoothing: float
) -> Tensor:
    """(places, width), (vocabulary, width), (vocabulary,), (places,) -> () nats.

    The same as `F.cross_entropy(linear(vectors, table, bias), targets, reduction="sum",
    label_smoothing=smoothing)`.
    """
    apply: Any = Smoothed.apply
    return torch.as_tensor(apply(vectors, table, bias, targets, smoothing))
