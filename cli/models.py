"""`nlpcell models`: which models there are, and whether they are whole."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from nlpcell.bundle import CARD, Bundle, find, installed
from nlpcell.errors import BadModel

from . import options, terminal

app = options.group("List, describe, locate and verify models.")
Name = Annotated[str, typer.Argument(help="Name or folder of a model.")]
Json = Annotated[bool, typer.Option("--json", envvar="NLPCELL_JSON", help="Print JSON.")]


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """Every model that can be called by name."""
    bundles, problems = sound()
    with terminal.Output() as out:
        if as_json:
            rows = [
                {"name": one.name, "task": one.manifest.task, "folder": str(one.folder)}
                for one in bundles
            ]
            out.write(json.dumps(rows, ensure_ascii=False) + "\n")
        else:
            heads = ["name", "task", "MB", "scores"]
            terminal.table([heads, *(row(one) for one in bundles)], out)
    for problem in problems[:-1]:
        terminal.tell(problem)
    if problems:
        raise problems[-1]


def sound() -> tuple[list[Bundle], list[BadModel]]:
    """The models that are there, and what is wrong with the others."""
    bundles, problems = [], []
    for folder in installed():
        try:
            bundles.append(Bundle.load(folder))
        except BadModel as problem:
            problems.append(problem)
    return bundles, problems


def row(bundle: Bundle) -> list[str]:
    """A line of the list."""
    paths = [bundle.folder / name for name in bundle.manifest.files]
    megabytes = sum(path.stat().st_size for path in paths if path.exists()) / 1e6
    scores = ", ".join(f"{one.get('metric')} {one.get('value')}" for one in bundle.manifest.scores)
    return [bundle.name, bundle.manifest.task, f"{megabytes:.1f}", scores]


@app.command()
def info(model: Name, as_json: Json = False) -> None:
    """The model card, or with --json the whole manifest."""
    bundle = find(model)
    with terminal.Output() as out:
        if as_json:
            out.write(json.dumps(asdict(bundle.manifest), ensure_ascii=False) + "\n")
        else:
            out.write(bundle.read(CARD).decode("utf-8", "replace"))


@app.command()
def path(model: Name) -> None:
    """The folder of a model."""
    with terminal.Output() as out:
        out.write(f"{find(model).folder}\n")


@app.command()
def verify(model: Name) -> None:
    """Compare every file of a model with its checksum."""
    bundle = find(model)
    damaged = 0
    with terminal.Output() as out:
        for name, problem in bundle.verify():
            out.write(f"{name}\t{problem or 'ok'}\n")
            damaged += bool(problem)
    if damaged:
        raise BadModel(f"{damaged} of its files are damaged", where=str(bundle.folder))
