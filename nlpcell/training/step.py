"""One step of gradient descent, over all processes, in halves where memory is short."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.errors import SystemTrouble
from nlpcell.settings import Training
from nlpcell.training.machine import Machine


class Step(NamedTuple):
    """What a step has to tell."""

    loss: float  # the mean over all processes; NaN when nothing could be learnt from it
    memory: Tensor | None  # after the batch
    scale: float = 1.0  # of the gradients, before they are those of the mean loss


class Descent:
    """AdamW on clipped gradients. A batch that does not fit is read in two halves from then on."""

    def __init__(self, network: nn.Module, settings: Training, machine: Machine) -> None:
        self.network = network
        self.settings = settings
        self.machine = machine
        self.shared = machine.shared(network)
        self.optimizer = adamw(network, settings)
        self.halved = False

    def __call__(self, batch: Any, memory: Tensor | None, rate: float) -> Step:
        """Learn from a batch; the weights stay as they are when loss or gradient is not finite."""
        step = self.gradients(batch, memory)
        if step is None:
            self.halved = True
            step = self.gradients(batch, memory)
        if step is None:
            fitting = max(1, self.settings.batch // 4)
            raise SystemTrouble("out of memory", hint=f"--batch-size {fitting}")
        length = scaled(self.network.parameters(), step.scale, self.settings.clip)
        if math.isfinite(step.loss) and math.isfinite(length):
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            self.optimizer.step()
        else:
            step = Step(math.nan, memory)
        self.optimizer.zero_grad(set_to_none=True)
        return step

    def gradients(self, batch: Any, memory: Tensor | None) -> Step | None:
        """Fill in the gradients of the whole loss; None when there was not enough memory."""
        try:
            total, count, after = 0.0, 0, []
            for part, before in halves(batch, memory) if self.halved else [(batch, memory)]:
                with self.machine.precision():
                    loss, remembered = self.shared(part, before)
                loss.total.backward()
                total, count = total + loss.total.item(), count + loss.units
                after.append(None if remembered is None else remembered.detach())
        except (RuntimeError, MemoryError) as error:
            # Where several share a batch the others wait for this one: it cannot try again.
            if not out_of_memory(error) or self.machine.world > 1:
                raise
            self.optimizer.zero_grad(set_to_none=True)
            return None
        everything = max(1.0, self.machine.total(count))
        # Processes average their gradients; times their number makes it the sum over all rows.
        scale = self.machine.world / everything
        return Step(self.machine.total(total) / everything, joined(after), scale)

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Put moments saved as `number.name` back."""
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            number, moment = name.split(".")
            state.setdefault(int(number), {})[moment] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})

    def moments(self) -> dict[str, Tensor]:
        """What the optimizer remembers, as `number.name`."""
        state = self.optimizer.state_dict()["state"]
        return {f"{number}.{name}": t for number, all_ in state.items() for name, t in all_.items()}


def scaled(parameters: Iterable[nn.Parameter], scale: float, longest: float) -> float:
    """Multiply all gradients by `scale`, by less if they were longer than `longest` then.

    Returns how long they would be. In one go: they are large, and each pass over them counts.
    """
    gradients = [one.grad for one in parameters if one.grad is not None]
    length = scale * float(nn.utils.get_total_norm(gradients))
    if math.isfinite(length):
        torch._foreach_mul_(gradients, scale * longest / max(length, longest))
    return length


def halves(batch: Any, memory: Tensor | None) -> Iterator[tuple[Any, Tensor | None]]:
    """A NamedTuple of tensors cut in two along the batch, and the memory (..., batch, hidden)."""
    rows = len(batch[0])
    for here in (slice(0, rows // 2), slice(rows // 2, rows)):
        if here.stop > here.start:
            yield (
                type(batch)(*(tensor[here] for tensor in batch)),
                None if memory is None else memory[..., here, :].contiguous(),
            )


def joined(memories: list[Tensor | None]) -> Tensor | None:
    """The memories of parts of a batch as one."""
    parts = [one for one in memories if one is not None]
    return torch.cat(parts, dim=-2) if parts else None


def out_of_memory(error: Exception) -> bool:
    """Whether an error says so; PyTorch has an exception of its own for it on a GPU only."""
    said = str(error)
    kinds = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return kinds or "can't allocate memory" in said or "bad_alloc" in said


def adamw(network: nn.Module, settings: Training) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019) that lets biases be."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.lr, betas=(0.9, 0.99), fused=True)
