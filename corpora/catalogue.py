"""The corpora that come with nlpcell, by name: what they are and how a row becomes an example.

Where each comes from and under which licence: README.md beside this file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nlpcell.example import Example

from . import readers

HERE = Path(__file__).parent


class Embedded(NamedTuple):
    """A corpus that needs no file."""

    task: str
    about: str  # what it is and its licence, for the model card
    load: Callable[[str], list[Example]]  # split -> examples; an empty list where it has no split


def reviews(language: str) -> Callable[[str], list[Example]]:
    """Review sentences labelled neg or pos, split in blocks of neighbours."""

    def load(split: str) -> list[Example]:
        return readers.examples(str(HERE / f"reviews.{language}.{split}.tsv"), target="label")

    return load


def prose(split: str) -> list[Example]:
    """Stories, letters and essays in Spanish, as one running text."""
    return whole(HERE / "prose.es.txt") if split == "train" else []


def articles(split: str) -> list[Example]:
    """News, encyclopaedia articles, essays and letters in Spanish, a sentence an example."""
    return readers.examples(str(HERE / f"articles.es.{split}.txt")) if split != "dev" else []


def right(split: str) -> list[Example]:
    """Right Spanish sentences: those of the prose, of the articles and of the reviews."""
    lines = [Example(line) for one in prose(split) for line in one.text.splitlines() if line]
    return lines + articles(split) + [Example(one.text) for one in reviews("es")(split)]


def difficulties(split: str) -> list[Example]:
    """Sentences with errors of agreement and their corrections, and right ones that look wrong."""
    if split != "test":
        return []
    return readers.examples(str(HERE / "agreement.es.tsv"), text="source", target="target")


def everyday(source: str, target: str) -> Callable[[str], list[Example]]:
    """Everyday sentences and their translations; of ten rows eight are to learn from."""

    def load(split: str) -> list[Example]:
        rows = readers.examples(str(HERE / "everyday.es-en.tsv"), text=source, target=target)
        splits = {4: "dev", 9: "test"}
        return [one for place, one in enumerate(rows) if splits.get(place % 10, "train") == split]

    return load


def phrasebook(source: str, target: str) -> Callable[[str], list[Example]]:
    """What people try first: greetings, courtesies, words, signs, letters; all to learn from."""

    def load(split: str) -> list[Example]:
        path = str(HERE / "phrasebook.es-en.tsv")
        return readers.examples(path, text=source, target=target) if split == "train" else []

    return load


def dinosaurs(split: str) -> list[Example]:
    """Names of dinosaur genera, one an example."""
    return readers.examples(str(HERE / "dinosaurs.txt")) if split == "train" else []


def metro(split: str) -> list[Example]:
    """The lines of the Mexico City metro, as a passenger meets them.

    Wherever one gets on, in either direction: the stations from there to the end of the line.
    """
    if split != "train":
        return []
    found = []
    for line in readers.examples(str(HERE / "metro.mexico.tsv"), text="stations"):
        stations = line.text.split(", ")
        for journey in (stations, stations[::-1]):
            found += [Example(", ".join(journey[start:])) for start in range(len(journey) - 1)]
    return found


def whole(path: Path) -> list[Example]:
    """A text file as one example."""
    return [Example(text) for text in readers.texts(str(path))]


EMBEDDED = {
    "reviews-es": Embedded(
        "sentiment", "reviews-es, written for nlpcell, Apache-2.0", reviews("es")
    ),
    "reviews-en": Embedded(
        "sentiment", "reviews-en, written for nlpcell, Apache-2.0", reviews("en")
    ),
    "prose-es": Embedded("generate", "prose-es, written for nlpcell, Apache-2.0", prose),
    "articles-es": Embedded("agree", "articles-es, written for nlpcell, Apache-2.0", articles),
    "right-es": Embedded(
        "agree",
        "right-es: prose-es, articles-es and reviews-es, written for nlpcell, Apache-2.0",
        right,
    ),
    "agreement-es": Embedded(
        "agree", "agreement-es, pairs written for nlpcell, Apache-2.0", difficulties
    ),
    "everyday-es-en": Embedded(
        "translate", "everyday-es-en, pairs written for nlpcell, Apache-2.0", everyday("es", "en")
    ),
    "everyday-en-es": Embedded(
        "translate", "everyday-en-es, pairs written for nlpcell, Apache-2.0", everyday("en", "es")
    ),
    "phrasebook-es-en": Embedded(
        "translate", "phrasebook-es-en, written for nlpcell, Apache-2.0", phrasebook("es", "en")
    ),
    "phrasebook-en-es": Embedded(
        "translate", "phrasebook-en-es, written for nlpcell, Apache-2.0", phrasebook("en", "es")
    ),
    "dinosaurs": Embedded("generate", "dinosaurs, names of genera (facts)", dinosaurs),
    "metro": Embedded("generate", "metro, lines of the Mexico City metro (facts)", metro),
}
DEFAULT = {
    "generate": "prose-es",
    "sentiment": "reviews-es",
    "agree": "right-es",
    "translate": "everyday-es-en",
}
