"""Options of nlpcell itself, which may stand anywhere on the line: colours, settings, chatter."""

from __future__ import annotations

import enum
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from nlpcell.errors import WrongUse, did_you_mean

from . import configuration, layers, terminal

ALONE = ("--debug", "--offline", "--verbose", "-v", "-vv")
WITH_VALUE = ("--color", "--config", "--set")


class Color(enum.StrEnum):
    """When to send colours."""

    auto = "auto"
    always = "always"
    never = "never"


Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        envvar="NLPCELL_VERBOSE",
        help="Say which settings and which model are used.",
    ),
]
Colors = Annotated[
    Color | None,
    typer.Option(
        "--color",
        envvar="NLPCELL_COLOR",
        show_default=False,
        help="Colours: auto is on terminals, unless NO_COLOR is set.",
    ),
]
Offline = Annotated[
    bool,
    typer.Option("--offline", envvar="NLPCELL_OFFLINE", help="Ask no network for anything."),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="NLPCELL_CONFIG",
        show_default=False,
        help="Settings file to use instead of the project's nlpcell.toml.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        show_default=False,
        help="Set an option by its name, over environment and files; repeatable.",
    ),
]


def first(arguments: Sequence[str]) -> list[str]:
    """The same command line with nlpcell's own options in front, where Typer looks for them.

    What stands after `--` is left alone; a value that looks like one of them is written as
    `--prompt=--debug`.

    >>> first(["sentiment", "a.txt", "--color", "never", "--", "--debug"])
    ['--color', 'never', 'sentiment', 'a.txt', '--', '--debug']
    """
    words = list(arguments)
    end = words.index("--") if "--" in words else len(words)
    own, others = [], []
    waiting = iter(words[:end])
    for word in waiting:
        if word in ALONE or word.split("=")[0] in WITH_VALUE:
            own.append(word)
            if word in WITH_VALUE and (value := next(waiting, None)) is not None:
                own.append(value)
        else:
            others.append(word)
    return own + others + words[end:]


def debugging(arguments: Sequence[str]) -> bool:
    """Whether tracebacks are wanted."""
    before = arguments[: list(arguments).index("--")] if "--" in arguments else arguments
    return "--debug" in before or bool(os.environ.get("NLPCELL_DEBUG"))


def settle(
    context: typer.Context,
    verbose: int,
    color: Color | None,
    offline: bool,
    config: Path | None,
    pairs: list[str],
) -> None:
    """Put settings in force: Typer then finds them where an option was neither typed nor set.

    Raises WrongUse for settings that cannot be read or understood.
    """
    set_now = layers.set_for_this_run(context.command, pairs) if pairs else set()
    found = configuration.sources(config)
    values = layers.default_map(context.command, found) if found else {}
    context.default_map = values
    context.obj = layers.Settings(found, set_now)
    terminal.verbose = verbose or values.get("verbose", 0)
    terminal.color = color or chosen(Color, values.get("color", Color.auto))
    if offline or values.get("offline"):
        os.environ["HF_HUB_OFFLINE"] = "1"
    for source in found:
        terminal.detail(f"settings: {source.name}")


def chosen(kind: type[Color], value: Any) -> Color:
    """A value from a settings file as one of the few that there are."""
    try:
        return kind(value)
    except ValueError:
        hint = did_you_mean(str(value), list(kind)) or f"one of {', '.join(kind)}"
        raise WrongUse(f'"{value}" is no value of color', hint=hint.strip()) from None
