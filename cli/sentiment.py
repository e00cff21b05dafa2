"""`nlpcell sentiment`: a label for each line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import inputs, options, terminal
from .choice import chosen
from .options import Format
from .records import Failures, Record, records
from .stream import Stream, streamed

if TYPE_CHECKING:
    from nlpcell.inference.classifier import Verdict

app = options.alone()
DEFAULT = "sentiment-es"
NEUTRAL = "neu"


@app.command()
@streamed
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
    *,
    stream: Stream,
) -> None:
    """Give each line a label, such as pos or neg."""
    form = Format.json if as_json else Format.tsv if as_tsv else form
    inputs.refuse_same_file(stream.output, files or [])
    bundle = chosen(model, "sentiment")
    warnings, failures = terminal.Warnings(), Failures()
    judge, named = None, stream.with_filename
    with terminal.Output(stream.output) as out:
        for window in records(files or [], stream.reading(), warnings):
            if judge is None:
                from nlpcell.inference.classifier import Classifier

                judge = Classifier(bundle, stream.threads)
            for record, verdict in zip(window, judge([one.text for one in window]), strict=True):
                if record.problem:
                    failures.add(record)
                if named and form is Format.json:
                    record = record._replace(fields={**record.fields, "file": record.file})
                prefix = f"{record.file}:" if named and form is not Format.json else ""
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
