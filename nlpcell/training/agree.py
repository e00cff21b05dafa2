"""Right sentences, and sentences with corrections, to an `agree` bundle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import chain

import numpy as np
import torch
from torch import nn

from nlpcell.bundle import GRAPH, LEXICON, WEIGHTS, Bundle, Manifest
from nlpcell.errors import BadInput
from nlpcell.example import Example
from nlpcell.features import Features
from nlpcell.inference.corrector import PIECE, Correction
from nlpcell.inference.corrector import Corrector as Answerer
from nlpcell.inference.secondlook import doubt
from nlpcell.lexicon import Lexicon
from nlpcell.models.corrector import Corrector, Tagged
from nlpcell.outcomes import compared, total
from nlpcell.passages import passages
from nlpcell.scoring import EditScore, Score
from nlpcell.scripts import KEEP, learnt
from nlpcell.settings import REHEARSING, CorrectorSize, Training
from nlpcell.training import apart, restored, run
from nlpcell.training.corpus import Corpus, digest, enough
from nlpcell.training.corrections import Corrections, Corrupt, Decided, Lexer, decided
from nlpcell.training.publish import in_passing, publish
from nlpcell.training.run import Run
from nlpcell.training.teaching import Teachers
from nlpcell.training.trainer import Progress
from nlpcell.words import Edit, edited

SCORING_BATCH = 64  # sentences
SAMPLED = 60_000  # right sentences from whose errors the edit scripts are counted
JUDGED = 4_000  # right sentences at most that a network is judged on
AS_GOOD = 0.01  # difference of F0.5 that the dev data cannot tell from chance
CONFIDENCES = [
    0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99,
]  # fmt: skip


def train_agree(
    corpus: Corpus,
    here: Run,
    size: CorrectorSize = CorrectorSize(),
    *,
    corrupt: Corrupt,
    lexicon: Lexicon | None = None,
    rehearsing: Training = REHEARSING,
    teachers: Sequence[Bundle] = (),
    start: Bundle | None = None,
) -> Iterator[Progress]:
    """Learn to put right what `corrupt` puts wrong, then what people corrected; write a bundle.

    Examples with a target are corrections; those without are right sentences. The network is told
    what `lexicon` knows of words, and learns from what `teachers` say of every batch, too. It has
    the shape, the labels and the first weights of `start`, where there is one.
    """
    right, pairs = divided(corpus.train)
    size = restored.reshaped(size, start) if start else size
    known = start.manifest.labels if start else None
    labels = here.kept("labels", lambda: known or counted(right, pairs, corrupt, size.labels))
    here.made_with.update(settings=asdict(size), data=digest(corpus.train), **here.fixed())
    here.made_with.update(sources(lexicon, teachers, start))
    lexer = Lexer(labels, Features(size.buckets, lexicon))
    asked = Teachers(teachers, labels, lexer.features)
    run.seeded(here.training.seed)
    build = partial(Corrector, len(labels), size)
    network = restored.network(start, build) if start else build()
    judge = partial(judged, lexer=lexer, sentences=dev_sentences(corpus.dev, corrupt))
    if right and pairs:
        first = Corrections(right, [], corrupt, lexer, rehearsing, len(right), asked)
        held = dev_sentences([one for one in corpus.dev if not one.target], corrupt)
        nearby = replace(here, training=rehearsing, out=here.workshop / "rehearsal")
        held_judge = partial(surprise, lexer=lexer, sentences=held) if held else judge
        yield from run.train(nearby, network, first, held_judge)
    fresh = len(pairs) or len(right)
    source = Corrections(right, pairs, corrupt, lexer, here.training, fresh, asked)
    yield from run.train(here, network, source, judge)
    if run.leads():
        finish(here, network, lexer, corpus, corrupt)


def sources(
    lexicon: Lexicon | None, teachers: Sequence[Bundle], start: Bundle | None
) -> dict[str, object]:
    """What must be the same when a run goes on, besides its data and its settings."""
    return {
        "lexicon": lexicon.checksum if lexicon else None,
        "teachers": [one.manifest.files[GRAPH] for one in teachers] or None,
        "start": start.manifest.files.get(WEIGHTS) if start else None,
    }


def divided(train: Sequence[Example]) -> tuple[list[str], list[Example]]:
    """Right texts, in pieces as long as those that are corrected, and pairs."""
    pairs = [one for one in train if one.target]
    texts = (one.text for one in train if not one.target)
    right = [part.strip() for text in texts for part in passages(text, PIECE)]
    enough(len(right) + len(pairs), 10, "sentences")
    return right, pairs


def counted(
    right: Sequence[str], pairs: Sequence[Example], corrupt: Corrupt, most: int
) -> list[str]:
    """The edit scripts that errors and corrections need."""
    step = max(1, len(right) // SAMPLED)
    wrong = (corrupt(text, -1) for text in right[::step])
    found = (one.labels for pair in chain(wrong, pairs) if (one := decided(pair.text, pair.target)))
    counts = Counter(label for labels in found for label in labels if label != KEEP)
    labels = learnt(counts.elements(), most)
    if len(labels) < 2:
        raise BadInput("nothing in these sentences can be corrected: no gender, no number")
    return labels


def dev_sentences(dev: Sequence[Example], corrupt: Corrupt) -> list[Decided]:
    """What a network is judged on: corrections where there are some, else errors put in."""
    pairs = dev_pairs(dev, corrupt)
    return [one for pair in pairs if (one := decided(pair.text, pair.target))]


def dev_pairs(dev: Sequence[Example], corrupt: Corrupt) -> list[Example]:
    pairs = [one for one in dev if one.target]
    return pairs or [corrupt(one.text, -1) for one in dev[:JUDGED]]


@torch.no_grad()
def edit_scores(network: nn.Module, lexer: Lexer, sentences: Sequence[Decided]) -> list[EditScore]:
    """Edits proposed at first sight, and right, at each of CONFIDENCES."""
    assert isinstance(network, Corrector)
    device = next(network.parameters()).device
    proposed, right = np.zeros(len(CONFIDENCES), int), np.zeros(len(CONFIDENCES), int)
    wanted = sum(label != KEEP for one in sentences for label in one.labels)
    for batch in lexer.in_order(sentences, SCORING_BATCH):
        scores = network.scores(batch.rows.to(device), batch.lengths.to(device)).cpu()
        sure = torch.from_numpy(doubt(scores.numpy())).sigmoid()
        edit = scores[..., 1:].argmax(dim=-1)
        real = torch.arange(scores.shape[1]) < batch.lengths.unsqueeze(1)
        for place, least in enumerate(CONFIDENCES):
            made = (sure >= least) & real
            proposed[place] += int(made.sum())
            right[place] += int((made & (edit + 1 == batch.labels)).sum())
    return [EditScore(int(r), int(p), wanted) for r, p in zip(right, proposed, strict=True)]


def judged(network: nn.Module, lexer: Lexer, sentences: Sequence[Decided]) -> Score:
    """F0.5 of the edits at the best of CONFIDENCES."""
    return Score("F0.5", max(one.f05 for one in edit_scores(network, lexer, sentences)))


@torch.no_grad()
def surprise(network: nn.Module, lexer: Lexer, sentences: Sequence[Decided]) -> Score:
    """The nats it takes to say what becomes of a word.

    F0.5 hangs on the few edits about the confidence: of errors that were put in, by chance it can
    be best when little was learnt.
    """
    device = next(network.parameters()).device
    total, words = 0.0, 0
    for batch in lexer.in_order(sentences, SCORING_BATCH):
        loss, _ = network(Tagged(*(tensor.to(device) for tensor in batch)))
        total, words = total + loss.total.item(), words + loss.units
    return Score("nats per word", total / max(1, words), "lower")


def confidence(corrector: Answerer, pairs: Sequence[Example]) -> float:
    """The highest confidence at which F0.5 is as good as best: what is in doubt stays as it is."""
    answers = corrector([one.text for one in pairs])
    found = {
        least: total(
            compared(*pair, partly(pair.text, answer, least))
            for pair, answer in zip(pairs, answers, strict=True)
        ).f05
        for least in CONFIDENCES
    }
    return max(least for least in CONFIDENCES if found[least] >= max(found.values()) - AS_GOOD)


def partly(text: str, answer: Correction, least: float) -> str:
    """The text with what is at least so likely put right."""
    return edited(text, [Edit(*one[:2], one.new) for one in answer.findings if one.score >= least])


def finish(here: Run, network: Corrector, lexer: Lexer, corpus: Corpus, corrupt: Corrupt) -> Bundle:
    """Tune the confidence, export, quantise, score what users will run, and write the bundle."""
    pairs = dev_pairs(corpus.dev, corrupt)

    def judge(found: Bundle) -> list[Score]:
        answers = Answerer(found)([one.text for one in pairs])
        score = total(
            compared(*pair, answer.output) for pair, answer in zip(pairs, answers, strict=True)
        )
        return [
            Score("precision", score.precision),
            Score("recall", score.recall),
            Score("F0.5", score.f05),
        ]

    graphs = apart.graphs(network, lexer.features.slots)
    known = lexer.features.lexicon
    basis = {LEXICON: known.as_bytes()} if known else {}
    settings = asdict(network.settings)
    manifest = Manifest("agree", {**settings, "confidence": CONFIDENCES[0]}, list(lexer.labels))
    with in_passing(manifest, {**basis, **graphs.small}) as untuned:
        tuned = confidence(Answerer(untuned), pairs)
    manifest = replace(manifest, settings={**settings, "confidence": tuned})
    return publish(here, network, graphs, basis, manifest, judge, len(pairs))
