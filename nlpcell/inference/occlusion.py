"""A decision about a word to the other word that decided it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlpcell.inference.decoding import log_softmax

SEEN = 24  # words on either side among which the one agreed with is looked for


def decisive_word(
    words: Sequence[str],
    table: NDArray[np.int32],
    place: int,
    blank: NDArray[np.int32],
    read: Callable[[NDArray[np.int32]], NDArray[np.float32]],
) -> int | None:
    """The word without which the form at `place` is doubted most (Zeiler and Fergus 2014).

    `table` are the rows of the corrected sentence, (words, slots), `blank` those of a hidden word,
    (slots,); `read` gives scores, (batch, words, labels). None if there is no other word.

    Words are hidden one by one and with each neighbour, because an article tells of its noun
    what the noun itself would. Asked of the corrected sentence: in the wrong one, whatever
    shows that something is wrong counts as well.
    """
    near = range(max(0, place - SEEN), min(len(words), place + SEEN + 1))
    others = [at for at in near if at != place and words[at][0].isalpha()]
    if not others:
        return None
    spans = [*((at,) for at in others), *pairwise(others)]
    variants = np.repeat(table[None], len(spans), axis=0)
    for variant, span in zip(variants, spans, strict=True):
        variant[list(span)] = blank
    kept = log_softmax(read(variants))[:, place, 0]
    belief = dict.fromkeys(others, 0.0)  # in the new form, the less the more a word decides
    for span, left in zip(spans, kept.tolist(), strict=True):
        for at in span:
            belief[at] += left / len(span)
    return min(others, key=belief.__getitem__)
