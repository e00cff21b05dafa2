"""`nlpcell train`: one command on your own file, no settings needed.

Long because a command's signature is its list of options.
"""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlpcell.errors import SystemTrouble
from nlpcell.settings import (
    GENERATING,
    JUDGING,
    READING,
    ClassifierSize,
    GeneratorSize,
    Layers,
    Training,
    seconds,
)

from . import data, options, terminal
from .progress import show

if TYPE_CHECKING:
    from nlpcell.training.run import Run

app = typer.Typer(
    help="Train a model on your own files, or on the corpus that comes with the task.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
GENERATOR, CLASSIFIER = GeneratorSize(), ClassifierSize()


@app.command()
def generate(
    files: options.Data = None,
    out: options.Out = None,
    dev: options.Dev = None,
    by: Annotated[
        str | None,
        typer.Option("--by", envvar="NLPCELL_BY", show_default=False,
                     help="line: every line or record is a text of its own; text: all is one text. "
                     "Text for .txt, line for the rest, if not given."),
    ] = None,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str | None,
        typer.Option(envvar="NLPCELL_LABEL_KEY", show_default=False,
                     help="Column with labels to write for (generate --label)."),
    ] = None,
    encoding: options.Encoding = "utf-8",
    cell: options.CellName = options.Cell(GENERATOR.recurrent.cell),
    hidden: options.Hidden = GENERATOR.recurrent.hidden,
    layers: options.Depth = GENERATOR.recurrent.layers,
    embedding: options.Embedding = GENERATOR.embedding,
    dropout: options.Dropout = GENERATOR.recurrent.dropout,
    init: options.GateStart = options.Start(GENERATOR.recurrent.start),
    epochs: options.Epochs = GENERATING.epochs,
    budget: options.Budget = None,
    batch_size: options.Batch = GENERATING.batch,
    steps: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_STEPS", help="Characters learnt from at a time.")
    ] = GENERATING.steps,
    lr: options.Rate = GENERATING.lr,
    weight_decay: options.Decay = GENERATING.weight_decay,
    averaging: options.Averaging = GENERATING.averaging,
    patience: options.Patience = GENERATING.patience,
    seed: options.TrainSeed = GENERATING.seed,
    limit: options.Limit = None,
    resume: options.Resume = False,
    force: options.Force = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
    tensorboard: options.Tensorboard = False,
    weights: options.KeptWeights = options.Weights.float32,
    corpus: options.Corpora = None,
    quiet: options.Quiet = False,
) -> None:
    """Train a character-level text generator."""
    need_torch()
    from nlpcell.training.generate import train_generator

    training = replace(GENERATING, epochs=epochs, budget=budget and seconds(budget), lr=lr,
                       batch=batch_size, steps=steps, weight_decay=weight_decay,
                       averaging=averaging, patience=patience, seed=seed)
    size = GeneratorSize(Layers(cell.value, hidden, layers, dropout, init.value), embedding)
    columns = data.Columns(text_key, label_key, encoding, by_record(by, files or []))
    found = data.corpus("generate", files or [], dev, columns, seed, limit)
    here = run("generate", files, out, training, resume, force, device, threads, tensorboard,
               weights, corpus)
    show(train_generator(found, here, size))
    done("generate", here)


