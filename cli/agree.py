"""`nlpcell agree`: Spanish gender and number put right, everything else left as it is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlpcell.bundle import Bundle
from nlpcell.errors import WrongUse

from . import inputs, options, terminal, writing
from .choice import chosen
from .diff import Diff
from .records import Failures, Reading, Record, records
from .stream import Stream, streamed
from .writing import Form

if TYPE_CHECKING:
    from nlpcell.inference.corrector import Correction, Corrector

app = options.alone()
DEFAULT = "agree-es"
WRITERS: dict[Form, type[writing.Writer]] = {
    Form.text: writing.Text,
    Form.explain: writing.Explain,
    Form.check: writing.Check,
    Form.diff: Diff,
    Form.json: writing.Json,
    Form.github: writing.Github,
    Form.sarif: writing.Sarif,
}
LINTS = (Form.check, Form.diff, Form.github, Form.sarif)  # findings end them with exit code 1


@app.command()
@streamed
def agree(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files to read, or a sentence in quotes; - or nothing is standard input.",
            show_default=False,
        ),
    ] = None,
    model: options.Model = DEFAULT,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            envvar="NLPCELL_CHECK",
            help="Print findings as FILE:LINE:COLUMN; exit code 1 when there are any.",
        ),
    ] = False,
    diff: Annotated[
        bool,
        typer.Option(
            "--diff",
            envvar="NLPCELL_DIFF",
            help="Print a unified diff; exit code 1 when it is not empty.",
        ),
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", "-w", envvar="NLPCELL_WRITE", help="Correct files in place.")
    ] = False,
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero", envvar="NLPCELL_EXIT_ZERO", help="With findings, too, exit code 0."
        ),
    ] = False,
    least: options.MinConfidence = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain", envvar="NLPCELL_EXPLAIN", help="Say what each correction agrees with."
        ),
    ] = False,
    alternatives: Annotated[
        int,
        typer.Option(
            min=0, envvar="NLPCELL_ALTERNATIVES", help="Other forms that JSON names at most."
        ),
    ] = 3,
    form: Annotated[
        Form,
        typer.Option(
            "--format",
            "-f",
            envvar="NLPCELL_FORMAT",
            help="Form of the answers; github and sarif imply --check.",
        ),
    ] = Form.text,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="The same as --format json.")
    ] = False,
    *,
    stream: Stream,
) -> None:
    """Correct gender and number in Spanish text."""
    form = mode(form, check, diff, write, explain, as_json)
    if not stream.plain and form in (Form.diff, Form.write):
        raise WrongUse("--diff and --write need --input-format text")
    bundle = chosen(model, "agree")
    how = stream.reading(exact=True)
    desk = Desk(bundle, stream.threads, least, form in (Form.text, Form.diff, Form.write), how)
    names, sentences = told_apart(files or [])
    if form is Form.write:
        if sentences or not names or "-" in names:
            raise WrongUse("--write needs files to write to")
        for name in names:
            desk.rewrite(name)
    else:
        inputs.refuse_same_file(stream.output, names, "--write corrects files in place")
        with terminal.Output(stream.output) as out:
            writer = WRITERS[form](out.watched, alternatives, stream.with_filename, out.coloured)
            desk.answer(names, sentences, out, writer)
    desk.close()
    if desk.findings and not exit_zero and (check or form in LINTS):
        raise typer.Exit(1)


def mode(form: Form, check: bool, diff: bool, write: bool, explain: bool, as_json: bool) -> Form:
    """The one form that was asked for; the short options are names of forms."""
    short = {Form.check: check, Form.diff: diff, Form.write: write, Form.explain: explain}
    asked = [one for one, wanted in {**short, Form.json: as_json}.items() if wanted]
    if check and (as_json or form in (Form.github, Form.sarif, Form.json)):
        asked.remove(Form.check)  # the same findings in another form
    if len(asked) > 1 or (asked and form not in (Form.text, *asked)):
        raise WrongUse("only one of --check, --diff, --write, --explain, --json and --format")
    return asked[0] if asked else form


def told_apart(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Names of files, and sentences: what has white space in it and names no file."""
    sentences = [one for one in arguments if len(one.split()) > 1 and not os.path.exists(one)]
    return [one for one in arguments if one not in sentences], sentences


class Desk:
    """Reads, asks the model, and counts what happened."""

    def __init__(
        self, bundle: Bundle, threads: int | None, least: float | None, plain: bool, how: Reading
    ) -> None:
        self.bundle = bundle
        self.threads = threads
        self.least = least
        self.plain = plain  # only the corrected text is wanted, no reasons
        self.how = how
        self.findings = 0
        self.warnings, self.failures = terminal.Warnings(), Failures()

    @cached_property
    def corrector(self) -> Corrector:
        """The model, loaded when the first line is there."""
        from nlpcell.inference.corrector import Corrector

        return Corrector(self.bundle, self.threads, self.least, explain=not self.plain)

    def answer(
        self, names: list[str], sentences: list[str], out: terminal.Output, writer: writing.Writer
    ) -> None:
        """Write the answer to every line of the files, or to the sentences."""
        given = [Record("-", number, text) for number, text in enumerate(sentences, start=1)]
        windows = records(names, self.how, self.warnings) if names or not given else iter(())
        for window in chain([given] if given else [], windows):
            for record, correction in self.corrected(window):
                out.write_bytes(writer.add(record, correction))
            out.flush()
        out.write_bytes(writer.end())

    def corrected(self, window: list[Record]) -> Iterator[tuple[Record, Correction]]:
        """Each record with its correction; lines that cannot be read are counted and go through."""
        answers = self.corrector([one.text for one in window])
        for record, correction in zip(window, answers, strict=True):
            if record.problem:
                self.failures.add(record)
            self.findings += len(correction.findings)
            yield record, correction

    def rewrite(self, name: str) -> None:
        """Correct one file in place, whole or not at all; an unchanged one is not touched."""
        before = self.findings
        with contextlib.suppress(Unchanged), terminal.Output(Path(name)) as out:
            self.answer([name], [], out, writing.Text(False, 0, False))
            if self.findings == before:
                raise Unchanged
        if count := self.findings - before:
            terminal.note(f"{name}: {count:,} correction{'s' * (count > 1)}")

    def close(self) -> None:
        """Say what went wrong. Raises BadInput when lines could not be processed."""
        self.warnings.tell()
        self.failures.close()


class Unchanged(Exception):
    """Nothing to correct: the file stays as it is."""
