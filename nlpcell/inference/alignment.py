"""Where the network looked, subword by subword, to which word it looked for which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.subwords import Read, Subwords
from nlpcell.tokenizer import SPACE_MARK, UNKNOWN


class Alignment(NamedTuple):
    """Two sentences in words, and how much each word written owes to each word read."""

    source: list[str]
    target: list[str]
    weights: list[list[float]]  # (target, source); what is missing to 1 fell on the end


def aligned(
    subwords: Subwords, read: Read, ids: Sequence[int], weights: NDArray[np.float32]
) -> Alignment:
    """Attention, (subwords written, room), as attention of words: sums over what was read, means
    over what was written."""
    source, target = words(subwords, read.ids), words(subwords, ids)
    found = [
        [float(weights[np.ix_(here, there)].sum(axis=1).mean()) for there in source]
        for here in target
    ]
    names = [list(named(subwords, side, groups, read.unknown))
             for side, groups in ((read.ids, source), (ids, target))]  # fmt: skip
    return Alignment(names[0], names[1], found)


def words(subwords: Subwords, ids: Sequence[int]) -> list[list[int]]:
    """The places of the subwords of each word: one begins where a space does."""
    found: list[list[int]] = []
    for place, one in enumerate(ids):
        if not found or one in subwords.spaced:
            found.append([])
        found[-1].append(place)
    return found


def named(
    subwords: Subwords, ids: Sequence[int], groups: list[list[int]], unknown: Sequence[str]
) -> Iterator[str]:
    """How words are spelt; unknown characters come in their order."""
    left = iter(unknown)
    for group in groups:
        pieces = [
            next(left, "") if ids[place] == UNKNOWN else subwords.tokenizer.piece(ids[place])
            for place in group
        ]
        yield "".join(pieces).replace(SPACE_MARK, "")
