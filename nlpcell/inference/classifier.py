"""Sentences to labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import TOKENIZER, Bundle
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.session import Session, processors
from nlpcell.lines import in_windows
from nlpcell.tokenizer import Tokenizer

WINDOW = 1_024  # lines answered at a time when the caller gives an endless stream
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
        self.tokenizer = Tokenizer(bundle.read(TOKENIZER))
        self.session = Session(bundle, ["scores"])
        self.threads = threads or processors()

    @overload
    def __call__(self, texts: str) -> Verdict | None: ...
    @overload
    def __call__(self, texts: list[str]) -> list[Verdict | None]: ...
    @overload
    def __call__(self, texts: Iterator[str]) -> Iterator[Verdict | None]: ...

    def __call__(self, texts: str | Iterable[str]
                 ) -> Verdict | None | list[Verdict | None] | Iterator[Verdict | None]:
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
        share = -(-len(texts) // (4 * self.threads))
        with ThreadPoolExecutor(self.threads) as pool:
            parts = pool.map(lambda part: [self.judge(text) for text in part],
                             in_windows(texts, share))
            return [one for part in parts for one in part]

    def judge(self, text: str) -> Verdict | None:
        """The verdict on one text, None when there is nothing to read."""
        if not text.strip():
            return None
        scores = self.scores(self.tokenizer.encode(text))
        probabilities = np.exp(log_softmax(scores / self.bundle.manifest.temperature))
        best = int(probabilities.argmax())
        named = dict(zip(self.labels, map(float, probabilities), strict=True))
        return Verdict(self.labels[best], named[self.labels[best]], named)

    def scores(self, ids: list[int]) -> NDArray[np.float32]:
        """(labels,): of a long text the mean over its parts, weighed by their lengths."""
        parts = [ids[start : start + LONGEST] for start in range(0, len(ids), LONGEST)]
        rows = [self.session({"ids": np.array([part]), "lengths": np.array([len(part)])})[0][0]
                for part in parts]
        return np.average(rows, axis=0, weights=[len(part) for part in parts])
