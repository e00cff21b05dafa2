"""Cell states to what they say of the subject: linear probes, and how they are kept.

A probe is a logistic regression on the state of one layer (Alain and Bengio 2017; for agreement
Giulianelli et al. 2018). It answers for the subject that is open at a word: the last noun with the
relation nsubj at or before the word whose predicate has not been passed. Its accuracy is counted
on sentences that played no part in fitting, at the words after the noun up to its predicate.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlpcell.cell import Array, sigmoid
from nlpcell.errors import BadModel

PROBES = "probes.json"
FEATURES = {"gender": ("Masc", "Fem"), "number": ("Sing", "Plur")}  # as Universal Dependencies do
FIGURES = ("accuracy", "untrained", "embedding", "majority")


class Subject(NamedTuple):
    """A subject in a sentence and the words on the way to its predicate."""

    noun: int  # place of the noun among the sentence's words, from 0
    predicate: int  # place of its predicate, which comes later
    gender: str  # Masc, Fem or ""
    number: str  # Sing, Plur or ""


class Marked(NamedTuple):
    """A sentence of a treebank, and its subjects in their order."""

    text: str
    subjects: Sequence[Subject]


class Probe(NamedTuple):
    """How to read one feature from the forward direction of one layer."""

    feature: str  # gender or number
    layer: int  # from 1
    weights: Array  # (hidden,): towards the second of FEATURES
    bias: float
    spread: Array  # (hidden,): standard deviation of the state over the words it was fitted on
    accuracy: float  # on held-out sentences, 0 to 1
    untrained: float  # the same probe on a network that has learnt nothing
    embedding: float  # the same probe on the word vectors that enter the network
    majority: float  # the commoner answer given always
    words: int  # held-out words these four were counted on

    def read(self, states: Array) -> Array:
        """(..., hidden) -> (...): the probability of the second answer."""
        return sigmoid(states @ self.weights + self.bias)

    def strongest(self) -> list[int]:
        """All units, those first that move the answer most: |weight| times spread."""
        return [int(unit) for unit in np.argsort(-np.abs(self.weights) * self.spread)]


def open_subjects(subjects: Sequence[Subject], words: int) -> list[tuple[int, Subject]]:
    """Each word that has an open subject, with it: (place, subject).

    >>> outer, inner = Subject(1, 6, "Fem", "Sing"), Subject(4, 5, "Masc", "Plur")
    >>> [(place, one.gender) for place, one in open_subjects([outer, inner], 8)]
    [(1, 'Fem'), (2, 'Fem'), (3, 'Fem'), (4, 'Masc'), (5, 'Masc'), (6, 'Fem')]
    """
    found = []
    for place in range(words):
        here = [one for one in subjects if one.noun <= place <= one.predicate]
        if here:
            found.append((place, max(here, key=lambda one: one.noun)))
    return found


def as_bytes(probes: Sequence[Probe]) -> bytes:
    """Probes as the JSON of a bundle; weights to six digits."""
    rows = [
        {
            **probe._asdict(),
            "weights": [float(f"{one:.6g}") for one in probe.weights],
            "spread": [float(f"{one:.6g}") for one in probe.spread],
        }
        for probe in probes
    ]
    return (json.dumps(rows) + "\n").encode()


def from_bytes(content: bytes, hidden: int, layers: int, where: str) -> list[Probe]:
    """The probes of a bundle; nothing is believed before it is looked at. Raises BadModel."""
    damaged = BadModel(f"{PROBES} does not hold probes for this network", where=where)
    try:
        found = [
            Probe(
                feature=str(row["feature"]),
                layer=int(row["layer"]),
                weights=np.array(row["weights"], np.float32),
                bias=float(row["bias"]),
                spread=np.array(row["spread"], np.float32),
                words=int(row["words"]),
                **{name: float(row[name]) for name in FIGURES},
            )
            for row in json.loads(content)
        ]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        raise damaged from None
    for probe in found:
        shaped = probe.weights.shape == probe.spread.shape == (hidden,)
        if not shaped or not np.isfinite([probe.weights, probe.spread]).all():
            raise damaged
        if probe.feature not in FEATURES or not 1 <= probe.layer <= layers:
            raise damaged
        if not np.isfinite([probe.bias, *(getattr(probe, name) for name in FIGURES)]).all():
            raise damaged
    return found
