"""Sentences to labels with probabilities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import MANIFEST, Bundle
from nlpcell.errors import BadModel
from nlpcell.folding import folded
from nlpcell.inference.answerer import Answerer
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.session import Session
from nlpcell.passages import passages

PASSAGE = 2_000  # characters segmented at a time, so that memory stays bounded
LONGEST = 512  # ids read at a time; a longer text is read in parts and their scores weighed


class Verdict(NamedTuple):
    """What a text was found to be."""

    label: str
    score: float  # probability of that label
    scores: dict[str, float]  # probability of every label


class Classifier(Answerer["Verdict | None"]):
    """A trained sentence classifier."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        super().__init__(threads)
        self.bundle = bundle
        self.labels = list(bundle.manifest.labels)
        self.tokenizer = bundle.tokenizer()
        self.session = Session(bundle, ["scores"])
        if self.session.shape("scores", output=True)[-1] != len(self.labels):
            what = f"made for other labels than its {MANIFEST} has"
            raise BadModel(what, where=str(bundle.folder))

    def answer(self, text: str) -> Verdict | None:
        """The verdict on one text, None when there is nothing to read."""
        if not text.strip():
            return None
        scores = self.scores(folded(text))
        probabilities = np.exp(log_softmax(scores / self.bundle.manifest.temperature))
        best = int(probabilities.argmax())
        named = dict(zip(self.labels, map(float, probabilities), strict=True))
        return Verdict(self.labels[best], named[self.labels[best]], named)

    def scores(self, text: str) -> NDArray[np.float32]:
        """(labels,): of a long text the mean over its parts, weighed by their lengths."""
        parts = [
            ids[start : start + LONGEST]
            for passage in passages(text, PASSAGE)
            for ids in [self.tokenizer.encode(passage)]
            for start in range(0, len(ids), LONGEST)
        ]
        rows = [self.part_scores(part) for part in parts]
        return np.average(rows, axis=0, weights=[len(part) for part in parts])

    def part_scores(self, ids: list[int]) -> NDArray[np.float32]:
        """(labels,): of as many ids as are read at once."""
        self.go_on()
        inputs = {"ids": np.array([ids]), "lengths": np.array([len(ids)])}
        scores: NDArray[np.float32] = self.session(inputs)[0][0]
        return scores
