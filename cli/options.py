"""Options that mean the same everywhere, each spelt and explained once."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from . import terminal


class Format(enum.StrEnum):
    """How answers are written."""

    text = "text"
    tsv = "tsv"
    json = "json"


class InputFormat(enum.StrEnum):
    """How lines are read."""

    text = "text"
    jsonl = "jsonl"


def hush(quiet: bool) -> bool:
    """Remember --quiet."""
    terminal.quiet = quiet or terminal.quiet
    return quiet


def command_wanted(context: typer.Context) -> None:
    """Show the help, and end as wrong use, where a command's name was left out."""
    if context.invoked_subcommand is None:
        terminal.say(context.get_help())
        raise typer.Exit(2)


def group(words: str) -> typer.Typer:
    """Commands under one name, which shows its help when it stands alone."""
    app = typer.Typer(
        help=words,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
        add_completion=False,
        invoke_without_command=True,
    )
    app.callback()(command_wanted)
    return app


def alone() -> typer.Typer:
    """One command that stands under no other."""
    return typer.Typer(rich_markup_mode=None, add_completion=False)


Files = Annotated[
    list[str] | None,
    typer.Argument(help="Files to read; - or nothing is standard input.", show_default=False),
]
Model = Annotated[
    str,
    typer.Option("--model", "-m", envvar="NLPCELL_MODEL", help="Name or folder of a model."),
]
Translator = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        envvar="NLPCELL_MODEL",
        show_default="translate-FROM-TO",
        help="Name or folder of a model.",
    ),
]
From = Annotated[
    str, typer.Option("--from", envvar="NLPCELL_FROM", help="Language, or kind, of what is read.")
]
To = Annotated[
    str, typer.Option("--to", envvar="NLPCELL_TO", help="Language, or kind, of what is written.")
]
Beam = Annotated[
    int,
    typer.Option(
        min=1,
        max=1000,
        envvar="NLPCELL_BEAM",
        help="Beginnings kept at each step; 1 is fastest, more finds better translations.",
    ),
]
LengthPenalty = Annotated[
    float,
    typer.Option(
        min=0,
        max=10,
        envvar="NLPCELL_LENGTH_PENALTY",
        help="How much long translations are favoured; 0: not at all.",
    ),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        envvar="NLPCELL_OUTPUT",
        show_default=False,
        help="Write to this file instead of standard output.",
    ),
]
Encoding = Annotated[str, typer.Option(envvar="NLPCELL_ENCODING", help="Encoding of the input.")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        envvar="NLPCELL_STRICT",
        help="Stop at the first line that is not valid in its encoding.",
    ),
]
LineBuffered = Annotated[
    bool,
    typer.Option(
        "--line-buffered",
        envvar="NLPCELL_LINE_BUFFERED",
        help="Answer every line before reading on.",
    ),
]
WithFilename = Annotated[
    bool,
    typer.Option(
        "--with-filename",
        envvar="NLPCELL_WITH_FILENAME",
        help="Begin each answer with its file's name.",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        envvar="NLPCELL_THREADS",
        show_default=False,
        help="Threads to use; all processors if not given. Changes speed only.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        envvar="NLPCELL_QUIET",
        callback=hush,
        help="No notes and no progress on standard error.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        envvar="NLPCELL_SEED",
        show_default=False,
        help="Number that fixes all that is random; another each time if not given.",
    ),
]


TextKey = Annotated[
    str, typer.Option(envvar="NLPCELL_TEXT_KEY", help="Column or field that holds the text.")
]
SourceKey = Annotated[
    str, typer.Option(envvar="NLPCELL_SOURCE_KEY", help="Column or field with the first side.")
]
TargetKey = Annotated[
    str, typer.Option(envvar="NLPCELL_TARGET_KEY", help="Column or field with the second side.")
]
FirstKey = Annotated[
    str | None,
    typer.Option(
        "--source-key",
        envvar="NLPCELL_SOURCE_KEY",
        show_default="like --from",
        help="Column or field with the first side.",
    ),
]
SecondKey = Annotated[
    str | None,
    typer.Option(
        "--target-key",
        envvar="NLPCELL_TARGET_KEY",
        show_default="like --to",
        help="Column or field with the second side.",
    ),
]
MinConfidence = Annotated[
    float | None,
    typer.Option(
        "--min-confidence",
        envvar="NLPCELL_MIN_CONFIDENCE",
        min=0,
        max=1,
        show_default=False,
        help="Probability a correction needs, 0 to 1; the model's own if not given.",
    ),
]
Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        envvar="NLPCELL_LABELS",
        show_default=False,
        help="How the model calls the labels of the files, like 0=neg,1=pos.",
    ),
]
