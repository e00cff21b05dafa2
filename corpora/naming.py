"""Pairs of sentences about other people: a name that stands on both sides gives way to another.

A corpus may know few names (in everyday sentences of Tatoeba three in four are Tom), and what a
network never had to copy it makes up.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

from nlpcell.example import Example

from . import readers

SHARE = 0.5  # of the times that a pair with a name is read
LETTERS = re.compile(r"[^\W\d_]+")


def kinds() -> dict[str, str]:
    """The names of the list: man, woman, family or place."""
    rows = readers.examples(str(Path(__file__).parent / "names.tsv"), text="name", target="kind")
    return {one.text: one.target for one in rows}


class Naming:
    """Puts other names into pairs, the same ones for the same seed.

    A man's name gives way to a man's or to a family name, a place's to a place's; so what agrees
    with it stays right.
    """

    def __init__(self) -> None:
        self.kinds = kinds()
        named: dict[str, list[str]] = {}
        for name, kind in self.kinds.items():
            named.setdefault(kind, []).append(name)
        self.others = {kind: 2 * names + named["family"] for kind, names in named.items()}
        self.others |= {kind: named[kind] for kind in ("family", "place")}

    def __call__(self, pair: Example, seed: int) -> Example:
        """The pair with other names, or the pair itself."""
        here = self.names(pair.text) & self.names(pair.target)
        draw = random.Random(f"{seed} names {pair.text}")
        if not here or draw.random() >= SHARE:
            return pair
        new = {name: draw.choice(self.others[self.kinds[name]]) for name in sorted(here)}
        text, target = (
            LETTERS.sub(lambda found: new.get(found.group(), found.group()), side) for side in pair
        )
        return Example(text, target)

    def names(self, text: str) -> set[str]:
        """The names of the list that stand in a text."""
        return {word for word in LETTERS.findall(text) if word in self.kinds}
