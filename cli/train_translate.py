"""`nlpcell train translate`: from one sentence to another, learnt from pairs."""

from __future__ import annotations

import enum
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nlpcell.errors import WrongUse
from nlpcell.settings import TRANSLATING, Layers, TranslatorSize, seconds

from . import data, learning, options, runs

SIZE = TranslatorSize()
LSTM, FORGET_ONE = learning.Cell.lstm, learning.Start.forget_one  # as in settings.Layers


class Attention(enum.StrEnum):
    """How a place of the source is compared with what was written."""

    dot = "dot"
    additive = "additive"


def translate(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files of pairs (tsv, csv, jsonl, parquet), dataset names or folders.",
            show_default=False,
        ),
    ] = None,
    out: learning.Out = None,
    dev: learning.Dev = None,
    from_: options.From = "source",
    to: options.To = "target",
    source_key: options.FirstKey = None,
    target_key: options.SecondKey = None,
    source_file: Annotated[
        list[str] | None,
        typer.Option(
            "--source-file",
            show_default=False,
            help="Text file with the first side, a line each; repeatable.",
        ),
    ] = None,
    target_file: Annotated[
        list[str] | None,
        typer.Option(
            "--target-file",
            show_default=False,
            help="Text file with the second side, line for line; as often as --source-file.",
        ),
    ] = None,
    dev_source_file: Annotated[
        list[str] | None,
        typer.Option("--dev-source-file", show_default=False, help="First side to judge by."),
    ] = None,
    dev_target_file: Annotated[
        list[str] | None,
        typer.Option("--dev-target-file", show_default=False, help="Second side to judge by."),
    ] = None,
    encoding: options.Encoding = "utf-8",
    cell: learning.CellName = LSTM,
    attention: Annotated[
        Attention, typer.Option(envvar="NLPCELL_ATTENTION", help="How places are compared.")
    ] = Attention.dot,
    hidden: Annotated[
        int,
        typer.Option(
            min=2, envvar="NLPCELL_HIDDEN", help="Units per layer; when reading, half each way."
        ),
    ] = SIZE.recurrent.hidden,
    layers: Annotated[
        int, typer.Option("--layers", min=1, envvar="NLPCELL_LAYERS", help="Layers that write.")
    ] = SIZE.recurrent.layers,
    encoder_layers: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_ENCODER_LAYERS", help="Layers that read.")
    ] = SIZE.encoder_layers,
    embedding: learning.Embedding = SIZE.embedding,
    vocabulary: Annotated[
        int,
        typer.Option(min=300, envvar="NLPCELL_VOCABULARY", help="Subwords at most, of both sides."),
    ] = SIZE.vocabulary,
    sampling: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            envvar="NLPCELL_SAMPLING",
            help="Draw segmentations while learning; smaller is wilder, 0 is off.",
        ),
    ] = SIZE.sampling,
    smoothing: Annotated[
        float,
        typer.Option(
            min=0,
            max=0.99,
            envvar="NLPCELL_SMOOTHING",
            help="Share of certainty given to all subwords alike.",
        ),
    ] = SIZE.smoothing,
    dropout: learning.Dropout = SIZE.recurrent.dropout,
    init: learning.GateStart = FORGET_ONE,
    epochs: learning.Epochs = TRANSLATING.epochs,
    budget: learning.Budget = None,
    batch_size: Annotated[
        int,
        typer.Option(
            "--batch-size",
            "-b",
            min=1,
            envvar="NLPCELL_BATCH_SIZE",
            help="Subwords per step, of both sides.",
        ),
    ] = TRANSLATING.batch,
    lr: learning.Rate = TRANSLATING.lr,
    weight_decay: learning.Decay = TRANSLATING.weight_decay,
    averaging: learning.Averaging = TRANSLATING.averaging,
    patience: learning.Patience = TRANSLATING.patience,
    seed: learning.TrainSeed = TRANSLATING.seed,
    limit: learning.Limit = None,
    resume: learning.Resume = False,
    force: learning.Force = False,
    device: learning.Device = "auto",
    threads: options.Threads = None,
    tensorboard: learning.Tensorboard = False,
    weights: learning.KeptWeights = learning.Weights.float32,
    corpus: learning.Corpora = None,
    quiet: options.Quiet = False,
) -> None:
    """Train a translator on any pairs: languages, questions and answers, texts and summaries."""
    training = replace(
        TRANSLATING, epochs=epochs, budget=seconds(budget) if budget else None, lr=lr,
        batch=batch_size, weight_decay=weight_decay, averaging=averaging, patience=patience,
        seed=seed,
    )  # fmt: skip
    size = TranslatorSize(
        Layers(cell.value, hidden, layers, dropout, init.value), encoder_layers, embedding,
        vocabulary, attention.value, SIZE.embedding_dropout if dropout else 0.0, smoothing,
        sampling,
    )  # fmt: skip
    parallel = two_sides(source_file, target_file, "--source-file", "--target-file")
    judged = two_sides(dev_source_file, dev_target_file, "--dev-source-file", "--dev-target-file")
    names = files or []
    if not names and not parallel:
        from_, to = ("en", "es") if from_ == "en" else ("es", "en")
        names = [f"everyday-{from_}-{to}"]
    own = list(map(" and ".join, parallel))
    here = runs.begun(
        out or Path("my-translate"), training, resume, force, device, threads,
        corpus or [*(data.described("translate", names) if names else []), *own], tensorboard,
        weights.value,
    )  # fmt: skip
    from nlpcell.training.translate import train_translate

    columns = data.Columns(source_key or from_, target_key or to, encoding)
    found = data.pairs(names, parallel, dev or [], judged, columns, seed, limit)
    runs.carried_out("translate", here, train_translate(found, here, size, (from_, to)))


def two_sides(
    source: list[str] | None, target: list[str] | None, first: str, second: str
) -> list[tuple[str, str]]:
    """Files that belong together."""
    if len(source or []) != len(target or []):
        raise WrongUse(f"{first} and {second} must be given equally often")
    return list(zip(source or [], target or [], strict=True))
