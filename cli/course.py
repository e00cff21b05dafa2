"""The options that all trainings share, spelt once and handed to a command as one value."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, get_type_hints

from nlpcell.settings import Training, seconds

from . import learning, options


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


def taught(usual: Training) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For Typer, turn a command's parameter `course` into the fields of a Course.

    Where an option stands for a setting of `usual`, that is its default.
    """
    known = {"batch_size": usual.batch} | vars(usual)
    shared = get_type_hints(Course, include_extras=True)
    fields = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=kind,
            default=known.get(name, getattr(Course, name)),
        )
        for name, kind in shared.items()
    ]  # fmt: skip

    def spread(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for name, one in inspect.signature(command).parameters.items():
            own = one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name])
            parameters += fields if name == "course" else [own]

        @wraps(command)
        def called(**given: Any) -> None:
            course = Course(**{name: given.pop(name) for name in shared})
            command(**given, course=course)

        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in parameters}
        return called

    return spread
