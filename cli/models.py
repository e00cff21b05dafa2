"""`nlpcell models`: which models there are, whether they are whole, and how they come and go."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from nlpcell import shelf, transit
from nlpcell.bundle import CARD, Bundle, find, installed
from nlpcell.errors import BadModel, WrongUse

from . import configuration, inputs, layers, options, terminal
from .check import TASKS

app = options.group("List, describe, verify, import, export and remove models.")
Name = Annotated[str, typer.Argument(help="Name or folder of a model.")]
Named = Annotated[str, typer.Argument(help="Name of a model.")]
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


@app.command("import")
def import_model(
    source: Annotated[str, typer.Argument(help="Folder of a model, or what export made of it.")],
    name: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_NAME", show_default=False, help="Name to call it by; else the source's."
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", envvar="NLPCELL_FORCE", help="Replace a model of that name."),
    ] = False,
) -> None:
    """Check every file of a model and copy it to where models are found by name."""
    if "\0" in source or not os.path.lexists(source):
        raise BadModel("no such folder", where=source[:40].replace("\0", "?"))
    from nlpcell.inference import load_bundle

    with transit.opened(Path(source)) as folder:
        if folder.is_dir():
            load_bundle(find(folder))  # one that cannot answer is not taken in
        if name is None:
            name = Path(source).resolve().name.removesuffix(transit.SUFFIX)
        bundle = shelf.take_in(folder, name, force)
    terminal.note(f"try: nlpcell {bundle.manifest.task} --model {shlex.quote(bundle.name)}")


@app.command()
def export(
    name: Named,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            envvar="NLPCELL_OUT",
            help="Folder to make, or a single file NAME.safetensors; it must be new.",
        ),
    ],
) -> None:
    """Copy a model to a folder or a file of its own, which `models import` takes in elsewhere."""
    shelf.give_out(name, out)


@app.command()
def rm(
    name: Named,
    force: Annotated[
        bool, typer.Option("--force", envvar="NLPCELL_FORCE", help="Do not ask.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", envvar="NLPCELL_NO_INPUT", help="Never ask a question.")
    ] = False,
) -> None:
    """Remove a model of yours; those that ship with nlpcell stay."""
    folder = shelf.found(name)
    if not force and name not in shelf.shipped():
        if no_input or not inputs.answerable():
            raise WrongUse(f'"{name}" is removed only with --force', where=str(folder))
        if not inputs.agreed(f"remove {folder}?"):
            return
    shelf.take_away(name)
    for task in [task for task, model in configuration.default_models().items() if model == name]:
        configuration.choose_model(task, None)
        terminal.note(f"it was the default of {task}; the one that ships is again")


@app.command()
def default(
    context: typer.Context,
    task: Annotated[str, typer.Argument(help="Task: generate, sentiment, agree or translate.")],
    name: Annotated[
        str | None, typer.Argument(help="Model to use from now on.", show_default=False)
    ] = None,
) -> None:
    """Show, or choose, the model that a task uses when none is named."""
    if task not in TASKS:
        raise WrongUse(f'no task is called "{task}"', hint=f"one of {', '.join(TASKS)}")
    if name is not None:
        Bundle.load(shelf.found(name), task)
        configuration.choose_model(task, name)
        return
    value = layers.one(context.find_root(), task, "model")
    with terminal.Output() as out:
        out.write(f"{value.value or f'{task}-FROM-TO'}\n")  # by --from and --to, if not chosen
    terminal.detail(f"from: {value.source}")
