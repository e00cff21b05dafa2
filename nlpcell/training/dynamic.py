"""A text to how well it was foreseen by a network that keeps learning while it reads.

Dynamic evaluation (Mikolov et al. 2010; Krause et al. 2018): every stretch is scored first and
learnt from afterwards, so no character is known before it is foretold.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.inference.generator import Foreseen
from nlpcell.models.generator import Generator
from nlpcell.settings import Dynamic
from nlpcell.tokenizer import START, Tokenizer


class Learning:
    """The update of Krause et al. 2018, section 4: gradients over their usual size, with decay.

    The usual size of a gradient is the mean over what has been read so far, so that no training
    text is needed.
    """

    def __init__(self, network: nn.Module, settings: Dynamic) -> None:
        self.settings = settings
        self.now: list[Tensor] = [one for one in network.parameters() if one.requires_grad]
        self.start = [one.detach().clone() for one in self.now]
        self.squares = [torch.zeros_like(one) for one in self.now]
        self.steps = 0

    @torch.no_grad()
    def step(self, gradients: tuple[Tensor, ...]) -> None:
        """Move against the gradients and a little back to where the network began."""
        settings = self.settings
        self.steps += 1
        torch._foreach_mul_(self.squares, 1 - 1 / self.steps)
        torch._foreach_addcmul_(self.squares, gradients, gradients, 1 / self.steps)
        sizes = torch._foreach_sqrt(self.squares)
        torch._foreach_add_(sizes, 1e-8 + settings.damping * mean_of(sizes))
        torch._foreach_addcdiv_(self.now, gradients, sizes, -settings.rate)
        torch._foreach_lerp_(self.now, self.start, settings.decay)


def mean_of(sizes: Sequence[Tensor]) -> float:
    """The mean over all numbers of all tensors."""
    return float(sum(one.sum() for one in sizes)) / sum(one.numel() for one in sizes)


def foreseen_dynamically(
    network: Generator, tokenizer: Tokenizer, text: str, settings: Dynamic = Dynamic()
) -> Foreseen:
    """The nats of a text, memory carried, parameters learning. Changes `network`."""
    network = network.eval()
    ids = torch.tensor([[START, *tokenizer.encode(text)]])
    learning, memory, nats = Learning(network, settings), None, 0.0
    for start in range(0, ids.shape[1] - 1, settings.stretch):
        part = ids[:, start : start + settings.stretch + 1]
        scores, memory = network.scores(part[:, :-1], memory)
        loss = F.cross_entropy(scores.flatten(0, 1), part[:, 1:].flatten(), reduction="sum")
        nats += float(loss.detach())
        learning.step(torch.autograd.grad(loss / part.shape[1], learning.now))
        memory = memory.detach()
    return Foreseen(nats, len(text))
