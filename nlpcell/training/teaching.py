"""Trained correctors as teachers: what they say of a word, beside what is right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nlpcell.bundle import Bundle
from nlpcell.errors import WrongUse
from nlpcell.inference.corrector import Corrector


class Teacher:
    """One trained corrector, its answers in another network's labels."""

    def __init__(self, bundle: Bundle, labels: Sequence[str], buckets: int) -> None:
        self.corrector = Corrector(bundle, threads=1)
        own = self.corrector.buckets
        if own != buckets:
            raise WrongUse(
                f"a teacher with a table of {own} rows reads words otherwise than one of {buckets}",
                where=str(bundle.folder),
                hint=f"--buckets {own}",
            )
        places = {label: place for place, label in enumerate(labels)}
        self.columns = torch.tensor([places.get(one, 0) for one in bundle.manifest.labels])
        self.width = len(labels)

    def __call__(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, slots), (batch,) -> probabilities (batch, time, labels).

        What the pupil has no label for counts as keeping the word.
        """
        said = torch.from_numpy(self.corrector.scores(rows.numpy(), lengths.numpy())).softmax(-1)
        return torch.zeros(*said.shape[:2], self.width).index_add_(2, self.columns, said)


class Teachers:
    """Several correctors, asked in turn about one batch after another.

    What a network learns from them is their mean answer, which knows more than each of them and
    more than a label: how sure one can be (Hinton et al. 2015, sections 2 and 3). Cross-entropy
    is linear in its targets, so asking all of them each time would teach the same, for more.
    """

    def __init__(self, bundles: Sequence[Bundle], labels: Sequence[str], buckets: int) -> None:
        self.each = [Teacher(one, labels, buckets) for one in bundles]

    def __call__(self, rows: Tensor, lengths: Tensor, turn: int) -> Tensor:
        """(batch, time, slots), (batch,) -> probabilities (batch, time, labels).

        Without teachers: no labels.
        """
        if not self.each:
            return torch.zeros(*rows.shape[:2], 0)
        return self.each[turn % len(self.each)](rows, lengths)
