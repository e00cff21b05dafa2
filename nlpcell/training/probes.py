"""Sentences whose subjects are marked to linear probes, and into a bundle.

The states come from the same page that `inspect` shows. Beside each probe stand the two baselines
that it must beat: the same regression on a network that has learnt nothing, and on the word
vectors, which know a word but not what came before it (Hewitt and Liang 2019 on why).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from nlpcell import bundle
from nlpcell.bundle import Bundle
from nlpcell.cell import Array
from nlpcell.errors import BadInput, BadModel
from nlpcell.lexicon import kept
from nlpcell.models.corrector import Corrector
from nlpcell.probes import FEATURES, PROBES, Marked, Probe, as_bytes, open_subjects
from nlpcell.settings import CorrectorSize
from nlpcell.trace import AHEAD, Network, Strand, memory
from nlpcell.training import restored
from nlpcell.words import words

LONGEST = 100  # words of a sentence that a probe is fitted on
TOGETHER = 64  # sentences of one length that are read at once
HELD = 0.2  # share of the sentences on which accuracy is counted
CHOOSING = 0.1  # share on which the strength of the penalty is chosen
PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)  # on the squared weights, per word
FEWEST = 20  # sentences
FIT, CHOOSE, JUDGE = 0, 1, 2


class Words(NamedTuple):
    """Words with an open subject, row by row."""

    states: dict[str, Array]  # where they were read: (words, width)
    answers: dict[str, NDArray[np.int64]]  # feature: 0, 1, or -1 where it is not known; (words,)
    part: NDArray[np.int64]  # FIT, CHOOSE or JUDGE
    after: NDArray[np.bool_]  # whether the word comes after the noun itself


class Regression(NamedTuple):
    """A logistic regression: the probability of 1 is sigmoid(states @ weights + bias)."""

    weights: Array
    bias: float
    spread: Array

    def right(self, states: Array, answers: NDArray[np.int64]) -> float:
        """Share of the words it answers rightly."""
        return float(((states @ self.weights + self.bias > 0) == (answers == 1)).mean())


def added(found: Bundle, sentences: Sequence[Marked], seed: int = 1) -> list[Probe]:
    """Fit probes on an `agree` bundle that holds its weights, and write them into it."""
    if found.manifest.task != "agree":
        raise BadModel("probes for gender and number need an agree model", where=str(found.folder))
    if len(sentences) < FEWEST:
        raise BadInput(f"{len(sentences)} sentences with subjects; probes need {FEWEST}")
    network = Network.load(found)
    probes = fitted(network, untrained(found, seed), sentences, seed)
    files = {name: found.read(name) for name in found.manifest.files}
    bundle.save(found.folder, found.manifest, {**files, PROBES: as_bytes(probes)})
    return probes


def untrained(found: Bundle, seed: int) -> Network:
    """A network of the same shape before it has learnt anything."""
    size = restored.size(found, CorrectorSize)
    torch.manual_seed(seed)
    fresh = Corrector(len(found.manifest.labels), size).state_dict()
    arrays = {name: tensor.numpy() for name, tensor in fresh.items()}
    return Network("agree", found.manifest.settings, arrays, str(found.folder), kept(found))


def fitted(network: Network, fresh: Network, sentences: Sequence[Marked], seed: int) -> list[Probe]:
    """A probe for each feature and layer."""
    learnt, blank = collected(network, sentences, seed), collected(fresh, sentences, seed)
    probes = []
    for feature in FEATURES:
        known = learnt.answers[feature] >= 0
        judged = known & (learnt.part == JUDGE) & learnt.after
        answers = learnt.answers[feature]
        if len(set(answers[judged])) < 2 or len(set(answers[known & (learnt.part == FIT)])) < 2:
            raise BadInput(f"these sentences do not show both values of {feature}")
        vectors = accuracy(learnt, "vectors", feature, judged)
        common = float(max((answers[judged] == one).mean() for one in (0, 1)))
        for layer in sorted({one.layer for one in network.strands}):
            best = regression(learnt, f"layer {layer}", feature)
            probes.append(
                Probe(
                    feature, layer, best.weights, best.bias, best.spread,
                    best.right(learnt.states[f"layer {layer}"][judged], answers[judged]),
                    accuracy(blank, f"layer {layer}", feature, judged),
                    vectors, common, int(judged.sum()),
                )
            )  # fmt: skip
    return probes


def accuracy(found: Words, place: str, feature: str, judged: NDArray[np.bool_]) -> float:
    """How often a probe on these states is right on held-out words."""
    best = regression(found, place, feature)
    return best.right(found.states[place][judged], found.answers[feature][judged])


def collected(network: Network, sentences: Sequence[Marked], seed: int) -> Words:
    """The states of every word that has an open subject; sentences of one length go together."""
    parts = np.random.default_rng(seed).random(len(sentences))
    parts = np.where(parts < HELD, JUDGE, np.where(parts < HELD + CHOOSING, CHOOSE, FIT))
    alike: dict[int, list[int]] = defaultdict(list)
    split = [[word.text for word in words(one.text)] for one in sentences]
    for number, tokens in enumerate(split):
        if len(tokens) <= LONGEST:
            alike[len(tokens)].append(number)
    groups = [
        together[start : start + TOGETHER]
        for _, together in sorted(alike.items())
        for start in range(0, len(together), TOGETHER)
    ]
    states: dict[str, list[Array]] = defaultdict(list)
    rows: list[tuple[int, int, int, bool]] = []  # gender, number, part, after
    for group in groups:
        for place, read in states_of(network, [split[number] for number in group]).items():
            for sentence, number in zip(read, group, strict=True):
                open_words = open_subjects(sentences[number].subjects, len(sentence))
                states[place].append(sentence[[at for at, _ in open_words]])
        for number in group:
            rows += [
                (value("gender", one.gender), value("number", one.number), int(parts[number]),
                 at > one.noun)
                for at, one in open_subjects(sentences[number].subjects, len(split[number]))
            ]  # fmt: skip
    gender, number_, part, after = (np.array(column) for column in zip(*rows, strict=True))
    joined = {place: np.concatenate(found) for place, found in states.items()}
    return Words(joined, {"gender": gender, "number": number_}, part, after.astype(bool))


def value(feature: str, label: str) -> int:
    """The place of a label among the two of its feature; -1 for any other."""
    labels = FEATURES[feature]
    return labels.index(label) if label in labels else -1


def states_of(network: Network, sentences: Sequence[Sequence[str]]) -> Mapping[str, Array]:
    """For sentences of one length, each (sentences, words, width): word vectors, layers."""
    symbols = np.stack([network.features.rows(tokens) for tokens in sentences])
    passed = network(symbols)
    layers = {
        f"layer {strand.layer}": memory(steps)
        for strand, steps in passed.steps.items()
        if strand == Strand(strand.layer, AHEAD)
    }
    return {"vectors": network.vectors(symbols), **layers}


def regression(found: Words, place: str, feature: str) -> Regression:
    """Fit on FIT with each penalty, keep what is best on CHOOSE."""
    states, answers = found.states[place], found.answers[feature]
    fit = (found.part == FIT) & (answers >= 0)
    choose = (found.part == CHOOSE) & (answers >= 0) & found.after
    choose = choose if choose.any() else fit
    tried = [logistic(states[fit], answers[fit], penalty) for penalty in PENALTIES]
    return max(tried, key=lambda one: one.right(states[choose], answers[choose]))


def logistic(states: Array, answers: NDArray[np.int64], penalty: float) -> Regression:
    """Logistic regression on standardised states, (words, width), by L-BFGS."""
    middle, spread = states.mean(axis=0), states.std(axis=0)
    scale = np.maximum(spread, 1e-6)
    inputs = torch.from_numpy(((states - middle) / scale).astype(np.float32))
    wanted = torch.from_numpy(answers.astype(np.float32))
    weights = torch.zeros(inputs.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    search = torch.optim.LBFGS([weights, bias], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Any:
        search.zero_grad()
        nats = F.binary_cross_entropy_with_logits(inputs @ weights + bias, wanted)
        total = nats + penalty * weights.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    plain = weights.detach().numpy() / scale
    return Regression(plain, float(bias.detach()) - float(middle @ plain), spread)
