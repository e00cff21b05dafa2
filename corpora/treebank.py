"""Sentences in CoNLL-U to texts whose subjects are marked.

Made for the Universal Dependencies treebanks UD_Spanish-AnCora and UD_Spanish-GSD (CC BY 4.0 and
CC BY-SA 4.0), which are given as files and are not part of nlpcell; any other CoNLL-U file with
the features Gender and Number will do. https://universaldependencies.org/format.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from nlpcell.errors import BadInput
from nlpcell.probes import Marked, Subject
from nlpcell.words import words

COLUMNS = 10


class Node(NamedTuple):
    """A syntactic word."""

    number: int  # from 1
    form: str
    kind: str  # part of speech
    features: dict[str, str]
    head: int  # 0: the root
    relation: str


def marked(name: str) -> list[Marked]:
    """The sentences of a file that have a subject before its predicate. Raises BadInput."""
    found = []
    for number, block in blocks(name):
        sentence = understood(block, f"{name}:{number}")
        if sentence.subjects:
            found.append(sentence)
    if not found:
        raise BadInput("no subject with gender or number before its predicate", where=name)
    return found


def blocks(name: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of each sentence, and the number of the first one."""
    try:
        with open(name, encoding="utf-8", newline="\n") as file:
            lines = file.read().split("\n")
    except OSError as error:
        raise BadInput((error.strerror or str(error)).lower(), where=name) from None
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 (byte {error.start + 1:,})", where=name) from None
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line.rstrip("\r"))
        elif block:
            yield number - len(block), block
            block = []


def understood(block: list[str], where: str) -> Marked:
    """The text of a sentence and its subjects, as places among its words."""
    text = next((line[9:] for line in block if line.startswith("# text = ")), "")
    nodes: list[Node] = []
    surface: dict[int, str] = {}  # number of a contraction's first word: the contraction
    for line in block:
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != COLUMNS:
            raise BadInput(f"not CoNLL-U: {len(cells)} columns, not {COLUMNS}", where=where)
        if re.fullmatch(r"\d+-\d+", cells[0]):
            surface[int(cells[0].split("-")[0])] = line
        elif "." not in cells[0]:
            nodes.append(node(cells, where))
    spoken = list(surface_forms(nodes, surface))
    text = text or " ".join(form for _, form in spoken)
    places = aligned(text, spoken)
    return Marked(text, subjects(nodes, places))


def node(cells: list[str], where: str) -> Node:
    """One line of ten columns."""
    features = dict(pair.split("=", 1) for pair in cells[5].split("|") if "=" in pair)
    try:
        return Node(int(cells[0]), cells[1], cells[3], features, int(cells[6]), cells[7])
    except ValueError:
        raise BadInput("not CoNLL-U: no number of a word or of its head", where=where) from None


def surface_forms(nodes: list[Node], contracted: dict[int, str]) -> Iterator[tuple[list[int], str]]:
    """What is written, with the numbers of the words in it: *del* is words 3 and 4."""
    last = 0
    for one in nodes:
        if one.number in contracted:
            span, form = contracted[one.number].split("\t")[:2]
            first, last = (int(part) for part in span.split("-"))
            yield list(range(first, last + 1)), form
        elif one.number > last:
            yield [one.number], one.form


def aligned(text: str, spoken: list[tuple[list[int], str]]) -> dict[int, int]:
    """For each number of a syntactic word the place of our word that it stands in."""
    starts = [word.start for word in words(text)]
    places: dict[int, int] = {}
    at = 0
    for numbers, form in spoken:
        found = text.find(form, at)
        if found < 0:
            continue
        at = found + len(form)
        place = sum(start <= found for start in starts) - 1
        places.update(dict.fromkeys(numbers, place))
    return places


def subjects(nodes: list[Node], places: dict[int, int]) -> list[Subject]:
    """Nouns with gender or number that are the subject of a later word; no coordinations."""
    joined = {one.head for one in nodes if one.relation == "conj"}  # *el pan y la sal*: plural
    return [
        Subject(
            places[one.number], places[one.head],
            one.features.get("Gender", ""), one.features.get("Number", ""),
        )
        for one in nodes
        if one.kind == "NOUN"
        and one.relation.split(":")[0] == "nsubj"
        and one.number not in joined
        and one.number in places
        and places.get(one.head, -1) > places[one.number]
        and ("Gender" in one.features or "Number" in one.features)
    ]  # fmt: skip
