"""Matrix products of a graph to int8 ones in which every row is scaled by itself.

ONNX Runtime's own dynamic quantisation scales all rows of a batch by the largest number in any of
them, so that a sentence's answer would depend on its neighbours. Here each row has its own scale
and integer sums are exact: rows can stand in one batch and know nothing of each other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MIDDLE = 128  # what stands for zero in a row of unsigned bytes, the kind of row that is fastest
SMALLEST = 16  # rows or columns; a narrower matrix is left alone


class Scaled(NamedTuple):
    """A matrix in int8 with a scale for each of its columns."""

    numbers: NDArray[np.int8]  # (inputs, outputs)
    scale: NDArray[np.float32]  # (outputs,)


def scaled(matrix: NDArray[np.float32]) -> Scaled:
    """The nearest int8 numbers, the largest of each column at 127.

    >>> scaled(np.array([[1.0, 4.0], [-2.0, 0.0]], np.float32)).numbers.tolist()
    [[64, 127], [-127, 0]]
    """
    scale = np.maximum(np.abs(matrix).max(axis=0), 1e-9).astype(np.float32) / np.float32(127)
    return Scaled(np.rint(matrix / scale).astype(np.int8), scale)


def rowwise(graph: Any) -> None:
    """Replace, in place, every product of an onnx.GraphProto with a constant matrix."""
    from onnx import numpy_helper

    constants = {one.name: one for one in graph.initializer}
    nodes: list[Any] = []
    for node in graph.node:
        matrix = constants.get(node.input[1]) if node.op_type in ("MatMul", "Gemm") else None
        if matrix is None or len(matrix.dims) != 2 or min(matrix.dims) < SMALLEST:
            nodes.append(node)
            continue
        flags = {one.name: one.i for one in node.attribute}
        weights = numpy_helper.to_array(matrix)
        numbers, scale = scaled(weights.T if flags.get("transB") else weights)
        name = f"{node.output[0]}_int8"
        add(graph, f"{name}_numbers", numbers)
        add(graph, f"{name}_scale", scale)
        bias = node.input[2] if len(node.input) > 2 else ""
        last = f"{name}_product" if bias else node.output[0]
        nodes += product(node.input[0], f"{name}_numbers", f"{name}_scale", last)
        if bias:
            nodes.append(operation("Add", [last, bias], node.output[0]))
    replace_nodes(graph, nodes)
    constants_of_products(graph)


def replace_nodes(graph: Any, nodes: list[Any]) -> None:
    """Give a graph other nodes, and drop the constants that none of them reads."""
    del graph.node[:]
    graph.node.extend(nodes)
    read = {name for node in nodes for name in node.input}
    kept = [one for one in graph.initializer if one.name in read]
    del graph.initializer[:]
    graph.initializer.extend(kept)


def product(rows: str, numbers: str, scale: str, result: str) -> list[Any]:
    """The nodes of one product: `rows` in int8 times `numbers`, scaled back."""
    from onnx import TensorProto

    def name(what: str) -> str:
        return f"{result}_{what}"

    return [
        operation("Abs", [rows], name("sizes")),
        operation("ReduceMax", [name("sizes"), "int8_last"], name("largest"), keepdims=1),
        operation("Mul", [name("largest"), "int8_step"], name("step")),
        operation("Max", [name("step"), "int8_least"], name("unit")),
        operation("Div", [rows, name("unit")], name("small")),
        operation("Round", [name("small")], name("whole")),
        operation("Add", [name("whole"), "int8_middle"], name("shifted")),
        operation("Cast", [name("shifted")], name("bytes"), to=TensorProto.UINT8),
        operation(
            "MatMulInteger", [name("bytes"), numbers, "int8_zero", "int8_nothing"], name("sums")
        ),
        operation("Cast", [name("sums")], name("floats"), to=TensorProto.FLOAT),
        operation("Mul", [name("floats"), name("unit")], name("rowscaled")),
        operation("Mul", [name("rowscaled"), scale], result),
    ]


def constants_of_products(graph: Any) -> None:
    """What `product` reads besides its arguments."""
    for name, value in (
        ("int8_last", np.array([-1])),
        ("int8_step", np.float32(1 / 127)),
        ("int8_least", np.float32(1e-9)),
        ("int8_middle", np.float32(MIDDLE)),
        ("int8_zero", np.uint8(MIDDLE)),
        ("int8_nothing", np.int8(0)),
    ):
        add(graph, name, np.asarray(value))


def operation(kind: str, inputs: list[str], output: str, **settings: Any) -> Any:
    """One node."""
    from onnx import helper

    return helper.make_node(kind, inputs, [output], name=f"{output}_{kind}", **settings)


def add(graph: Any, name: str, value: NDArray[Any]) -> None:
    """One constant."""
    from onnx import numpy_helper

    graph.initializer.append(numpy_helper.from_array(value, name))
