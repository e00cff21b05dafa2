"""A loss that carries its own denominator, and what every network promises the trainer."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from torch import Tensor


class Loss(NamedTuple):
    """A sum and what it is a sum over; the mean is taken once, at the end."""

    total: Tensor  # (): nats
    units: int  # characters or sentences that it sums over


class Learner(Protocol):
    """A network as the trainer sees it. Memory is None where nothing is carried over."""

    def __call__(self, batch: Any, memory: Tensor | None) -> tuple[Loss, Tensor | None]: ...
