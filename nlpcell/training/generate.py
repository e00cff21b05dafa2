"""Texts to a `generate` bundle: a character-level language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from nlpcell.bundle import TOKENIZER, Bundle, Manifest
from nlpcell.example import Example
from nlpcell.inference.generator import Generator as Answerer
from nlpcell.models.generator import Generator
from nlpcell.scoring import Score, bits
from nlpcell.settings import GeneratorSize
from nlpcell.tokenizer import END, START, Tokenizer
from nlpcell.training import export, restored, run
from nlpcell.training.batches import Stream
from nlpcell.training.corpus import Corpus, digest, enough_text
from nlpcell.training.publish import publish
from nlpcell.training.run import Run
from nlpcell.training.trainer import Progress

VOCABULARY = 8_000  # characters at most; rarer ones are spelt in bytes
JUDGED = 200_000  # characters of dev text on which the finished bundle is scored
DEV_ROWS = 16  # passages of the dev text read side by side


def train_generator(
    corpus: Corpus, here: Run, size: GeneratorSize = GeneratorSize()
) -> Iterator[Progress]:
    """Learn to continue the texts of `corpus`; write a bundle to `here.out` at the end.

    One example alone is a running text; several are records, each with its own end, shuffled in
    every epoch, and conditioned on their target where they have one (one-to-many).
    """
    enough_text(corpus)
    labels = sorted({one.target for one in corpus.train} - {""})
    texts = [one.text for one in corpus.train]
    tokenizer = here.tokenizer(lambda: Tokenizer.learn(texts, "char", VOCABULARY, labels))
    run.seeded(here.training.seed)
    network = Generator(len(tokenizer), size)
    records = [spelt(one, tokenizer, whole=len(texts) == 1) for one in corpus.train]
    source = Stream(records, here.training.batch, here.training.steps, here.training.seed)
    dev = np.concatenate([spelt(one, tokenizer, whole=len(texts) == 1) for one in corpus.dev])
    characters = sum(len(one.text) for one in corpus.dev)
    here.made_with.update(settings=asdict(size), data=digest(corpus.train), **here.fixed())
    yield from run.train(here, network, source, lambda one: nats(one, dev, characters))
    if run.leads():
        finish(here, network, tokenizer, labels, corpus)


def finish(
    here: Run, network: Generator, tokenizer: Tokenizer, labels: Sequence[str], corpus: Corpus
) -> Bundle:
    """Export, quantise, score what users will run, and write the bundle."""
    exact = export.generator_graph(network)
    manifest = Manifest("generate", asdict(network.settings), list(labels))
    dev = "\n".join(one.text for one in corpus.dev)[:JUDGED]

    def judged(found: Bundle) -> list[Score]:
        nats = Answerer(found).foreseen(dev).nats_per_character
        return [Score("nats/char", nats, "lower"), Score("bits/char", bits(nats), "lower")]

    return publish(
        here, network, export.alone(exact), {TOKENIZER: tokenizer.model}, manifest, judged, len(dev)
    )


def spelt(one: Example, tokenizer: Tokenizer, whole: bool) -> NDArray[np.int32]:
    """The ids of a text; a record begins with START, or its label, and closes with END."""
    ids = encoded(one.text, tokenizer)
    if whole:
        return ids
    begin = tokenizer.label(one.target) if one.target else START
    return np.concatenate([[START if begin is None else begin], ids, [END]]).astype(np.int32)


def encoded(text: str, tokenizer: Tokenizer, at_once: int = 100_000) -> NDArray[np.int32]:
    """The ids of a long text, cut anywhere: characters do not depend on their neighbours."""
    parts = [
        np.array(tokenizer.encode(text[start : start + at_once]), np.int32)
        for start in range(0, len(text), at_once)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int32)


def nats(network: nn.Module, ids: NDArray[np.int32], characters: int) -> Score:
    """Nats per character on dev data, several stretches side by side, memory carried in each."""
    assert isinstance(network, Generator)
    rows = max(1, min(DEV_ROWS, len(ids) // 1_000))
    length = (len(ids) - 1) // rows
    text = torch.from_numpy(ids[: rows * length + 1].astype(np.int64))
    inputs, following = text[:-1].view(rows, length), text[1:].view(rows, length)
    device = next(network.parameters()).device
    memory, total = None, 0.0
    for start in range(0, length, 512):
        here = slice(start, start + 512)
        scores, memory = network.scores(inputs[:, here].to(device), memory)
        wanted = following[:, here].flatten().to(device)
        loss = F.cross_entropy(scores.float().flatten(0, 1), wanted, reduction="sum")
        total += loss.item()
    per_id = total / (rows * length)
    return Score("nats/char", per_id * len(ids) / characters, "lower")


def load_network(found: Bundle) -> Generator:
    """The torch network of a bundle that holds its weights."""
    size = restored.size(found, GeneratorSize)
    network = restored.network(found, partial(Generator, len(found.tokenizer()), size))
    return network.eval()
