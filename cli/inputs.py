"""What a command reads: files by name, or standard input; never the file it is writing."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from nlpcell.errors import BadInput, WrongUse

from . import terminal


def opened(name: str) -> int:
    """A descriptor of a file, or of standard input for `-`."""
    if name != "-":
        try:
            return os.open(name, os.O_RDONLY)
        except OSError as error:
            raise BadInput(no_file(name, error)) from None
    if sys.stdin is None:
        raise BadInput("no input: standard input is closed")
    if sys.stdin.isatty():
        terminal.note("reading from the terminal; end with Ctrl-D")
    return sys.stdin.fileno()


def no_file(name: str, error: OSError) -> str:
    return f"{name}: {(error.strerror or str(error)).lower()}"


def refuse_same_file(
    output: Path | None, inputs: list[str], hint: str = "choose another --output"
) -> None:
    """Writing over what is being read would destroy it."""
    for name in inputs or ["-"]:
        if output is not None and same_file(output, name):
            raise WrongUse(f"{output} is the input itself", hint=hint)


def same_file(output: Path, name: str) -> bool:
    """Whether an ordinary file would be read and written at once."""
    try:
        read = os.fstat(0) if name == "-" else os.stat(name)
        return stat.S_ISREG(read.st_mode) and os.path.samestat(read, output.stat())
    except (OSError, ValueError):  # one of them is not there
        return False


def answerable() -> bool:
    """Whether somebody sits at standard input who could answer a question."""
    return sys.stdin is not None and sys.stdin.isatty()


def agreed(question: str) -> bool:
    """Ask on standard error; only a plain yes is one."""
    terminal.say(f"{question} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes", "s", "sí")
