"""Where training runs: device, precision, threads, and the processes that share a batch.

Several processes are PyTorch's own DistributedDataParallel, started by torchrun; the network and
the trainer do not know how many there are.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn

from nlpcell.errors import SystemTrouble, WrongUse

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # of malloc.h


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
        if self.world == 1:
            return number
        return float(self._summed(torch.tensor([number], dtype=torch.float64)))

    def from_leader(self, number: float) -> float:
        """The leader's number, so that all processes decide alike."""
        if self.world == 1:
            return number
        shared = torch.tensor([number], dtype=torch.float64, device=self.device)
        distributed.broadcast(shared, src=0)
        return float(shared)

    def agreed(self, seconds: float, stop: bool) -> tuple[float, bool]:
        """The leader's clock, and whether any process was asked to stop; the same for all."""
        if self.world == 1:
            return seconds, stop
        mine = torch.tensor([seconds if self.leads else 0.0, float(stop)], dtype=torch.float64)
        clock, stops = self._summed(mine).tolist()
        return clock, stops > 0

    def memory_of_all(self, memory: Tensor | None) -> Tensor | None:
        """The memories of all processes, (layers, states, batch, hidden), as if it were one."""
        if memory is None or self.world == 1:
            return memory
        rows = round(self.total(memory.shape[2]))
        layers, states, _, hidden = memory.shape
        everything = torch.zeros(layers, states, rows, hidden)
        everything[:, :, self.rank :: self.world] = memory.float().cpu()
        return self._summed(everything).to(memory.dtype)

    def own_memory(self, memory: Tensor) -> Tensor:
        """This process's rows of what `memory_of_all` put together, for any number of processes."""
        return memory[:, :, self.rank :: self.world].contiguous().to(self.device)

    def random_states(self) -> Tensor:
        """What dropout masks will come from, (processes, bytes)."""
        own = torch.cuda.get_rng_state(self.device) if self.on_gpu else torch.get_rng_state()
        if self.world == 1:
            return own[None]
        everything = torch.zeros(self.world, len(own), dtype=torch.uint8)
        everything[self.rank] = own
        return self._summed(everything)

    def go_on_drawing(self, states: Tensor, seed: int) -> str:
        """Draw on from saved states; from a new seed where processes or device were others."""
        own = torch.cuda.get_rng_state(self.device) if self.on_gpu else torch.get_rng_state()
        if states.shape != (self.world, len(own)):
            torch.manual_seed(seed + self.rank)
            return "resumed on another kind or number of machines: dropout is drawn anew"
        if self.on_gpu:
            torch.cuda.set_rng_state(states[self.rank].clone(), self.device)
        else:
            torch.set_rng_state(states[self.rank].clone())
        return ""

    @property
    def on_gpu(self) -> bool:
        return self.device.type == "cuda"

    def _summed(self, tensor: Tensor) -> Tensor:
        """The sum of a tensor over all processes, on the CPU."""
        shared = tensor.to(self.device)
        distributed.all_reduce(shared)
        return shared.cpu()


@contextlib.contextmanager
def machine(device: str = "auto", threads: int | None = None) -> Iterator[Machine]:
    """The machine this process trains on; joins the others when torchrun started it.

    It joins them once and stays until it ends: who leaves after one stage of a training and joins
    anew for the next may find what the others left of the first, and wait for ever.
    """
    threads = threads or len(os.sched_getaffinity(0))
    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    torch.set_num_threads(max(1, threads // int(os.environ.get("LOCAL_WORLD_SIZE", 1))))
    chosen = choose(device)
    keep_memory()
    if world > 1 and not distributed.is_initialized():
        distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
        atexit.register(distributed.destroy_process_group)
    yield Machine(chosen, computes_half(chosen), rank, world)


def keep_memory() -> None:
    """Let this process keep the memory it frees, for the next step: mallopt(3) of the GNU libc.

    The large arrays of a step are else given back and come again as pages that must be cleared;
    training a translator of 16 M parameters ran at 2.2 k subwords a second so, at 3.3 k with this.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other libraries of C do without it
        for what, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**28)):
            mallopt(what, value)


def choose(device: str) -> torch.device:
    """The device that is meant by `auto`, `cpu`, `cuda`, `cuda:N` or `mps`."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", device):
        raise WrongUse(f'no device is called "{device}"', hint="auto, cpu, cuda, cuda:N or mps")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and "LOCAL_RANK" in os.environ:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise SystemTrouble("no CUDA device on this machine", hint="--device cpu")
    if device.startswith("cuda:") and int(device[5:]) >= torch.cuda.device_count():
        raise SystemTrouble(f"no device {device}; there are {torch.cuda.device_count()}")
    if device == "mps" and not torch.backends.mps.is_available():
        raise SystemTrouble("no Metal device on this machine", hint="--device cpu")
    return torch.device(device)


def computes_half(device: torch.device) -> bool:
    """Whether bf16 is native here: AVX-512 BF16 or AMX on a CPU, Ampere or later on a GPU."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported())
