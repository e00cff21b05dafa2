"""The commands by name; the module of one is imported when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer.core
import typer.main

# In the order of the help; each module calls its command, or its group of commands, `app`.
MODULES = {
    "generate": "generate",
    "sentiment": "sentiment",
    "translate": "translate",
    "agree": "agree",
    "inspect": "inspect",
    "doctor": "doctor",
    "train": "train",
    "evaluate": "evaluate",
    "compare": "compare",
    "data": "check",
    "models": "models",
    "config": "config",
}


class Commands(Mapping[str, Any]):
    """What Typer takes for a dictionary of commands."""

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)

    def __getitem__(self, name: str) -> Any:
        return made(name, MODULES[name])


@cache
def made(name: str, module: str) -> Any:
    """A command under its name."""
    command = typer.main.get_command(import_module(f".{module}", __package__).app)
    command.name = name
    return command


class Tree(typer.core.TyperGroup):
    """`nlpcell` itself: all commands, none of them imported yet.

    The options of commands that nobody called cost every start as much time as Typer itself.
    """

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes | {"commands": Commands()})
