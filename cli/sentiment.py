"""`nlpcell sentiment`: a label for each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import inputs, options, terminal
from .choice import chosen
from .options import Format, InputFormat
from .records import Failures, Reading, Record, records

if TYPE_CHECKING:
    from nlpcell.inference.classifier import Verdict

app = options.alone()
DEFAULT = "sentiment-es"
NEUTRAL = "neu"


@app.command()
def sentiment(
    files: options.Files = None,
    model: options.Model = DEFAULT,
    neutral: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            envvar="NLPCELL_NEUTRAL",
            show_default=False,
            help="Print neu where no label is at least this probable, 0 to 1.",
        ),
    ] = None,
    scores: Annotated[
        bool,
        typer.Option(
            "--scores", envvar="NLPCELL_SCORES", help="Add the probability of every label."
        ),
    ] = False,
    form: Annotated[
        Format, typer.Option("--format", "-f", envvar="NLPCELL_FORMAT", help="Form of the answers.")
    ] = Format.text,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="The same as --format json.")
    ] = False,
    as_tsv: Annotated[
        bool, typer.Option("--tsv", envvar="NLPCELL_TSV", help="The same as --format tsv.")
    ] = False,
    output: options.OutputFile = None,
    input_format: Annotated[
        InputFormat, typer.Option(envvar="NLPCELL_INPUT_FORMAT", help="Form of the input.")
    ] = InputFormat.text,
    text_key: Annotated[
        str, typer.Option(envvar="NLPCELL_TEXT_KEY", help="Field of a JSON record to judge.")
    ] = "text",
    encoding: options.Encoding = "utf-8",
    strict: options.Strict = False,
    line_buffered: options.LineBuffered = False,
    with_filename: options.WithFilename = False,
    threads: options.Threads = None,
    quiet: options.Quiet = False,
) -> None:
    """Give each line a label, such as pos or neg."""
    form = Format.json if as_json else Format.tsv if as_tsv else form
    inputs.refuse_same_file(output, files or [])
    bundle = chosen(model, "sentiment")
    key = text_key if input_format is InputFormat.jsonl else None
    how = Reading(encoding, strict, key, 1 if line_buffered else 1024)
    warnings, failures = terminal.Warnings(), Failures()
    judge = None
    with terminal.Output(output) as out:
        for window in records(files or [], how, warnings):
            if judge is None:
                from nlpcell.inference.classifier import Classifier

                judge = Classifier(bundle, threads)
            for record, verdict in zip(window, judge([one.text for one in window]), strict=True):
                if record.problem:
                    failures.add(record)
                if with_filename and form is Format.json:
                    record = record._replace(fields={**record.fields, "file": record.file})
                prefix = f"{record.file}:" if with_filename and form is not Format.json else ""
                out.write(f"{prefix}{answered(record, verdict, form, neutral, scores)}\n")
            out.flush()
    warnings.tell()
    failures.close()


def answered(
    record: Record, verdict: Verdict | None, form: Format, neutral: float | None, scores: bool
) -> str:
    """One line of output; empty for a blank or bad line of text."""
    if form is Format.json:
        return json.dumps(as_fields(record, verdict, neutral), ensure_ascii=False)
    if verdict is None:
        return ""
    label = named(verdict, neutral)
    cells = [label, f"{verdict.score:.4f}"] if form is Format.tsv else [label]
    if scores:
        cells += [f"{name}={value:.4f}" for name, value in verdict.scores.items()]
    return "\t".join(cells)


def named(verdict: Verdict, neutral: float | None) -> str:
    """The label, or `neu` where the verdict is not sure enough."""
    return NEUTRAL if neutral is not None and verdict.score < neutral else verdict.label


def as_fields(record: Record, verdict: Verdict | None, neutral: float | None) -> dict[str, Any]:
    """A JSON answer; the other fields of a JSON record go through unchanged."""
    start: dict[str, Any] = {**record.fields, "line": record.number}
    if record.problem:
        return {**start, "error": record.error()}
    if verdict is None:
        return {**start, "label": None}
    return {
        **start,
        "label": named(verdict, neutral),
        "score": round(verdict.score, 4),
        "scores": {name: round(value, 4) for name, value in verdict.scores.items()},
    }
