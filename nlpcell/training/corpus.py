"""Examples to learn from and examples to judge by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlpcell.example import Example

DEV_SHARE = {"text": 0.05, "records": 0.1}  # of a running text; of records
DEV_MOST = {"text": 200_000, "records": 5_000}  # characters; records


class Corpus(NamedTuple):
    """What a training run needs of data."""

    train: Sequence[Example]
    dev: Sequence[Example]


def held_back(examples: Sequence[Example], seed: int) -> Corpus:
    """Split off dev data: the end of a running text, or records drawn at random."""
    if len(examples) == 1:
        text = examples[0].text
        cut = len(text) - min(DEV_MOST["text"], max(1, int(DEV_SHARE["text"] * len(text))))
        return Corpus([Example(text[:cut])], [Example(text[cut:])])
    order = np.random.default_rng(seed).permutation(len(examples))
    count = min(DEV_MOST["records"], max(1, int(DEV_SHARE["records"] * len(examples))))
    return Corpus(
        [examples[i] for i in sorted(order[count:])], [examples[i] for i in sorted(order[:count])]
    )


def digest(examples: Sequence[Example]) -> str:
    """A fingerprint of the data, to notice on resume that they are others."""
    so_far = hashlib.sha256()
    for text, target in examples:
        so_far.update(f"{len(text)}\t{text}\t{target}\n".encode())
    return so_far.hexdigest()[:16]
