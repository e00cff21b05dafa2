"""Right sentences and corrected ones to batches of words with their decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch

from nlpcell.example import Example
from nlpcell.features import Features
from nlpcell.models.corrector import NO_DECISION, Tagged
from nlpcell.scripts import KEEP, decisions
from nlpcell.settings import Training
from nlpcell.training.batches import Epoch, Share, bucketed
from nlpcell.training.teaching import Teachers
from nlpcell.words import words

Corrupt = Callable[[str, int], Example]  # a right sentence, a seed -> one with errors, its target
LONGEST = 120  # words of a sentence that are read while training
JOINED = 0.3  # share of right sentences that are learnt together with the next one
LINKS = (" ", " ", " y ", ", y ", ", pero ", "; ")  # between them: what agrees with whom is the art


class Decided(NamedTuple):
    """The words of a sentence and the label of each; None where no script says what happens."""

    words: list[str]
    labels: list[str]


def decided(source: str, target: str) -> Decided | None:
    """A sentence and its correction as decisions; None where words come, go or move."""
    found = decisions(source, target)
    if found is None:
        return None
    read, labels = found
    return Decided(
        [word.text for word in read], [labels.get(place, KEEP) for place in range(len(read))]
    )


class Corrections:
    """Pairs as they are, and right sentences with other errors put in at every epoch.

    As many right sentences as `fresh` says are drawn for an epoch, and all of the pairs.
    """

    def __init__(
        self,
        right: Sequence[str],
        pairs: Sequence[Example],
        corrupt: Corrupt,
        lexer: Lexer,
        settings: Training,
        fresh: int,
        teachers: Teachers,
    ) -> None:
        self.right = right
        self.pairs = pairs
        self.corrupt = corrupt
        self.lexer = lexer
        self.batch = settings.batch
        self.seed = settings.seed
        self.fresh = min(fresh, len(right))
        self.teachers = teachers

    def epoch(self, number: int, share: Share) -> Sequence[Tagged]:
        random = np.random.default_rng([self.seed, number])
        drawn = random.permutation(len(self.right))[: self.fresh]
        alone = random.random(len(drawn)) >= JOINED
        links = np.where(alone, "", random.choice(LINKS, len(drawn)))
        right = [self.sentence(at, link) for at, link in zip(drawn.tolist(), links, strict=True)]
        examples = [*right, *self.pairs]
        lengths = [len(words(one.text)) for one in examples]
        plan = bucketed(lengths, self.batch, [self.seed, number], within=1_000)

        def tagged(position: int) -> Tagged:
            chosen = [examples[i] for i in plan[position][share.rank :: share.world]]
            batch = self.lexer.batch(self.sentences(chosen, number))
            said = self.teachers(batch.rows, batch.lengths, turn=number + position)
            return batch._replace(taught=said)

        return Epoch(len(plan), tagged)  # type: ignore[return-value]

    def sentence(self, place: int, link: str) -> Example:
        """A right sentence; where there is a link, the next one as well."""
        following = self.right[place + 1 : place + 2] if link else []
        return Example(linked(link, self.right[place], *following))

    def sentences(self, chosen: Iterable[Example], number: int) -> list[Decided]:
        """What there is to learn from some examples at this epoch."""
        found = []
        for one in chosen:
            pair = one if one.target else self.corrupt(one.text, self.seed + 1_000 * number)
            found.append(decided(pair.text, pair.target) or Decided([], []))
        return found


def linked(link: str, first: str, second: str = "") -> str:
    """Two right sentences in one.

    >>> linked(" y ", "La casa es vieja.", "El perro duerme.")
    'La casa es vieja y el perro duerme.'
    """
    if not link.strip() or not (first.endswith(".") and second[1:2].islower()):
        return f"{first} {second}".rstrip()
    return first.rstrip(".") + link + second[0].lower() + second[1:]


class Lexer:
    """Words and labels to numbers."""

    def __init__(self, labels: Sequence[str], features: Features) -> None:
        self.labels = labels
        self.numbers = {label: number for number, label in enumerate(labels)}
        self.features = features

    def batch(self, sentences: Sequence[Decided]) -> Tagged:
        """Padded tensors; a label that was not learnt is no decision."""
        lengths = [max(1, min(LONGEST, len(one.words))) for one in sentences] or [1]
        time = -(-max(lengths) // 8) * 8
        table = self.features.padding(len(lengths), time)
        targets = np.full((len(lengths), time), NO_DECISION, dtype=np.int64)
        for row, (read, labels) in enumerate(sentences):
            if read:
                table[row, : lengths[row]] = self.features.rows(read[:LONGEST])
                targets[row, : lengths[row]] = self.targets(labels[:LONGEST])
        return Tagged(
            torch.from_numpy(table),
            torch.tensor(lengths),
            torch.from_numpy(targets),
            torch.zeros(*targets.shape, 0),
        )

    def targets(self, labels: Sequence[str]) -> list[int]:
        """Numbers of labels."""
        return [self.numbers.get(label, NO_DECISION) for label in labels]

    def in_order(self, sentences: Sequence[Decided], batch: int) -> Iterator[Tagged]:
        """Batches for scoring: every sentence once, shortest first."""
        order = sorted(sentences, key=lambda one: len(one.words))
        for start in range(0, len(order), batch):
            yield self.batch(order[start : start + batch])
