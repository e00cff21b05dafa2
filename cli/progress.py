"""Training, as a person sees it: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from . import terminal
from .signals import Brake, held_back

if TYPE_CHECKING:
    from nlpcell.training.trainer import Progress

PLAIN_EVERY = 30.0  # seconds


def show(steps: Iterable[Progress], brake: Brake) -> None:
    """Run the training and tell how it goes on standard error."""
    said = time.monotonic()
    learning = False
    with bar() as advance, ExitStack() as stack:
        for progress in steps:
            if not learning:  # from the first step on there is something to save
                stack.enter_context(held_back(brake))
                learning = True
            advance(progress)
            due = time.monotonic() - said > PLAIN_EVERY and not drawn()
            if progress.score or progress.note or due:
                terminal.note(progress.note or line(progress))
                said = time.monotonic()


def line(progress: Progress) -> str:
    """Where training stands, in one line."""
    place, score = progress.place, progress.score
    left = place.seconds / progress.share * (1 - progress.share) if progress.share else 0.0
    best = f", dev {score.metric} {score.value:.4f}" if score else ""
    mark = " (best)" if score and place.waited == 0 else ""
    return (
        f"step {place.step:,} epoch {place.epoch + 1} loss {progress.loss:.4f}{best}{mark}, "
        f"{progress.steps_per_second:.1f} steps/s, {minutes(left)} left"
    )


def minutes(seconds: float) -> str:
    """A time as m:ss.

    >>> minutes(75)
    '1:15'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def drawn() -> bool:
    """Whether there is a terminal to draw on, whose owner does not mind escapes."""
    tty = sys.stderr is not None and sys.stderr.isatty()
    return tty and not terminal.quiet and terminal.coloured(sys.stderr)


@contextmanager
def bar() -> Iterator[Any]:
    """A function that takes Progress and moves a bar, at most ten times a second."""
    if not drawn():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    with Bar(console=console, transient=True, refresh_per_second=10) as drawing:
        task = drawing.add_task("training", total=1.0)
        yield lambda progress: drawing.update(
            task, completed=progress.share, description=f"loss {progress.loss:.3f}"
        )
