"""`nlpcell compare task`: three cells of one size, trained on one task."""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlpcell.files import write_whole
from nlpcell.settings import CORRECTING, GENERATING, JUDGING, Layers, Training, seconds

from . import data, learning, options, report, runs, terminal, train_agree
from .progress import line

if TYPE_CHECKING:
    from nlpcell.training.contest import Standing
    from nlpcell.training.run import Run
    from nlpcell.training.trainer import Progress

Units = Annotated[
    int,
    typer.Option(
        min=1,
        envvar="NLPCELL_HIDDEN",
        help="Units per layer of the LSTM; the other cells get as many parameters.",
    ),
]
TASK_HEADS = [
    "cell", "units", "parameters", "loss", "metric", "score", "seconds", "tokens/s",
]  # fmt: skip


class Task(enum.StrEnum):
    """What the three cells are trained for."""

    generate = "generate"
    sentiment = "sentiment"
    agree = "agree"


TRAININGS = {Task.generate: GENERATING, Task.sentiment: JUDGING, Task.agree: CORRECTING}


def task(
    name: Annotated[Task, typer.Argument(help="generate, sentiment or agree.")],
    files: learning.Data = None,
    dev: learning.Dev = None,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str, typer.Option(envvar="NLPCELL_LABEL_KEY", help="Column with the label, for sentiment.")
    ] = "label",
    encoding: options.Encoding = "utf-8",
    hidden: Units = 128,
    layers: learning.Depth = 1,
    dropout: learning.Dropout = 0.2,
    epochs: learning.Epochs = 10,
    budget: Annotated[
        str,
        typer.Option(
            envvar="NLPCELL_BUDGET", help="Time at most to learn; each cell gets a third of it."
        ),
    ] = "10m",
    seed: learning.TrainSeed = 1,
    limit: learning.Limit = None,
    device: learning.Device = "auto",
    threads: options.Threads = None,
    png: report.Png = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train the three cells on one task: loss, score, parameters, seconds and tokens a second."""
    training = replace(TRAININGS[name], epochs=epochs, budget=seconds(budget) / 3, seed=seed)
    runs.need_torch()
    from nlpcell.training.contest import Event, contest, panels

    label = label_key if name is Task.sentiment else None
    running_text = all(one.removesuffix(".gz").endswith(".txt") for one in files or [])
    columns = data.Columns(
        text_key, label, encoding, records=name is not Task.generate or not running_text
    )
    found = data.corpus(name, files or [], dev or [], columns, seed, limit)
    corrupt = None
    if name is Task.agree:
        corrupt = train_agree.corruptor([one.text for one in found.train])
    with tempfile.TemporaryDirectory() as folder:
        here = running(Path(folder), training, device, threads)
        event = Event(name.value, found, Layers("lstm", hidden, layers, dropout), here, corrupt)
        standings = list(contest(event, told))
    if png:
        from nlpcell.training.chart import bars

        write_whole(png, bars([one.cell.upper() for one in standings], panels(standings)))
    report.listed(TASK_HEADS, [standing(one) for one in standings], as_json)


def running(folder: Path, training: Training, device: str, threads: int | None) -> Run:
    """How a cell is trained: in a folder that goes away."""
    from nlpcell.training.run import Run

    return Run(folder, training, device=device, threads=threads, weights="none")


def told(cell: str, steps: Iterator[Progress]) -> Iterator[Progress]:
    """Say how a training goes at each validation, and hand everything on."""
    for progress in steps:
        if progress.score or progress.note:
            terminal.note(f"{cell}: {progress.note or line(progress)}")
        yield progress


def standing(one: Standing) -> dict[str, Any]:
    """A cell's row."""
    cells = [
        one.cell, one.hidden, one.parameters, round(one.loss, 4), one.score.metric,
        round(one.score.value, 4), round(one.seconds, 1), round(one.tokens_per_second),
    ]  # fmt: skip
    return dict(zip(TASK_HEADS, cells, strict=True))
