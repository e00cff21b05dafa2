"""A training run in its folder: locked, resumable, with its history."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nlpcell.bundle import HISTORY
from nlpcell.errors import WrongUse
from nlpcell.scoring import Score
from nlpcell.settings import Training
from nlpcell.tokenizer import Tokenizer
from nlpcell.training import checkpoint
from nlpcell.training.batches import Source
from nlpcell.training.machine import Machine, choose, machine
from nlpcell.training.trainer import BEST, LAST, Progress, Trainer

WORKSHOP = "training"  # the sub-folder that holds checkpoints; not part of the bundle


@dataclass(frozen=True)
class Run:
    """Where and how to train, and what the model card shall say about it."""

    out: Path
    training: Training = Training()
    resume: bool = False
    force: bool = False
    device: str = "auto"
    threads: int | None = None
    command: str = ""  # as the user typed it
    corpora: Sequence[str] = ()  # name, source and licence of the data, a line each
    tensorboard: bool = False
    weights: str = "float32"  # how the bundle keeps them; none makes it small
    made_with: dict[str, Any] = field(default_factory=dict)
    stop: Callable[[], bool] = lambda: False  # asked before every step

    @property
    def workshop(self) -> Path:
        return self.out / WORKSHOP

    def kept(self, name: str, made: Callable[[], Any]) -> Any:
        """What was made from the data when the run began, which its weights stand for.

        A run that goes on has it still, though `--force` may bring other data. Anything of JSON.
        """
        stages = [self.workshop / LAST, *self.workshop.glob(f"*/{LAST}")] if self.resume else []
        before = (checkpoint.place(last).made_with for last in stages if last.exists())
        found = [one[name] for one in before if name in one]
        self.made_with[name] = found[0] if found else made()
        return self.made_with[name]

    def tokenizer(self, learn: Callable[[], Tokenizer]) -> Tokenizer:
        """The tokenizer of the run, learnt when it began."""
        kept = self.kept("vocabulary", lambda: b64encode(learn().model).decode())
        return Tokenizer(b64decode(kept))

    def fixed(self) -> dict[str, Any]:
        """The settings that must not change when a run goes on."""
        training = self.training
        return {
            "batch": training.batch,
            "steps": training.steps,
            "seed": training.seed,
            "averaging": training.averaging,
        }


def train(
    run: Run, network: nn.Module, source: Source, score: Callable[[nn.Module], Score]
) -> Iterator[Progress]:
    """Train `network` in place; when the generator ends it holds the best weights."""
    with ExitStack() as stack:
        here = stack.enter_context(machine(run.device, run.threads))
        if here.leads:
            stack.enter_context(checkpoint.owned(run.workshop))
        if here.world > 1:
            seeded(run.training.seed + here.rank)  # each process hides other units
        trainer = Trainer(
            network, source, score, run.training, run.workshop, here, run.made_with, run.stop
        )
        if prepared(run, here) and (note := trainer.resume(run.force)):
            yield trainer.remark(note)
        for progress in trainer.fit():
            if here.leads and (progress.score or progress.note):
                remember(run, progress)
            yield progress
        if (run.workshop / BEST).exists():
            network.load_state_dict(checkpoint.load(run.workshop / BEST).tensors)
        network.cpu().eval()


def checked(run: Run) -> str:
    """The name of the device, once nothing about device and folder forbids to begin.

    Raises SystemTrouble or WrongUse for what would otherwise only come out after data were read.
    """
    device = str(choose(run.device))
    if not leads():
        return device
    if run.out.exists() and not run.out.is_dir():
        raise WrongUse("is a file, not a folder", where=str(run.out), hint="choose another --out")
    if run.workshop.is_dir():
        with checkpoint.owned(run.workshop):
            pass
    if (run.workshop / LAST).exists():
        refuse_another(run)
    elif run.out.is_dir() and not run.force:
        refuse_strangers(run.out)
    return device


def refuse_strangers(out: Path) -> None:
    """Nothing that is not ours is written over: a model brings a README.md."""
    if any(one.name != WORKSHOP for one in out.iterdir()):
        hint = "choose another --out; --force writes into this one"
        raise WrongUse("holds other files", where=str(out), hint=hint)


def refuse_another(run: Run) -> None:
    """A run is replaced only where the user says so."""
    if not run.force and not run.resume:
        raise WrongUse(f"{run.out} holds another run", hint="--resume goes on, --force starts anew")


def prepared(run: Run, here: Machine) -> bool:
    """Whether there is a run to go on with; clears the folder when the user said --force."""
    exists = (run.workshop / LAST).exists()
    if run.resume:
        return exists
    if not here.leads:
        return False
    if exists:
        refuse_another(run)
    for name in (LAST, BEST, HISTORY):
        (run.workshop / name).unlink(missing_ok=True)
    return False


def remember(run: Run, progress: Progress) -> None:
    """Add a line to the history: JSON Lines, and TensorBoard where it is wanted."""
    place, score = progress.place, progress.score
    row = {
        "step": place.step,
        "epoch": place.epoch,
        "seconds": round(place.seconds, 1),
        "loss": round(progress.loss, 5),
        "lr": progress.rate,
        "note": progress.note,
    }
    if score is not None:
        row[score.metric] = round(score.value, 5)
    with open(run.workshop / HISTORY, "a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    if run.tensorboard and score is not None:
        from torch.utils.tensorboard import SummaryWriter

        with SummaryWriter(str(run.workshop)) as writer:
            writer.add_scalar("loss", progress.loss, place.step)
            writer.add_scalar(f"dev/{score.metric}", score.value, place.step)


def history(run: Run) -> bytes:
    """What `remember` wrote, without a line that a kill or a full disk cut short."""
    path = run.workshop / HISTORY
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return b"".join(line for line in lines if line.startswith(b"{") and line.endswith(b"}\n"))


def seconds_spent(history: bytes) -> int:
    """How long the run took, from the last line of its history."""
    lines = history.split(b"\n")[:-1]
    return round(json.loads(lines[-1])["seconds"]) if lines else 0


def leads() -> bool:
    """Whether this process writes the bundle: always, unless torchrun started several."""
    return os.environ.get("RANK", "0") == "0"


def seeded(seed: int) -> None:
    """Make everything drawn from torch's generator follow from `seed`."""
    torch.manual_seed(seed)
