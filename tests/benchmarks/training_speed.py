"""A character model's training step through nlpcell's own trainer, against the machine's peak.

    python tests/benchmarks/training_speed.py [--cells lstm gru rnn] [--limit 30]

The peak is a product of two square matrices. The step's arithmetic is counted as 6 operations for
each weight of a matrix and character: a multiplication and an addition, once forward and twice
backward (Kaplan et al. 2020, section 2.1). The table of characters, a look-up, counts nothing.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from measuring import show
from torch import nn

from nlpcell.models.generator import Generator
from nlpcell.scoring import Score
from nlpcell.settings import GeneratorSize, Layers, Training
from nlpcell.training.batches import FEWEST, Stream
from nlpcell.training.machine import Machine, machine
from nlpcell.training.trainer import Trainer

WARM = 5  # steps before the clock starts
GATES = {"lstm": 4, "gru": 3, "rnn": 1}  # matrices per layer that read inputs and hidden state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cells", nargs="+", default=list(GATES), choices=list(GATES))
    parser.add_argument("--hidden", type=int, default=512, help="units per layer")
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--vocabulary", type=int, default=330, help="different characters")
    parser.add_argument("--batch", type=int, default=64, help="sequences per step")
    parser.add_argument("--steps", type=int, default=128, help="characters per sequence")
    parser.add_argument("--limit", type=int, default=30, help="timed steps, the median counts")
    options = parser.parse_args()
    with machine("cpu") as here:
        halves = [True, False] if here.half else [False]
        peaks = {half: peak(torch.bfloat16 if half else torch.float32) for half in halves}
        rows = [
            [f"matrix product, {named(half)}", "", "", "", f"{peaks[half] / 1e9:,.0f}", "100 %"]
            for half in halves
        ]
        for cell in options.cells:
            size = GeneratorSize(Layers(cell, options.hidden, options.layers))
            for half in halves:
                rows.append(trained(size, replace(here, half=half), options, peaks[half]))
    show(["training", "ms/step (median)", "fastest", "tokens/s", "GFLOP/s", "share of peak"], rows)


def named(half: bool) -> str:
    return "bf16" if half else "float32"


def peak(kind: torch.dtype, side: int = 2048, runs: int = 20) -> float:
    """Operations a second of a square matrix product, the best of many runs.

    As a convolution of width 1, too: oneDNN computes that one, and the LSTM, while MKL, which has
    the float32 product, is slow on processors of other makers.
    """
    left, right = torch.randn(2, side, side).to(kind)
    products = [
        lambda: torch.mm(left, right),
        lambda: F.conv1d(left[None], right[:, :, None]),
    ]
    fastest = float("inf")
    for compute in products * runs:
        began = time.perf_counter()
        compute()
        fastest = min(fastest, time.perf_counter() - began)
    return 2 * side**3 / fastest


def trained(
    size: GeneratorSize, here: Machine, options: argparse.Namespace, most: float
) -> list[str]:
    """The row of one network."""
    times = list(step_seconds(size, here, options))
    seconds = statistics.median(times)
    tokens = options.batch * options.steps / seconds
    operations = tokens * per_token(size, options.vocabulary)
    layers = size.recurrent
    return [
        f"{layers.layers} x {layers.hidden} {layers.cell.upper()}, {named(here.half)}",
        f"{1000 * seconds:.0f}",
        f"{1000 * min(times):.0f}",
        f"{tokens:,.0f}",
        f"{operations / 1e9:,.0f}",
        f"{100 * operations / most:.0f} %",
    ]


def per_token(size: GeneratorSize, vocabulary: int) -> int:
    """Operations to learn from one character.

    >>> per_token(GeneratorSize(Layers("lstm", 512, 2), 128), 330)
    21460992
    """
    layers = size.recurrent
    widths = [size.embedding] + [layers.hidden] * (layers.layers - 1)
    weights = sum((width + layers.hidden) * GATES[layers.cell] * layers.hidden for width in widths)
    return 6 * (weights + layers.hidden * vocabulary)


def step_seconds(
    size: GeneratorSize, here: Machine, options: argparse.Namespace
) -> Iterator[float]:
    """The time of each training step: batch, forward, backward, clipping, AdamW, averaging."""
    count = WARM + options.limit
    # The epoch must not end before, nor be so short that it is read in fewer rows.
    needed = options.batch * options.steps * (max(count, FEWEST) + 2)
    text = np.random.default_rng(1).integers(4, options.vocabulary, needed, dtype=np.int32)
    training = Training(batch=options.batch, steps=options.steps, validations=1)
    source = Stream([text], training.batch, training.steps, training.seed)
    assert source.batch == options.batch
    torch.manual_seed(training.seed)
    network = Generator(options.vocabulary, size)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(network, source, no_score, training, Path(folder), here)
        before = 0.0
        for number, _ in zip(range(count), trainer.fit(), strict=False):
            if number >= WARM:
                yield time.perf_counter() - before
            before = time.perf_counter()


def no_score(network: nn.Module) -> Score:
    raise AssertionError("validation has no place in a measurement of steps")


if __name__ == "__main__":
    main()
