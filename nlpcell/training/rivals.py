"""One size to three cells that have as many parameters as an LSTM of that size."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import torch
from torch import nn

from nlpcell.settings import Cell

CELLS: tuple[Cell, ...] = get_args(Cell)


def matched(build: Callable[[Cell, int], nn.Module], hidden: int) -> dict[Cell, int]:
    """The hidden units at which each cell comes nearest to an LSTM with `hidden` of them.

    `build` makes the whole network, so embedding and output layer are counted with the cell.
    """
    wanted = parameters(build, "lstm", hidden)
    return {cell: nearest(build, cell, wanted, hidden) for cell in CELLS}


def parameters(build: Callable[[Cell, int], nn.Module], cell: Cell, hidden: int) -> int:
    """How many numbers a network would learn; nothing is allocated for it."""
    with torch.device("meta"):
        return sum(one.numel() for one in build(cell, hidden).parameters())


def nearest(build: Callable[[Cell, int], nn.Module], cell: Cell, wanted: int, hidden: int) -> int:
    """Bisect: parameters grow with the units, and a plain RNN needs at most about twice as many."""
    low, high = 1, 4 * hidden + 4
    while high - low > 1:
        middle = (low + high) // 2
        if parameters(build, cell, middle) <= wanted:
            low = middle
        else:
            high = middle
    return min((low, high), key=lambda one: abs(parameters(build, cell, one) - wanted))
