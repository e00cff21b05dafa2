"""Toy corpora, and what a tiny model of each task is made of."""

from __future__ import annotations

import random
from pathlib import Path

SMALL = ["--threads", "1", "--hidden", "16", "--embedding", "8", "--device", "cpu"]
# Seconds per step do not matter here, steps do: everything small, and one thread, because others
# use this machine, too.
GENERATE = [*SMALL, "--layers", "1", "--batch-size", "4", "--steps", "8"]
TRANSLATE = ["--threads", "1", "--device", "cpu", "--from", "es", "--to", "en", "--hidden", "48",
             "--embedding", "48", "--layers", "1", "--encoder-layers", "1", "--vocabulary", "300",
             "--batch-size", "400", "--lr", "8e-3", "--dropout", "0"]  # fmt: skip
SENTIMENT = [*SMALL, "--vocabulary", "300", "--batch-size", "16"]
AGREE = [*SMALL, "--hidden", "24", "--embedding", "16", "--buckets", "500", "--batch-size", "8"]
AGREE += ["--lr", "0.02", "--dropout", "0", "--averaging", "0", "--patience", "99"]
# 40 to 180 steps each: enough to be killed in the middle of. The last learns in two stages.
LONG_RUNS = {
    "generate": ["generate", "text.txt", "--out", "run", *GENERATE, "--epochs", "2"],
    "sentiment": ["sentiment", "opinions.tsv", "--out", "run", *SENTIMENT, "--epochs", "4"],
    "agree": [
        *["agree", "right.txt", "--pairs", "pairs.tsv", "--dev-pairs", "pairs.tsv", "--out", "run"],
        *[*AGREE, "--batch-size", "16", "--first-epochs", "2", "--epochs", "2"],
    ],
    "translate": ["translate", "phrases.tsv", "--out", "run", *TRANSLATE, "--epochs", "2"],
}


def opinions(rows: int = 240, seed: int = 1) -> str:
    """A toy corpus whose label is decided by one adjective."""
    draw = random.Random(seed)
    good, bad = ["buena", "rica", "genial", "amable"], ["mala", "fea", "horrible", "sucia"]
    things = ["la comida", "la sala", "la cama", "la gente", "la mesa", "la vista", "la playa"]
    lines = ["text\tlabel"]
    for number in range(rows):
        words, label = ((good, "pos"), (bad, "neg"))[number % 2]
        lines.append(f"{draw.choice(things)} es {draw.choice(words)}\t{label}")
    return "\n".join(lines) + "\n"


def corrections(rows: int = 240, seed: int = 1) -> str:
    """A toy corpus for agree: four nouns of each gender, adjectives right and wrong."""
    draw = random.Random(seed)
    nouns = [(f"la {one}", "a") for one in ("casa", "mesa", "cama", "puerta")]
    nouns += [(f"el {one}", "o") for one in ("perro", "libro", "coche", "árbol")]
    lines = ["source\ttarget"]
    for number in range(rows):
        right, wrong = [], []
        for _ in range(1 + number % 2):
            noun, end = draw.choice(nouns)
            other = draw.choice("oa")
            start = f"{noun} es {draw.choice(['blanc', 'negr', 'bonit', 'limpi'])}"
            right.append(start + end)
            wrong.append(start + other)
        stop = draw.choice(["", "."])
        lines.append(f"{' y '.join(wrong)}{stop}\t{' y '.join(right)}{stop}")
    return "\n".join(lines) + "\n"


def phrases(rows: int = 400, seed: int = 1) -> str:
    """A toy language and what it means: other words in another order, and names that stay."""
    draw = random.Random(seed)
    nouns = {"casa": "house", "mesa": "table", "silla": "chair", "puerta": "door", "cama": "bed"}
    kinds = {"roja": "red", "blanca": "white", "nueva": "new", "vieja": "old", "negra": "black"}
    verbs = {"es": "is", "no es": "is not", "era": "was"}
    lines = ["es\ten"]
    for _ in range(rows):
        name = draw.choice(["Ana", "Leo", "Iris", "Hugo"])
        noun, verb, kind = (draw.choice([*some]) for some in (nouns, verbs, kinds))
        start, begin = draw.choice([("", ""), (f"{name} y ", f"{name} and ")])
        lines.append(
            f"{start}la {noun} {kind} {verb} grande\t"
            f"{begin}the {kinds[kind]} {nouns[noun]} {verbs[verb]} big"
        )
    return "\n".join(lines) + "\n"


def repeating(times: int = 70) -> str:
    """A text without surprises."""
    return "la casa es bonita y el perro es tranquilo.\n" * times


def toys(home: Path) -> None:
    """Put the toy corpora where the commands of LONG_RUNS look for them."""
    pairs = corrections()
    right = sorted({line.split("\t")[1] for line in pairs.split("\n")[1:] if line})
    (home / "opinions.tsv").write_text(opinions())
    (home / "text.txt").write_text(repeating())
    (home / "pairs.tsv").write_text(pairs)
    (home / "phrases.tsv").write_text(phrases())
    (home / "few.tsv").write_text(phrases(20))
    (home / "right.txt").write_text("\n".join(right) + "\n")
