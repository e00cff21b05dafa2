"""What answers computes what was trained: exported graphs against the torch networks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from toys import phrases

from nlpcell import bundle, engine
from nlpcell.bundle import Bundle, Manifest
from nlpcell.errors import BadModel
from nlpcell.features import SLOTS, Features
from nlpcell.inference.classifier import Classifier
from nlpcell.inference.corrector import apart as words_apart
from nlpcell.inference.session import Session
from nlpcell.inference.translator import Translator
from nlpcell.models.classifier import Classifier as ClassifierNetwork
from nlpcell.models.corrector import Corrector as CorrectorNetwork
from nlpcell.models.generator import Generator as GeneratorNetwork
from nlpcell.models.translator import Translator as TranslatorNetwork
from nlpcell.modules.words import WordVectors
from nlpcell.settings import ClassifierSize, CorrectorSize, GeneratorSize, Layers, TranslatorSize
from nlpcell.trace import Network
from nlpcell.training import apart, export, export_translate
from nlpcell.training.generate import load_network
from nlpcell.training.publish import in_passing
from nlpcell.weights import SCALE, arrays, parameters

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
    graphs = apart.graphs(network, SLOTS)
    lengths = np.array([1, 2, 9, 17])
    table = ids_of.integers(1, 200, (4, 17, SLOTS)).astype(np.int32)
    table *= (np.arange(17) < lengths[:, None])[:, :, None]
    with torch.no_grad():
        scores = network.scores(torch.from_numpy(table), torch.from_numpy(lengths)).numpy()
    manifest = Manifest("agree", {"recurrent": asdict(size.recurrent)})
    for files, error in ((graphs.exact, 1e-4), (graphs.small, 0.5)):
        kept = {bundle.WEIGHTS: export.weights(network, "int8" if bundle.TABLE in files else "")}
        with in_passing(manifest, {**files, **kept}) as found:
            session = Session(found, ["scores"], given=words_apart(found))
            shown = Network.load(found)
        for row, length in enumerate(lengths):
            alone = {"rows": table[row : row + 1, :length], "lengths": lengths[row : row + 1]}
            wanted = pytest.approx(scores[row, :length], abs=error)
            assert session(alone)[0][0] == wanted
            assert shown(alone["rows"]).scores[0] == wanted


@pytest.mark.parametrize(("labels", "product"), [(100, "MatMul"), (200, "MatMulInteger")])
def test_only_large_products_are_rounded(labels: int, product: str) -> None:
    """Most of what int8 cost a corrector came from its last product, which has few weights."""
    network = CorrectorNetwork(labels, CorrectorSize(buckets=200))
    graph = onnx.load_from_string(export.quantised(export.corrector_graph(network, SLOTS))).graph
    kinds = {node.op_type for node in graph.node}
    assert kinds & {"MatMul", "MatMulInteger"} == {product}
    assert "DynamicQuantizeLSTM" in kinds


def test_summing_rows_is_the_same_in_training_and_in_answering() -> None:
    vectors = WordVectors(buckets=50, width=6, hide_word=0.0, hide_name=0.0)
    table = torch.from_numpy(ids_of.integers(0, 50, (2, 5, SLOTS)).astype(np.int32))
    with torch.no_grad():
        assert torch.allclose(vectors.train()(table), vectors.eval()(table), atol=1e-5)


def test_hidden_words_show_nothing() -> None:
    vectors = WordVectors(buckets=50, width=6, hide_word=1.0, hide_name=0.0).train()
    table = torch.from_numpy(ids_of.integers(2, 50, (1, 4, SLOTS)).astype(np.int32))
    with torch.no_grad():
        shown = vectors.eval()(torch.from_numpy(Features(50).hidden(4))[None])
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


@pytest.mark.parametrize(("kept", "error"), [("float32", 0.0), ("float16", 1e-3), ("int8", 4.1e-3)])
def test_weights_come_back(kept: str, error: float) -> None:
    network = bold(GeneratorNetwork(VOCABULARY, GeneratorSize()))
    content = export.weights(network, kept)
    found = parameters(content, "x")
    assert found.keys() == network.state_dict().keys()
    for name, one in network.state_dict().items():
        assert np.abs(found[name] - one.numpy()).max() <= error * one.abs().max()
    if kept == "int8":
        unscaled = {
            name: one for name, one in from_bytes(content).items() if not name.endswith(SCALE)
        }
        with pytest.raises(BadModel, match="has no scale that fits"):
            parameters(to_bytes(unscaled), "x")


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


SIDES = [(cell, attention) for cell in ("lstm", "gru", "rnn") for attention in ("dot", "additive")]


@pytest.mark.parametrize(("cell", "attention"), SIDES)
def test_a_translator_and_its_graphs(cell: str, attention: str) -> None:
    """A sentence read alone and written step by step equals itself in a padded batch."""
    layers = Layers(cell, 64, 2)  # type: ignore[arg-type]
    size = TranslatorSize(layers, embedding=64, vocabulary=300, attention=attention)  # type: ignore[arg-type]
    network = TranslatorNetwork(80, size)
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in network.eval().parameters():
            parameter.normal_(0, 0.1)
    lengths = np.array([1, 2, 9, 17])
    sources = ids_of.integers(4, 80, (4, 17)) * (np.arange(17) < lengths[:, None])
    targets = ids_of.integers(4, 80, (4, 6))
    with torch.no_grad():
        sentence, memory = network.read(torch.from_numpy(sources), torch.from_numpy(lengths))
        decoded = network.write(torch.from_numpy(targets), memory, sentence)
        chances = network.scores(decoded.vectors).log_softmax(dim=-1).numpy()
    graphs = export_translate.graphs(network)
    for files, error in ((graphs.exact, 1e-4), (graphs.small, 0.8)):
        for row, length in enumerate(lengths):
            step = OneSentence(files, sources[row, :length])
            for time in range(6):
                found = step(targets[row, time])
                assert found == pytest.approx(chances[row, time], abs=error)
            assert step.weights == pytest.approx(
                decoded.weights[row, -1:, :length].numpy(), abs=error
            )


class OneSentence:
    """The files of a translator at work on one sentence."""

    def __init__(self, files: Mapping[str, bytes], ids: np.ndarray) -> None:
        found = arrays(files[bundle.TABLE], "")
        self.table = found["table"].astype(np.float32) * found["scale"][:, None]
        runtime = engine.onnxruntime()
        options = runtime.SessionOptions()
        self.given = [runtime.OrtValue.ortvalue_from_numpy(found["table"])]
        options.add_external_initializers(["table"], self.given)
        cpu = ["CPUExecutionProvider"]
        self.writer = runtime.InferenceSession(files[bundle.GRAPH], options, providers=cpu)
        inputs = {"embedded": self.table[ids][None], "lengths": np.array([len(ids)])}
        self.keys, self.values, self.memory = run(files[bundle.READER], **inputs)
        self.weights = np.zeros(0)

    def __call__(self, one: int) -> np.ndarray:
        """(vocabulary,) logarithms of chances after one more id."""
        outputs = ["scores", "ids", "memory_after", "weights"]
        inputs = {"embedded": self.table[[[one]]], "memory": self.memory, "keys": self.keys,
                  "values": self.values, "real": np.ones(self.values.shape[:2], bool),
                  "most": np.array([80])}  # fmt: skip
        scores, ids, self.memory, self.weights = self.writer.run(outputs, inputs)
        chances = np.empty(80, np.float32)
        chances[ids[0]] = scores[0]
        return chances


def test_rows_of_a_product_know_nothing_of_each_other(interpreter: Path) -> None:
    """The same numbers, bit for bit, for a sentence alone, among others and on more threads."""
    texts = [line.split("\t")[0] for line in phrases(40, seed=9).split("\n")[1:-1]]
    texts[3], texts[7] = "", " . ".join(texts[:6])
    found = Bundle.load(interpreter)
    alone = [Translator(found, threads=1)(text) for text in texts]
    assert alone[3].target == "" and alone[7].target
    for threads in (1, 3):
        translator = Translator(found, threads=threads)
        assert translator(texts) == alone
        assert translator(texts[::-1]) == alone[::-1]