@app.command()
def sentiment(
    files: options.Data = None,
    out: options.Out = None,
    dev: options.Dev = None,
    raw: Annotated[
        list[str] | None,
        typer.Option("--raw", show_default=False,
                     help="Text without labels from which the encoder learns first; repeatable."),
    ] = None,
    raw_epochs: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_RAW_EPOCHS", help="Passes over that text.")
    ] = READING.epochs,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str, typer.Option(envvar="NLPCELL_LABEL_KEY", help="Column or field with the label.")
    ] = "label",
    encoding: options.Encoding = "utf-8",
    cell: options.CellName = options.Cell(CLASSIFIER.recurrent.cell),
    hidden: options.Hidden = CLASSIFIER.recurrent.hidden,
    layers: options.Depth = CLASSIFIER.recurrent.layers,
    embedding: options.Embedding = CLASSIFIER.embedding,
    vocabulary: Annotated[
        int, typer.Option(min=300, envvar="NLPCELL_VOCABULARY", help="Subwords at most.")
    ] = CLASSIFIER.vocabulary,
    sampling: Annotated[
        float, typer.Option(min=0, max=1, envvar="NLPCELL_SAMPLING",
                            help="Draw segmentations while learning; smaller is wilder, 0 is off.")
    ] = CLASSIFIER.sampling,
    dropout: options.Dropout = CLASSIFIER.recurrent.dropout,
    init: options.GateStart = options.Start(CLASSIFIER.recurrent.start),
    epochs: options.Epochs = JUDGING.epochs,
    budget: options.Budget = None,
    batch_size: options.Batch = JUDGING.batch,
    lr: options.Rate = JUDGING.lr,
    weight_decay: options.Decay = JUDGING.weight_decay,
    averaging: options.Averaging = JUDGING.averaging,
    patience: options.Patience = JUDGING.patience,
    seed: options.TrainSeed = JUDGING.seed,
    limit: options.Limit = None,
    resume: options.Resume = False,
    force: options.Force = False,
    device: options.Device = "auto",
    threads: options.Threads = None,
    tensorboard: options.Tensorboard = False,
    weights: options.KeptWeights = options.Weights.float32,
    corpus: options.Corpora = None,
    quiet: options.Quiet = False,
) -> None:
    """Train a sentence classifier, on any set of labels."""
    need_torch()
    from nlpcell.training.sentiment import train_sentiment

    training = replace(JUDGING, epochs=epochs, budget=budget and seconds(budget), lr=lr,
                       batch=batch_size, weight_decay=weight_decay, averaging=averaging,
                       patience=patience, seed=seed)
    size = ClassifierSize(Layers(cell.value, hidden, layers, dropout, init.value), embedding,
                          vocabulary, sampling=sampling)
    columns = data.Columns(text_key, label_key, encoding)
    found = data.corpus("sentiment", files or [], dev, columns, seed, limit)
    here = run("sentiment", files, out, training, resume, force, device, threads, tensorboard,
               weights, corpus)
    texts = data.raw_texts(raw or [], encoding)
    show(train_sentiment(found, here, size, raw=texts, reading=replace(READING, epochs=raw_epochs)))
    done("sentiment", here)


def by_record(by: str | None, files: list[str]) -> bool:
    """Whether each line is a text of its own: as the user says, else by the kind of file."""
    if by not in (None, "line", "text"):
        raise typer.BadParameter(f'"{by}" is neither line nor text', param_hint="--by")
    plain = [name for name in files if name.removesuffix(".gz").endswith(".txt")]
    return by == "line" if by else not plain


def run(task: str, files: list[str] | None, out: Path | None, training: Training, resume: bool,
        force: bool, device: str, threads: int | None, tensorboard: bool,
        weights: options.Weights, corpora: list[str] | None) -> Run:
    """The run that was asked for, its model card's lines included."""
    from nlpcell.training.run import Run

    command = shlex.join(["nlpcell", *sys.argv[1:]])
    return Run(out or Path(f"my-{task}"), training, resume, force, device, threads, command,
               corpora or data.described(task, files or []), tensorboard,
               weights is options.Weights.float16)


def need_torch() -> None:
    """Refuse early and in plain words where the train extra is missing."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "onnx", "matplotlib") if find_spec(name) is None]
    if missing:
        raise SystemTrouble(f"training needs {', '.join(missing)}",
                            hint='pip install "nlpcell[train]"')


def done(task: str, here: Run) -> None:
    """Say what to do with the new model."""
    from nlpcell.training.run import leads

    if leads():
        terminal.note(f"the model is in {here.out}; try: nlpcell {task} --model {here.out}")
