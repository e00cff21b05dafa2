"""Translations and references to BLEU and chrF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sacrebleu

from nlpcell.scoring import Score


def translation_scores(
    answers: Sequence[str], references: Sequence[Sequence[str]]
) -> tuple[list[Score], str]:
    """BLEU (Papineni et al. 2002) and chrF (Popovic 2015), and how sacrebleu found them.

    Each answer has references of its own, at least one.
    """
    most = max(map(len, references))
    streams: list[Any] = [[some[place] if place < len(some) else None for some in references]
               for place in range(most)]  # fmt: skip
    scores, signatures = [], []
    for metric in (sacrebleu.BLEU(), sacrebleu.CHRF()):
        found = metric.corpus_score(list(answers), streams)
        scores.append(Score(found.name.removesuffix("2"), float(found.score)))
        signatures.append(f"{scores[-1].metric}[{metric.get_signature().format(short=True)}]")
    return scores, "+".join(signatures)
