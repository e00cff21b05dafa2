"""Right Spanish sentences to wrong ones that keep the way back: gender and number mixed up.

What learners get wrong, and how often, was counted in the essays of COWS-L2H (Davidson et al.
2020): half of the errors are on articles and other determiners, four in ten on adjectives; the
masculine and the singular stand where the others should twice as often as the other way round.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from nlpcell.scripts import capitals
from nlpcell.words import Edit, edited

from .binding import PERFECT, Sentence, agree
from .paradigms import OPENINGS, Paradigms, Reading
from .phrases import DEGREES, TIMES

UNTOUCHED = 0.45  # share of sentences that stay right
ERRORS = (1, 1, 1, 1, 2, 2, 3)  # how many errors the others get
WEIGHT = {"det": 1.0, "pron": 0.2, "adj": 2.0, "participle": 2.5, "noun": 0.05, "verb": 0.8}
CONSISTENT = 0.3  # how often the neighbours that agree with a word go wrong together with it
DESCRIBING = ("adj", "participle")
ADVERBS = frozenset([*DEGREES, *TIMES])  # between a verb and what describes its subject
# Learners change both at once in 5 of 100 errors; that is too seldom to learn it from.
CHANGE = {"gender": 1.0, "number": 0.7, "both": 0.3}


class Wrong(NamedTuple):
    """A sentence and the edits that put it right."""

    text: str
    answer: list[Edit]


class Corruptor:
    """Puts errors of agreement into sentences; the same ones for the same seed."""

    def __init__(self, paradigms: Paradigms) -> None:
        self.paradigms = paradigms

    def __call__(self, text: str, seed: int) -> Wrong:
        """The sentence with some of its words in a wrong form, or as it is."""
        draw = random.Random(f"{seed} {text}")
        if draw.random() < UNTOUCHED:
            return Wrong(text, [])
        sentence = Slips(text, self.paradigms)
        changes: dict[tuple[int, int], str] = {}
        for _ in range(draw.choice(ERRORS)):
            for place, new in sentence.error(draw):
                changes.setdefault(place, new)
        return undone(text, [Edit(*place, new) for place, new in changes.items()])


def undone(text: str, edits: Sequence[Edit]) -> Wrong:
    """Make the edits that do not overlap, and note how to take them back."""
    made: list[Edit] = []
    for edit in sorted(edits):
        if not made or made[-1].end <= edit.start:
            made.append(edit)
    answer, shift = [], 0
    for start, end, new in made:
        answer.append(Edit(start + shift, start + shift + len(new), text[start:end]))
        shift += len(new) - (end - start)
    return Wrong(edited(text, made), answer)


class Slips(Sentence):
    """A sentence, and what can go wrong in it."""

    def __init__(self, text: str, paradigms: Paradigms) -> None:
        super().__init__(text, paradigms)
        self.weights = [self.weight(place) for place in range(len(self.words))]

    def weight(self, place: int) -> float:
        """How likely a word is to go wrong, beside the others."""
        if self.named(place):
            return 0.0
        if self.small[place] in OPENINGS:
            return 0.3
        kinds = [one.kind for one in self.readings[place]]
        if "noun" in kinds and self.heads(place):
            return WEIGHT["noun"]
        return max((WEIGHT[kind] for kind in kinds), default=0.0)

    def heads(self, place: int) -> bool:
        """Whether a word between a determiner and no noun must be the noun itself."""
        before, behind = (
            self.readings[at] if 0 <= at < len(self.words) else [] for at in (place - 1, place + 1)
        )
        return any(one.kind == "det" for one in before) and all(
            one.kind != "noun" for one in behind
        )

    def named(self, place: int) -> bool:
        """Whether a word has a capital that no beginning of a sentence gave it: names stay."""
        word, before = self.words[place].text, self.words[place - 1].text if place else "."
        goes_on = before[0].isalnum() or before == ","
        return goes_on and word[0].isupper() and not word.isupper()

    def error(self, draw: random.Random) -> list[tuple[tuple[int, int], str]]:
        """One error: (start, end) and what comes there; nothing when no place for one is found."""
        if not any(self.weights):
            return []
        for place in draw.choices(range(len(self.words)), self.weights, k=6):
            if self.small[place] in OPENINGS:
                found = self.split(place, draw)
            else:
                found = self.swap(place, draw)
            if found:
                return found
        return []

    def swap(self, place: int, draw: random.Random) -> list[tuple[tuple[int, int], str]]:
        """The word at `place` in another form, sometimes with those that agree with it."""
        readings = list(self.readings[place])
        draw.shuffle(readings)
        for reading in readings:
            if not self.bound(place, reading):
                continue
            options = [one for one in reading.others if allowed(reading, one)]
            if not options:
                continue
            weights = [likelihood(reading, one) for one in options]
            gender, number, new = draw.choices(options, weights)[0]
            found = [self.written(place, new)]
            if draw.random() >= CONSISTENT:
                return found
            if reading.kind == "verb":
                return found + self.predicate(place, number)
            return found + self.companions(place, reading, gender, number)
        return []

    def written(self, place: int, new: str) -> tuple[tuple[int, int], str]:
        """A new form in the capitals of the word it replaces; "a" and "el" flow together."""
        word = self.words[place]
        if self.small[place] == "la" and new == "el" and place and place > 0:
            before = self.words[place - 1]
            if before.text in ("a", "de") and before.end + 1 == word.start:
                return (before.start, word.end), "al" if before.text == "a" else "del"
        return (word.start, word.end), capitals(word.text, new)

    def split(self, place: int, draw: random.Random) -> list[tuple[tuple[int, int], str]]:
        """ "al parque" as "a la parque" or "a los parque"."""
        behind = self.readings[place + 1] if place + 1 < len(self.words) else []
        if not any(one.kind in ("noun", "adj") and one.number != "p" for one in behind):
            return []
        first, _ = OPENINGS[self.small[place]]
        article = draw.choices(("la", "los", "las", "el"), (6, 2, 1, 0))[0]
        word = self.words[place]
        return [((word.start, word.end), capitals(word.text, f"{first} {article}"))]

    def companions(
        self, place: int, reading: Reading, gender: str, number: str
    ) -> list[tuple[tuple[int, int], str]]:
        """What agrees with a determiner or an adjective beside it, in the same wrong form."""
        found: list[tuple[tuple[int, int], str]] = []
        if reading.kind not in ("det", *DESCRIBING):
            return found
        for near in range(max(0, place - 2), min(len(self.words), place + 4)):
            if near == place or not self.weights[near]:
                continue
            for other in self.readings[near]:
                if other.kind not in ("det", *DESCRIBING) or not agree(reading, other):
                    continue
                same = [t for g, n, t in other.others if g in (gender, "c") and n == number]
                if same and self.bound(near, other):
                    found.append(self.written(near, same[0]))
                    break
        return found

    def predicate(self, place: int, number: str) -> list[tuple[tuple[int, int], str]]:
        """What is said of the subject behind its verb, in the same wrong number, or nothing."""
        if self.small[place] in PERFECT:
            return []
        for near in range(place + 1, min(len(self.words), place + 4)):
            for one in self.readings[near]:
                if one.kind in DESCRIBING and self.weights[near]:
                    same = [t for g, n, t in one.others if g == one.gender and n == number]
                    return [self.written(near, same[0])] if same else []
            if self.small[near] not in ADVERBS:
                break
        return []


def allowed(reading: Reading, other: tuple[str, str, str]) -> bool:
    """Whether a learner could write this form for that: nouns keep their gender."""
    gender, number, _ = other
    if reading.kind == "noun":
        return gender == reading.gender and number != reading.number
    return (gender, number) != (reading.gender, reading.number)


def likelihood(reading: Reading, other: tuple[str, str, str]) -> float:
    """How much likelier one wrong form is than another."""
    gender, number, _ = other
    turned = gender != reading.gender and "c" not in (gender, reading.gender)
    kind = "both" if turned and number != reading.number else "gender" if turned else "number"
    default = 2.0 if turned and gender == "m" else 1.5 if number == "s" != reading.number else 1.0
    return CHANGE[kind] * default
