"""Corrections: the shipped network and rules over a dictionary, on the same pairs in one run.

    python tests/benchmarks/agree_quality.py PAIRS.tsv --lexicon LEXICON.tsv [--model agree-es]

PAIRS.tsv has the columns source and target; the lexicon form, lemma and tag (EAGLES).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

from measuring import show

import nlpcell
from nlpcell.corpora import paradigms, readers
from nlpcell.corpora.paradigms import Paradigms, Reading
from nlpcell.example import Example
from nlpcell.outcomes import compared, total
from nlpcell.scripts import edits
from nlpcell.words import edited, words

Correct = Callable[[list[str]], list[str]]


class Rules:
    """A determiner and an adjective beside a noun take its gender and number: nothing else.

    Only where the dictionary leaves no doubt about the noun and the form to write.
    """

    def __init__(self, known: Paradigms) -> None:
        self.known = known

    def __call__(self, sentence: str) -> str:
        found = words(sentence)
        readings = [self.known.readings(word.text.lower()) for word in found]
        new: dict[int, str] = {}
        for place, noun in enumerate(readings):
            if {one.kind for one in noun} != {"noun"} or len(noun) != 1 or noun[0].gender == "c":
                continue
            for beside, kinds in ((place - 1, ("det", "adj")), (place + 1, ("adj", "participle"))):
                if 0 <= beside < len(found):
                    form = agreeing(readings[beside], noun[0], kinds)
                    if form and found[beside].text.islower():
                        new[beside] = form
        return edited(sentence, edits(sentence, found, new))


def agreeing(readings: Sequence[Reading], noun: Reading, kinds: Sequence[str]) -> str:
    """The form of a word that agrees with a noun; "" when it does, or when nothing is certain."""
    if not readings or any(one.kind not in kinds for one in readings):
        return ""
    if any(fits(one.gender, one.number, noun) for one in readings):
        return ""
    forms = {text for one in readings for g, n, text in one.others if fits(g, n, noun)}
    return forms.pop() if len(forms) == 1 else ""


def fits(gender: str, number: str, noun: Reading) -> bool:
    return gender in (noun.gender, "c") and number in (noun.number, "n")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs")
    parser.add_argument("--lexicon", required=True)
    parser.add_argument("--model", default="agree-es")
    asked = parser.parse_args()
    pairs = readers.examples(asked.pairs, text="source", target="target")
    rules = Rules(Paradigms([], paradigms.lexicon(asked.lexicon)))
    network = nlpcell.load(asked.model)
    ways: dict[str, Correct] = {
        "dictionary rules, adjacent words": lambda texts: [rules(text) for text in texts],
        f"nlpcell {asked.model}": lambda texts: [one.output for one in network(texts)],
    }
    rows = [[name, *measured(correct, pairs)] for name, correct in ways.items()]
    show(["", "precision", "recall", "F0.5", "right", "proposed", "wanted", "words/s"], rows)


def measured(correct: Correct, pairs: Sequence[Example]) -> list[str]:
    """The cells of one row."""
    texts = [one.text for one in pairs]
    began = time.perf_counter()
    outputs = correct(texts)
    seconds = time.perf_counter() - began
    score = total(compared(*pair, output) for pair, output in zip(pairs, outputs, strict=True))
    speed = sum(len(words(text)) for text in texts) / seconds
    ratios = [f"{one:.3f}" for one in (score.precision, score.recall, score.f05)]
    return [*ratios, *map(str, score), f"{speed:,.0f}"]


if __name__ == "__main__":
    main()
