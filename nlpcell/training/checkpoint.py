"""Everything training needs to go on, as one safetensors file, and the folder it lies in."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from nlpcell.errors import BadModel, SystemTrouble
from nlpcell.files import sweep, write_whole


@dataclass
class Place:
    """How far training has come. Data order follows from seed, epoch and position."""

    epoch: int = 0
    position: int = 0  # batches of this epoch already learnt from
    step: int = 0
    seconds: float = 0.0  # spent so far, over all sittings
    best: float | None = None  # dev score
    best_step: int = 0
    waited: int = 0  # validations since the best
    lr_scale: float = 1.0  # halved each time the loss runs away
    retreats: int = 0
    made_with: dict[str, Any] = field(
        default_factory=dict
    )  # settings, data and what was made of them, to compare on resume


class Checkpoint(NamedTuple):
    """A place and the tensors that belong to it."""

    place: Place
    tensors: dict[str, Tensor]  # network.*, average.*, optimizer.*, memory, random of all processes


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint whole; a kill at any moment leaves the old one or the new one."""
    tensors = {name: tensor.contiguous().cpu() for name, tensor in checkpoint.tensors.items()}
    write_whole(path, to_bytes(tensors, {"place": json.dumps(asdict(checkpoint.place))}))


def load(path: Path) -> Checkpoint:
    """Read a checkpoint. Raises BadModel when it is damaged."""
    with opened(path) as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return Checkpoint(Place(**json.loads(file.metadata()["place"])), tensors)


def place(path: Path) -> Place:
    """The place of a checkpoint alone."""
    with opened(path) as file:
        return Place(**json.loads(file.metadata()["place"]))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A checkpoint file that is still to be read."""
    try:
        with safe_open(path, "pt") as file:
            yield file
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise BadModel(f"this checkpoint is damaged ({error})", where=str(path)) from error


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, without it."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


@contextlib.contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process alone; sweep what dead ones left there."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read().strip() or "another"
            raise SystemTrouble(f"in use by process {owner}", where=str(folder)) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        sweep(folder)
        yield
