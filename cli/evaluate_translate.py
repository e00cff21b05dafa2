"""`nlpcell evaluate translate`: BLEU and chrF against one or several references, and speed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

import nlpcell
from nlpcell.bundle import Bundle
from nlpcell.errors import BadInput, SystemTrouble
from nlpcell.example import Example
from nlpcell.scoring import Report, Score, Signature
from nlpcell.settings import Decoding

from . import data, options, report
from .translate import DECODING, chosen


class Said(NamedTuple):
    """Translations, and how long they took."""

    texts: list[str]
    seconds: float | None  # None: they were not made here


def translate(
    files: report.Files,
    from_: options.From = "es",
    to: options.To = "en",
    model: options.Translator = None,
    source_key: options.FirstKey = None,
    target_key: options.SecondKey = None,
    separator: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_SEPARATOR",
            show_default=False,
            help='What stands between several references in a cell, such as " ||| ".',
        ),
    ] = None,
    beam: options.Beam = DECODING.beam,
    length_penalty: options.LengthPenalty = DECODING.length_penalty,
    answers: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_ANSWERS",
            show_default=False,
            help="Score the translations in this file, a line each, instead of asking the model.",
        ),
    ] = None,
    least: Annotated[
        float | None,
        typer.Option(
            "--min",
            envvar="NLPCELL_MIN",
            min=0,
            max=100,
            show_default=False,
            help="End with exit code 1 when BLEU is below this, 0 to 100.",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    threads: options.Threads = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """BLEU and chrF as sacrebleu finds them, and source words per second."""
    need_sacrebleu()
    from nlpcell.training.bleu import translation_scores

    columns = data.Columns(source_key or from_, target_key or to, encoding)
    found = [
        one for name in files for one in data.examples("translate", name, columns, report.SPLIT)
    ]
    if not found:
        raise BadInput("no examples", where=files[0])
    decoding = Decoding(beam, length_penalty=length_penalty)
    if answers:
        said, name, how = Said(report.given(answers, len(found)), None), answers, ""
    else:
        bundle = chosen(model, from_, to)
        said = asked(bundle, found, decoding, threads)
        name = f"{bundle.name}@{bundle.checksum}"
        how = f"beam {beam}, length penalty {length_penalty}, "
    references = [one.target.split(separator) if separator else [one.target] for one in found]
    scores, by = translation_scores(said.texts, references)
    if said.seconds is not None:
        words = sum(len(one.text.split()) for one in found)
        scores.append(Score("source words/s", words / said.seconds))
    signature = Signature(
        ",".join(files), len(found), name, nlpcell.__version__, decoding=f"{how}{by}"
    )
    report.tell(Report(scores, signature), as_json)
    if least is not None and scores[0].value < least:
        raise typer.Exit(1)


def need_sacrebleu() -> None:
    """Refuse early and in plain words where nothing can be scored."""
    from importlib.util import find_spec

    if find_spec("sacrebleu") is None:
        raise SystemTrouble("scoring needs sacrebleu", hint='pip install "nlpcell[train]"')


def asked(
    bundle: Bundle, examples: Sequence[Example], decoding: Decoding, threads: int | None
) -> Said:
    """The model's translations; loading it is not timed."""
    from nlpcell.inference.translator import Translator

    translator = Translator(bundle, threads, decoding)
    began = time.perf_counter()
    texts = [one.target for one in translator([one.text for one in examples])]
    return Said(texts, time.perf_counter() - began)
