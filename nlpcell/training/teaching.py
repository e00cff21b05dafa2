"""Trained correctors as teachers: what they say of a word, beside what is right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from nlpcell.bundle import Bundle
from nlpcell.errors import WrongUse
from nlpcell.features import Features
from nlpcell.inference.corrector import Corrector


class Teacher:
    """One trained corrector, its answers in another network's labels."""

    def __init__(self, bundle: Bundle, labels: Sequence[str], features: Features) -> None:
        self.corrector = Corrector(bundle, threads=1)
        own, where = self.corrector.features, str(bundle.folder)
        if own.buckets != features.buckets:
            raise WrongUse(
                f"a teacher with a table of {own.buckets} rows reads words otherwise than one of "
                f"{features.buckets}",
                where=where,
                hint=f"--buckets {own.buckets}",
            )
        known = features.lexicon
        if own.lexicon and not (known and own.lexicon.checksum == known.checksum):
            raise WrongUse("a teacher with another lexicon reads words otherwise", where=where)
        places = {label: place for place, label in enumerate(labels)}
        self.columns = torch.tensor([places.get(one, 0) for one in bundle.manifest.labels])
        self.width = len(labels)

    def __call__(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """(batch, time, slots), (batch,) -> probabilities (batch, time, labels).

        What the pupil has no label for counts as keeping the word.
        """
        read = rows[..., : self.corrector.features.slots].numpy()
        said = torch.from_numpy(self.corrector.scores(read, lengths.numpy())).softmax(-1)
        return torch.zeros(*said.shape[:2], self.width).index_add_(2, self.columns, said)


class Teachers:
    """Several correctors, asked in turn about one batch after another.

    What a network learns from them is their mean answer, which knows more than each of them and
    more than a label: how sure one can be (Hinton et al. 2015, sections 2 and 3). Cross-entropy
    is linear in its targets, so asking all of them each time would teach the same, for more.
    """

    def __init__(
        self, bundles: Sequence[Bundle], labels: Sequence[str], features: Features
    ) -> None:
        self.each = [Teacher(one, labels, features) for one in bundles]

    def __call__(self, rows: Tensor, lengths: Tensor, turn: int) -> Tensor:
        """(batch, time, slots), (batch,) -> probabilities (batch, time, labels).

        Without teachers: no labels.
        """
        if not self.each:
            return torch.zeros(*rows.shape[:2], 0)
        return self.each[turn % len(self.each)](rows, lengths)
