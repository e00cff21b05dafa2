"""Trained bundles that answer, on NumPy and ONNX Runtime. Nothing here imports torch."""

from __future__ import annotations

from nlpcell.bundle import Bundle
from nlpcell.errors import BadModel
from nlpcell.inference.classifier import Classifier
from nlpcell.inference.corrector import Corrector
from nlpcell.inference.generator import Generator
from nlpcell.inference.translator import Translator

Answerers = Generator | Classifier | Corrector | Translator
ANSWERERS: dict[str, type[Answerers]] = {
    "generate": Generator,
    "sentiment": Classifier,
    "agree": Corrector,
    "translate": Translator,
}


def load_bundle(bundle: Bundle, threads: int | None = None) -> Answerers:
    """The answerer of a bundle's task."""
    answerer = ANSWERERS.get(bundle.manifest.task)
    if answerer is None:
        raise BadModel(f'no task is called "{bundle.manifest.task}"', where=str(bundle.folder))
    return answerer(bundle, threads=threads)
