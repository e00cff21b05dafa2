"""Where training runs: device, precision, threads, and the processes that share a batch.

Several processes are PyTorch's own DistributedDataParallel, started by torchrun; the network and
the trainer do not know how many there are.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn

from nlpcell.errors import SystemTrouble


@dataclass(frozen=True)
class Machine:
    """The device of this process and its place among the others."""

    device: torch.device
    half: bool  # bf16 autocast around the forward pass
    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes files and speaks."""
        return self.rank == 0

    def precision(self) -> Any:
        """bf16 where the processor computes it natively, twice as fast; float32 elsewhere."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.half)

    def shared(self, network: nn.Module) -> nn.Module:
        """The network, its gradients averaged over all processes when there are several."""
        network = network.to(self.device)
        if self.world == 1:
            return network
        return nn.parallel.DistributedDataParallel(network)

    def moved(self, batch: Any) -> Any:
        """A NamedTuple of tensors, on the device."""
        return type(batch)(*(part.to(self.device) for part in batch))

    def total(self, number: float) -> float:
        """The sum of a number over all processes."""
        return float(self._reduced(number, distributed.ReduceOp.SUM)) if self.world > 1 else number

    def from_leader(self, number: float) -> float:
        """The leader's number, so that all processes decide alike."""
        if self.world == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64, device=self.device)
        distributed.broadcast(shared, src=0)
        return float(shared)

    def _reduced(self, number: float, how: Any) -> Tensor:
        shared = torch.tensor([number], dtype=torch.float64, device=self.device)
        distributed.all_reduce(shared, op=how)
        return shared


@contextlib.contextmanager
def machine(device: str = "auto", threads: int | None = None) -> Iterator[Machine]:
    """The machine this process trains on; joins the others when torchrun started it."""
    threads = threads or len(os.sched_getaffinity(0))
    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    torch.set_num_threads(max(1, threads // int(os.environ.get("LOCAL_WORLD_SIZE", 1))))
    chosen = choose(device)
    if world > 1:
        distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield Machine(chosen, computes_half(chosen), rank, world)
    finally:
        if world > 1:
            distributed.destroy_process_group()


def choose(device: str) -> torch.device:
    """The device that is meant by `auto`, `cpu`, `cuda`, `cuda:N` or `mps`."""
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and "LOCAL_RANK" in os.environ:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise SystemTrouble("no CUDA device on this machine", hint="--device cpu")
    if device == "mps" and not torch.backends.mps.is_available():
        raise SystemTrouble("no Metal device on this machine", hint="--device cpu")
    return torch.device(device)


def computes_half(device: torch.device) -> bool:
    """Whether bf16 is native here: AVX-512 BF16 or AMX on a CPU, Ampere or later on a GPU."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
