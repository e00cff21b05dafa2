"""Edits that a first reading proposes to those that hold when the sentence is read as corrected.

A first reading says of each word alone how likely it is right. What is left to doubt when an edit
is made, about its word and about the others, says more; so does a dictionary. All of it together
is a logistic regression over what other models say (stacked generalization, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.cell import sigmoid
from nlpcell.inference.evidence import WANTED, evidence
from nlpcell.kinds import change
from nlpcell.lexicon import Lexicon
from nlpcell.scripts import edits
from nlpcell.words import Word, edited

# Log odds, fitted with those in evidence.py on the edits that a network proposed for right
# sentences, for the same with errors put in, and for learners' sentences.
RARE = -2.94  # for any edit
FIRST = 0.69  # for each nat by which the first reading prefers it to leaving the word alone
STILL = -0.19  # for each nat by which the second would change the word once more
ELSEWHERE = -0.20  # for each nat by which the doubt about the other words has grown
PLURAL = 0.49  # where the word is put into the plural
REJOINED = -0.58  # where *al* or *del* comes or goes
SURE = 8.0  # nats: what is surer than that is as sure


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
    odds: float = 0.0  # log odds that the first reading and the dictionary give the edit
    score: float = 0.0  # how likely it is right, once it is weighed


def doubt(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., labels) -> (...): the log odds of the best edit against leaving the word alone.

    What could also be wrong with a word is no reason to leave it as it is.
    """
    odds: NDArray[np.float32] = scores[..., 1:].max(axis=-1) - scores[..., 0]
    return odds


def at_best(doubts: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., words) -> (..., words): how likely edits can become where all else speaks for them."""
    return sigmoid(RARE + FIRST * doubts + WANTED + PLURAL + most(doubts))


def most(doubts: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., words) -> (..., words): the log odds that a second reading adds if all is well then."""
    known = doubts.clip(-SURE, SURE)
    none = np.full((*known.shape[:-1], 2), -SURE)
    two = np.sort(np.concatenate([known, none], axis=-1), axis=-1)[..., -2:]
    others = np.where(known < two[..., 1:], two[..., 1:], two[..., :1])  # the most doubtful one's
    return np.asarray(-STILL * SURE - ELSEWHERE * (others + SURE))


def hopeful(
    seen: Seen, proposals: Sequence[Proposal], least: float, lexicon: Lexicon | None = None
) -> list[Proposal]:
    """The proposals that a second reading could find so likely, with what is known before it."""
    words, doubts = [word.text for word in seen.words], doubt(seen.scores)
    found, added = [], most(doubts)
    for one in proposals:
        before, then = change(words[one.place], one.new.split()[-1]) or ("--", "--")
        plural = before[1] == "s" and then[1] == "p"
        known = evidence(lexicon, words, one.place, one.new) if lexicon else 0.0
        odds = RARE + FIRST * float(doubts[one.place]) + PLURAL * plural + known
        if sigmoid(odds + added[one.place]) >= least:
            found.append(one._replace(odds=odds))
    return found


def weighed(
    seen: Seen, proposals: Sequence[Proposal], read: Callable[[str], Seen], least: float
) -> list[Proposal]:
    """The proposals that are at least so likely, in their order, scored.

    The best comes first, and what is not wanted once it was made falls.
    """
    again = [read(corrected(seen, one)) for one in proposals]
    odds = [one.odds + added(one, after, seen) for one, after in zip(proposals, again, strict=True)]
    scores = sigmoid(np.array(odds)).tolist()
    made: list[int] = []
    for one in sorted(range(len(proposals)), key=lambda at: -scores[at]):
        if scores[one] >= least and all(
            still_wanted(proposals[one], seen, proposals[other], again[other]) for other in made
        ):
            made.append(one)
    return [proposals[one]._replace(score=scores[one]) for one in sorted(made)]


def added(one: Proposal, after: Seen, seen: Seen) -> float:
    """The log odds that the text, read with an edit, adds to it."""
    moved = len(after.words) - len(seen.words)
    there = one.place + moved
    left, was = (doubt(text.scores).clip(-SURE, SURE) for text in (after, seen))
    grown = greatest(np.delete(left, there)) - greatest(np.delete(was, one.place))
    return float(STILL * left[there] + ELSEWHERE * grown) + REJOINED * (moved != 0)


def greatest(doubts: NDArray[np.float32]) -> float:
    """The doubt about the most doubtful word."""
    return float(doubts.max(initial=-SURE))


def corrected(seen: Seen, one: Proposal) -> str:
    """The text with one proposal carried out."""
    return edited(seen.text, edits(seen.text, seen.words, {one.place: one.new}))


def still_wanted(one: Proposal, seen: Seen, other: Proposal, after: Seen) -> bool:
    """Whether the word of `one` still looks wrong where `other` has been made."""
    moved = len(after.words) - len(seen.words) if one.place > other.place else 0
    return bool(doubt(after.scores[one.place + moved]) >= 0)
