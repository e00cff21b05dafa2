"""A bundle's weights and a text's symbols to every gate at every step, by the page in cell.py.

The networks of models/ once more, in NumPy, for one who wants to look inside: `inspect` shows what
comes out here, and the probes are fitted on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell import weights
from nlpcell.bundle import MANIFEST, WEIGHTS, Bundle
from nlpcell.cell import Array, GruStep, LstmStep, Weights, gru_step, lstm_step, rnn_step
from nlpcell.errors import BadModel
from nlpcell.features import Features
from nlpcell.lexicon import Lexicon, kept

AHEAD, BACK = "ahead", "back"  # reads from left to right; from right to left
GATES = {"lstm": LstmStep._fields, "gru": GruStep._fields, "rnn": ("hidden",)}
NUMBERS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")  # as torch calls them
Steps = Mapping[str, Array]  # gate: (batch, time, hidden), in the order of GATES


class Strand(NamedTuple):
    """One layer, read in one direction."""

    layer: int  # from 1, the one that sees the words
    direction: str  # AHEAD or BACK


class Silenced(NamedTuple):
    """Units whose hidden state is held at zero (the ablation of Lakretz et al. 2019)."""

    strand: Strand
    units: Sequence[int]  # from 0


class Passed(NamedTuple):
    """What went through a network."""

    scores: Array  # (batch, time, outputs)
    steps: dict[Strand, Steps]


def memory(steps: Steps) -> Array:
    """What is carried along: the cell state of an LSTM, the hidden state of the others."""
    return steps["memory" if "memory" in steps else "hidden"]


def along(cell: str, inputs: Array, weights: Weights, silent: Sequence[int] = ()) -> Steps:
    """One layer over (batch, time, inputs), from nothing read yet; every gate is kept."""
    blank = np.zeros((len(inputs), weights.from_hidden.shape[1]), inputs.dtype)
    hidden = carried = blank
    kept: list[Sequence[Array]] = []
    for time in range(inputs.shape[1]):
        token = inputs[:, time]
        if cell == "lstm":
            step: Sequence[Array] = lstm_step(token, hidden, carried, weights)
        elif cell == "gru":
            step = gru_step(token, hidden, weights)
        else:
            step = (rnn_step(token, hidden, weights),)
        if silent:
            step[-1][:, silent] = 0.0
        hidden, carried = step[-1], step[-2] if cell == "lstm" else step[-1]
        kept.append(step)
    return {
        name: np.stack([one[place] for one in kept], axis=1) if kept else inputs[:, :, :0]
        for place, name in enumerate(GATES[cell])
    }


class Network:
    """A generator or a corrector: symbols to scores, nothing forgotten on the way.

    `taken` are the arrays of weights.safetensors, `settings` those of the manifest, `lexicon` what
    a corrector knows beforehand. Raises BadModel where the first two do not fit.
    """

    def __init__(
        self,
        task: str,
        settings: Mapping[str, Any],
        taken: Mapping[str, NDArray[Any]],
        where: str,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.task = task
        self.where = where
        try:
            recurrent = settings["recurrent"]
            self.cell, layers, hidden = recurrent["cell"], recurrent["layers"], recurrent["hidden"]
            known = self.cell in GATES
        except (TypeError, KeyError):
            known = False
        if not known or type(layers) is not int or type(hidden) is not int:
            raise BadModel(f"its {MANIFEST} does not describe a recurrent network", where=where)
        self.hidden = hidden
        self.taken = taken
        generates = task == "generate"
        self.table = self.named("embedding.weight" if generates else "vectors.table.weight")
        names = {AHEAD: "layers"} if generates else {AHEAD: "ahead", BACK: "back"}
        self.features = Features(len(self.table), lexicon)  # how a corrector's words become rows
        self.strands: dict[Strand, Weights] = {}
        width = self.table.shape[-1]
        for layer in range(layers):
            for direction, name in names.items():
                found = self.weights(f"recurrent.{name}.{layer}", width)
                self.strands[Strand(layer + 1, direction)] = found
            width = len(names) * hidden
        width += 0 if generates else self.table.shape[-1]
        self.output = self.named("output.weight").astype(np.float32)
        self.bias = self.named("output.bias").astype(np.float32)
        if self.output.shape != (len(self.bias), width):
            raise self.misfit("output.weight")

    @classmethod
    def load(cls, bundle: Bundle) -> Network:
        """The network of a bundle that holds its weights."""
        task, where = bundle.manifest.task, str(bundle.folder)
        if task not in ("agree", "generate"):
            raise BadModel(f"a model for {task}; only agree and generate are shown", where=where)
        taken = weights.of(bundle)
        return cls(task, bundle.manifest.settings, taken, where, kept(bundle))

    def named(self, name: str) -> NDArray[Any]:
        if name not in self.taken:
            raise BadModel(f"its {WEIGHTS} has no {name}", where=self.where)
        return self.taken[name]

    def misfit(self, name: str) -> BadModel:
        return BadModel(f"{name} has another shape than its settings say", where=self.where)

    def weights(self, name: str, inputs: int) -> Weights:
        """The arrays of one layer, in float32."""
        found = Weights(*(self.named(f"{name}.{one}").astype(np.float32) for one in NUMBERS))
        rows = {"lstm": 4, "gru": 3, "rnn": 1}[self.cell] * self.hidden
        shapes = ((rows, inputs), (rows, self.hidden), (rows,), (rows,))
        if tuple(one.shape for one in found) != shapes:
            raise self.misfit(name)
        return found

    def vectors(self, symbols: NDArray[Any]) -> Array:
        """(batch, time) ids, or (batch, time, slots) rows of words -> (batch, time, inputs)."""
        if symbols.size and symbols.max() >= len(self.table):
            raise self.misfit("the table of symbols")
        found: Array = self.table[symbols].astype(np.float32)
        return np.asarray(found.sum(axis=2)) if symbols.ndim == 3 else found

    def __call__(self, symbols: NDArray[Any], silenced: Silenced | None = None) -> Passed:
        """Run the network over sequences of one length; see `vectors` for their shape."""
        vectors = outputs = self.vectors(symbols)
        steps: dict[Strand, Steps] = {}
        for layer in range(1, max(one.layer for one in self.strands) + 1):
            read = []
            for strand in (one for one in self.strands if one.layer == layer):
                silent = silenced.units if silenced and silenced.strand == strand else ()
                turn = slice(None, None, 1 if strand.direction == AHEAD else -1)
                found = along(self.cell, outputs[:, turn], self.strands[strand], silent)
                steps[strand] = {name: one[:, turn] for name, one in found.items()}
                read.append(steps[strand]["hidden"])
            outputs = np.concatenate(read, axis=-1)
        if self.task == "agree":
            outputs = np.concatenate([outputs, vectors], axis=-1)
        return Passed(outputs @ self.output.T + self.bias, steps)
