"""What answers computes what was trained: exported graphs against the torch networks."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from nlpcell import bundle, engine
from nlpcell.bundle import Bundle
from nlpcell.features import SLOTS, hidden
from nlpcell.inference.classifier import Classifier
from nlpcell.models.classifier import Classifier as ClassifierNetwork
from nlpcell.models.corrector import Corrector as CorrectorNetwork
from nlpcell.models.generator import Generator as GeneratorNetwork
from nlpcell.modules.words import WordVectors
from nlpcell.settings import ClassifierSize, CorrectorSize, GeneratorSize, Layers
from nlpcell.training import export
from nlpcell.training.generate import load_network

VOCABULARY, LABELS = 40, 3
SHAPES = [(cell, layers) for cell in ("lstm", "gru", "rnn") for layers in (1, 2)]
ids_of = np.random.default_rng(7)


def run(graph: bytes, **inputs: np.ndarray) -> list[np.ndarray]:
    session = engine.onnxruntime().InferenceSession(graph, providers=["CPUExecutionProvider"])
    return list(session.run(None, inputs))


def bold(network: torch.nn.Module) -> torch.nn.Module:
    """Weights large enough that a gate in the wrong place shows."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.5)
    return network.eval()


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_a_generator_and_its_graphs(cell: str, layers: int) -> None:
    """Scores and memory, the memory carried from one passage into the next."""
    size = GeneratorSize(Layers(cell, 12, layers), 8)  # type: ignore[arg-type]
    network = GeneratorNetwork(VOCABULARY, size)
    bold(network)
    exact = export.generator_graph(network)
    small = export.quantised(exact)
    memory = network.recurrent.blank(3)
    carried = {"float32": memory.numpy(), "int8": memory.numpy()}
    for time in (5, 1, 17):
        ids = ids_of.integers(0, VOCABULARY, (3, time))
        with torch.no_grad():
            scores, memory = network.scores(torch.from_numpy(ids), memory)
        for name, graph, error in (("float32", exact, 1e-4), ("int8", small, 0.6)):
            found, carried[name] = run(graph, ids=ids, memory=carried[name])
            assert found == pytest.approx(scores.numpy(), abs=error)
            assert carried[name] == pytest.approx(memory.numpy(), abs=error)


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_a_classifier_and_its_graphs(cell: str, layers: int) -> None:
    """Each sentence alone in the graph equals itself in a padded batch of the network."""
    size = ClassifierSize(Layers(cell, 12, layers), 8)  # type: ignore[arg-type]
    network = ClassifierNetwork(VOCABULARY, LABELS, size)
    bold(network)
    exact = export.classifier_graph(network)
    small = export.quantised(exact)
    lengths = np.array([1, 2, 9, 17])
    ids = ids_of.integers(4, VOCABULARY, (4, 17)) * (np.arange(17) < lengths[:, None])
    with torch.no_grad():
        scores = network.scores(torch.from_numpy(ids), torch.from_numpy(lengths)).numpy()
    assert run(exact, ids=ids, lengths=lengths)[0] == pytest.approx(scores, abs=1e-4)
    for row, length in enumerate(lengths):
        alone = {"ids": ids[row : row + 1, :length], "lengths": lengths[row : row + 1]}
        assert run(exact, **alone)[0][0] == pytest.approx(scores[row], abs=1e-4)
        assert run(small, **alone)[0][0] == pytest.approx(scores[row], abs=0.6)


@pytest.mark.parametrize(("cell", "layers"), SHAPES)
def test_a_corrector_and_its_graphs(cell: str, layers: int) -> None:
    """Each sentence alone in the graph equals itself in a padded batch of the network."""
    size = CorrectorSize(Layers(cell, 12, layers), 8, buckets=200)  # type: ignore[arg-type]
    network = CorrectorNetwork(LABELS, size)
    bold(network)
    exact = export.corrector_graph(network)
    small = export.quantised(exact)
    lengths = np.array([1, 2, 9, 17])
    table = ids_of.integers(1, 200, (4, 17, SLOTS)).astype(np.int32)
    table *= (np.arange(17) < lengths[:, None])[:, :, None]
    with torch.no_grad():
        scores = network.scores(torch.from_numpy(table), torch.from_numpy(lengths)).numpy()
    for row, length in enumerate(lengths):
        alone = {"rows": table[row : row + 1, :length], "lengths": lengths[row : row + 1]}
        assert run(exact, **alone)[0][0] == pytest.approx(scores[row, :length], abs=1e-4)
        assert run(small, **alone)[0][0] == pytest.approx(scores[row, :length], abs=1.5)


def test_summing_rows_is_the_same_in_training_and_in_answering() -> None:
    vectors = WordVectors(buckets=50, width=6, hide_word=0.0, hide_name=0.0)
    table = torch.from_numpy(ids_of.integers(0, 50, (2, 5, SLOTS)).astype(np.int32))
    with torch.no_grad():
        assert torch.allclose(vectors.train()(table), vectors.eval()(table), atol=1e-5)


def test_hidden_words_show_nothing() -> None:
    vectors = WordVectors(buckets=50, width=6, hide_word=1.0, hide_name=0.0).train()
    table = torch.from_numpy(ids_of.integers(2, 50, (1, 4, SLOTS)).astype(np.int32))
    with torch.no_grad():
        shown = vectors.eval()(torch.from_numpy(hidden(4))[None])
        assert torch.allclose(vectors.train()(table), shown, atol=1e-5)


def test_the_graph_of_a_trained_bundle_is_its_weights(writer: Path) -> None:
    found = Bundle.load(writer)
    network = load_network(found)
    ids = ids_of.integers(0, 20, (1, 30))
    memory = network.recurrent.blank(1)
    with torch.no_grad():
        scores, _ = network.scores(torch.from_numpy(ids), memory)
    answered = run(found.read(bundle.GRAPH), ids=ids, memory=memory.numpy())[0]
    assert answered == pytest.approx(scores.numpy(), abs=0.2)


def test_neighbours_windows_and_threads_change_nothing(judge: Path) -> None:
    """The same numbers, bit for bit, for a sentence alone, among others and on more threads."""
    draw = random.Random(2)
    words = ["la", "cama", "es", "fea", "sucia", "buena", "genial", "y", "no", "muy"]
    texts = [" ".join(draw.choices(words, k=draw.randrange(12))) for _ in range(60)]
    found = Bundle.load(judge)
    alone = [Classifier(found, threads=1)(text) for text in texts]
    assert any(one is None for one in alone) and any(one is not None for one in alone)
    for threads in (1, 2, 5):
        classifier = Classifier(found, threads=threads)
        assert classifier(texts) == alone
        assert list(classifier(iter(texts))) == alone
        assert classifier(texts[::-1]) == alone[::-1]
