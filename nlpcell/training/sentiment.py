"""Labelled sentences to a `sentiment` bundle; raw text first, where there is some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nlpcell.bundle import TOKENIZER, Bundle, Manifest
from nlpcell.folding import folded
from nlpcell.inference.classifier import Classifier as Answerer
from nlpcell.models.classifier import Classifier
from nlpcell.models.reader import Reader
from nlpcell.scoring import Score, accuracy, macro_f1
from nlpcell.settings import READING, ClassifierSize, Training
from nlpcell.tokenizer import Tokenizer, seed_sampling
from nlpcell.training import export, run
from nlpcell.training.batches import Sentences, in_order
from nlpcell.training.corpus import Corpus, digest, tell_apart
from nlpcell.training.publish import publish
from nlpcell.training.run import Run
from nlpcell.training.trainer import Progress

SCORING_BATCH = 64  # sentences
LONGEST = 256  # subwords of a training sentence that are read; longer ones are cut


def train_sentiment(
    corpus: Corpus,
    here: Run,
    size: ClassifierSize = ClassifierSize(),
    *,
    raw: Sequence[str] = (),
    reading: Training = READING,
) -> Iterator[Progress]:
    """Learn to name the labels of `corpus`; write a bundle to `here.out` at the end.

    `raw` are sentences without labels from which the encoder learns the language first.
    """
    labels = sorted({one.target for one in corpus.train})
    tell_apart(corpus)
    texts = [folded(one.text) for one in corpus.train]
    raw = [folded(text) for text in raw]
    tokenizer = here.tokenizer(lambda: Tokenizer.learn([*texts, *raw], "unigram", size.vocabulary))
    here.made_with.update(settings=asdict(size), data=digest(corpus.train), **here.fixed())
    run.seeded(here.training.seed)
    network = Classifier(len(tokenizer), len(labels), size)
    if raw:
        yield from read_first(network, tokenizer, [*texts, *raw], here, reading)
    segments = segmented(texts, tokenizer, size.sampling, here.training.seed)
    targets = [labels.index(one.target) for one in corpus.train]
    network.ngrams.learn_prior(segments(0), targets)
    source = Sentences(segments, targets, here.training.batch, here.training.seed)
    judge = partial(judged, tokenizer=tokenizer, corpus=corpus, labels=labels)
    yield from run.train(here, network, source, judge)
    if run.leads():
        finish(here, network, tokenizer, labels, corpus)


def segmented(
    texts: Sequence[str], tokenizer: Tokenizer, alpha: float, seed: int
) -> Callable[[int], list[list[int]]]:
    """The ids of an epoch: always the same ones, or segmentations drawn anew (Kudo 2018)."""
    fixed = [tokenizer.encode(text)[:LONGEST] for text in texts]

    def ids(epoch: int) -> list[list[int]]:
        if not alpha:
            return fixed
        seed_sampling(1_000 * seed + epoch)
        return [tokenizer.encode_sampled(text, alpha)[:LONGEST] for text in texts]

    return ids


def read_first(
    network: Classifier, tokenizer: Tokenizer, texts: Sequence[str], here: Run, reading: Training
) -> Iterator[Progress]:
    """Train the network's encoder as a language model in both directions."""
    sentences = [part for text in texts for part in pieces(tokenizer.encode(text))]
    held, kept = sentences[::50][:500], [ids for i, ids in enumerate(sentences) if i % 50]
    reader = Reader(len(tokenizer), network.settings)
    source = Sentences(lambda _: kept, [0] * len(kept), reading.batch, reading.seed)
    made_with = {**here.made_with, "data": len(kept)}
    nearby = replace(here, training=reading, out=here.workshop / "reading", made_with=made_with)
    yield from run.train(nearby, reader, source, partial(foretold, sentences=held))
    network.encoder.load_state_dict(reader.encoder.state_dict())


def pieces(ids: Sequence[int], most: int = 64) -> list[Sequence[int]]:
    """A text of any length in parts of at most `most` subwords; a lone last one is left out.

    >>> pieces([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4]]
    """
    parts = [ids[start : start + most] for start in range(0, len(ids), most)]
    return [part for part in parts if len(part) > 1]


def foretold(reader: nn.Module, sentences: Sequence[Sequence[int]]) -> Score:
    """Nats per subword on held-back raw text."""
    assert isinstance(reader, Reader)
    device = next(reader.parameters()).device
    total, count = 0.0, 0
    for batch in in_order(sentences, [0] * len(sentences), SCORING_BATCH):
        loss, _ = reader(type(batch)(*(one.to(device) for one in batch)))
        total, count = total + float(loss.total), count + loss.units
    return Score("nats/subword", total / max(1, count), "lower")


def dev_scores(
    network: nn.Module, tokenizer: Tokenizer, corpus: Corpus, labels: Sequence[str]
) -> tuple[Tensor, Tensor]:
    """Scores, (sentences, labels), and targets, (sentences,), of the dev data, in some order."""
    assert isinstance(network, Classifier)
    device = next(network.parameters()).device
    ids = [tokenizer.encode(folded(one.text))[:LONGEST] for one in corpus.dev]
    targets = [labels.index(one.target) for one in corpus.dev]
    batches = list(in_order(ids, targets, SCORING_BATCH))
    with torch.no_grad():
        rows = [
            network.scores(one.ids.to(device), one.lengths.to(device)).float().cpu()
            for one in batches
        ]
    return torch.cat(rows), torch.cat([one.labels for one in batches])


def judged(
    network: nn.Module, tokenizer: Tokenizer, corpus: Corpus, labels: Sequence[str]
) -> Score:
    """Macro-F1 on the dev data."""
    scores, targets = dev_scores(network, tokenizer, corpus, labels)
    answers = [labels[i] for i in scores.argmax(dim=-1).tolist()]
    return Score("macro-F1", macro_f1(answers, [labels[i] for i in targets.tolist()]))


def calibrated(scores: Tensor, targets: Tensor) -> float:
    """The temperature that makes the dev data likeliest (Guo et al. 2017), by a fine search."""
    candidates = torch.logspace(-1, 1, 401)
    nats = torch.stack([F.cross_entropy(scores / one, targets) for one in candidates])
    return round(float(candidates[nats.argmin()]), 4)


def finish(
    here: Run, network: Classifier, tokenizer: Tokenizer, labels: Sequence[str], corpus: Corpus
) -> Bundle:
    """Calibrate, export, quantise, score what users will run, and write the bundle."""
    temperature = calibrated(*dev_scores(network, tokenizer, corpus, labels))
    manifest = Manifest("sentiment", asdict(network.settings), list(labels), temperature)
    targets = [one.target for one in corpus.dev]

    def judge(found: Bundle) -> list[Score]:
        verdicts = Answerer(found)([one.text for one in corpus.dev])
        answers = [verdict.label if verdict else "" for verdict in verdicts]
        return [
            Score("accuracy", accuracy(answers, targets)),
            Score("macro-F1", macro_f1(answers, targets)),
        ]

    exact = export.classifier_graph(network)
    return publish(
        here,
        network,
        export.alone(exact),
        {TOKENIZER: tokenizer.model},
        manifest,
        judge,
        len(targets),
    )
