"""Answers and targets to scores, each with what is needed to repeat it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Score(NamedTuple):
    """A number that never travels alone."""

    metric: str
    value: float
    better: str = "higher"  # or "lower"

    def beats(self, best: float | None) -> bool:
        """Whether this is the best so far; what is not a number never is."""
        if best is None:
            return math.isfinite(self.value)
        return self.value > best if self.better == "higher" else self.value < best


@dataclass(frozen=True)
class Signature:
    """What a score depends on, stored and shown with it (after Post 2018)."""

    corpus: str
    size: int  # records, or characters for a language model
    model: str  # name and the beginning of the checksum
    version: str  # of nlpcell
    seed: int | None = None
    decoding: str = ""

    def __str__(self) -> str:
        seed = "" if self.seed is None else f"|seed:{self.seed}"
        decoding = f"|decoding:{self.decoding}" if self.decoding else ""
        return (
            f"corpus:{self.corpus}|n:{self.size}|model:{self.model}{decoding}{seed}"
            f"|nlpcell:{self.version}"
        )


@dataclass(frozen=True)
class Report:
    """The scores of one evaluation."""

    scores: Sequence[Score]
    signature: Signature
    tables: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)  # first row: heads


def bits(nats: float) -> float:
    """Natural units to bits.

    >>> bits(math.log(2))
    1.0
    """
    return nats / math.log(2)


def accuracy(answers: Sequence[str], targets: Sequence[str]) -> float:
    """The share of answers that are right.

    >>> accuracy(["a", "b", "b", "a"], ["a", "b", "a", "a"])
    0.75
    """
    pairs = zip(answers, targets, strict=True)
    return sum(answer == target for answer, target in pairs) / len(targets)


class ClassScore(NamedTuple):
    """How well one label is told from the others."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int  # records whose target it is


def class_scores(answers: Sequence[str], targets: Sequence[str]) -> list[ClassScore]:
    """One row for each label that occurs, in alphabetical order; 0 where a ratio has no meaning.

    >>> [row] = class_scores(["a"], ["a"])
    >>> row
    ClassScore(label='a', precision=1.0, recall=1.0, f1=1.0, support=1)
    """
    right = Counter(
        answer for answer, target in zip(answers, targets, strict=True) if answer == target
    )
    said, wanted = Counter(answers), Counter(targets)
    rows = []
    for label in sorted(said | wanted):
        precision = right[label] / said[label] if said[label] else 0.0
        recall = right[label] / wanted[label] if wanted[label] else 0.0
        f1 = 2 * right[label] / (said[label] + wanted[label])
        rows.append(ClassScore(label, precision, recall, f1, wanted[label]))
    return rows


def macro_f1(answers: Sequence[str], targets: Sequence[str]) -> float:
    """The plain mean of the labels' F1 (each label weighs the same, however rare)."""
    rows = class_scores(answers, targets)
    return sum(row.f1 for row in rows) / len(rows)


class EditScore(NamedTuple):
    """How well edits were found."""

    right: int  # proposed edits that were wanted
    proposed: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f05(self) -> float:
        """F with beta 0.5: precision weighs twice as much as recall (Ng et al. 2014).

        >>> EditScore(right=8, proposed=10, wanted=16).f05
        0.7142857142857143
        """
        total = self.proposed + 0.25 * self.wanted
        return 1.25 * self.right / total if total else 1.0


def confusion(answers: Sequence[str], targets: Sequence[str]) -> list[list[Any]]:
    """A table: a row for each target label, a column for each answer; the first row has the heads.

    >>> confusion(["a", "b"], ["a", "a"])
    [['target', 'a', 'b'], ['a', 1, 1], ['b', 0, 0]]
    """
    labels = sorted(set(answers) | set(targets))
    pairs = Counter(zip(targets, answers, strict=True))
    return [
        ["target", *labels],
        *([target, *(pairs[target, answer] for answer in labels)] for target in labels),
    ]
