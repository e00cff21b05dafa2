"""A running mean of a network's weights, which answers better than any single step's."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Average:
    """Polyak averaging with exponential weights; `keep` 0 is the network itself, step by step."""

    def __init__(self, network: nn.Module, keep: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.keep = keep

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move a little towards `network`; early on a lot, so that the start is soon forgotten."""
        keep = min(self.keep, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), 1 - keep)
