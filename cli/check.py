"""`nlpcell data check`: every problem of your files, before anything is trained on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from nlpcell.errors import BadInput, WrongUse, did_you_mean
from nlpcell.example import Example
from nlpcell.settings import Training

from . import data, options, terminal

app = options.group("Look at data before a model learns from it.")


TASKS = ("generate", "sentiment", "agree", "translate")


@app.command()
def check(
    task: Annotated[
        str, typer.Argument(help="What they are for: generate, sentiment, agree or translate.")
    ],
    files: Annotated[list[str], typer.Argument(help="Files, or names of datasets.")],
    text_key: options.TextKey = "text",
    label_key: Annotated[
        str, typer.Option(envvar="NLPCELL_LABEL_KEY", help="Column or field with the label.")
    ] = "label",
    labels: options.Labels = None,
    source_key: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_SOURCE_KEY",
            show_default=False,
            help="Column with the first side of pairs; source for translate, if not given.",
        ),
    ] = None,
    target_key: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_TARGET_KEY",
            show_default=False,
            help="Column with the second side of pairs; target for translate, if not given.",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    quiet: options.Quiet = False,
) -> None:
    """Print every problem as FILE:LINE, or say that there is none; exit code 1 if there is."""
    if task not in TASKS:
        hint = did_you_mean(task, TASKS) or f"one of {', '.join(TASKS)}"
        raise WrongUse(f'no task is called "{task}"', hint=hint.strip())
    pairs = task == "translate" or source_key is not None or target_key is not None
    columns = data.Columns(text_key, None, encoding, names=data.names(labels))
    if task == "sentiment":
        columns = columns._replace(target=label_key)
    elif pairs:
        columns = columns._replace(text=source_key or "source", target=target_key or "target")
    found: list[Example] = []
    count = 0
    with terminal.Output() as out:
        for name in files:
            examples, problems = looked_through(name, columns)
            found += examples
            count += len(problems)
            for problem in problems:
                out.write(f"{problem}\n")
        if not count and (refusal := refused(task, found)):
            out.write(f"{files[0]}: {refusal}\n")
            count = 1
    if count:
        terminal.say(f"{count:,} problem{'s' * (count > 1)}")
        raise typer.Exit(1)
    terminal.note(f"{len(found):,} examples, no problem")


def looked_through(name: str, columns: data.Columns) -> tuple[list[Example], list[str]]:
    """The examples of one source under the labels of the model, and its problems."""
    from nlpcell.corpora.readers import looked_through

    found, problems = looked_through(
        name, text=columns.text, target=columns.target, encoding=columns.encoding
    )
    return [
        one._replace(target=columns.names.get(one.target, one.target)) for one in found
    ], problems


def refused(task: str, examples: Sequence[Example]) -> str:
    """Why training would refuse all of this, less what it holds back; "" when it would not."""
    from nlpcell.training import corpus

    if task == "generate":
        examples = [Example("\n".join(one.text for one in examples))]
    held = corpus.held_back(examples, Training.seed)
    try:
        if task == "generate":
            corpus.enough_text(held)
        elif task == "sentiment":
            corpus.tell_apart(held)
        else:
            corpus.enough(len(held.train), 10, "sentences")
    except BadInput as problem:
        return problem.what
    return ""
