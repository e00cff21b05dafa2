"""Ctrl-C, SIGTERM and SIGHUP: at once where nothing is lost, after a whole step in training."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from . import terminal

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked this process to end. No KeyboardInterrupt: Typer answers those itself."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def listen() -> None:
    """Turn signals into Stopped; one that is ignored (nohup, a job in the background) stays so."""
    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, leave)


def leave(number: int, _frame: object) -> NoReturn:
    """End wherever we are; files are closed and temporaries removed on the way out."""
    raise Stopped(number)


class Brake:
    """Whether somebody asked training to stop; asked twice, it leaves at once."""

    def __init__(self) -> None:
        self.number = 0  # of the signal; 0: nobody asked

    def __call__(self) -> bool:
        return bool(self.number)

    def press(self, number: int, _frame: object) -> None:
        if self.number:
            raise Stopped(number)
        self.number = number
        if not terminal.quiet:  # written past Python's buffer, which a handler must not touch
            with suppress(OSError):
                os.write(2, b"stopping after this step; once more: at once\n")


@contextmanager
def held_back(brake: Brake) -> Iterator[None]:
    """While inside, the first signal only presses the brake."""
    chosen = [number for number in NUMBERS if signal.getsignal(number) is leave]
    for number in chosen:
        signal.signal(number, brake.press)
    try:
        yield
    finally:
        for number in chosen:
            signal.signal(number, leave)
