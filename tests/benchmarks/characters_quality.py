"""Bits per character that compressors and a model of nlpcell need for the same text.

    python tests/benchmarks/characters_quality.py TRAIN VAL [--model FOLDER ...] [--dynamic]

A compressor learns by reading: it is charged size(TRAIN + VAL) - size(TRAIN), in bits per
character of VAL. It keeps learning on VAL, as does a model with --dynamic. What a model was
trained on is its own business: for a fair comparison, on TRAIN alone.
"""

from __future__ import annotations

import argparse
import bz2
import lzma
import math
import time
from collections.abc import Callable

from measuring import show

from nlpcell.bundle import Bundle, find
from nlpcell.corpora import readers
from nlpcell.inference.generator import Foreseen, Generator
from nlpcell.scoring import bits

MEMORY = 1 << 30  # bytes; PPMd forgets everything when they are full

Reads = Callable[[str, str], Foreseen]  # TRAIN, VAL -> the nats of VAL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", help="a text to learn from")
    parser.add_argument("val", help="its continuation, to be foretold")
    parser.add_argument("--model", nargs="+", default=[], help="bundles for generate")
    parser.add_argument("--dynamic", action="store_true", help="models also keep learning (slow)")
    parser.add_argument("--limit", type=int, help="use only so many characters of VAL")
    options = parser.parse_args()
    train = "".join(readers.texts(options.train))
    val = "".join(readers.texts(options.val))[: options.limit]
    systems = {name: charged(compress) for name, compress in COMPRESSORS.items()}
    for name in options.model:
        systems |= models(find(name, "generate"), options.dynamic)
    rows = [[name, *measured(reads, train, val)] for name, reads in systems.items()]
    show([f"{len(val):,} characters", "bits/char", "nats/char", "seconds"], rows)


def measured(reads: Reads, train: str, val: str) -> list[str]:
    """The columns of one system."""
    began = time.perf_counter()
    nats = reads(train, val).nats_per_character
    return [f"{bits(nats):.3f}", f"{nats:.3f}", f"{time.perf_counter() - began:.1f}"]


def charged(compress: Callable[[bytes], bytes]) -> Reads:
    """What a compressor needs for VAL when it has read TRAIN."""

    def reads(train: str, val: str) -> Foreseen:
        size = len(compress((train + val).encode())) - len(compress(train.encode()))
        return Foreseen(8 * size * math.log(2), len(val))

    return reads


def ppmd(order: int) -> Callable[[bytes], bytes]:
    """PPMd variant H (Shkarin 2002), as in 7-Zip: contexts of up to `order` bytes."""

    def compress(text: bytes) -> bytes:
        import pyppmd

        encoder = pyppmd.Ppmd7Encoder(order, MEMORY)
        return encoder.encode(text) + encoder.flush()

    return compress


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "bzip2 -9": lambda text: bz2.compress(text, 9),  # blocks of 900,000 bytes
    "xz -9e": lambda text: lzma.compress(text, preset=9 | lzma.PRESET_EXTREME),
    "PPMd order 6": ppmd(6),
    "PPMd order 16": ppmd(16),
}


def models(bundle: Bundle, dynamic: bool) -> dict[str, Reads]:
    """The ways in which a model can read a text."""
    reader = Generator(bundle)
    ways: dict[str, Reads] = {
        "memory carried": lambda _, val: reader.foreseen(val),
        "fresh memory every 256": lambda _, val: reader.foreseen_afresh(val, 256),
    }
    if dynamic:
        ways["dynamic, float32"] = lambda _, val: learning(bundle, reader, val)
    return {f"{bundle.name}, {way}": reads for way, reads in ways.items()}


def learning(bundle: Bundle, reader: Generator, val: str) -> Foreseen:
    """What a model needs for a text from which it goes on learning."""
    from nlpcell.training.dynamic import foreseen_dynamically
    from nlpcell.training.generate import load_network

    return foreseen_dynamically(load_network(bundle), reader.tokenizer, val)


if __name__ == "__main__":
    main()
