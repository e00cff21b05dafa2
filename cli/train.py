"""`nlpcell train`: one command on your own file, no settings needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from nlpcell.settings import (
    GENERATING,
    JUDGING,
    READING,
    ClassifierSize,
    GeneratorSize,
    Layers,
)

from . import data, learning, options, runs, train_agree, train_probes, train_translate
from .course import Course, taught

app = options.group("Train a model on your own files, or on the task's own corpus.")
GENERATOR, CLASSIFIER = GeneratorSize(), ClassifierSize()
app.command()(train_agree.agree)
app.command()(train_probes.probes)
app.command()(train_translate.translate)
LSTM, FORGET_ONE = learning.Cell.lstm, learning.Start.forget_one  # as in settings.Layers


@app.command()
@taught(GENERATING)
def generate(
    files: learning.Data = None,
    out: learning.Out = None,
    dev: learning.Dev = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            envvar="NLPCELL_BY",
            show_default=False,
            help="line: every line or record is a text of its own; text: all is one text. "
            "Text for .txt, line for the rest, if not given.",
        ),
    ] = None,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_LABEL_KEY",
            show_default=False,
            help="Column with labels to write for (generate --label).",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    cell: learning.CellName = LSTM,
    hidden: learning.Hidden = GENERATOR.recurrent.hidden,
    layers: learning.Depth = GENERATOR.recurrent.layers,
    embedding: learning.Embedding = GENERATOR.embedding,
    dropout: learning.Dropout = GENERATOR.recurrent.dropout,
    init: learning.GateStart = FORGET_ONE,
    steps: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_STEPS", help="Characters learnt from at a time.")
    ] = GENERATING.steps,
    *,
    course: Course,
) -> None:
    """Train a character-level text generator."""
    size = GeneratorSize(
        Layers(cell.value, hidden, layers, dropout, init.value),
        embedding,
        GENERATOR.embedding_dropout if dropout else 0.0,
    )
    columns = data.Columns(text_key, label_key, encoding, by_record(by, files or []))
    cards = course.corpus or data.described("generate", files or [])
    training = course.training(GENERATING, steps=steps)
    here = runs.begun(out or Path("my-generate"), training, course, cards)
    from nlpcell.training.generate import train_generator

    found = data.corpus("generate", files or [], dev or [], columns, course.seed, course.limit)
    runs.carried_out("generate", here, train_generator(found, here, size))


@app.command()
@taught(JUDGING)
def sentiment(
    files: learning.Data = None,
    out: learning.Out = None,
    dev: learning.Dev = None,
    raw: Annotated[
        list[str] | None,
        typer.Option(
            "--raw",
            show_default=False,
            help="Text without labels from which the encoder learns first; repeatable.",
        ),
    ] = None,
    raw_epochs: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_RAW_EPOCHS", help="Passes over that text.")
    ] = READING.epochs,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str, typer.Option(envvar="NLPCELL_LABEL_KEY", help="Column or field with the label.")
    ] = "label",
    labels: options.Labels = None,
    encoding: options.Encoding = "utf-8",
    cell: learning.CellName = LSTM,
    hidden: learning.Hidden = CLASSIFIER.recurrent.hidden,
    layers: learning.Depth = CLASSIFIER.recurrent.layers,
    embedding: learning.Embedding = CLASSIFIER.embedding,
    vocabulary: Annotated[
        int, typer.Option(min=300, envvar="NLPCELL_VOCABULARY", help="Subwords at most.")
    ] = CLASSIFIER.vocabulary,
    sampling: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            envvar="NLPCELL_SAMPLING",
            help="Draw segmentations while learning; smaller is wilder, 0 is off.",
        ),
    ] = CLASSIFIER.sampling,
    dropout: learning.Dropout = CLASSIFIER.recurrent.dropout,
    init: learning.GateStart = FORGET_ONE,
    *,
    course: Course,
) -> None:
    """Train a sentence classifier, on any set of labels."""
    size = ClassifierSize(
        Layers(cell.value, hidden, layers, dropout, init.value),
        embedding,
        vocabulary,
        CLASSIFIER.embedding_dropout if dropout else 0.0,
        CLASSIFIER.word_dropout if dropout else 0.0,
        sampling,
    )
    columns = data.Columns(text_key, label_key, encoding, names=data.names(labels))
    cards = course.corpus or data.described("sentiment", files or [])
    here = runs.begun(out or Path("my-sentiment"), course.training(JUDGING), course, cards)
    from nlpcell.training.sentiment import train_sentiment

    found = data.corpus("sentiment", files or [], dev or [], columns, course.seed, course.limit)
    texts = data.raw_texts(raw or [], encoding)
    reading = replace(READING, epochs=raw_epochs, seed=course.seed)
    runs.carried_out(
        "sentiment", here, train_sentiment(found, here, size, raw=texts, reading=reading)
    )


def by_record(by: str | None, files: list[str]) -> bool:
    """Whether each line is a text of its own: as the user says, else by the kind of file."""
    if by not in (None, "line", "text"):
        raise typer.BadParameter(f'"{by}" is neither line nor text', param_hint="--by")
    plain = [name for name in files if name.removesuffix(".gz").endswith(".txt")]
    return by == "line" if by else not plain
