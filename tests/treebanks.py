"""A toy treebank: the subject's gender and number are in its noun alone."""

from __future__ import annotations

import random

NOUNS = {
    "casa": ("Fem", "Sing"), "mesa": ("Fem", "Sing"), "casas": ("Fem", "Plur"),
    "mesas": ("Fem", "Plur"), "perro": ("Masc", "Sing"), "libro": ("Masc", "Sing"),
    "perros": ("Masc", "Plur"), "libros": ("Masc", "Plur"),
}  # fmt: skip
SAME = ["verde", "grande", "feliz", "fiel"]  # of either gender
HEAD = "# text = "


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
