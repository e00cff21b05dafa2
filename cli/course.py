"""The options of every training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from nlpcell.settings import Training, seconds

from . import learning, options
from .spread import Command, spread


@dataclass(frozen=True)
class Course:
    """How to learn. Each field is an option, in the order of the help."""

    epochs: learning.Epochs = 20
    budget: learning.Budget = None
    batch_size: learning.Batch = 32
    lr: learning.Rate = 2e-3
    weight_decay: learning.Decay = 0.01
    averaging: learning.Averaging = 0.998
    patience: learning.Patience = 5
    seed: learning.TrainSeed = 1
    limit: learning.Limit = None
    resume: learning.Resume = False
    force: learning.Force = False
    device: learning.Device = "auto"
    threads: options.Threads = None
    tensorboard: learning.Tensorboard = False
    weights: learning.KeptWeights = learning.Weights.float32
    corpus: learning.Corpora = None
    quiet: options.Quiet = False

    def training(self, usual: Training, **more: Any) -> Training:
        """The usual training of a task, as the options change it."""
        return replace(
            usual, epochs=self.epochs, budget=seconds(self.budget) if self.budget else None,
            batch=self.batch_size, lr=self.lr, weight_decay=self.weight_decay,
            averaging=self.averaging, patience=self.patience, seed=self.seed, **more,
        )  # fmt: skip


def taught(usual: Training) -> Callable[[Command], Command]:
    """Give a command the options of a Course; their defaults are the task's usual training."""
    return spread("course", Course, {"batch_size": usual.batch} | vars(usual))
