"""Small recurrent networks for text, at the end of a pipe.

    import nlpcell
    sentiment = nlpcell.load("sentiment-es")
    sentiment(["Me encantó, volveré"])

Importing this reads nothing, creates nothing and loads nothing heavy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__version__ = "0.1.0"


def load(model: str | Path, *, threads: int | None = None) -> Any:
    """A model by name or folder, ready to answer: a Generator, Classifier, Corrector or Translator.

    Needs no torch. Raises errors.BadModel when there is no such model or it is damaged.
    """
    from nlpcell import bundle
    from nlpcell.inference import load_bundle

    return load_bundle(bundle.find(model), threads=threads)
