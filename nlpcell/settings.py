"""Sizes, training and sampling choices: every default of nlpcell, with unit and effect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from nlpcell.errors import WrongUse

Cell = Literal["lstm", "gru", "rnn"]
AttentionName = Literal["dot", "additive"]
Start = Literal["forget-one", "chrono"]  # how an LSTM's or GRU's gates begin


def require(condition: bool, otherwise: str) -> None:
    """Refuse a contradiction in words a user understands."""
    if not condition:
        raise WrongUse(otherwise)


@dataclass(frozen=True)
class Layers:
    """The shape of a recurrent stack."""

    cell: Cell = "lstm"
    hidden: int = 512  # units per layer and direction
    layers: int = 2
    dropout: float = 0.4  # share of units hidden from the next layer
    start: Start = "forget-one"
    longest_lag: int = 1_000  # steps that `chrono` prepares the gates to bridge

    def __post_init__(self) -> None:
        require(self.cell in ("lstm", "gru", "rnn"), f"no cell is called {self.cell}")
        require(1 <= self.hidden <= 65_536, "hidden must lie between 1 and 65,536 units")
        require(1 <= self.layers <= 64, "layers must lie between 1 and 64")
        require(0 <= self.dropout < 1, "dropout must be at least 0 and below 1")
        require(self.longest_lag >= 2, "the longest lag must be at least 2 steps")


@dataclass(frozen=True)
class GeneratorSize:
    """A character-level language model."""

    recurrent: Layers = Layers()
    embedding: int = 128  # numbers that stand for one character
    embedding_dropout: float = 0.1

    def __post_init__(self) -> None:
        require(1 <= self.embedding <= 65_536, "embedding must lie between 1 and 65,536 numbers")
        require(0 <= self.embedding_dropout < 1, "embedding dropout must be in [0, 1)")


@dataclass(frozen=True)
class ClassifierSize:
    """A sentence classifier."""

    recurrent: Layers = Layers(hidden=256, layers=1, dropout=0.5)
    embedding: int = 256  # numbers that stand for one subword
    vocabulary: int = 8_000  # subwords at most
    embedding_dropout: float = 0.4
    word_dropout: float = 0.1  # share of subwords hidden altogether while training
    sampling: float = 0.0  # alpha of the segmentations drawn while training; 0: the likeliest one

    def __post_init__(self) -> None:
        require(1 <= self.embedding <= 65_536, "embedding must lie between 1 and 65,536 numbers")
        require(300 <= self.vocabulary <= 1_000_000, "vocabulary: between 300 and 1,000,000")
        require(0 <= self.embedding_dropout < 1, "embedding dropout must be in [0, 1)")
        require(0 <= self.word_dropout < 1, "word dropout must be in [0, 1)")


@dataclass(frozen=True)
class CorrectorSize:
    """A corrector that decides on every word of a sentence."""

    recurrent: Layers = Layers(hidden=256, layers=2, dropout=0.3)
    embedding: int = 192  # numbers that stand for one word
    buckets: int = 24_000  # rows of the table that words, endings and beginnings share
    labels: int = 300  # edit scripts at most
    embedding_dropout: float = 0.1
    word_dropout: float = 0.02  # share of words hidden altogether while training
    name_dropout: float = 0.1  # share of words of which only beginning and ending are seen

    def __post_init__(self) -> None:
        require(1 <= self.embedding <= 65_536, "embedding must lie between 1 and 65,536 numbers")
        require(100 <= self.buckets <= 10_000_000, "buckets: between 100 and 10,000,000 rows")
        require(2 <= self.labels <= 10_000, "labels: between 2 and 10,000 edit scripts")
        for share in (self.embedding_dropout, self.word_dropout, self.name_dropout):
            require(0 <= share < 1, "dropout must be at least 0 and below 1")


@dataclass(frozen=True)
class TranslatorSize:
    """A network that reads one sentence and writes another."""

    recurrent: Layers = Layers(hidden=448, layers=2, dropout=0.2)  # of the decoder
    encoder_layers: int = 2  # each half as wide in either direction, so as wide in both
    embedding: int = 256  # numbers that stand for one subword, on either side
    vocabulary: int = 8_000  # subwords at most, of both sides together
    attention: AttentionName = "dot"
    embedding_dropout: float = 0.1
    smoothing: float = 0.1  # share of certainty given to all subwords alike
    sampling: float = 0.0  # alpha of the segmentations drawn while training; 0: the likeliest one

    def __post_init__(self) -> None:
        require(self.recurrent.hidden % 2 == 0, "hidden must be even: half of it reads each way")
        require(1 <= self.encoder_layers <= 64, "encoder layers must lie between 1 and 64")
        require(1 <= self.embedding <= 65_536, "embedding must lie between 1 and 65,536 numbers")
        require(300 <= self.vocabulary <= 1_000_000, "vocabulary: between 300 and 1,000,000")
        require(self.attention in ("dot", "additive"), f"no attention is called {self.attention}")
        require(0 <= self.embedding_dropout < 1, "embedding dropout must be in [0, 1)")
        require(0 <= self.smoothing < 1, "smoothing must be at least 0 and below 1")
        require(0 <= self.sampling <= 1, "sampling must lie between 0 and 1")

    @property
    def encoder(self) -> Layers:
        """The layers that read, in each direction."""
        half = self.recurrent.hidden // 2
        return replace(self.recurrent, hidden=half, layers=self.encoder_layers)


@dataclass(frozen=True)
class Training:
    """How long and how fast to learn."""

    epochs: int = 20  # passes over the data at most
    budget: float | None = None  # seconds at most; the learning rate decays to the end of it
    batch: int = 32  # sequences per step, over all processes together
    steps: int = 128  # characters per sequence, for `generate`
    lr: float = 2e-3  # peak learning rate of AdamW
    warmup: int = 200  # steps over which the rate rises to its peak
    weight_decay: float = 0.01  # on matrices, not on biases (Loshchilov and Hutter 2019)
    clip: float = 1.0  # longest gradient, in Euclidean norm (Pascanu et al. 2013)
    averaging: float = 0.998  # share of the running mean of weights kept per step; 0: no mean
    patience: int = 5  # validations without a better score before it stops
    validations: int = 2  # per epoch
    seed: int = 1

    def __post_init__(self) -> None:
        require(self.epochs >= 1, "epochs must be at least 1")
        require(self.budget is None or self.budget > 0, "the budget must be longer than nothing")
        require(self.batch >= 1 and self.steps >= 1, "batch and steps must be at least 1")
        require(0 < self.lr < 10, "the learning rate must lie between 0 and 10")
        require(self.warmup >= 0 and self.seed >= 0, "warm-up and seed must be at least 0")
        require(self.weight_decay >= 0, "weight decay must be at least 0")
        require(self.clip > 0, "the longest gradient must be above 0")
        require(0 <= self.averaging < 1, "averaging must be at least 0 and below 1")
        require(self.patience >= 1 and self.validations >= 1, "patience, validations: at least 1")


GENERATING = Training()
JUDGING = Training(epochs=30, lr=2e-3, warmup=50, averaging=0.99, patience=8)
# Reading raw text before a task is learnt: the last weights count, so nothing is averaged.
READING = Training(epochs=6, batch=64, lr=3e-3, averaging=0.0, patience=100, validations=1)

# Learning to put right what was put wrong, first on errors that were made up.
REHEARSING = Training(epochs=6, batch=96, lr=2e-3, averaging=0.998, patience=100, validations=1)
CORRECTING = Training(epochs=8, batch=96, lr=1e-3, averaging=0.998, patience=8)

# Here a batch is counted in subwords of both sides, padding included.
TRANSLATING = Training(epochs=30, batch=4_096, lr=2e-3, warmup=400, averaging=0.998, patience=10)


@dataclass(frozen=True)
class Decoding:
    """How a translation is looked for."""

    beam: int = 4  # beginnings kept at each step; 1: always the likeliest subword
    n_best: int = 1  # translations wanted of a sentence
    length_penalty: float = 1.0  # alpha of Wu et al. 2016, eq. 14; 0: short ones are preferred
    longest: float = 2.0  # subwords at most for each of the source, and ten more

    def __post_init__(self) -> None:
        require(1 <= self.beam <= 1_000, "beam must lie between 1 and 1,000")
        require(1 <= self.n_best <= self.beam, "n-best must lie between 1 and the beam")
        require(0 <= self.length_penalty <= 10, "length penalty must lie between 0 and 10")
        require(0 < self.longest <= 100, "longest must be above 0 and at most 100")


@dataclass(frozen=True)
class Dynamic:
    """How a generator learns from a text while it is scored on it."""

    stretch: int = 10  # characters between two updates
    rate: float = 3e-4  # length of a step, where the gradient has its usual size
    decay: float = 3e-3  # share of the way back to the first weights, per update
    damping: float = 0.1  # share of the mean gradient size added to every one


@dataclass(frozen=True)
class Sampling:
    """How the next character is drawn."""

    length: int = 400  # characters at most, without the prompt
    temperature: float = 0.7  # below 1: safer; above 1: wilder; 0: always the likeliest
    top_k: int = 0  # keep the k likeliest; 0: all
    top_p: float = 1.0  # keep the likeliest that together reach p (Holtzman et al. 2020)
    min_p: float = 0.0  # keep what reaches this share of the likeliest one's probability
    repetition: float = 1.0  # above 1: what was just written gets less likely (Keskar et al. 2019)

    def __post_init__(self) -> None:
        require(self.length >= 0, "length must be at least 0 characters")
        require(self.temperature >= 0, "temperature must be at least 0")
        require(self.top_k >= 0, "top-k must be at least 0")
        require(0 < self.top_p <= 1, "top-p must be above 0 and at most 1")
        require(0 <= self.min_p <= 1, "min-p must lie between 0 and 1")
        require(self.repetition > 0, "repetition penalty must be above 0")


def seconds(duration: str) -> float:
    """A duration as people write it, in seconds.

    >>> seconds("20m"), seconds("1h30m"), seconds("45"), seconds("1.5h")
    (1200.0, 5400.0, 45.0, 5400.0)
    """
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "": 1.0}
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms]?)", duration)
    bare = [number for number, unit in parts if not unit]  # "1h30" could mean two things
    whole = "".join(number + unit for number, unit in parts) == duration
    if not parts or not whole or (bare and len(parts) > 1):
        raise WrongUse(f'not a duration: "{duration}"', hint="write it like 20m, 1h30m or 45s")
    return sum(float(number) * units[unit] for number, unit in parts)
