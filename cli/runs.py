"""What surrounds every training: refusals before it, signals during it, advice after it."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlpcell.errors import Diverged, SystemTrouble
from nlpcell.settings import Training

from . import terminal
from .course import Course
from .progress import show
from .signals import Brake, Stopped

if TYPE_CHECKING:
    from nlpcell.training.run import Run
    from nlpcell.training.trainer import Progress

BRAKE = Brake()


def begun(out: Path, training: Training, course: Course, corpora: Sequence[str]) -> Run:
    """The run that was asked for, refused here when it could only fail later."""
    terminal.quiet = terminal.quiet or not leads()  # under torchrun one speaks
    terminal.note("preparing")
    need_torch()
    from nlpcell.training import run

    here = run.Run(
        out, training, course.resume, course.force, course.device, course.threads,
        shlex.join(["nlpcell", *sys.argv[1:]]), corpora, course.tensorboard, course.weights.value,
        stop=BRAKE,
    )  # fmt: skip
    terminal.note(f"training on {run.checked(here)}")
    return here


def leads() -> bool:
    """Whether this process writes the model: always, unless torchrun started several."""
    return os.environ.get("RANK", "0") == "0"


def need_torch() -> None:
    """Refuse early and in plain words where the train extra is missing."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "onnx", "matplotlib") if find_spec(name) is None]
    if missing:
        raise SystemTrouble(
            f"training needs {', '.join(missing)}", hint='pip install "nlpcell[train]"'
        )


def carried_out(task: str, here: Run, steps: Iterable[Progress]) -> None:
    """Train to the end, or to a whole step when somebody stops it."""
    try:
        show(steps, BRAKE)
    except KeyboardInterrupt:  # the trainer's, after everything was saved
        terminal.note(f"saved; to go on: {going_on(sys.argv[1:])}")
        raise Stopped(BRAKE.number) from None
    except Diverged as problem:
        problem.hint = f"{going_on(sys.argv[1:])} {problem.hint}"
        raise
    out = shlex.quote(str(here.out))
    terminal.note(f"the model is in {here.out}; try: nlpcell {task} --model {out}")


def going_on(arguments: Sequence[str]) -> str:
    """The command that resumes the run of these arguments.

    >>> going_on(["train", "generate", "my book.txt", "--force"])
    "nlpcell train generate 'my book.txt' --resume"
    """
    kept = [one for one in arguments if one not in ("--force", "--resume", "--no-resume")]
    return shlex.join(["nlpcell", *kept, "--resume"])
