"""A task and a file to how three cells of one size fare on it, each trained as `train` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from torch import nn

from nlpcell.bundle import Bundle
from nlpcell.models.classifier import Classifier
from nlpcell.models.corrector import Corrector
from nlpcell.models.generator import Generator
from nlpcell.scoring import Score
from nlpcell.settings import (
    Cell,
    ClassifierSize,
    CorrectorSize,
    GeneratorSize,
    Layers,
    Training,
)
from nlpcell.tokenizer import Tokenizer
from nlpcell.training.agree import train_agree
from nlpcell.training.batches import Stream
from nlpcell.training.corpus import Corpus
from nlpcell.training.corrections import Corrupt
from nlpcell.training.generate import VOCABULARY, train_generator
from nlpcell.training.rivals import matched
from nlpcell.training.run import Run
from nlpcell.training.sentiment import train_sentiment
from nlpcell.training.trainer import Progress
from nlpcell.words import words

LAST = 50  # steps over which the training loss is averaged at the end
SCRIPTS = 100  # edit scripts assumed where sizes are matched; what is learnt may need more or fewer


class Standing(NamedTuple):
    """How one cell did."""

    cell: Cell
    hidden: int
    parameters: int
    loss: float  # nats, mean of the last steps of training
    score: Score  # the best on dev data
    seconds: float  # of training, validations included
    tokens_per_second: float  # characters for generate, words for the others


@dataclass(frozen=True)
class Event:
    """What a contest is about."""

    task: str  # generate, sentiment or agree
    corpus: Corpus
    shape: Layers  # of the LSTM; the other cells get as many parameters
    here: Run  # how to train; `out` is a folder in which each cell has its own
    corrupt: Corrupt | None = None  # for agree


def sized(event: Event, layers: Layers) -> GeneratorSize | ClassifierSize | CorrectorSize:
    """The network of a task with this recurrent stack, all else by default."""
    kept = replace(layers, dropout=event.shape.dropout)
    if event.task == "generate":
        return GeneratorSize(kept)
    return ClassifierSize(kept) if event.task == "sentiment" else CorrectorSize(kept)


def hidden_units(event: Event) -> dict[Cell, int]:
    """Units of each cell at equal parameter counts."""
    symbols = 300  # for sentiment they all lie in tables that no cell changes
    if event.task == "generate":
        texts = [one.text for one in event.corpus.train]
        labels = sorted({one.target for one in event.corpus.train} - {""})
        symbols = len(Tokenizer.learn(texts, "char", VOCABULARY, labels))
    labels_ = len({one.target for one in event.corpus.train})

    def build(cell: Cell, hidden: int) -> nn.Module:
        size = sized(event, replace(event.shape, cell=cell, hidden=hidden))
        if isinstance(size, GeneratorSize):
            return Generator(symbols, size)
        if isinstance(size, ClassifierSize):
            return Classifier(symbols, labels_, size)
        return Corrector(SCRIPTS, size)

    return matched(build, event.shape.hidden)


def contest(
    event: Event, told: Callable[[Cell, Iterator[Progress]], Iterator[Progress]]
) -> Iterator[Standing]:
    """Train the three cells one after another; `told` sees each training go by."""
    for cell, hidden in hidden_units(event).items():
        size = sized(event, replace(event.shape, cell=cell, hidden=hidden))
        here = replace(event.here, out=event.here.out / cell, made_with={})
        losses: list[float] = []
        best: Score | None = None
        for progress in told(cell, trained(event, size, here)):
            place = progress.place
            if progress.score is None:
                losses = [*losses[1 - LAST :], progress.loss]
            elif progress.score.beats(best and best.value):
                best = progress.score
        parameters = Bundle.load(here.out).manifest.trained["parameters"]
        speed = place.step * tokens_per_step(event) / max(1e-9, place.seconds)
        loss = float(np.nanmean(losses))
        assert best is not None  # every epoch ends in a validation
        yield Standing(cell, hidden, parameters, loss, best, place.seconds, speed)


def trained(
    event: Event, size: GeneratorSize | ClassifierSize | CorrectorSize, here: Run
) -> Iterator[Progress]:
    """The training of the task, the very same that `train` runs."""
    if isinstance(size, GeneratorSize):
        return train_generator(event.corpus, here, size)
    if isinstance(size, ClassifierSize):
        return train_sentiment(event.corpus, here, size)
    assert event.corrupt is not None
    return train_agree(event.corpus, here, size, corrupt=event.corrupt)


def tokens_per_step(event: Event) -> float:
    """How many characters, or words, one step of training reads on average."""
    texts: Sequence[str] = [one.text for one in event.corpus.train]
    settings: Training = event.here.training
    if event.task == "generate":
        ends = 0 if len(texts) == 1 else 2  # START and END of each record
        whole = np.zeros(sum(len(text) + ends for text in texts), np.int32)
        stream = Stream([whole], settings.batch, settings.steps, settings.seed)
        return stream.batch * stream.steps
    steps = -(-len(texts) // settings.batch)
    return sum(len(words(text)) for text in texts) / max(1, steps)


def panels(standings: Sequence[Standing]) -> Mapping[str, Sequence[float]]:
    """What a picture shows, a panel each."""
    metric = standings[0].score.metric
    return {
        "loss (nats)": [one.loss for one in standings],
        f"dev {metric}": [one.score.value for one in standings],
        "seconds": [one.seconds for one in standings],
        "tokens/s": [one.tokens_per_second for one in standings],
    }
