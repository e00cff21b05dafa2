"""A plain language model and minimal pairs to how often it finds the right sentence likelier.

After Linzen et al. 2016 and Gulordava et al. 2018: the model reads from left to right, is trained
on text alone and never told about agreement. Whole sentences are compared, the right with the
wrong one; the two differ in one word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from nlpcell.models.generator import Generator
from nlpcell.scoring import Score
from nlpcell.settings import Cell, GeneratorSize, Layers
from nlpcell.training import run
from nlpcell.training.batches import Stream
from nlpcell.training.corpus import Corpus, enough
from nlpcell.training.generate import nats
from nlpcell.training.rivals import matched
from nlpcell.training.run import Run
from nlpcell.training.trainer import Progress
from nlpcell.words import words

BOUNDARY, UNKNOWN = 0, 1  # ids before and after a sentence, and of rare symbols
KNOWN = 10_000  # words, or characters, at most
TOGETHER = 32  # sentences scored at once
ALL = "all"


class Pair(NamedTuple):
    """Two sentences that differ in the form of one word."""

    right: str
    wrong: str
    distance: int  # words between the form and the noun it agrees with, from 1
    attractor: bool  # whether a noun with other features stands in between


class Alphabet:
    """Text to ids: by word, in small letters, or by character; rare symbols are one."""

    def __init__(self, texts: Sequence[str], by_word: bool) -> None:
        self.by_word = by_word
        counts = Counter(symbol for text in texts for symbol in self.split(text))
        common = [symbol for symbol, _ in counts.most_common(KNOWN)]
        self.ids = {symbol: place for place, symbol in enumerate(common, start=UNKNOWN + 1)}

    def __len__(self) -> int:
        return len(self.ids) + UNKNOWN + 1

    def split(self, text: str) -> list[str]:
        return [word.text.lower() for word in words(text)] if self.by_word else list(text)

    def __call__(self, text: str) -> list[int]:
        """The ids of a sentence between its boundaries."""
        inner = [self.ids.get(symbol, UNKNOWN) for symbol in self.split(text)]
        return [BOUNDARY, *inner, BOUNDARY]

    def tells_apart(self, pair: Pair) -> bool:
        """Whether both forms are known: an unknown one would win or lose for being unknown."""
        right, wrong = self(pair.right), self(pair.wrong)
        return right != wrong and right.count(UNKNOWN) == wrong.count(UNKNOWN)


def rivals(alphabet: Alphabet, shape: Layers) -> dict[Cell, int]:
    """Units of each cell at equal parameter counts."""
    return matched(
        lambda cell, hidden: Generator(
            len(alphabet), GeneratorSize(replace(shape, cell=cell, hidden=hidden))
        ),
        shape.hidden,
    )


def reader(
    corpus: Corpus, alphabet: Alphabet, shape: Layers, here: Run, found: list[Generator]
) -> Iterator[Progress]:
    """Train a language model on the sentences of `corpus`; it is put into `found` at the end."""
    run.seeded(here.training.seed)
    network = Generator(len(alphabet), GeneratorSize(shape))
    train, dev = ([ids(one.text, alphabet) for one in part] for part in corpus)
    enough(sum(map(len, train)), 100, "words" if alphabet.by_word else "characters")
    source = Stream(train, here.training.batch, here.training.steps, here.training.seed)
    judge = partial(foretold, text=np.concatenate(dev), by_word=alphabet.by_word)
    yield from run.train(here, network, source, judge)
    found.append(network)


def foretold(network: nn.Module, text: NDArray[np.int32], by_word: bool) -> Score:
    """Nats per word or character of the dev text, boundaries included."""
    value = nats(network, text, len(text)).value
    return Score("nats/word" if by_word else "nats/char", value, "lower")


def ids(text: str, alphabet: Alphabet) -> NDArray[np.int32]:
    return np.array(alphabet(text), np.int32)


@torch.no_grad()
def likelihoods(network: Generator, sentences: Sequence[Sequence[int]]) -> list[float]:
    """The natural logarithm of each sentence's probability; padding counts for nothing."""
    order = sorted(range(len(sentences)), key=lambda place: len(sentences[place]))
    found = [0.0] * len(sentences)
    for start in range(0, len(order), TOGETHER):
        chosen = order[start : start + TOGETHER]
        longest = max(len(sentences[place]) for place in chosen)
        batch = torch.full((len(chosen), longest), -1)
        for row, place in enumerate(chosen):
            batch[row, : len(sentences[place])] = torch.tensor(sentences[place])
        scores, _ = network.scores(batch[:, :-1].clamp(min=0), None)
        wanted = batch[:, 1:]
        logs: Tensor = -F.cross_entropy(
            scores.float().transpose(1, 2), wanted, ignore_index=-1, reduction="none"
        )
        for place, total in zip(chosen, logs.sum(dim=1).tolist(), strict=True):
            found[place] = total
    return found


def preferred(network: Generator, alphabet: Alphabet, pairs: Sequence[Pair]) -> list[bool]:
    """For each pair whether the right sentence is likelier than the wrong one."""
    both = [alphabet(text) for pair in pairs for text in (pair.right, pair.wrong)]
    logs = likelihoods(network, both)
    return [right > wrong for right, wrong in zip(logs[::2], logs[1::2], strict=True)]


def groups(pairs: Sequence[Pair]) -> dict[str, list[int]]:
    """Places of the pairs: all, by distance, without and with an attractor."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        found[ALL].append(place)
        found[distance(pair.distance)].append(place)
        found["attractor" if pair.attractor else "no attractor"].append(place)
    return {name: found[name] for name in sorted(found, key=rank)}


def distance(count: int) -> str:
    """The group of a distance in words.

    >>> distance(1), distance(5), distance(30)
    ('distance 1', 'distance 4-6', 'distance 7+')
    """
    if count >= 7:
        return "distance 7+"
    return "distance 4-6" if count >= 4 else f"distance {count}"


def rank(name: str) -> tuple[int, str]:
    """All first, then distances, then attractors."""
    kind = 0 if name == ALL else 1 if name.startswith("distance") else 2
    return kind, "" if name == "no attractor" else name
