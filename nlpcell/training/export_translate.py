"""A trained translator to what answers: a graph that reads, one that writes, and a table.

The table of subwords is kept once: NumPy looks rows up in it, and the graph that writes, which
compares with all of it, is given the same array when it is loaded.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save as to_bytes
from torch import Tensor, nn

from nlpcell.bundle import GRAPH, READER, TABLE
from nlpcell.models.translator import Translator
from nlpcell.modules.decoder import Decoded, Sentence
from nlpcell.modules.recurrent import stepped
from nlpcell.training import export
from nlpcell.training.apart import elsewhere
from nlpcell.training.rowwise import (
    add,
    operation,
    product,
    rowwise,
    scaled,
)


class Reads(nn.Module):
    """(batch, source, embedding), (batch,) -> keys, values and the memory to begin with."""

    def __init__(self, network: Translator) -> None:
        super().__init__()
        self.network = network

    def forward(self, embedded: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        sentence, memory = self.network.understand(embedded * self.network.encoder.scale, lengths)
        return sentence.keys, sentence.values, memory


class Writes(nn.Module):
    """One step: (rows, 1, embedding), memory and sentences -> vectors, memory and weights."""

    def __init__(self, network: Translator) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, embedded: Tensor, memory: Tensor, keys: Tensor, values: Tensor, real: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        network, sentence = self.network, Sentence(keys, values, real)
        decoded = Decoded(
            *network.decoder(embedded * network.encoder.scale, memory, sentence, stepped)
        )
        return decoded.vectors.squeeze(1), decoded.memory, decoded.weights.squeeze(1)


def graphs(network: Translator) -> export.Graphs:
    """The files in float32 and in int8."""
    return export.Graphs(exact(network), small(network))


def exact(network: Translator) -> dict[str, bytes]:
    """The files in float32."""
    table = network.encoder.embedding.weight.detach().numpy()
    return {
        READER: reader_graph(network),
        GRAPH: finished(writer_graph(network), network, table, None),
        TABLE: to_bytes({"table": table, "scale": np.ones(len(table), np.float32)}),
    }


def small(network: Translator) -> dict[str, bytes]:
    """The files in int8. Reading is one sentence at a time, writing is many rows at a time."""
    numbers, scale = scaled(network.encoder.embedding.weight.detach().numpy().T)
    table = np.ascontiguousarray(numbers.T)
    return {
        READER: export.quantised(reader_graph(network)),
        GRAPH: finished(writer_graph(network), network, table, scale),
        TABLE: to_bytes({"table": table, "scale": scale}),
    }


def reader_graph(network: Translator) -> bytes:
    """The graph that reads a sentence."""
    size = network.settings.embedding
    return export.graph(
        Reads(network),
        (torch.ones(2, 5, size), torch.tensor([5, 3])),
        {
            "embedded": {0: "batch", 1: "source"},
            "lengths": {0: "batch"},
            "keys": {1: "batch", 2: "source"},
            "values": {0: "batch", 1: "source"},
            "memory": {2: "batch"},
        },
        ["embedded", "lengths"],
        ["keys", "values", "memory"],
    )


def writer_graph(network: Translator) -> bytes:
    """The graph that takes a step, up to the vectors that are compared with the table."""
    size = network.settings.embedding
    lengths = torch.tensor([5, 3])
    with torch.no_grad():
        sentence, memory = network.eval().understand(torch.ones(2, 5, size), lengths)
    return export.graph(
        Writes(network),
        (torch.ones(4, 1, size), memory.repeat_interleave(2, dim=2), *sentence),
        {
            "embedded": {0: "rows"},
            "memory": {2: "rows"},
            "keys": {1: "batch", 2: "source"},
            "values": {0: "batch", 1: "source"},
            "real": {0: "batch", 1: "source"},
            "vectors": {0: "rows"},
            "memory_after": {2: "rows"},
            "weights": {0: "rows", 1: "source"},
        },
        ["embedded", "memory", "keys", "values", "real"],
        ["vectors", "memory_after", "weights"],
    )


def finished(
    graph: bytes, network: Translator, table: NDArray[Any], scale: NDArray[np.float32] | None
) -> bytes:
    """The step with its end: log-probabilities of the `most` likeliest subwords, and their ids.

    With a scale the table is in int8, and so are all products.
    """
    import onnx
    from onnx import TensorProto, helper

    model = onnx.load_from_string(graph)
    inner = model.graph
    if scale is not None:
        rowwise(inner)
    inner.initializer.append(elsewhere("table", table))
    add(inner, "table_bias", network.bias.detach().numpy())
    inner.node.append(operation("Transpose", ["table"], "columns", perm=[1, 0]))
    compared = [operation("MatMul", ["vectors", "columns"], "compared")]
    if scale is not None:
        add(inner, "table_scale", scale)
        compared = product("vectors", "columns", "table_scale", "compared")
    inner.node.extend(compared)
    inner.node.append(operation("Add", ["compared", "table_bias"], "raw"))
    inner.node.append(operation("LogSoftmax", ["raw"], "chances", axis=-1))
    inner.node.append(helper.make_node("TopK", ["chances", "most"], ["scores", "ids"], axis=-1))
    inner.input.append(helper.make_tensor_value_info("most", TensorProto.INT64, [1]))
    del inner.output[0]  # the vectors
    for name, kind in (("scores", TensorProto.FLOAT), ("ids", TensorProto.INT64)):
        inner.output.append(helper.make_tensor_value_info(name, kind, ["rows", "most"]))
    return bytes(model.SerializeToString())
