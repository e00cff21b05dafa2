"""Sentences to labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import MANIFEST, Bundle
from nlpcell.errors import BadModel
from nlpcell.folding import folded
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.session import Session, processors
from nlpcell.lines import in_windows
from nlpcell.passages import passages

WINDOW = 1_024  # lines answered at a time when the caller gives an endless stream
PASSAGE = 2_000  # characters segmented at a time, so that memory stays bounded
LONGEST = 512  # ids read at a time; a longer text is read in parts and their scores weighed


class Verdict(NamedTuple):
    """What a text was found to be."""

    label: str
    score: float  # probability of that label
    scores: dict[str, float]  # probability of every label


class Classifier:
    """A trained sentence classifier.

    Each sentence runs by itself: int8 arithmetic scales its numbers by the largest in a run, so in
    a batch one sentence would change another's answer. Several threads make up for it.
    """

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self.bundle = bundle
        self.labels = list(bundle.manifest.labels)
        self.tokenizer = bundle.tokenizer()
        self.session = Session(bundle, ["scores"])
        if self.session.shape("scores", output=True)[-1] != len(self.labels):
            what = f"made for other labels than its {MANIFEST} has"
            raise BadModel(what, where=str(bundle.folder))
        self.threads = threads or processors()
        self.given_up = False  # tells threads to end early

    @overload
    def __call__(self, texts: str) -> Verdict | None: ...
    @overload
    def __call__(self, texts: list[str]) -> list[Verdict | None]: ...
    @overload
    def __call__(self, texts: Iterator[str]) -> Iterator[Verdict | None]: ...

    def __call__(
        self, texts: str | Iterable[str]
    ) -> Verdict | list[Verdict | None] | Iterator[Verdict | None] | None:
        """A verdict for each text, None for a blank one; a list for a list, else an iterator."""
        if isinstance(texts, str):
            return self.judge(texts)
        if isinstance(texts, list):
            return self.judge_all(texts)
        return (one for window in in_windows(texts, WINDOW) for one in self.judge_all(window))

    def judge_all(self, texts: list[str]) -> list[Verdict | None]:
        """Verdicts in the order of the texts; near neighbours share a thread."""
        if self.threads == 1 or len(texts) < 2 * self.threads:
            return [self.judge(text) for text in texts]
        self.given_up = False
        share = -(-len(texts) // (4 * self.threads))
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                parts = pool.map(
                    lambda part: [self.judge(text) for text in part], in_windows(texts, share)
                )
                return [one for part in parts for one in part]
            except BaseException:  # a signal, most of all: what was begun is not waited for
                self.given_up = True
                raise

    def judge(self, text: str) -> Verdict | None:
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
        if self.given_up:
            raise CancelledError
        inputs = {"ids": np.array([ids]), "lengths": np.array([len(ids)])}
        scores: NDArray[np.float32] = self.session(inputs)[0][0]
        return scores
