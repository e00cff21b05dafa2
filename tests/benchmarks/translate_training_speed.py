"""Source subwords a second in training: nlpcell and JoeyNMT, equal parameters, equal batches.

    python tests/benchmarks/translate_training_speed.py [--steps 20] [--batch 4096 8192]
        [--size shipped wide]

JoeyNMT takes part where it is installed. The networks: LSTMs with attention over one table of
subwords for both sides, two layers that read both ways, two that write; nlpcell's layers are a
little narrower, because its second one also reads what the first looked at. Each trains in a
process of its own and as it is meant to: nlpcell with its own step (bf16 where the processor has
it), JoeyNMT with the recurrent encoder and decoder of its documentation, input feeding and Adam.
A batch is counted in subwords of both sides; JoeyNMT counts the longer side, so that the 4,096 of
its configurations for WMT 17 are 8,192 here. Sentences are of random subwords and of lengths as in
everyday text; the first time through the batches, which builds kernels, is not timed. Two sizes:
that of the models that ship, and one of twice as many parameters. nlpcell runs as one process with
all threads, and as torchrun starts it, a process of one thread for every core, which share each
batch.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import torch
from measuring import show, spent
from torch import nn

from nlpcell.inference.session import processors
from nlpcell.models.translator import Paired, Translator
from nlpcell.settings import TRANSLATING, Layers, TranslatorSize
from nlpcell.training.machine import machine
from nlpcell.training.pairs import Sides, collated, planned
from nlpcell.training.run import leads
from nlpcell.training.step import Descent

VOCABULARY = 8_000
OURS, SPREAD, THEIRS = "nlpcell", "nlpcell, torchrun", "JoeyNMT 2.3"
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]


class Size(NamedTuple):
    """Two networks of as many parameters."""

    hidden: int  # units of a layer of nlpcell's
    embedding: int  # numbers of a subword there
    theirs: int  # both at once of JoeyNMT's, where a tied table leaves no choice


SIZES = {"shipped": Size(320, 256, 320), "wide": Size(464, 464, 512)}


def main() -> None:
    """Print the table; with --only the numbers of one row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, nargs="+", default=[4_096, 8_192])
    parser.add_argument("--size", choices=SIZES, nargs="+", default=list(SIZES))
    parser.add_argument("--only", choices=[OURS, SPREAD, THEIRS], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        found = measured(asked.only, SIZES[asked.size[0]], asked.steps, asked.batch[0])
        return print(*found) if leads() else None
    sides = [OURS, SPREAD, THEIRS][: 2 if joey(SIZES["shipped"]) is None else 3]
    rows = []
    for size, batch in itertools.product(asked.size, asked.batch):
        for name in sides:
            more = ["--only", name, "--steps", str(asked.steps), "--batch", str(batch)]
            runner = [*TORCHRUN, str(processors())] if name == SPREAD else []
            found = spent([sys.executable, *runner, __file__, *more, "--size", size]).said.split()
            parameters, rate = int(found[-2]), float(found[-1])
            rows.append([name, f"{parameters:,}", f"{batch:,}", f"{rate:,.0f}"])
    show(["", "parameters", "subwords in a batch", "source subwords/s"], rows)


def measured(name: str, size: Size, steps: int, batch: int) -> tuple[int, float]:
    """Parameters of one side, and its source subwords per second."""
    if name == THEIRS:
        for mine in ("THP_MEM_ALLOC_ENABLE", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):
            os.environ.pop(mine, None)  # nlpcell.training sets them for itself
    given = batches(steps, batch)
    if name != THEIRS:
        layers = Layers("lstm", size.hidden, 2, 0.3)
        own = TranslatorSize(layers, 2, size.embedding, VOCABULARY)
        network: nn.Module = Translator(VOCABULARY, own)
        with machine("cpu") as here:
            descent = Descent(network, TRANSLATING, here)
            part = slice(here.rank, None, here.world)
            rate = speed(lambda one: descent(Paired(*(t[part] for t in one)), None, 1e-3), given)
    else:
        peer = joey(size)
        assert peer is not None
        network, rate = peer, speed(joey_step(peer), given)
    return sum(one.numel() for one in network.parameters()), rate


def batches(count: int, batch: int) -> list[Paired]:
    """Batches of random subwords, of the lengths that everyday sentences have."""
    draw = np.random.default_rng(1)
    lengths = np.clip(draw.gamma(3.0, 4.0, 400 * count).astype(int), 2, 60)
    pairs = [
        Sides(
            draw.integers(4, VOCABULARY, one).tolist(),
            draw.integers(4, VOCABULARY, max(2, one + draw.integers(-2, 3))).tolist(),
        )
        for one in lengths
    ]
    return [collated([pairs[row] for row in rows]) for rows in planned(pairs, batch, [1])[:count]]


def speed(step: Callable[[Paired], Any], given: Sequence[Paired]) -> float:
    """Source subwords per second of the second time through the batches, the median of the steps.

    The first time, kernels are built for every shape, and memory is found that is kept.
    """
    for one in given:
        step(one)
    rates = []
    for one in given:
        began = time.perf_counter()
        step(one)
        rates.append(int(one.lengths.sum()) / (time.perf_counter() - began))
    return statistics.median(rates)


def joey(size: Size) -> nn.Module | None:
    """JoeyNMT's network; None where it is not installed."""
    try:
        from joeynmt.model import build_model
        from joeynmt.vocabulary import Vocabulary
    except ImportError:
        return None
    special = SimpleNamespace(
        pad_token="<pad>", unk_token="<unk>", bos_token="<s>", eos_token="</s>", sep_token=None,
        unk_id=0, pad_id=1, bos_id=2, eos_id=3, lang_tags=[],
    )  # fmt: skip
    words = Vocabulary([f"w{number}" for number in range(VOCABULARY - 4)], special)
    width = size.theirs
    shared = {"rnn_type": "lstm", "num_layers": 2, "dropout": 0.3}
    shared["embeddings"] = {"embedding_dim": width, "scale": False, "freeze": False}
    network = build_model(
        {
            "tied_embeddings": True,
            "tied_softmax": True,
            "encoder": {
                **shared, "type": "recurrent", "hidden_size": width // 2, "bidirectional": True,
            },
            "decoder": {
                **shared, "type": "recurrent", "hidden_size": width, "attention": "luong",
                "input_feeding": True, "init_hidden": "bridge", "hidden_dropout": 0.3,
            },
        },
        words,
        words,
    )  # fmt: skip
    network.loss_function = ("crossentropy", 0.1)
    return network.train()


def joey_step(network: nn.Module) -> Callable[[Paired], Any]:
    """One step of training, as JoeyNMT's own trainer takes it."""
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)

    def step(batch: Paired) -> None:
        order = torch.argsort(batch.lengths, descending=True)  # its packed sequences want it so
        source, before, after = (
            torch.where(part[order] == 0, 1, part[order])  # its padding is 1
            for part in (batch.source, batch.before, batch.after)
        )
        lengths = batch.lengths[order]
        source = source[:, : int(lengths.max())]
        loss, *_ = network(
            return_type="loss", src=source, trg_input=before, trg=after,
            src_mask=(source != 1).unsqueeze(1), src_length=lengths,
            trg_mask=(after != 1).unsqueeze(1), trg_length=(after != 1).sum(dim=1),
        )  # fmt: skip
        (loss / int((after != 1).sum())).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


if __name__ == "__main__":
    main()
