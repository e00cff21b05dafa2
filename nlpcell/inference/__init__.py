"""Trained bundles that answer, on NumPy and ONNX Runtime. Nothing here imports torch."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nlpcell.bundle import Bundle
from nlpcell.errors import BadModel

ANSWERERS = {  # task: its module here, and the class in it; the others are not loaded
    "generate": ("generator", "Generator"),
    "sentiment": ("classifier", "Classifier"),
    "agree": ("corrector", "Corrector"),
    "translate": ("translator", "Translator"),
}


def load_bundle(bundle: Bundle, threads: int | None = None) -> Any:
    """The answerer of a bundle's task."""
    if bundle.manifest.task not in ANSWERERS:
        raise BadModel(f'no task is called "{bundle.manifest.task}"', where=str(bundle.folder))
    module, name = ANSWERERS[bundle.manifest.task]
    return getattr(import_module(f"{__name__}.{module}"), name)(bundle, threads=threads)
