"""A corrector of one layer made by hand, and what `nlpcell inspect` says of it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
from processes import Done, nlpcell
from safetensors.numpy import save

from nlpcell import bundle
from nlpcell.bundle import Manifest
from nlpcell.probes import Probe, as_bytes
from nlpcell.settings import CorrectorSize, Layers
from nlpcell.trace import NUMBERS

HIDDEN, WIDTH, BUCKETS = 6, 5, 200
TEXT = "la casa es bonitos"
UNIT = 4  # the correction hangs on it


def arrays() -> dict[str, np.ndarray]:
    """A corrector of one layer with weights at random, but for what it answers: one of its two
    scripts is sure where the forward unit UNIT shows anything, be it above or below nothing."""
    draw = np.random.default_rng(8)
    found = {"vectors.table.weight": draw.normal(size=(BUCKETS, WIDTH))}
    for direction in ("ahead", "back"):
        shapes = ((4 * HIDDEN, WIDTH), (4 * HIDDEN, HIDDEN), (4 * HIDDEN,), (4 * HIDDEN,))
        for name, shape in zip(NUMBERS, shapes, strict=True):
            found[f"recurrent.{direction}.0.{name}"] = draw.normal(size=shape)
    found["output.weight"] = np.zeros((3, 2 * HIDDEN + WIDTH))
    found["output.weight"][1:, UNIT] = 1e4, -1e4
    found["output.bias"] = np.array([5.0, 0.0, 0.0])
    return {name: array.astype(np.float32) for name, array in found.items()}


def probe(feature: str, seed: int) -> Probe:
    draw = np.random.default_rng(seed)
    weights = draw.normal(size=HIDDEN).astype(np.float32)
    return Probe(feature, 1, weights, 0.1, np.ones(HIDDEN), 0.91, 0.7, 0.6, 0.55, 1234)


def handmade(folder: Path) -> Path:
    """The corrector with its weights and probes, as a bundle in that folder."""
    size = dataclasses.asdict(
        CorrectorSize(Layers("lstm", HIDDEN, 1), embedding=WIDTH, buckets=BUCKETS)
    )
    files = {
        "weights.safetensors": save(arrays()),
        "probes.json": as_bytes([probe("gender", 1), probe("number", 2)]),
    }
    labels = ["keep", "os>a", "=bonitos>bonita"]
    bundle.save(folder, Manifest("agree", {**size, "confidence": 0.5}, labels), files)
    return folder


def inspected(model: Path, *more: str | Path, text: str = TEXT, **extra: Any) -> Done:
    return nlpcell("inspect", text, "--model", model, *more, **{"home": model.parent, **extra})


def document(model: Path, *more: str, **extra: Any) -> dict[str, Any]:
    done = inspected(model, "--json", *more, **extra)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found
