"""Examples to learn from and examples to judge by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nlpcell.errors import BadInput
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


def enough(found: int, needed: int, what: str) -> None:
    """Raise BadInput rather than learn from nearly nothing."""
    if found < needed:
        raise BadInput(
            f"{found:,} {what}; training needs at least {needed:,}" if found else "no examples"
        )


def enough_text(corpus: Corpus) -> None:
    """Raise BadInput for a text from which nothing can be learnt."""
    enough(sum(len(one.text) for one in corpus.train), 1_000, "characters")


def tell_apart(corpus: Corpus) -> None:
    """Raise BadInput for labelled sentences from which nothing can be learnt."""
    enough(len(corpus.train), 10, "sentences")
    labels = sorted({one.target for one in corpus.train})
    if len(labels) < 2:
        raise BadInput(
            f'every sentence has the label "{labels[0]}": there is nothing to tell apart'
        )
    strange = sorted({one.target for one in corpus.dev} - set(labels))
    if strange:
        raise BadInput(f'the label "{strange[0]}" is in the dev data but not in the training data')
