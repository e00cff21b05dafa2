"""`nlpcell translate`: a line in another language for each line."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlpcell.bundle import Bundle
from nlpcell.settings import Decoding

from . import alignments, choice, inputs, options, terminal
from .agree import told_apart
from .records import Failures, Reading, Record, records
from .stream import Stream, streamed

if TYPE_CHECKING:
    from nlpcell.inference.translator import Translation

app = options.alone()
DECODING = Decoding()


@app.command()
@streamed
def translate(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files to read, or a sentence in quotes; - or nothing is standard input.",
            show_default=False,
        ),
    ] = None,
    from_: options.From = "es",
    to: options.To = "en",
    model: options.Translator = None,
    beam: options.Beam = DECODING.beam,
    n_best: Annotated[
        int,
        typer.Option(
            "--n-best",
            "--nbest",
            min=1,
            envvar="NLPCELL_N_BEST",
            help="Translations of each line, tab-separated, best first; at most the beam.",
        ),
    ] = DECODING.n_best,
    length_penalty: options.LengthPenalty = DECODING.length_penalty,
    longest: Annotated[
        float,
        typer.Option(
            min=0.1,
            max=100,
            envvar="NLPCELL_LONGEST",
            help="Subwords of a translation at most, for each of its source.",
        ),
    ] = DECODING.longest,
    scores: Annotated[
        bool,
        typer.Option(
            "--scores",
            envvar="NLPCELL_SCORES",
            help="Begin each translation with the logarithm of its probability, over its length.",
        ),
    ] = False,
    align: Annotated[
        bool,
        typer.Option(
            "--align",
            envvar="NLPCELL_ALIGN",
            help="With --json: how much each word written owes to each word read.",
        ),
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--heatmap",
            envvar="NLPCELL_HEATMAP",
            show_default=False,
            help="Draw that for the first line as a PNG (needs matplotlib).",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="Answers as JSON Lines.")
    ] = False,
    *,
    stream: Stream,
) -> None:
    """Translate lines: Spanish and English both ways, or whatever a model has learnt."""
    decoding = Decoding(beam, n_best, length_penalty, longest)
    bundle = chosen(model, from_, to)
    if picture:
        from .picture import need_matplotlib

        need_matplotlib("--heatmap")
    names, sentences = told_apart(files or [])
    inputs.refuse_same_file(stream.output, names)
    form = Form(as_json, n_best, scores, align, stream.with_filename)
    desk = Desk(bundle, stream.threads, decoding, form, picture)
    with terminal.Output(stream.output) as out:
        desk.answer(names, sentences, stream.reading(exact=True, odd_kept=False), out)
    desk.close()


def chosen(model: str | None, from_: str, to: str) -> Bundle:
    """The model that was named, or the one that ships for two languages."""
    return choice.chosen(model or f"translate-{from_}-{to}", "translate")


class Form:
    """How answers are written."""

    def __init__(
        self, as_json: bool, n_best: int, scores: bool, align: bool, with_filename: bool
    ) -> None:
        self.as_json = as_json
        self.n_best = n_best
        self.scores = scores
        self.align = align
        self.with_filename = with_filename

    def answered(self, record: Record, found: Translation) -> bytes:
        """What is to be written for one line; a line that cannot be read is copied."""
        if record.copied:
            return b"" if self.as_json else record.before
        if self.as_json:
            return terminal.as_bytes(
                json.dumps(self.fields(record, found), ensure_ascii=False) + "\n"
            )
        versions = [found.target]
        if record.text.strip() and not record.problem:
            shown = found.n_best[: self.n_best]
            versions = [
                f"{one.score:.4f}\t{one.target}" if self.scores else one.target for one in shown
            ]
        prefix = f"{record.file}:" if self.with_filename else ""
        ending = record.ending if record.ending.endswith(b"\n") else record.ending + b"\n"
        start = record.before if record.problem else b""  # the end of a line too long to be read
        return start + terminal.as_bytes(prefix + "\t".join(versions)) + ending

    def fields(self, record: Record, found: Translation) -> dict[str, Any]:
        """A JSON answer; the other fields of a JSON record go through unchanged."""
        start: dict[str, Any] = {**record.fields, "line": record.number}
        if self.with_filename:
            start["file"] = record.file
        if record.problem:
            return {**start, "error": record.error()}
        start |= {"source": record.text, "target": found.target, "score": round(found.score, 4)}
        if self.n_best > 1:
            start["nbest"] = [
                {"target": one.target, "score": round(one.score, 4)} for one in found.n_best
            ]
        if self.align:
            start["alignment"] = [
                {
                    "source": one.source,
                    "target": one.target,
                    "weights": [[round(weight, 4) for weight in row] for row in one.weights],
                }
                for one in found.alignment
            ]
        return start


class Desk:
    """Reads, asks the model, and counts what went wrong."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int | None,
        decoding: Decoding,
        form: Form,
        picture: Path | None,
    ) -> None:
        self.bundle = bundle
        self.threads = threads
        self.decoding = decoding
        self.form = form
        self.picture = picture
        self.warnings, self.failures = terminal.Warnings(), Failures()
        self.translator: Any = None

    def answer(
        self, names: list[str], sentences: list[str], how: Reading, out: terminal.Output
    ) -> None:
        """Write the answer to every line of the files, or to the sentences."""
        given = [Record("-", number, text) for number, text in enumerate(sentences, start=1)]
        windows = records(names, how, self.warnings) if names or not given else iter(())
        for window in chain([given] if given else [], windows):
            for record, found in zip(window, self.asked(window), strict=True):
                if record.problem:
                    self.failures.add(record)
                answer = self.form.answered(record, found)
                if out.watched:  # a person reads along: nothing may command the terminal
                    out.write(answer.decode("utf-8", "replace"))
                else:
                    out.write_bytes(answer)
            out.flush()

    def asked(self, window: list[Record]) -> list[Translation]:
        """The translations of a window; the model is loaded when the first line is there."""
        if self.translator is None:
            from nlpcell.inference.translator import Translator

            align = self.form.align or self.picture is not None
            self.translator = Translator(self.bundle, self.threads, self.decoding, align)
        texts = [terminal.whole_characters(one.text) for one in window]
        found: list[Translation] = self.translator.answer_all(texts)
        drawn = next((one.alignment[0] for one in found if one.alignment), None)
        if self.picture and drawn:
            alignments.draw(self.picture, drawn)
            self.picture = None
        return found

    def close(self) -> None:
        """Say what went wrong. Raises BadInput when lines could not be processed."""
        self.warnings.tell()
        self.failures.close()
