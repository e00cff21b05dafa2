"""A text to what a cell did with it: gates, states, probes read, and what silenced units change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import Bundle
from nlpcell.cell import Array
from nlpcell.errors import BadInput, WrongUse
from nlpcell.inference.corrector import Corrector
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.session import Session
from nlpcell.probes import PROBES, Probe, from_bytes
from nlpcell.trace import AHEAD, Network, Silenced, Steps, Strand, memory
from nlpcell.words import words

LONGEST = 400  # words or characters that are looked at
GUESSES = 5  # next characters that are named
LOW, HIGH = 0.5, 0.5  # a memory is overwritten where forget is below, and update above


class Reading(NamedTuple):
    """What a probe reads off the memory at each token."""

    probe: Probe
    chances: Array  # (time,): probability of the second answer, feminine or plural


class Answer(NamedTuple):
    """What the model makes of the text, with and without the silenced units."""

    plain: str  # the corrected sentence; "" for a generator
    silenced: str
    guesses: Sequence[tuple[str, float]]  # the likeliest next characters; none for a corrector
    silenced_guesses: Sequence[tuple[str, float]]
    shift: float  # the largest change of a probability anywhere
    shifted: int  # the token at which it happens


class View(NamedTuple):
    """One layer in one direction along a text."""

    cell: str
    strand: Strand
    tokens: Sequence[str]
    steps: Mapping[str, Array]  # gate: (time, hidden); with units silenced where that was asked for
    units: Sequence[int]  # the strongest ones, strongest first, and the silenced ones
    readings: Sequence[Reading]
    overwritten: NDArray[np.bool_]  # (time, units): the old content goes and a new one comes
    silenced: Sequence[int]
    answer: Answer | None  # with silenced units only


class WrittenOut(Session):
    """The page in cell.py where a corrector expects its graph."""

    def __init__(self, network: Network, silenced: Silenced | None) -> None:
        self.network = network
        self.silenced = silenced

    def __call__(self, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """(batch, words, slots), all sentences of one length -> (batch, words, labels)."""
        return [self.network(inputs["rows"], self.silenced).scores]

    def shape(self, name: str, output: bool = False) -> list[int | str]:
        return ["batch", "time", len(self.network.bias) if output else self.network.features.slots]


class Inspector:
    """A bundle with its weights, ready to be looked into. No torch, no graph."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.network = Network.load(bundle)
        self.probes: list[Probe] = []
        if PROBES in bundle.manifest.files:
            layers = max(one.layer for one in self.network.strands)
            where = str(bundle.folder / PROBES)
            self.probes = from_bytes(bundle.read(PROBES), self.network.hidden, layers, where)
        generates = self.network.task == "generate"
        self.tokenizer = bundle.tokenizer() if generates else None

    def strand(self, layer: int | None, direction: str) -> Strand:
        """The layer that is meant. Raises WrongUse where the network has no such one.

        Without a word about it: the last layer of a generator; the first of a corrector, because
        its forward direction has read only what came before, while all above it know both sides.
        """
        layers = max(one.layer for one in self.network.strands)
        found = Strand(layer or (layers if self.tokenizer else 1), direction)
        if found.layer > layers:
            what = f"this model has {layers} layer{'s' * (layers > 1)}"
            raise WrongUse(f"no layer {found.layer}: {what}")
        if found not in self.network.strands:
            raise WrongUse("this model reads in one direction only")
        return found

    def symbols(self, text: str) -> tuple[list[str], NDArray[Any]]:
        """The tokens of a text as people see them, and as the network does, (1, time, ...)."""
        if self.tokenizer:
            ids = self.tokenizer.encode(text)
            tokens, found = [self.tokenizer.decode([one]) for one in ids], np.array(ids)
        else:
            tokens = [word.text for word in words(text)]
            found = self.network.features.rows(tokens)
        if not tokens:
            raise BadInput("there is nothing to look at in an empty text")
        if len(tokens) > LONGEST:
            raise BadInput(f"{len(tokens):,} tokens; at most {LONGEST} can be looked at")
        return tokens, found[None]

    def __call__(
        self,
        text: str,
        layer: int | None = None,
        direction: str = AHEAD,
        most: int = 6,
        silent: Sequence[int] = (),
    ) -> View:
        """Run the cell over a text and keep what one layer did; `most` units are chosen."""
        strand = self.strand(layer, direction)
        if wrong := [unit for unit in silent if not 0 <= unit < self.network.hidden]:
            raise WrongUse(f"no unit {wrong[0]}: they are numbered 0 to {self.network.hidden - 1}")
        silenced = Silenced(strand, list(silent)) if silent else None
        tokens, symbols = self.symbols(text)
        steps = {
            name: one[0] for name, one in self.network(symbols, silenced).steps[strand].items()
        }
        readings = [
            Reading(probe, probe.read(memory(steps)))
            for probe in self.probes
            if strand == Strand(probe.layer, AHEAD)
        ]
        units = strongest([one.probe for one in readings], steps["hidden"], most)
        units += [unit for unit in silent if unit not in units]
        answer = self.answer(text, symbols, silenced) if silenced else None
        over = overwritten(steps, direction)[:, units]
        return View(self.network.cell, strand, tokens, steps, units, readings, over, silent, answer)

    def answer(self, text: str, symbols: NDArray[Any], silenced: Silenced) -> Answer:
        """What becomes of the correction, or of the next character."""
        before, after = (
            np.exp(log_softmax(self.network(symbols, one).scores[0])) for one in (None, silenced)
        )
        change = np.abs(before - after).max(axis=-1)
        largest = float(change.max()), int(change.argmax())
        if self.tokenizer:
            return Answer("", "", self.guesses(before[-1]), self.guesses(after[-1]), *largest)
        plain, other = (
            Corrector(self.bundle, 1, session=WrittenOut(self.network, one))(text).output
            for one in (None, silenced)
        )
        return Answer(plain, other, [], [], *largest)

    def guesses(self, chances: Array) -> list[tuple[str, float]]:
        """The likeliest next characters with their probabilities."""
        assert self.tokenizer is not None
        best = [int(one) for one in np.argsort(-chances)[:GUESSES]]
        return [(self.tokenizer.decode([one]), float(chances[one])) for one in best]


def strongest(probes: Sequence[Probe], hidden: Array, most: int) -> list[int]:
    """Units that move a probe most, from each probe in turn; else those that move most."""
    orders = [probe.strongest() for probe in probes]
    orders = orders or [[int(unit) for unit in np.argsort(-hidden.std(axis=0))]]
    found: list[int] = []
    for rank in range(len(orders[0])):
        for order in orders:
            if order[rank] not in found and len(found) < most:
                found.append(order[rank])
    return found


def overwritten(steps: Steps, direction: str) -> NDArray[np.bool_]:
    """(time, hidden): where a unit drops its old content and takes a new one.

    The token that is read first finds nothing to overwrite. A plain RNN has no gates: it overwrites
    everything at every step. A GRU's update gate keeps where it is high, so there low is what
    counts.
    """
    found = np.ones(steps["hidden"].shape, dtype=bool)
    if "forget" in steps:
        found = (steps["forget"] < LOW) & (steps["update"] > HIGH)
    elif "update" in steps:
        found = steps["update"] < LOW
    found[0 if direction == AHEAD else -1] = False
    return np.asarray(found)
