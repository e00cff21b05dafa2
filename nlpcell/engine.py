"""ONNX Runtime, told to keep to itself. The only place that imports it."""

from __future__ import annotations

import os
from typing import Any


def onnxruntime() -> Any:
    """The inference engine.

    Since 1.29 its Linux builds write an identifier to the home folder and report to their maker
    unless this variable is set before it is imported. nlpcell works offline and tells nobody.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    return onnxruntime
