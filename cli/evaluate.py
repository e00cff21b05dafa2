"""`nlpcell evaluate`: scores, with everything needed to repeat them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

import nlpcell
from nlpcell.bundle import WEIGHTS, Bundle
from nlpcell.errors import BadInput, BadModel
from nlpcell.scoring import (
    Report,
    Score,
    Signature,
    accuracy,
    bits,
    class_scores,
    confusion,
    macro_f1,
)

from . import data, evaluate_agree, evaluate_translate, options
from .choice import chosen
from .generate import DEFAULT as GENERATE
from .report import SPLIT, Files, Json, given, tell
from .sentiment import DEFAULT as SENTIMENT

app = options.group("Score a model on your own data.")
app.command()(evaluate_agree.agree)
app.command()(evaluate_translate.translate)


@app.command()
def generate(
    files: Files,
    model: options.Model = GENERATE,
    dynamic: Annotated[
        bool,
        typer.Option(
            "--dynamic",
            envvar="NLPCELL_DYNAMIC",
            help="Also while the parameters keep learning (slow; needs the train extra).",
        ),
    ] = False,
    text_key: options.TextKey = "text",
    encoding: options.Encoding = "utf-8",
    as_json: Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Bits and nats per character: how well the model foresees a text."""
    bundle = chosen(model, "generate")
    columns = data.Columns(text_key, None, encoding, records=False)
    text = "\n".join(
        one.text for name in files for one in data.examples("generate", name, columns, SPLIT)
    )
    if not text:
        raise BadInput("no examples", where=files[0])
    scores = foreseen(bundle, text, dynamic)
    signature = Signature(
        ",".join(files), len(text), f"{bundle.name}@{bundle.checksum}", nlpcell.__version__
    )
    tell(Report(scores, signature), as_json)


def foreseen(bundle: Bundle, text: str, dynamic: bool) -> list[Score]:
    """The scores of a text in each way of reading it."""
    from nlpcell.inference.generator import Generator

    reader = Generator(bundle)
    found = {
        "memory carried": reader.foreseen(text),
        "fresh memory every 256": reader.foreseen_afresh(text, 256),
    }
    if dynamic:
        if WEIGHTS not in bundle.manifest.files:
            raise BadModel(
                "--dynamic needs weights, which this model does not hold", where=str(bundle.folder)
            )
        from .runs import need_torch

        need_torch()
        from nlpcell.training.dynamic import foreseen_dynamically
        from nlpcell.training.generate import load_network

        network = load_network(bundle)
        found["dynamic"] = foreseen_dynamically(network, reader.tokenizer, text)
    rows = []
    for way, result in found.items():
        nats = result.nats_per_character
        rows += [
            Score(f"bits/char, {way}", bits(nats), "lower"),
            Score(f"nats/char, {way}", nats, "lower"),
        ]
    return rows


@app.command()
def sentiment(
    files: Files,
    model: options.Model = SENTIMENT,
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str, typer.Option(envvar="NLPCELL_LABEL_KEY", help="Column or field with the label.")
    ] = "label",
    labels: options.Labels = None,
    answers: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_ANSWERS",
            show_default=False,
            help="Score the labels in this file, a line each, instead of asking the model.",
        ),
    ] = None,
    least: Annotated[
        float | None,
        typer.Option(
            "--min",
            envvar="NLPCELL_MIN",
            min=0,
            max=1,
            show_default=False,
            help="End with exit code 1 when the accuracy is below this, 0 to 1.",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    threads: options.Threads = None,
    as_json: Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Accuracy, macro-F1, a table by class and the confusion matrix."""
    bundle = chosen(model, "sentiment")
    columns = data.Columns(text_key, label_key, encoding, names=data.names(labels))
    found = [one for name in files for one in data.examples("sentiment", name, columns, SPLIT)]
    if not found:
        raise BadInput("no examples", where=files[0])
    targets = [one.target for one in found]
    said = (
        given(answers, len(found))
        if answers
        else asked(bundle, [one.text for one in found], threads)
    )
    right = accuracy(said, targets)
    signature = Signature(
        ",".join(files), len(found), f"{bundle.name}@{bundle.checksum}", nlpcell.__version__
    )
    by_class: list[list[Any]] = [
        ["label", "precision", "recall", "F1", "support"],
        *(
            [row.label, *(f"{one:.4f}" for one in row[1:4]), row.support]
            for row in class_scores(said, targets)
        ),
    ]
    tables: dict[str, Sequence[Sequence[Any]]] = {
        "by class": by_class,
        "confusion": confusion(said, targets),
    }
    scores = [Score("accuracy", right), Score("macro-F1", macro_f1(said, targets))]
    tell(Report(scores, signature, tables), as_json)
    if least is not None and right < least:
        raise typer.Exit(1)


def asked(bundle: Bundle, texts: list[str], threads: int | None) -> list[str]:
    """The model's answers; a blank text gets an empty one, which is scored like any other."""
    from nlpcell.inference.classifier import Classifier

    return [one.label if one else "" for one in Classifier(bundle, threads)(texts)]
