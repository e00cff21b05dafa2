"""Pairs of sentences to a `translate` bundle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import torch
from torch import nn

from nlpcell.bundle import TOKENIZER, Bundle, Manifest
from nlpcell.errors import BadInput
from nlpcell.example import Example
from nlpcell.inference.translator import Translator as Answerer
from nlpcell.models.translator import Paired, Translator
from nlpcell.scoring import Score
from nlpcell.settings import Decoding, TranslatorSize
from nlpcell.subwords import Subwords, prepared
from nlpcell.tokenizer import PAD, Tokenizer
from nlpcell.training import export_translate, run
from nlpcell.training.bleu import translation_scores
from nlpcell.training.corpus import Corpus, digest, enough
from nlpcell.training.pairs import LONGEST, Pairs, Renamed, Sides, in_order, sides
from nlpcell.training.publish import publish
from nlpcell.training.run import Run
from nlpcell.training.trainer import Progress

SCORED_ON = 1_000  # dev pairs at most, by which the best weights are told


def train_translate(
    corpus: Corpus,
    here: Run,
    size: TranslatorSize,
    languages: tuple[str, str] = ("source", "target"),
    renamed: Renamed | None = None,
) -> Iterator[Progress]:
    """Learn to turn texts of one language into the other; write a bundle to `here.out`.

    `renamed` puts other names into pairs while they are learnt from.
    """
    train, dev = complete(corpus.train), complete(corpus.dev)
    enough(len(train), 10, "pairs of sentences")
    here.made_with.update(settings=asdict(size), data=digest(corpus.train), **here.fixed())
    here.made_with["naming"] = "others" if renamed else None
    both = [prepared(side) for one in train for side in one]
    tokenizer = here.tokenizer(
        lambda: Tokenizer.learn(both, "unigram", size.vocabulary, digits_apart=True)
    )
    run.seeded(here.training.seed)
    network = Translator(len(tokenizer), size)
    subwords = Subwords(tokenizer)
    batch, seed = here.training.batch, here.training.seed
    source = Pairs(train, subwords, size.sampling, batch, seed, renamed)
    judging = spread(dev, SCORED_ON)
    held = sides(judging, subwords)
    if not sides(train[:1_000], subwords) or not held:
        raise BadInput(f"no pair is shorter than {LONGEST} subwords on either side")
    judge = partial(judged, pairs=held, batch=batch)
    yield from run.train(here, network, source, judge)
    if run.leads():
        finish(here, network, tokenizer, languages, judging)


def complete(examples: Sequence[Example]) -> list[Example]:
    """The pairs that have two sides, without white space around them."""
    stripped = (Example(one.text.strip(), one.target.strip()) for one in examples)
    return [one for one in stripped if one.text and one.target]


def spread(examples: Sequence[Example], most: int) -> Sequence[Example]:
    """At most so many examples, taken from everywhere."""
    return examples[:: -(-len(examples) // most)] if examples else examples


@torch.no_grad()
def judged(network: nn.Module, pairs: Sequence[Sides], batch: int) -> Score:
    """The share of dev subwords that the network finds, given the right ones before each.

    It follows BLEU more closely than the loss does, which confidence alone can spoil, and costs
    no search.
    """
    assert isinstance(network, Translator)
    device = next(network.parameters()).device
    right, count = 0, 0
    for given in in_order(pairs, batch):
        one = Paired(*(part.to(device) for part in given))
        sentence, start = network.read(one.source, one.lengths)
        real = one.after != PAD
        vectors = network.write(one.before, start, sentence).vectors[real]
        right += int((network.scores(vectors).argmax(dim=-1) == one.after[real]).sum())
        count += int(real.sum())
    return Score("subword accuracy", right / max(1, count))


def finish(
    here: Run,
    network: Translator,
    tokenizer: Tokenizer,
    languages: tuple[str, str],
    dev: Sequence[Example],
) -> Bundle:
    """Export, quantise, score what users will run on dev pairs, and write the bundle."""
    sources, references = [one.text for one in dev], [[one.target] for one in dev]
    decoding = Decoding()

    def answers(found: Bundle) -> list[str]:
        return [one.target for one in Answerer(found, here.threads)(sources)]

    def judge(found: Bundle) -> list[Score]:
        return translation_scores(answers(found), references)[0]

    _, how = translation_scores([""], [[""]])
    settings = {**asdict(network.settings), "from": languages[0], "to": languages[1]}
    manifest = Manifest("translate", settings)
    files = export_translate.graphs(network.cpu().eval())
    said = f"beam {decoding.beam}, length penalty {decoding.length_penalty}, {how}"
    return publish(
        here, network, files, {TOKENIZER: tokenizer.model}, manifest, judge, len(dev), said
    )
