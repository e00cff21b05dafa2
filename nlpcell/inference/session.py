"""An ONNX graph in memory to a function from arrays to arrays."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlpcell import engine
from nlpcell.bundle import GRAPH, Bundle
from nlpcell.errors import BadModel


class Session:
    """One thread inside, so that several callers can run sentences side by side.

    The graph comes as bytes, so it cannot pull in other files; arrays that it leaves out are
    `given`.
    """

    def __init__(
        self,
        bundle: Bundle,
        outputs: Sequence[str],
        name: str = GRAPH,
        given: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        onnxruntime = engine.onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False  # memory stays flat on input of any length
        array = onnxruntime.OrtValue.ortvalue_from_numpy
        self.given = {name: array(one) for name, one in (given or {}).items()}  # kept as long as I
        where = self.where = str(bundle.folder / name)
        try:
            if self.given:
                options.add_external_initializers(list(self.given), list(self.given.values()))
            self._session = onnxruntime.InferenceSession(
                bundle.read(name), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            if isinstance(error, BadModel):
                raise
            raise BadModel("ONNX Runtime cannot read this graph", where=where) from error
        self.outputs = list(outputs)
        present = {output.name for output in self._session.get_outputs()}
        if not present.issuperset(outputs):
            raise BadModel(f"this graph does not compute {', '.join(outputs)}", where=where)

    def __call__(self, inputs: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float32]]:
        """Run the graph once. Raises BadModel when what comes out is not a number."""
        try:
            found = list(self._session.run(self.outputs, inputs))
        except Exception as error:
            if "alloc" in str(error):
                raise MemoryError from error
            raise BadModel("this graph cannot be run on this input", where=self.where) from error
        if not np.isfinite(found[0]).all():
            raise BadModel("this graph computes what is no number", where=self.where)
        return found

    def shape(self, name: str, output: bool = False) -> list[int | str]:
        """The shape of an input, or of an output; free axes have names."""
        nodes = self._session.get_outputs() if output else self._session.get_inputs()
        for one in nodes:
            if one.name == name:
                return list(one.shape)
        raise BadModel(f"this graph has no {name}", where=self.where)


def processors() -> int:
    """How many processors this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
