"""A toy treebank, in which nouns alone tell gender and number, and a model to fit probes on."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import torch
from safetensors.numpy import save

from nlpcell import bundle
from nlpcell.bundle import Bundle, Manifest
from nlpcell.models.corrector import Corrector
from nlpcell.settings import CorrectorSize, Layers

NOUNS = {
    "casa": ("Fem", "Sing"), "mesa": ("Fem", "Sing"), "casas": ("Fem", "Plur"),
    "mesas": ("Fem", "Plur"), "perro": ("Masc", "Sing"), "libro": ("Masc", "Sing"),
    "perros": ("Masc", "Plur"), "libros": ("Masc", "Plur"),
}  # fmt: skip
SAME = ["verde", "grande", "feliz", "fiel"]  # of either gender
HEAD = "# text = "
HIDDEN = 24


def line(number: int, form: str, kind: str, features: str, head: int, relation: str) -> str:
    """One word in ten columns."""
    return "\t".join([str(number), form, "_", kind, "_", features, str(head), relation, "_", "_"])


def conllu(sentences: int = 200, seed: int = 1) -> str:
    """Sentences like *hoy casa aquí verde*, without articles, the predicate last."""
    draw = random.Random(seed)
    blocks = []
    for _ in range(sentences):
        noun, adjective = draw.choice(list(NOUNS)), draw.choice(SAME)
        gender, number = NOUNS[noun]
        rows = [
            line(1, "hoy", "ADV", "_", 4, "advmod"),
            line(2, noun, "NOUN", f"Gender={gender}|Number={number}", 4, "nsubj"),
            line(3, "aquí", "ADV", "_", 4, "advmod"),
            line(4, adjective, "ADJ", "_", 0, "root"),
        ]
        blocks.append("\n".join([f"{HEAD}hoy {noun} aquí {adjective}", *rows]) + "\n")
    return "\n".join(blocks)


def own_bundle(folder: Path, layers: int = 1, hidden: int = HIDDEN) -> Bundle:
    """A corrector that has learnt nothing, with its weights."""
    torch.manual_seed(2)
    size = CorrectorSize(Layers("lstm", hidden, layers), embedding=16, buckets=500, labels=2)
    weights = {name: tensor.numpy() for name, tensor in Corrector(2, size).state_dict().items()}
    manifest = Manifest("agree", dataclasses.asdict(size), ["keep", "o>a"])
    bundle.save(folder, manifest, {"weights.safetensors": save(weights)})
    return Bundle.load(folder)
