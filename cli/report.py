"""What an evaluation prints: a report for people, or one document for programs."""

from __future__ import annotations

import json
import os
from typing import Annotated, Any

import typer

from nlpcell.errors import BadInput
from nlpcell.lines import windows
from nlpcell.scoring import Report

from . import terminal

Json = Annotated[
    bool,
    typer.Option("--json", envvar="NLPCELL_JSON", help="The whole report as one JSON document."),
]
Files = Annotated[
    list[str], typer.Argument(help="Files, dataset names, or the name of an embedded corpus.")
]
SPLIT = "test"  # of an embedded corpus


def tell(report: Report, as_json: bool) -> None:
    """Print a report: for people as tables, for programs as one document."""
    with terminal.Output() as out:
        if as_json:
            out.write(json.dumps(as_document(report), ensure_ascii=False) + "\n")
            return
        rows = [
            ["metric", "value"],
            *([one.metric, f"{one.value:.4f}"] for one in report.scores),
            ["signature", str(report.signature)],
        ]
        terminal.table(rows, out)
        for name, table in report.tables.items():
            out.write(f"\n{name}\n")
            terminal.table([[str(cell) for cell in row] for row in table], out)


def as_document(report: Report) -> dict[str, Any]:
    """A report as JSON wants it."""
    return {
        "scores": {one.metric: round(one.value, 6) for one in report.scores},
        "signature": str(report.signature),
        **{name: [list(row) for row in table] for name, table in report.tables.items()},
    }


def given(answers: str, wanted: int) -> list[str]:
    """Answers from a file, a line each."""
    descriptor = terminal.opened(answers)
    try:
        said = [line.text for window in windows(descriptor, 1024) for line in window]
    finally:
        os.close(descriptor)
    if len(said) != wanted:
        raise BadInput(f"{len(said):,} answers for {wanted:,} examples", where=answers)
    return said
