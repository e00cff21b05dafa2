"""One training loop for every network: batches in, Progress out, checkpoints on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.errors import BadModel, Diverged, WrongUse
from nlpcell.scoring import Score
from nlpcell.settings import Training
from nlpcell.training import checkpoint
from nlpcell.training.average import Average
from nlpcell.training.batches import Source
from nlpcell.training.checkpoint import Checkpoint, Place
from nlpcell.training.machine import Machine

LAST, BEST = "last.safetensors", "best.safetensors"
SAVE_EVERY = 60.0  # seconds between checkpoints when no validation comes sooner
RETREATS = 3  # times training goes back with half the rate before it gives up


class Progress(NamedTuple):
    """What one step, or one validation, has to tell."""

    place: Place
    loss: float  # nats per character or sentence, of this batch
    rate: float  # learning rate
    steps_per_second: float
    share: float  # of the planned training that is done, 0 to 1
    score: Score | None = None  # at a validation
    note: str = ""  # something a user should read


class Trainer:
    """Learns with AdamW, a rate that rises and decays, clipped gradients and averaged weights.

    `score` judges a network on dev data; the best one is kept in BEST. Everything that a kill
    would lose lies in LAST: a run that is resumed ends, on a CPU, in the very same weights.
    """

    def __init__(self, network: nn.Module, source: Source, score: Callable[[nn.Module], Score],
                 settings: Training, folder: Path, machine: Machine,
                 made_with: dict[str, Any] | None = None) -> None:
        self.machine = machine
        self.network = network.to(machine.device)
        self.shared = machine.shared(self.network)
        self.average = Average(self.network, settings.averaging)
        self.optimizer = optimizer(self.network, settings)
        self.source = source
        self.score = score
        self.settings = settings
        self.folder = folder
        self.memory: Tensor | None = None
        self.place = Place(made_with=made_with or {})
        self.began = time.monotonic()
        self.saved = self.began

    def fit(self) -> Iterator[Progress]:
        """Train until the epochs, the budget or the patience end; then BEST holds the result."""
        self.began = time.monotonic() - self.place.seconds
        while self.place.epoch < self.settings.epochs and not self.finished():
            epoch = self.source.epoch(self.place.epoch, self.machine)
            stops = validation_places(len(epoch), self.settings.validations)
            while self.place.position < len(epoch) and not self.finished():
                self.tick()
                rate = self.settings.lr * self.place.lr_scale * self.schedule(len(epoch))
                loss = self.learn(self.machine.moved(epoch[self.place.position]), rate)
                if not math.isfinite(loss):
                    yield self.retreat(rate)
                    break
                self.place.position += 1
                yield self.progress(loss, rate, len(epoch))
                if self.place.position in stops or self.out_of_time():
                    yield self.validate(loss, rate, len(epoch))
                elif time.monotonic() - self.saved > SAVE_EVERY:
                    self.save()
            else:
                if self.place.position >= len(epoch):
                    self.place.epoch, self.place.position, self.memory = self.place.epoch + 1, 0, None
        self.save()

    def learn(self, batch: Any, rate: float) -> float:
        """One step of gradient descent; the mean loss over all processes."""
        with self.machine.precision():
            loss, memory = self.shared(batch, self.memory)
        count = self.machine.total(loss.count)
        # Processes average their gradients; times their number makes it the sum over all rows.
        (loss.total * (self.machine.world / count)).backward()
        mean = self.machine.total(loss.total.item()) / count
        if math.isfinite(mean):
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
            self.optimizer.step()
            self.average.update(self.network, self.place.step)
            self.place.step += 1
            self.memory = None if memory is None else memory.detach()
        self.optimizer.zero_grad(set_to_none=True)
        return mean

    def validate(self, loss: float, rate: float, length: int) -> Progress:
        """Score the averaged weights on dev data; keep them when they are the best so far."""
        network = self.average.network.eval()
        with torch.no_grad(), self.machine.precision():
            score = self.score(network)
        score = score._replace(value=self.machine.from_leader(score.value))
        place = self.place
        if place.best is None or is_better(score, place.best):
            place.best, place.best_step, place.waited = score.value, place.step, 0
            if self.machine.leads:
                tensors = network.state_dict()
                checkpoint.save(self.folder / BEST, Checkpoint(place, tensors))
        else:
            place.waited += 1
        self.save()
        return self.progress(loss, rate, length)._replace(score=score)

    def finished(self) -> bool:
        """Whether patience or time has run out."""
        return self.place.waited >= self.settings.patience or self.out_of_time()

    def out_of_time(self) -> bool:
        budget = self.settings.budget
        return budget is not None and self.place.seconds >= budget

    def tick(self) -> None:
        """Take the time; the leader's clock counts for all."""
        self.place.seconds = self.machine.from_leader(time.monotonic() - self.began)

    def schedule(self, length: int) -> float:
        """The factor on the learning rate: linear warm-up, then half a cosine down to 2 %."""
        warm = min(1.0, (self.place.step + 1) / self.settings.warmup) if self.settings.warmup else 1
        return warm * (0.02 + 0.49 * (1 + math.cos(math.pi * self.share(length))))

    def share(self, length: int) -> float:
        """How much of the plan is done: by steps, or by time where that ends sooner."""
        done = self.place.epoch + self.place.position / length
        share = done / self.settings.epochs
        if self.settings.budget is not None:
            share = max(share, self.place.seconds / self.settings.budget)
        return min(1.0, share)

    def progress(self, loss: float, rate: float, length: int) -> Progress:
        speed = self.place.step / max(1e-9, time.monotonic() - self.began)
        return Progress(self.place, loss, rate, speed, self.share(length))

    def retreat(self, rate: float) -> Progress:
        """Go back to the last checkpoint with half the learning rate, or give up."""
        place = self.place
        step, retreats, scale = place.step, place.retreats + 1, place.lr_scale / 2
        if retreats > RETREATS or not (self.folder / LAST).exists():
            kept = "" if place.best is None else f"; the best model (step {place.best_step:,}) is kept"
            raise Diverged(f"loss is not a number at step {step:,}{kept}",
                           hint=f"try --lr {rate / 4:.2g}")
        self.resume()
        self.place.retreats, self.place.lr_scale = retreats, scale
        note = f"loss is not a number at step {step:,}; back to step {self.place.step:,}, half the rate"
        return Progress(self.place, math.nan, rate, 0.0, 0.0, note=note)

    def save(self) -> None:
        """Write LAST, from which `resume` goes on exactly."""
        self.saved = time.monotonic()
        if not self.machine.leads:
            return
        tensors = {f"network.{name}": t for name, t in self.network.state_dict().items()}
        tensors |= {f"average.{name}": t for name, t in self.average.network.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{name}": t for name, t in moments.items()}
        tensors["random"] = checkpoint.random_state()
        if self.memory is not None:
            tensors["memory"] = self.memory
        checkpoint.save(self.folder / LAST, Checkpoint(self.place, tensors))

    def resume(self, force: bool = False) -> None:
        """Go on from LAST. Raises WrongUse when data or settings are others, unless forced."""
        place, tensors = checkpoint.load(self.folder / LAST)
        differing = [name for name, value in self.place.made_with.items()
                     if place.made_with.get(name) != value]
        if differing and not force:
            raise WrongUse(f"the run in {self.folder} was made with another {', '.join(differing)}",
                           hint="--force goes on all the same")
        place.made_with = self.place.made_with
        try:
            self.network.load_state_dict(part(tensors, "network."))
            self.average.network.load_state_dict(part(tensors, "average."))
        except RuntimeError as error:
            raise BadModel("this checkpoint is of another network", where=str(self.folder)) from error
        restore_optimizer(self.optimizer, part(tensors, "optimizer."))
        torch.set_rng_state(tensors["random"])
        self.memory = tensors["memory"].to(self.machine.device) if "memory" in tensors else None
        self.place = place
        self.began = time.monotonic() - place.seconds


def optimizer(network: nn.Module, settings: Training) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019) that lets biases be."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": settings.weight_decay},
              {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=settings.lr, betas=(0.9, 0.99), fused=True)


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put moments saved as `number.name` back."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        number, moment = name.split(".")
        state.setdefault(int(number), {})[moment] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items()
            if name.startswith(prefix)}


def is_better(score: Score, best: float) -> bool:
    return score.value > best if score.better == "higher" else score.value < best


def validation_places(length: int, validations: int) -> set[int]:
    """After how many batches of an epoch to validate; always at its end.

    >>> sorted(validation_places(10, 3))
    [3, 7, 10]
    """
    return {max(1, round(length * k / validations)) for k in range(1, validations + 1)}
