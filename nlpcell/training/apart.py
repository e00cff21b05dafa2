"""Constants of a graph that lie in a file beside it, where others find them as well."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as to_bytes

from nlpcell.bundle import GRAPH, TABLE
from nlpcell.models.corrector import Corrector
from nlpcell.training import export
from nlpcell.training.export import Graphs
from nlpcell.training.rowwise import add, operation, replace_nodes, scaled
from nlpcell.weights import SCALE, WORDS


def graphs(network: Corrector, slots: int) -> Graphs:
    """A corrector in float32, and in int8 with its table of words apart."""
    exact = export.corrector_graph(network, slots)
    table = network.vectors.table.weight.detach().numpy()
    return Graphs({GRAPH: exact}, parted(export.quantised(exact), table))


def parted(graph: bytes, table: NDArray[np.float32]) -> dict[str, bytes]:
    """An int8 graph without its table of words, (buckets, embedding), and that table in int8.

    So `weights.safetensors` need not hold it again: it is more than half of a corrector.
    """
    import onnx

    model = onnx.load_from_string(graph)
    inner = model.graph
    column, scale = scaled(table.reshape(-1, 1))
    numbers = column.reshape(table.shape)
    nodes = [reading_apart(node) for node in inner.node]
    inner.initializer.append(elsewhere(WORDS, numbers))
    add(inner, f"{WORDS}_scale", scale[0])
    replace_nodes(inner, nodes)
    return {
        GRAPH: bytes(model.SerializeToString()),
        TABLE: to_bytes({WORDS: numbers, WORDS + SCALE: np.full((len(numbers), 1), scale[0])}),
    }


def reading_apart(node: Any) -> Any:
    """A node, of which what it reads of the table of words comes from elsewhere."""
    own = f"network.{WORDS}"
    if node.op_type == "Gather" and node.input[0] == f"{own}_quantized":
        return operation("Gather", [WORDS, node.input[1]], node.output[0])
    if node.op_type == "DequantizeLinear" and node.input[1] == f"{own}_scale":
        return operation("DequantizeLinear", [node.input[0], f"{WORDS}_scale"], node.output[0])
    return node


def elsewhere(name: str, array: NDArray[Any]) -> Any:
    """A constant whose numbers are handed over when the graph is loaded."""
    from onnx import TensorProto, numpy_helper

    constant = numpy_helper.from_array(np.empty((0, 0), array.dtype), name)
    del constant.dims[:]
    constant.dims.extend(array.shape)
    constant.ClearField("raw_data")
    constant.data_location = TensorProto.EXTERNAL
    for key, value in (("location", TABLE), ("offset", "0"), ("length", str(array.nbytes))):
        constant.external_data.add(key=key, value=value)
    return constant
