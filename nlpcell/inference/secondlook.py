"""Edits that a first reading proposes to those that hold when the sentence is read as corrected.

A first reading says of each word alone how likely it is right. What counts is the sentence: an edit
is weighed by how much likelier it makes it that every word may stay. *La semifinales* is wrong for
certain although neither word is: each could be the one to change, and either change ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.cell import sigmoid
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.evidence import evidence
from nlpcell.lexicon import Lexicon
from nlpcell.scripts import edits
from nlpcell.words import Word, edited


class Seen(NamedTuple):
    """A text that was read."""

    text: str
    words: list[Word]
    rows: NDArray[np.int32]  # (words, slots)
    scores: NDArray[np.float32]  # (words, labels)


class Proposal(NamedTuple):
    """What could be done to one word."""

    place: int  # of the word
    new: str
    label: int
    score: float  # how likely the edit is right: see certainty, then weighed


def certainty(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., labels) -> (...): how likely the best edit is, were it that or leaving the word alone.

    What could also be wrong with a word is no reason to leave it as it is.
    """
    return sigmoid(scores[..., 1:].max(axis=-1) - scores[..., 0])


def weighed(
    seen: Seen,
    proposals: Sequence[Proposal],
    read: Callable[[str], Seen],
    least: float,
    lexicon: Lexicon | None = None,
) -> list[Proposal]:
    """The proposals that are at least so likely, in their order, scored anew.

    The score is P(no word is wrong | corrected) / (that + P(no word is wrong | as it was)), each
    the product over the words; to its log odds comes what a lexicon knows of the words nearby. The
    best comes first, and what is not wanted once it was made falls.
    """
    before, words = calm(seen), [word.text for word in seen.words]
    again = [read(corrected(seen, one)) for one in proposals]
    known = [evidence(lexicon, words, one.place, one.new) if lexicon else 0.0 for one in proposals]
    scores = sigmoid(np.array([calm(one) - before for one in again]) + known).tolist()
    made: list[int] = []
    for one in sorted(range(len(proposals)), key=lambda at: -scores[at]):
        if scores[one] >= least and all(
            still_wanted(proposals[one], seen, proposals[other], again[other]) for other in made
        ):
            made.append(one)
    return [proposals[one]._replace(score=scores[one]) for one in sorted(made)]


def calm(seen: Seen) -> float:
    """The logarithm of the probability that every word may stay."""
    return float(log_softmax(seen.scores)[:, 0].sum())


def corrected(seen: Seen, one: Proposal) -> str:
    """The text with one proposal carried out."""
    return edited(seen.text, edits(seen.text, seen.words, {one.place: one.new}))


def still_wanted(one: Proposal, seen: Seen, other: Proposal, after: Seen) -> bool:
    """Whether the word of `one` still looks wrong where `other` has been made."""
    moved = len(after.words) - len(seen.words) if one.place > other.place else 0
    return bool(certainty(after.scores[one.place + moved]) >= 0.5)
