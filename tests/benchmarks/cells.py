"""LSTM, GRU and plain RNN as character models of one hidden size (after Karpathy et al. 2015).

    python tests/benchmarks/cells.py TRAIN VAL [--hidden 128] [--layers 1 2] [--budget 5m]

Each gets the same time. The end of TRAIN is held back to keep the best weights by; VAL is read
once, in float32, with the memory carried.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import torch
from measuring import followed, show

from nlpcell.bundle import TOKENIZER, Bundle
from nlpcell.corpora import readers
from nlpcell.example import Example
from nlpcell.scoring import bits
from nlpcell.settings import GENERATING, GeneratorSize, Layers, Training, seconds
from nlpcell.tokenizer import Tokenizer
from nlpcell.training.corpus import held_back
from nlpcell.training.generate import encoded, load_network, nats, train_generator
from nlpcell.training.publish import size as parameters
from nlpcell.training.run import Run


def main() -> None:
    options = arguments()
    train = "".join(readers.texts(options.train))[: options.limit]
    val = "".join(readers.texts(options.val))[: options.limit]
    training = replace(
        GENERATING,
        budget=options.budget,
        epochs=options.epochs,
        batch=options.batch,
        lr=options.lr,
        seed=options.seed,
    )
    rows = []
    for layers, cell in product(options.layers, options.cells):
        shape = Layers(cell, options.hidden, layers, options.dropout)
        rows.append(learnt(shape, training, train, val))
    heads = [
        "network",
        "parameters",
        "val nats/char",
        "bits/char",
        "seconds",
        "characters/s",
        "times through TRAIN",
    ]
    show(heads, rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", help="a text to learn from")
    parser.add_argument("val", help="a text to be foretold")
    parser.add_argument("--cells", nargs="+", default=["lstm", "gru", "rnn"])
    parser.add_argument("--hidden", type=int, default=128, help="units per layer")
    parser.add_argument("--layers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--dropout", type=float, default=0.0, help="small networks need none")
    parser.add_argument("--budget", type=seconds, default=seconds("5m"), help="of each network")
    parser.add_argument("--epochs", type=int, default=50, help="at most")
    parser.add_argument("--batch", type=int, default=GENERATING.batch, help="sequences per step")
    parser.add_argument("--lr", type=float, default=GENERATING.lr, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, help="use only so many characters of each file")
    return parser.parse_args()


def learnt(shape: Layers, training: Training, train: str, val: str) -> list[str]:
    """The row of one network, trained and judged."""
    corpus = held_back([Example(train)], training.seed)
    with tempfile.TemporaryDirectory() as folder:
        here = Run(Path(folder), training)
        place = followed(train_generator(corpus, here, GeneratorSize(shape))).place
        bundle = Bundle.load(Path(folder))
        network = load_network(bundle)
        text = encoded(val, Tokenizer(bundle.read(TOKENIZER)))
    with torch.no_grad():
        found = nats(network, text, len(val)).value
    read = place.step * training.batch * training.steps  # characters
    return [
        f"{shape.layers} x {shape.hidden} {shape.cell.upper()}",
        f"{parameters(network):,}",
        f"{found:.3f}",
        f"{bits(found):.3f}",
        f"{place.seconds:.0f}",
        f"{read / place.seconds:,.0f}",
        f"{read / len(corpus.train[0].text):.1f}",
    ]


if __name__ == "__main__":
    main()
