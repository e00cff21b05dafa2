"""What an evaluation prints: a report for people, or one document for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from nlpcell.errors import BadInput
from nlpcell.lines import LONGEST, windows
from nlpcell.scoring import Report

from . import inputs, terminal

Json = Annotated[
    bool,
    typer.Option("--json", envvar="NLPCELL_JSON", help="The whole report as one JSON document."),
]
Files = Annotated[
    list[str], typer.Argument(help="Files, dataset names, or the name of an embedded corpus.")
]
Png = Annotated[
    Path | None,
    typer.Option(
        "--png", envvar="NLPCELL_PNG", show_default=False, help="Write a picture to this file."
    ),
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
    descriptor = inputs.opened(answers)
    try:
        found = [line for window in windows(descriptor, 1024) for line in window]
    finally:
        os.close(descriptor)
    for line in found:
        if line.too_long or line.odd_bytes:
            what = f"longer than {LONGEST:,} bytes" if line.too_long else "not UTF-8"
            raise BadInput(what, where=f"{answers}:{line.number}")
    if len(found) != wanted:
        raise BadInput(f"{len(found):,} answers for {wanted:,} examples", where=answers)
    return [line.text for line in found]


def listed(heads: Sequence[str], rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Print a table, or the same as one JSON document."""
    with terminal.Output() as out:
        if as_json:
            out.write(json.dumps(list(rows), ensure_ascii=False) + "\n")
        else:
            cells = [[spelt(row[head]) for head in heads] for row in rows]
            terminal.table([list(heads), *cells], out)


def spelt(value: Any) -> str:
    """A cell of a table.

    >>> spelt(True), spelt(12345), spelt(0.5), spelt("lstm")
    ('yes', '12,345', '0.5', 'lstm')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
