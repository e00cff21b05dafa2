"""Corrections made against corrections wanted, word by word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from nlpcell.scoring import EditScore
from nlpcell.scripts import applied, decisions, parsed


class Change(NamedTuple):
    """One word that becomes another."""

    place: int  # of the word in its sentence
    old: str
    new: str


def changes(source: str, target: str) -> set[Change]:
    """The words in which two sentences differ; as one change where words come, go or move.

    >>> sorted(changes("la casa es bonitos", "la casa es bonita"))
    [Change(place=3, old='bonitos', new='bonita')]
    """
    found = decisions(source, target)
    if found is None:
        return {Change(-1, source, target)}
    words, labels = found
    return {
        Change(place, words[place].text, applied(parsed(label), words[place].text) or "")
        for place, label in labels.items()
    }


def compared(source: str, target: str, output: str) -> EditScore:
    """How the changes made fit those wanted in one sentence."""
    made, wanted = changes(source, output), changes(source, target)
    return EditScore(len(made & wanted), len(made), len(wanted))


def total(scores: Iterable[EditScore]) -> EditScore:
    """Counts of several sentences added up.

    >>> total([EditScore(1, 2, 3), EditScore(0, 0, 1)])
    EditScore(right=1, proposed=2, wanted=4)
    """
    right, proposed, wanted = 0, 0, 0
    for one in scores:
        right, proposed, wanted = right + one.right, proposed + one.proposed, wanted + one.wanted
    return EditScore(right, proposed, wanted)
