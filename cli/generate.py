"""`nlpcell generate`: text that goes on from a prompt, printed as it is sampled."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlpcell.bundle import Bundle
from nlpcell.settings import Sampling

from . import inputs, options, terminal
from .choice import chosen
from .records import Failures, Reading, Record, records

if TYPE_CHECKING:
    from nlpcell.inference.generator import Generator

app = options.alone()
DEFAULT = "generate-es"
SEPARATOR = "---"


@app.command()
def generate(
    files: options.Files = None,
    model: options.Model = DEFAULT,
    prompt: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_PROMPT",
            show_default=False,
            help="Text to go on from; else each line of the input is one.",
        ),
    ] = None,
    num: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_NUM", help="Texts for each prompt.")
    ] = 1,
    length: Annotated[
        int,
        typer.Option(
            min=0, envvar="NLPCELL_LENGTH", help="Characters at most, without the prompt."
        ),
    ] = Sampling.length,
    temperature: Annotated[
        float,
        typer.Option(
            min=0,
            envvar="NLPCELL_TEMPERATURE",
            help="Below 1 safer, above 1 wilder, 0 always the likeliest.",
        ),
    ] = Sampling.temperature,
    top_k: Annotated[
        int,
        typer.Option(
            min=0,
            envvar="NLPCELL_TOP_K",
            help="Draw from this many likeliest characters; 0: from all.",
        ),
    ] = Sampling.top_k,
    top_p: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            envvar="NLPCELL_TOP_P",
            help="Draw from the likeliest that reach this probability, 0 to 1.",
        ),
    ] = Sampling.top_p,
    min_p: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            envvar="NLPCELL_MIN_P",
            help="Leave out what is below this share of the likeliest, 0 to 1.",
        ),
    ] = Sampling.min_p,
    repetition_penalty: Annotated[
        float,
        typer.Option(
            envvar="NLPCELL_REPETITION_PENALTY",
            help="Above 1: what was just written gets less likely.",
        ),
    ] = Sampling.repetition,
    label: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_LABEL",
            show_default=False,
            help="Label to write for, where the model was trained with labels.",
        ),
    ] = None,
    seed: options.Seed = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            envvar="NLPCELL_JSON",
            help="A JSON object a text, with prompt and continuation.",
        ),
    ] = False,
    output: options.OutputFile = None,
    encoding: options.Encoding = "utf-8",
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Write on from a prompt, character by character."""
    import numpy as np

    sampling = Sampling(length, temperature, top_k, top_p, min_p, repetition_penalty)
    inputs.refuse_same_file(output, files or [])
    bundle = chosen(model, "generate")
    random = np.random.default_rng(seed)
    failures, warnings = Failures(), terminal.Warnings()
    writer: Generator | None = None
    separator = ""
    with terminal.Output(output) as out:
        for start in prompts(prompt, files or [], Reading(encoding, strict), warnings):
            writer = writer or loaded(bundle)
            if start.problem:
                failures.add(start)
                out.write(as_json_line(start, "") if as_json else "")
                continue
            for _ in range(num):
                pieces = writer.stream(start.text, sampling, label=label, seed=random)
                if as_json:
                    out.write(as_json_line(start, "".join(pieces)))
                else:
                    out.write(separator)
                    show(start.text, pieces, out)
                    separator = f"{SEPARATOR}\n"
                out.flush()
    warnings.tell()
    failures.close()


def loaded(bundle: Bundle) -> Generator:
    """The generator of a bundle."""
    from nlpcell.inference.generator import Generator

    return Generator(bundle)


def prompts(
    prompt: str | None, files: list[str], how: Reading, warnings: terminal.Warnings
) -> Iterator[Record]:
    """The prompt that was given; else the lines of the input; on a bare terminal, nothing."""
    if prompt is not None:
        yield Record("-", 1, terminal.whole_characters(prompt))
    elif not files and sys.stdin is not None and sys.stdin.isatty():
        yield Record("-", 1, "")
    else:
        for window in records(files, how, warnings):
            yield from window


def as_json_line(start: Record, text: str) -> str:
    """One JSON record: what was written, or what is wrong with the prompt."""
    answer: dict[str, Any] = {"line": start.number, "prompt": start.text, "text": text}
    if start.problem:
        answer = {"line": start.number, "error": start.error()}
    return json.dumps(answer, ensure_ascii=False) + "\n"


def show(prompt: str, pieces: Iterator[str], out: terminal.Output) -> None:
    """Write a text as it comes: every character for a person, in gulps elsewhere."""
    out.write(prompt)
    last = prompt
    for count, piece in enumerate(pieces):
        out.write(piece)
        last = piece
        if out.watched or count % 64 == 63:
            out.flush()
    out.write("" if last.endswith("\n") else "\n")
