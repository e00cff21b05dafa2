"""`nlpcell train translate`: from one sentence to another, learnt from pairs."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from nlpcell.errors import WrongUse
from nlpcell.settings import TRANSLATING, Layers, TranslatorSize

from . import data, learning, options, runs
from .course import Course, taught

SIZE = TranslatorSize()
LSTM, FORGET_ONE = learning.Cell.lstm, learning.Start.forget_one  # as in settings.Layers


class Attention(enum.StrEnum):
    """How a place of the source is compared with what was written."""

    dot = "dot"
    additive = "additive"


@taught(TRANSLATING)
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
    other_names: Annotated[
        bool,
        typer.Option(
            "--other-names",
            envvar="NLPCELL_OTHER_NAMES",
            help="Half of the times, put another name in the place of one that both sides share, "
            "so that any name is copied.",
        ),
    ] = False,
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
    *,
    course: Course,
) -> None:
    """Train a translator on any pairs: languages, questions and answers, texts and summaries."""
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
    cards = course.corpus or [*(data.described("translate", names) if names else []), *own]
    here = runs.begun(out or Path("my-translate"), course.training(TRANSLATING), course, cards)
    from nlpcell.corpora import naming
    from nlpcell.training.translate import train_translate

    columns = data.Columns(source_key or from_, target_key or to, encoding)
    found = data.pairs(names, parallel, dev or [], judged, columns, course.seed, course.limit)
    renamed = naming.Naming() if other_names else None
    runs.carried_out("translate", here, train_translate(found, here, size, (from_, to), renamed))


def two_sides(
    source: list[str] | None, target: list[str] | None, first: str, second: str
) -> list[tuple[str, str]]:
    """Files that belong together."""
    if len(source or []) != len(target or []):
        raise WrongUse(f"{first} and {second} must be given equally often")
    return list(zip(source or [], target or [], strict=True))
