"""Right Spanish sentences to hastily written ones: letters, accents, signs, small words go amiss.

Learners and everyone in a hurry make other slips beside those of agreement. A network that has
read nothing but printed prose takes what is odd for wrong, and corrects words beside a slip that
agree well. Nothing here touches the ends of words, which tell gender and number.
"""

from __future__ import annotations

import random
from unicodedata import normalize

from nlpcell.words import Edit, Word, edited, words

SHARE = 0.25  # of sentences in which something slips
BARE = 0.3  # of those: no capital at the beginning and no full stop at the end
PLAIN = 0.2  # of those: no accent anywhere
SLIPS = (0, 1, 1, 2)  # how many words go amiss besides
SHORTEST = 5  # letters of a word in which one can slip
LEFT_OUT = frozenset([
    "a", "con", "de", "en", "es", "le", "lo", "me", "muy", "no", "para", "por", "que", "se", "su",
    "y", "ya",
])  # fmt: skip
ACUTE = "\u0301"


def slipped(text: str, seed: int) -> str:
    """The sentence with some slips, or as it is; the same ones for the same seed."""
    draw = random.Random(f"{seed} slips {text}")
    if draw.random() >= SHARE:
        return text
    found = words(text)
    count = min(draw.choice(SLIPS), len(found))
    edits = [edit for word in draw.sample(found, count) for edit in slip(text, word, draw)]
    after = edited(text, edits)
    after = plain(after) if draw.random() < PLAIN else after
    return bare(after) if draw.random() < BARE else after


def slip(text: str, word: Word, draw: random.Random) -> list[Edit]:
    """A small word left out, or a letter inside a longer one; else nothing."""
    start, end, small = word.start, word.end, word.text
    if start and small in LEFT_OUT and text[end : end + 1] == " ":
        return [Edit(start, end + 1, "")]
    if len(small) < SHORTEST or not small.isalpha():
        return []
    at = draw.randrange(1, len(small) - 3)
    one, two = small[at], small[at + 1]
    new = draw.choice(("", one + one, two + one, draw.choice("aeioubvhns")))
    taken = 2 if new == two + one else 1
    return [Edit(start + at, start + at + taken, new)]


def plain(text: str) -> str:
    """A text without acute accents.

    >>> plain("Mañana comerá más")
    'Mañana comera mas'
    """
    return normalize("NFC", normalize("NFD", text).replace(ACUTE, ""))


def bare(text: str) -> str:
    """A text without its first capital and its full stop.

    >>> bare("La casa es vieja.")
    'la casa es vieja'
    """
    return (text[:1].lower() + text[1:]).removesuffix(".") or text
