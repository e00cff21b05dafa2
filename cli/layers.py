"""Settings over the tree of commands: which option of which command gets which value, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from nlpcell.errors import WrongUse, did_you_mean

from .configuration import Source

SET = "--set"
# Never by a file's will: what replaces files, and what is about this one run.
TYPED = (
    *("output", "png", "html", "write", "force", "version", "debug", "config", "set"),
    *("install-completion", "show-completion"),
)


class Value(NamedTuple):
    """What an option will be when it is not typed, and whose word that is."""

    command: str  # like "train sentiment"
    option: str  # like "batch-size"
    value: Any
    source: str


class Settings(NamedTuple):
    """What is in force besides what was typed; commands find it as `context.obj`."""

    sources: list[Source]  # the strongest first
    set_now: set[str]  # names of options that --set gave


def options(command: Any) -> dict[str, Any]:
    """The options of a command by their long names, without dashes."""
    return {
        max(one.opts, key=len).removeprefix("--"): one
        for one in command.params
        if one.param_type_name == "option"
    }


def subcommands(command: Any) -> dict[str, Any]:
    """The commands below a group; none below a plain command."""
    return dict(getattr(command, "commands", {}))


def everywhere(command: Any) -> set[str]:
    """Names of the options of a command and of all below it."""
    below = [everywhere(one) for one in subcommands(command).values()]
    return set(options(command)).union(*below)


def default_map(command: Any, found: list[Source]) -> dict[str, Any]:
    """What Typer takes for the values of options that were neither typed nor in the environment.

    Raises WrongUse for a key that is neither a command nor an option.
    """
    whole: dict[str, Any] = {}
    for source in reversed(found):
        overlay(whole, settled(command, source.values, {}, source.name))
    return whole


def settled(
    command: Any, values: dict[str, Any], above: dict[str, Any], where: str
) -> dict[str, Any]:
    """One source for a command and all below it; what a table says beats what stands above it."""
    known, below = everywhere(command), subcommands(command)
    own = dict(above)
    for key, value in values.items():
        name = key.replace("_", "-")
        if name in below and isinstance(value, dict):
            continue
        checked(name, value, known, [*known, *below], where)
        own[name] = value
    here = {
        one.name: [own[name]] if one.multiple and not isinstance(own[name], list) else own[name]
        for name, one in options(command).items()
        if name in own
    }
    tables = {key.replace("_", "-"): value for key, value in values.items()}
    return here | {
        name: settled(one, tables[name] if isinstance(tables.get(name), dict) else {}, own, where)
        for name, one in below.items()
    }


def checked(name: str, value: Any, known: set[str], near: list[str], where: str) -> None:
    """Raise WrongUse for what is no option, cannot be its value, or is not for files to say."""
    if name in TYPED and name in known:
        raise WrongUse(f'"{name}" has to be typed each time', where=where)
    if name not in known:
        hint = did_you_mean(name, near) or "nlpcell --help"
        raise WrongUse(f'no command or option is called "{name}"', where=where, hint=hint.strip())
    scalar = str | int | float | bool
    several = isinstance(value, list) and all(isinstance(one, scalar) for one in value)
    if not several and not isinstance(value, scalar):
        raise WrongUse(f'"{name}" is neither text, a number nor true or false', where=where)


def overlay(under: dict[str, Any], over: dict[str, Any]) -> None:
    """Put one nested table over another, in place."""
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            overlay(under[key], value)
        else:
            under[key] = value


def set_for_this_run(command: Any, pairs: list[str]) -> set[str]:
    """`--set KEY=VALUE` is stronger than the environment, so it takes its place there.

    Gives the names of the options. Raises WrongUse for what is no option.
    """
    known = {name: one for each in every(command) for name, one in options(each[1]).items()}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        name = key.strip().replace("_", "-")
        if not equals or name not in known or not known[name].envvar:
            hint = did_you_mean(name, known) or "write it like threads=2"
            raise WrongUse(f'"{pair}" sets no option', where=SET, hint=hint.strip())
        os.environ[known[name].envvar] = value
    return {pair.partition("=")[0].strip().replace("_", "-") for pair in pairs}


def every(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that can be run, with the words that call it."""
    below = subcommands(command)
    if not below:
        yield words, command
    for name, one in below.items():
        yield from every(one, (*words, name))


def in_force(command: Any, found: list[Source], set_now: set[str]) -> Iterator[Value]:
    """For every option of every command: its value when it is not typed, and why."""
    layers = [(source.name, default_map(command, [source])) for source in found]
    for words, one in every(command):
        for name, option in options(one).items():
            said = " ".join(words)
            if option.envvar and (value := os.environ.get(option.envvar)):
                source = SET if name in set_now else option.envvar
                yield Value(said, name, value, source)
                continue
            for source, layer in layers:
                for word in words:
                    layer = layer.get(word, {})
                if option.name in layer:
                    yield Value(said, name, layer[option.name], source)
                    break
            else:
                yield Value(said, name, option.default, "default")


def blamed(context: Any, option: str) -> str:
    """Which settings file gave an option its value; "" where it was typed or left alone."""
    if option not in (context.default_map or {}):
        return ""
    words, root = context.command_path.split()[1:], context.find_root()
    return one(root, " ".join(words), long_name(context.command, option)).source


def long_name(command: Any, name: str) -> str:
    """What people call the option that a function calls `name`."""
    return next(long for long, option in options(command).items() if option.name == name)


def one(root: Any, command: str, option: str) -> Value:
    """The value of one option, as `in_force` tells it."""
    here: Settings = root.obj
    values = in_force(root.command, here.sources, here.set_now)
    return next(each for each in values if (each.command, each.option) == (command, option))
