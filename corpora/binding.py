"""What holds a word of a right sentence in its gender and number: another that agrees with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlpcell.kinds import PREPOSITIONS
from nlpcell.words import words

from .paradigms import ARTICLES, Paradigms, Reading
from .phrases import NUMBERS

FAR, NEAR = 7, 3  # words before and behind in which a word can find what it agrees with
PERFECT = frozenset([
    "he", "has", "ha", "hemos", "habéis", "han", "había", "habías", "habíamos", "habían", "haber",
    "habiendo",
])  # fmt: skip
DATIVES = frozenset(["me", "te", "le", "nos", "os", "les"])
# How verbs begin whose subject follows: *me gustan los gatos*, *le duelen las manos*.
PLEASING = (
    "gust", "encant", "duel", "doli", "dolí", "interes", "falt", "import", "apetec", "fascin",
    "molest", "preocup", "agrad", "sobr", "bast",
)  # fmt: skip


class Sentence:
    """The words of a sentence with what each can be."""

    def __init__(self, text: str, paradigms: Paradigms) -> None:
        self.words = words(text)
        self.small = [word.text.lower() for word in self.words]
        self.readings = [paradigms.readings(word) for word in self.small]

    def bound(self, place: int, reading: Reading) -> bool:
        """Whether the sentence itself tells that the word must have this gender and number."""
        word, kind = self.small[place], reading.kind
        if kind == "verb":
            return self.subject(place, reading) or self.pleasing(place, reading)
        if kind == "pron":
            return word not in ARTICLES and self.words[place].text == word
        if word in ARTICLES or kind == "det":
            return self.found(range(place + 1, place + 4), reading, ("noun", "adj", "participle"))
        if kind == "noun":
            counted = reading.number == "p" and place and self.small[place - 1] in NUMBERS
            return bool(counted) or self.found(range(place - 2, place), reading, ("det",))
        if place and self.small[place - 1] in PERFECT:
            return reading.number == "s" and reading.gender == "m"
        around = [*range(place - 1, place - FAR, -1), *range(place + 1, place + NEAR)]
        return self.found(around, reading, ("noun", "det", "pron"))

    def found(self, places: Iterable[int], one: Reading, kinds: Sequence[str]) -> bool:
        """Whether a word of these kinds and of the same gender and number stands there."""
        return any(
            other.kind in kinds and agree(one, other)
            for place in places
            if 0 <= place < len(self.words)
            for other in self.readings[place]
        )

    def subject(self, place: int, verb: Reading) -> bool:
        """Whether a noun or pronoun before the verb can be its subject."""
        for before in range(place - 1, max(-1, place - FAR), -1):
            word = self.small[before]
            if word in (".", ";", ":", "?", "!", "…"):
                return False
            if word in ("él", "ella", "ellos", "ellas"):
                return (word[-1] == "s") == (verb.number == "p")
            for other in self.readings[before]:
                if other.kind == "noun" and other.number == verb.number and self.headed(before):
                    return True
        return False

    def headed(self, place: int) -> bool:
        """Whether a noun has a determiner, and no preposition before that."""
        for before in range(place - 1, max(-1, place - 4), -1):
            if any(one.kind == "det" for one in self.readings[before]):
                return not before or self.small[before - 1] not in PREPOSITIONS
        return False

    def pleasing(self, place: int, verb: Reading) -> bool:
        """Whether the subject follows with its determiner, as behind *me gustan*."""
        return (
            self.small[place].startswith(PLEASING)
            and not DATIVES.isdisjoint(self.small[:place][-1:])
            and self.found([place + 1], verb, ("det",))
            and self.found(range(place + 2, place + 4), verb, ("noun",))
        )


def agree(one: Reading, other: Reading) -> bool:
    """Whether two words can go together."""
    same_gender = one.gender == other.gender or "c" in (one.gender, other.gender)
    return same_gender and (one.number == other.number or "n" in (one.number, other.number))
