"""A trained network to a complete bundle: graphs, weights, history, curve and model card."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

import nlpcell
from nlpcell import bundle
from nlpcell.bundle import Bundle, Manifest
from nlpcell.scoring import Score, Signature
from nlpcell.training import export, run
from nlpcell.training.card import card
from nlpcell.training.curve import learning_curve
from nlpcell.training.export import Graphs
from nlpcell.training.run import Run

CURVE = "learning-curve.png"


def publish(
    here: Run,
    network: nn.Module,
    graphs: Graphs,
    basis: Mapping[str, bytes],
    manifest: Manifest,
    judge: Callable[[Bundle], Sequence[Score]],
    judged_on: int,
    decoding: str = "",
) -> Bundle:
    """Score float32 and int8 on the dev data, and write everything to `here.out`.

    `basis` are files that both need; `judge` scores a bundle as users will run it; `judged_on` is
    the number of dev records or characters. The loss that int8 costs is stored beside the score.
    """
    history = run.history(here)
    with in_passing(manifest, {**basis, **graphs.exact}) as exact:
        before = judge(exact)
    with in_passing(manifest, {**basis, **graphs.small}) as small:
        after = judge(small)
    scores = compared(here, before, after, judged_on, decoding)
    trained = {
        "command": here.command,
        "corpora": list(here.corpora),
        "seconds": run.seconds_spent(history),
        "parameters": size(network),
    }
    manifest = replace(manifest, scores=scores, trained=trained)
    files = {
        **basis,
        **graphs.small,
        bundle.HISTORY: history,
        CURVE: learning_curve(history),
        bundle.CARD: card(here.out.name, manifest).encode(),
    }
    if here.weights != "none":
        files[bundle.WEIGHTS] = export.weights(network, here.weights)
    return bundle.save(here.out, manifest, files)


def compared(
    here: Run, before: Sequence[Score], after: Sequence[Score], judged_on: int, decoding: str
) -> list[Mapping[str, Any]]:
    """The scores of the int8 graph as a manifest keeps them, those of float32 beside them."""
    name, version, seed = here.out.name, nlpcell.__version__, here.training.seed
    signature = Signature("dev", judged_on, name, version, seed, decoding)
    return [
        {
            "metric": score.metric,
            "value": round(score.value, 5),
            "float32": round(float32.value, 5),
            "better": score.better,
            "signature": str(signature),
        }
        for score, float32 in zip(after, before, strict=True)
    ]


@contextmanager
def in_passing(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[Bundle]:
    """A bundle that exists only to be tried."""
    with tempfile.TemporaryDirectory() as folder:
        yield bundle.save(Path(folder), manifest, files)


def size(network: nn.Module) -> int:
    """How many numbers the network has learnt."""
    return sum(one.numel() for one in network.parameters())
