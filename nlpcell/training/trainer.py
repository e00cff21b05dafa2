"""One training loop for every network: batches in, Progress out, checkpoints on the way."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nlpcell.errors import Diverged, SystemTrouble, WrongUse
from nlpcell.scoring import Score
from nlpcell.settings import Training
from nlpcell.training import checkpoint
from nlpcell.training.average import Average
from nlpcell.training.batches import Source
from nlpcell.training.checkpoint import Checkpoint, Place
from nlpcell.training.machine import Machine
from nlpcell.training.step import Descent

LAST, BEST = "last.safetensors", "best.safetensors"
SAVE_EVERY = 60.0  # seconds between checkpoints when no validation comes sooner
HALVED = "out of memory: from here on every batch is read in two halves"
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

    def __init__(
        self,
        network: nn.Module,
        source: Source,
        score: Callable[[nn.Module], Score],
        settings: Training,
        folder: Path,
        machine: Machine,
        made_with: dict[str, Any] | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.machine = machine
        self.network = network.to(machine.device)
        self.average = Average(self.network, settings.averaging)
        self.descent = Descent(self.network, settings, machine)
        self.source = source
        self.score = score
        self.settings = settings
        self.folder = folder
        self.memory: Tensor | None = None
        self.place = Place(made_with=made_with or {})
        self.stop = stop  # asked before every step
        self.began = time.monotonic()
        self.saved: Place | None = None  # where LAST stands

    def fit(self) -> Iterator[Progress]:
        """Train until the epochs, the budget or the patience end; then BEST holds the result.

        Raises KeyboardInterrupt, with everything saved, after `stop` has said yes.
        """
        self.began = time.monotonic() - self.place.seconds
        if self.saved is None:
            self.save()  # the first place to go back to
        while self.place.epoch < self.settings.epochs and not self.finished():
            epoch = self.source.epoch(self.place.epoch, self.machine)
            stops = validation_places(len(epoch), self.settings.validations)
            while self.place.position < len(epoch) and not self.finished():
                self.tick()
                halved = self.descent.halved
                rate = self.settings.lr * self.place.lr_scale * self.schedule(len(epoch))
                loss = self.learn(self.machine.moved(epoch[self.place.position]), rate)
                if not math.isfinite(loss):
                    yield self.retreat(rate)
                    break
                self.place.position += 1
                note = "" if halved == self.descent.halved else HALVED
                yield self.progress(loss, rate, len(epoch))._replace(note=note)
                if self.place.position in stops or self.out_of_time():
                    yield self.validate(loss, rate, len(epoch))
                elif self.saved is None or self.place.seconds - self.saved.seconds > SAVE_EVERY:
                    self.save()
            else:
                if self.place.position >= len(epoch):
                    self.place.epoch, self.place.position = self.place.epoch + 1, 0
                    self.memory = None
        self.save()

    def learn(self, batch: Any, rate: float) -> float:
        """One step of gradient descent; the mean loss over all processes, NaN if it ran away."""
        step = self.descent(batch, self.memory, rate)
        if math.isfinite(step.loss):
            self.average.update(self.network, self.place.step)
            self.place.step += 1
            self.memory = step.memory
        return step.loss

    def validate(self, loss: float, rate: float, length: int) -> Progress:
        """Score the averaged weights on dev data; keep them when they are the best so far."""
        network = self.average.network.eval()
        with torch.no_grad(), self.machine.precision():
            score = self.score(network)
        score = score._replace(value=self.machine.from_leader(score.value))
        place = self.place
        if score.beats(place.best):
            place.best, place.best_step, place.waited = score.value, place.step, 0
            self.keep(BEST, network.state_dict())
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
        """Take the time; the leader's clock counts for all. Stop where that is wanted."""
        now = time.monotonic() - self.began
        self.place.seconds, stop = self.machine.agreed(now, self.stop())
        if stop:
            self.save()
            raise KeyboardInterrupt

    def schedule(self, length: int) -> float:
        """The factor on the learning rate: linear warm-up, then half a cosine down to 2 %."""
        # A short training is over before a long warm-up: a tenth of it is enough.
        warmup = min(self.settings.warmup, self.settings.epochs * length / 10)
        warm = min(1.0, (self.place.step + 1) / max(1.0, warmup))
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
        if retreats > RETREATS:
            best = f"; the best model (step {place.best_step:,}) is kept"
            kept = "" if place.best is None else best
            raise Diverged(
                f"loss is not a number at step {step:,}{kept}",
                hint=f"--lr {self.settings.lr * scale:.2g}",
            )
        self.resume(force=True)
        self.place.retreats, self.place.lr_scale = retreats, scale
        back = f"back to step {self.place.step:,}, half the rate"
        note = f"loss is not a number at step {step:,}; {back}"
        return self.remark(note)

    def save(self) -> None:
        """Write LAST, from which `resume` goes on exactly. All processes take part."""
        tensors = {f"network.{name}": t for name, t in self.network.state_dict().items()}
        tensors |= {f"average.{name}": t for name, t in self.average.network.state_dict().items()}
        tensors |= {f"optimizer.{name}": t for name, t in self.descent.moments().items()}
        tensors["random"] = self.machine.random_states()
        memory = self.machine.memory_of_all(self.memory)
        if memory is not None:
            tensors["memory"] = memory
        self.keep(LAST, tensors)
        self.saved = replace(self.place)

    def keep(self, name: str, tensors: dict[str, Tensor]) -> None:
        """Write a checkpoint, if this is the process that writes."""
        if not self.machine.leads:
            return
        try:
            checkpoint.save(self.folder / name, Checkpoint(self.place, tensors))
        except SystemTrouble as trouble:
            if self.saved is not None:
                trouble.what += f"; step {self.saved.step:,} is intact"
            raise

    def resume(self, force: bool = False) -> str:
        """Go on from LAST; what a user should know about it, if anything.

        Raises WrongUse when data or settings are others, unless forced.
        """
        place, tensors = checkpoint.load(self.folder / LAST)
        differing = [
            name
            for name, value in self.place.made_with.items()
            if place.made_with.get(name) != value
        ]
        if differing and not force:
            raise WrongUse(
                f"the run in {self.folder} was made with another {', '.join(differing)}",
                hint="--force goes on all the same",
            )
        place.made_with = self.place.made_with
        try:
            self.network.load_state_dict(checkpoint.part(tensors, "network."))
            self.average.network.load_state_dict(checkpoint.part(tensors, "average."))
        except RuntimeError as error:
            raise WrongUse(
                "the run was made with a network of another shape", where=str(self.folder)
            ) from error
        self.descent.restore(checkpoint.part(tensors, "optimizer."))
        note = self.machine.go_on_drawing(tensors["random"], self.settings.seed)
        self.memory = self.machine.own_memory(tensors["memory"]) if "memory" in tensors else None
        self.place, self.saved = place, replace(place)
        self.began = time.monotonic() - place.seconds
        return note

    def remark(self, note: str) -> Progress:
        """A word on the way."""
        return Progress(self.place, math.nan, 0.0, 0.0, 0.0, note=note)


def validation_places(length: int, validations: int) -> set[int]:
    """After how many batches of an epoch to validate; always at its end.

    >>> sorted(validation_places(10, 3))
    [3, 7, 10]
    """
    return {max(1, round(length * k / validations)) for k in range(1, validations + 1)}
