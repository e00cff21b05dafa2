"""Options of the `train` commands, each spelt and explained once."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer


class Cell(enum.StrEnum):
    """Which recurrent cell."""

    lstm = "lstm"
    gru = "gru"
    rnn = "rnn"


class Start(enum.StrEnum):
    """How the gates begin."""

    forget_one = "forget-one"
    chrono = "chrono"


class Weights(enum.StrEnum):
    """How the bundle keeps its weights."""

    float32 = "float32"
    float16 = "float16"
    int8 = "int8"
    none = "none"


Data = Annotated[
    list[str] | None,
    typer.Argument(
        help="Files (txt, tsv, csv, jsonl, parquet), dataset names or folders, or the "
        "name of an embedded corpus; the task's own corpus if not given.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        envvar="NLPCELL_OUT",
        show_default=False,
        help="Folder for the model; my-TASK if not given.",
    ),
]
Dev = Annotated[
    list[str] | None,
    typer.Option(
        "--dev",
        envvar="NLPCELL_DEV",
        show_default=False,
        help="Data to judge by; a part of the training data if not given.",
    ),
]
CellName = Annotated[Cell, typer.Option("--cell", envvar="NLPCELL_CELL", help="Recurrent cell.")]
GateStart = Annotated[
    Start,
    typer.Option(
        "--init",
        envvar="NLPCELL_INIT",
        help="First values of the gates; chrono is for very long memories.",
    ),
]
Hidden = Annotated[
    int, typer.Option(min=1, envvar="NLPCELL_HIDDEN", help="Units per layer and direction.")
]
Depth = Annotated[int, typer.Option("--layers", min=1, envvar="NLPCELL_LAYERS", help="Layers.")]
Embedding = Annotated[
    int, typer.Option(min=1, envvar="NLPCELL_EMBEDDING", help="Numbers per symbol.")
]
Dropout = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.99,
        envvar="NLPCELL_DROPOUT",
        help="Share of units hidden while learning, 0 to 1; 0 hides nothing anywhere.",
    ),
]
Epochs = Annotated[
    int, typer.Option(min=1, envvar="NLPCELL_EPOCHS", help="Passes over the data at most.")
]
Budget = Annotated[
    str | None,
    typer.Option(
        envvar="NLPCELL_BUDGET",
        show_default=False,
        help="Time at most, like 20m or 1h30m; the learning rate decays to its end.",
    ),
]
Batch = Annotated[
    int,
    typer.Option(
        "--batch-size",
        "-b",
        min=1,
        envvar="NLPCELL_BATCH_SIZE",
        help="Sequences per step; translate counts the subwords of both sides.",
    ),
]
Rate = Annotated[float, typer.Option("--lr", envvar="NLPCELL_LR", help="Peak learning rate.")]
Averaging = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.99999,
        envvar="NLPCELL_AVERAGING",
        help="Share of the running mean of weights kept per step; 0: no mean.",
    ),
]
Decay = Annotated[
    float, typer.Option(min=0, envvar="NLPCELL_WEIGHT_DECAY", help="Weight decay of AdamW.")
]
Patience = Annotated[
    int,
    typer.Option(
        min=1, envvar="NLPCELL_PATIENCE", help="Validations without a better score before it stops."
    ),
]
TrainSeed = Annotated[
    int, typer.Option("--seed", min=0, envvar="NLPCELL_SEED", help="Fixes all that is random.")
]
Limit = Annotated[
    int | None,
    typer.Option(
        min=1, envvar="NLPCELL_LIMIT", show_default=False, help="Use only so many records."
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume/--no-resume", envvar="NLPCELL_RESUME", help="Go on with the run in --out."
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        envvar="NLPCELL_FORCE",
        help="Replace what is in --out; with --resume, go on although data or settings are others.",
    ),
]
Device = Annotated[
    str, typer.Option(envvar="NLPCELL_DEVICE", help="auto, cpu, cuda, cuda:N or mps.")
]
Tensorboard = Annotated[
    bool,
    typer.Option(
        "--tensorboard",
        envvar="NLPCELL_TENSORBOARD",
        help="Write events for TensorBoard to OUT/training.",
    ),
]
KeptWeights = Annotated[
    Weights, typer.Option("--weights", envvar="NLPCELL_WEIGHTS", help="Precision kept on disk.")
]
Corpora = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        show_default=False,
        help="Name, source and licence of the data, for the model card; repeatable.",
    ),
]
