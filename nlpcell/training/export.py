"""A trained torch network to the ONNX graphs that answer: float32, then int8.

One definition of each network: what is exported is the very module that was trained.
"""

from __future__ import annotations

import contextlib
import logging
import math
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from nlpcell import engine
from nlpcell.bundle import GRAPH
from nlpcell.models.classifier import Classifier
from nlpcell.models.corrector import Corrector
from nlpcell.models.generator import Generator
from nlpcell.weights import SCALE, WORDS

SMALL = 100_000  # weights of a matrix of which int8 would save less than 0.3 MB


class Graphs(NamedTuple):
    """The files that answer, by name."""

    exact: Mapping[str, bytes]  # in float32
    small: Mapping[str, bytes]  # in int8


def alone(graph: bytes) -> Graphs:
    """A network that is one graph, in float32 and in int8."""
    return Graphs({GRAPH: graph}, {GRAPH: quantised(graph)})


class Scorer(nn.Module):
    """The part of a network that answers, as the module an exporter wants."""

    def __init__(self, network: Generator | Classifier | Corrector) -> None:
        super().__init__()
        self.network = network

    def forward(self, symbols: Tensor, other: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return self.network.scores(symbols, other)


def generator_graph(network: Generator) -> bytes:
    """(batch, time) ids and memory -> (batch, time, vocabulary) scores and memory, as ONNX."""
    ids = torch.ones(2, 3, dtype=torch.int64)
    return graph(
        Scorer(network),
        (ids, network.recurrent.blank(2)),
        {
            "ids": {0: "batch", 1: "time"},
            "memory": {2: "batch"},
            "scores": {0: "batch", 1: "time"},
            "memory_after": {2: "batch"},
        },
        ["ids", "memory"],
        ["scores", "memory_after"],
    )


def classifier_graph(network: Classifier) -> bytes:
    """(batch, time) ids and (batch,) lengths -> (batch, labels) scores, as ONNX."""
    ids = torch.ones(2, 5, dtype=torch.int64)
    return graph(
        Scorer(network),
        (ids, torch.tensor([5, 3])),
        {"ids": {0: "batch", 1: "time"}, "lengths": {0: "batch"}, "scores": {0: "batch"}},
        ["ids", "lengths"],
        ["scores"],
    )


def corrector_graph(network: Corrector, slots: int) -> bytes:
    """(batch, time, slots) rows and (batch,) lengths -> (batch, time, labels) scores, as ONNX."""
    rows = torch.ones(2, 5, slots, dtype=torch.int32)
    return graph(
        Scorer(network),
        (rows, torch.tensor([5, 3])),
        {
            "rows": {0: "batch", 1: "time"},
            "lengths": {0: "batch"},
            "scores": {0: "batch", 1: "time"},
        },
        ["rows", "lengths"],
        ["scores"],
    )


def graph(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    axes: Mapping[str, Mapping[int, str]],
    input_names: Sequence[str],
    output_names: Sequence[str],
) -> bytes:
    """Export with free batch and time axes.

    Through TorchScript: in torch 2.13 the newer exporter (`dynamo=True`) freezes the example's
    time into the Reshape that follows an LSTM.
    """
    module = module.cpu().eval()
    with tempfile.TemporaryDirectory() as folder, quiet():
        path = Path(folder, "exported.onnx")
        torch.onnx.export(
            module,
            inputs,
            path,
            dynamo=False,
            dynamic_axes=axes,
            opset_version=18,
            input_names=list(input_names),
            output_names=list(output_names),
        )
        return folded(path.read_bytes())


def folded(graph: bytes) -> bytes:
    """The graph with all that is constant computed, so that weights are plain arrays.

    The exporter reorders the gates of an LSTM with slices, behind which no quantiser sees weights.
    """
    onnxruntime = engine.onnxruntime()
    with tempfile.TemporaryDirectory() as folder:
        after = Path(folder, "folded.onnx")
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(after)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return after.read_bytes()


def quantised(graph: bytes) -> bytes:
    """Weights as int8, one scale per matrix, activations quantised as they come.

    Acts on LSTM, Gather and large MatMul (Jacob et al. 2018 for the arithmetic); GRU and plain RNN
    have no int8 kernel in ONNX Runtime and stay float32.
    """
    engine.onnxruntime()  # before anything else imports it
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder, quiet():
        before, after = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        before.write_bytes(graph)
        quantize_dynamic(
            before, after, weight_type=QuantType.QInt8, nodes_to_exclude=small_products(graph)
        )
        return after.read_bytes()


def small_products(graph: bytes) -> list[str]:
    """The names of the products with few weights.

    Those that score a few labels are among them, where rounding shows most: of what int8 cost a
    corrector nearly all was there.
    """
    import onnx

    model = onnx.load_from_string(graph).graph
    sizes = {one.name: math.prod(one.dims) for one in model.initializer}
    return [
        node.name
        for node in model.node
        if node.op_type == "MatMul" and sizes.get(node.input[1], SMALL) < SMALL
    ]


def weights(network: nn.Module, kept: str = "float32") -> bytes:
    """The parameters as safetensors: float32, float16, or matrices in int8 with a scale per row."""
    found: dict[str, torch.Tensor] = {}
    for name, one in network.state_dict().items():
        if kept == "int8" and name == WORDS:
            continue  # in the table that the graph reads
        if kept == "int8" and one.dim() == 2:
            scale = one.abs().amax(dim=1, keepdim=True).clamp_min(1e-12).float() / 127
            found[name], found[name + SCALE] = (one / scale).round().to(torch.int8), scale
        else:
            found[name] = one.to(torch.float16 if kept == "float16" else torch.float32)
    return bytes(to_bytes({name: one.contiguous().cpu() for name, one in found.items()}))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the exporters' remarks to themselves."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
