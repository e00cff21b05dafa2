"""`nlpcell train probes`: what `inspect` reads off a corrector's memory, into a finished model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from nlpcell.bundle import Bundle, find

from . import learning, options, runs, terminal

if TYPE_CHECKING:
    from nlpcell.probes import Marked

Tagged = Annotated[
    list[str] | None,
    typer.Option(
        "--tagged",
        show_default=False,
        help="Treebanks in CoNLL-U on which probes for inspect are fitted at the end; repeatable.",
    ),
]


def probes(
    files: Annotated[
        list[str], typer.Argument(help="Treebanks in CoNLL-U with gender, number and subjects.")
    ],
    model: options.Model,
    seed: learning.TrainSeed = 1,
    quiet: options.Quiet = False,
) -> None:
    """Fit probes for the subject's gender and number on a finished agree model."""
    runs.need_torch()
    fitted(find(model, "agree"), read(files), seed)


def read(names: Sequence[str]) -> list[Marked]:
    """The sentences of treebanks; read before a training begins, so that a bad file ends early."""
    from nlpcell.corpora.treebank import marked

    return [one for name in names for one in marked(name)]


def fitted(bundle: Bundle, sentences: Sequence[Marked], seed: int) -> None:
    """Fit probes, write them into the model, and say how good they are."""
    from nlpcell.training.probes import added

    for probe in added(bundle, sentences, seed):
        terminal.note(
            f"{probe.feature}, layer {probe.layer}: right on {probe.accuracy:.1%} of "
            f"{probe.words:,} held-out words (untrained {probe.untrained:.1%}, word vectors "
            f"{probe.embedding:.1%}, commoner answer {probe.majority:.1%})"
        )
    terminal.note(f"the probes are in {bundle.folder}")
