"""`nlpcell compare agreement`: three cells as plain language models, judged on minimal pairs."""

from __future__ import annotations

import enum
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlpcell.errors import BadInput
from nlpcell.files import write_whole
from nlpcell.settings import GENERATING, Layers, seconds

from . import data, learning, options, report, runs, terminal
from .compare_task import Units, running, told

if TYPE_CHECKING:
    from nlpcell.training.preferences import Pair


class Symbol(enum.StrEnum):
    """What a language model reads at a time."""

    word = "word"
    character = "character"


def agreement(
    pairs: Annotated[
        str,
        typer.Argument(help="Minimal pairs: a table with wrong, right, distance and attractor."),
    ],
    text: Annotated[
        list[str],
        typer.Option(
            "--text", show_default=False, help="Sentences to learn the language from; repeatable."
        ),
    ],
    by: Annotated[
        Symbol, typer.Option("--by", envvar="NLPCELL_BY", help="What is read at a time.")
    ] = Symbol.word,
    encoding: options.Encoding = "utf-8",
    hidden: Units = 256,
    layers: learning.Depth = 1,
    dropout: learning.Dropout = 0.2,
    epochs: learning.Epochs = 10,
    budget: Annotated[
        str,
        typer.Option(
            envvar="NLPCELL_BUDGET", help="Time at most to learn; each cell gets a third of it."
        ),
    ] = "30m",
    seed: learning.TrainSeed = 1,
    limit: learning.Limit = None,
    device: learning.Device = "auto",
    threads: options.Threads = None,
    png: report.Png = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """How often each cell, as a plain language model, finds the right sentence likelier."""
    training = replace(GENERATING, epochs=epochs, budget=seconds(budget) / 3, seed=seed, steps=35)
    shape = Layers("lstm", hidden, layers, dropout)
    runs.need_torch()
    from nlpcell.example import Example
    from nlpcell.training import preferences
    from nlpcell.training.corpus import held_back

    given = minimal_pairs(pairs, encoding)
    corpus = held_back([Example(one) for one in data.raw_texts(text, encoding)[:limit]], seed)
    alphabet = preferences.Alphabet([one.text for one in corpus.train], by is Symbol.word)
    judged = [one for one in given if alphabet.tells_apart(one)]
    if not judged:
        raise BadInput("the text knows none of the forms in these pairs", where=pairs)
    terminal.note(f"{len(judged):,} of {len(given):,} pairs have both forms known")
    right: dict[str, list[bool]] = {}
    for cell, units in preferences.rivals(alphabet, shape).items():
        with tempfile.TemporaryDirectory() as folder:
            here = running(Path(folder), training, device, threads)
            found: list[Any] = []
            learning_ = preferences.reader(
                corpus, alphabet, replace(shape, cell=cell, hidden=units), here, found
            )
            for _ in told(cell, learning_):
                pass
        right[cell] = preferences.preferred(found[0], alphabet, judged)
    tables(right, judged, png, as_json)


def minimal_pairs(name: str, encoding: str) -> list[Pair]:
    """The pairs of a table. Raises BadInput where a distance is no number."""
    from nlpcell.corpora.readers import examples
    from nlpcell.training.preferences import Pair

    sentences = examples(name, text="wrong", target="right", encoding=encoding)
    places = examples(name, text="distance", target="attractor", encoding=encoding)
    found = []
    for number, (both, place) in enumerate(zip(sentences, places, strict=True), start=2):
        if not place.text.isdecimal() or len(place.text) > 6:
            raise BadInput(f'the distance "{place.text}" is no number', where=f"{name}:{number}")
        found.append(Pair(both.target, both.text, int(place.text), place.target not in ("", "0")))
    if not found:
        raise BadInput("no pairs", where=name)
    return found


def tables(
    right: Mapping[str, Sequence[bool]], pairs: Sequence[Pair], png: Path | None, as_json: bool
) -> None:
    """Shares of right preferences by distance and attractor."""
    from nlpcell.training.preferences import groups

    rows: list[dict[str, Any]] = [
        {
            "pairs": name,
            "count": len(places),
            **{cell: round(sum(found[at] for at in places) / len(places), 4)
               for cell, found in right.items()},
        }
        for name, places in groups(pairs).items()
    ]  # fmt: skip
    if png:
        from nlpcell.training.chart import bars

        panels = {str(row["pairs"]): [row[cell] for cell in right] for row in rows}
        write_whole(png, bars([cell.upper() for cell in right], panels, top=1))
    report.listed(["pairs", "count", *right], rows, as_json)
