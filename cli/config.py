"""`nlpcell config`: which value every option has when it is not typed, and whose word that is."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from . import layers, options, terminal

app = options.group("Settings files: what is in force and why.")


@app.command()
def show(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", envvar="NLPCELL_ALL", help="Also options left as they are.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="Print JSON.")
    ] = False,
) -> None:
    """Options that were set, their values, and which file or variable won."""
    here: layers.Settings = context.find_root().obj
    found = [
        one
        for one in layers.in_force(context.find_root().command, here.sources, here.set_now)
        if everything or one.source != "default"
    ]
    with terminal.Output() as out:
        if as_json:
            rows = [{**one._asdict(), "value": plain(one.value)} for one in found]
            out.write(json.dumps(rows, ensure_ascii=False) + "\n")
        else:
            cells = [[one.command, one.option, shown(one.value), one.source] for one in found]
            terminal.table([["command", "option", "value", "from"], *cells], out)


def plain(value: Any) -> Any:
    """A value as JSON can spell it."""
    return value if value is None or isinstance(value, bool | int | float | list) else str(value)


def shown(value: Any) -> str:
    """A value as it would be written in a settings file."""
    return "" if value is None else json.dumps(plain(value), ensure_ascii=False)
