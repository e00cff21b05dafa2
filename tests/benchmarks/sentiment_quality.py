"""Accuracy and macro-F1 of nlpcell and its peers, trained on the same labelled sentences.

    python tests/benchmarks/sentiment_quality.py TRAIN DEV [--seeds 1 2 3] [--raw FILE ...]

A tenth of TRAIN is held back, the same one for every system: the peers choose their settings on
it and then learn from all of TRAIN; nlpcell stops early by it and never learns from it. DEV is
looked at once, at the end.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from measuring import followed, show
from peers import PEERS, best_setting

from nlpcell.bundle import Bundle
from nlpcell.corpora import readers
from nlpcell.example import Example
from nlpcell.inference.classifier import Classifier
from nlpcell.scoring import accuracy, macro_f1
from nlpcell.settings import JUDGING, READING, ClassifierSize, seconds
from nlpcell.training.corpus import Corpus, held_back
from nlpcell.training.run import Run
from nlpcell.training.sentiment import train_sentiment

OURS = "nlpcell"


class Result(NamedTuple):
    """How a system did on DEV, in per cent, and how long it took to get there."""

    accuracy: float
    macro_f1: float
    seconds: float  # of the training that counts
    tuning: float = 0.0  # seconds that went before, to choose settings
    about: str = ""


def main() -> None:
    options = arguments()
    train = labelled(options.train, options.limit)
    dev = labelled(options.dev, options.limit)
    corpus = held_back(train, seed=1)
    rows = []
    for name in options.systems:
        if name == OURS:
            raw = [one.text for path in options.raw for one in readers.examples(path)]
            found = [ours(corpus, dev, seed, raw, options) for seed in options.seeds]
        else:
            found = [peer(name, train, corpus, dev)]
        rows.append([name, *columns(found)])
    show(["system", "accuracy, %", "macro-F1, %", "seconds", "to tune", "settings"], rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", help="labelled sentences, .tsv or .tsv.gz with label and text")
    parser.add_argument("dev", help="those to be judged on")
    parser.add_argument("--systems", nargs="+", default=[*PEERS, OURS], choices=[*PEERS, OURS])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], help="of nlpcell")
    parser.add_argument("--raw", nargs="+", default=[], help="text without labels for nlpcell")
    parser.add_argument("--raw-epochs", type=int, default=READING.epochs)
    parser.add_argument("--epochs", type=int, default=JUDGING.epochs, help="of nlpcell at most")
    parser.add_argument("--budget", type=seconds, help="of each nlpcell training, like 10m")
    parser.add_argument("--limit", type=int, help="use only so many sentences of each file")
    return parser.parse_args()


def labelled(path: str, limit: int | None) -> list[Example]:
    """The sentences of a file; a sample of them where there are more than wanted."""
    found = readers.examples(path, target="label")
    return found if limit is None else random.Random(1).sample(found, min(limit, len(found)))


def peer(name: str, train: Sequence[Example], corpus: Corpus, dev: Sequence[Example]) -> Result:
    """Tune a peer on the held-back part, train it on everything, judge it."""
    began = time.perf_counter()
    setting = best_setting(PEERS[name], corpus)
    tuned = time.perf_counter()
    predict = PEERS[name].fit(train, setting)
    trained = time.perf_counter()
    about = ", ".join(f"{key} {value:g}" for key, value in setting.items())
    answers = predict([one.text for one in dev])
    return judged(answers, dev, Result(0, 0, trained - tuned, tuned - began, about))


def ours(
    corpus: Corpus,
    dev: Sequence[Example],
    seed: int,
    raw: Sequence[str],
    options: argparse.Namespace,
) -> Result:
    """Train nlpcell with one seed and judge the bundle that users would run."""
    training = replace(JUDGING, epochs=options.epochs, budget=options.budget, seed=seed)
    reading = replace(READING, epochs=options.raw_epochs, seed=seed)
    layers = ClassifierSize().recurrent
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        here = Run(Path(folder), training)
        followed(train_sentiment(corpus, here, raw=raw, reading=reading))
        trained = time.perf_counter() - began
        verdicts = Classifier(Bundle.load(Path(folder)))([one.text for one in dev])
    answers = [verdict.label if verdict else "" for verdict in verdicts]
    about = f"{layers.layers} x {layers.hidden} {layers.cell.upper()}"
    about += f", {len(raw):,} raw sentences" if raw else ""
    return judged(answers, dev, Result(0, 0, trained, about=about))


def judged(answers: Sequence[str], dev: Sequence[Example], cost: Result) -> Result:
    """The result with its scores."""
    targets = [one.target for one in dev]
    right, mean_f1 = accuracy(answers, targets), macro_f1(answers, targets)
    return cost._replace(accuracy=100 * right, macro_f1=100 * mean_f1)


def columns(found: Sequence[Result]) -> list[str]:
    """The columns of a system; means with their range where there are several seeds."""
    seeds = f", {len(found)} seeds" if len(found) > 1 else ""
    return [
        spread([one.accuracy for one in found]),
        spread([one.macro_f1 for one in found]),
        f"{statistics.mean(one.seconds for one in found):.1f}",
        f"{statistics.mean(one.tuning for one in found):.1f}",
        found[0].about + seeds,
    ]


def spread(values: Sequence[float]) -> str:
    """A mean, and how far the values lie apart.

    >>> spread([80.0, 81.0]), spread([80.0])
    ('80.5 (80.0 to 81.0)', '80.0')
    """
    mean = f"{statistics.mean(values):.1f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    main()
