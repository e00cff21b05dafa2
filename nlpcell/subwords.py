"""A sentence to subword ids and back; characters outside the vocabulary wait to be copied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from nlpcell.tokenizer import SPACE_MARK, UNKNOWN, Tokenizer

LETTERS, FIRST = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W\d_]")
FEWEST = 4  # letters in capitals that are more than an abbreviation


class Read(NamedTuple):
    """One side of a pair as a network reads it."""

    ids: list[int]
    unknown: list[str]  # the characters of each UNKNOWN in ids, in their order


class Subwords:
    """A tokenizer in front of which every word starts with a space, the first one too.

    Characters outside the vocabulary that touch are one UNKNOWN, never bytes: a network learns to
    write UNKNOWN where it reads one, and `write` puts the characters there.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        every = range(len(tokenizer))
        self.bytes = {one: byte for one in every if (byte := tokenizer.byte(one)) is not None}
        self.spaced = {one for one in every if tokenizer.piece(one).startswith(SPACE_MARK)}
        self.space = next((one for one in every if tokenizer.piece(one) == SPACE_MARK), None)

    def read(self, text: str, sampling: float = 0.0) -> Read:
        """The ids of a text in composed characters; drawn at random where `sampling` says so."""
        text = prepared(text)
        tokenizer = self.tokenizer
        ids = tokenizer.encode_sampled(text, sampling) if sampling else tokenizer.encode(text)
        if self.bytes.keys().isdisjoint(ids):
            return Read(ids, [])
        found, unknown = Read([], []), bytearray()
        for one in [*ids, None]:
            if one in self.bytes:
                unknown.append(self.bytes[one])
                continue
            if unknown:
                found.unknown.append(unknown.decode(errors="replace"))
                found.ids.append(UNKNOWN)
                unknown.clear()
            found.ids.extend([] if one is None else [one])
        return found

    def spoken(self, text: str) -> str:
        """A text in capitals as it would usually be written: a capital first, and every other word
        small or not, as the vocabulary knows it best.
        """
        likelihood = self.tokenizer.likelihood

        def usual(word: re.Match[str]) -> str:
            small, capital = word[0].lower(), word[0].capitalize()
            return max(small, capital, key=lambda one: likelihood(f" {one}"))

        return FIRST.sub(lambda found: found[0].upper(), LETTERS.sub(usual, text), count=1)

    def write(self, ids: Sequence[int], unknown: Sequence[str] = ()) -> str:
        """The text of some ids, with what was unknown in the place of each UNKNOWN."""
        parts: list[list[int]] = [[]]
        for one in ids:
            if one == UNKNOWN:
                parts.append([])
            else:
                parts[-1].append(one)
        characters = [*unknown, *[""] * (len(parts) - 1 - len(unknown))]
        text = self.tokenizer.decode(parts[0])
        for character, part in zip(characters, parts[1:], strict=False):
            text += character + self.tokenizer.decode(part)
        return text.removeprefix(" ")


def shouted(text: str) -> bool:
    """Whether a text is in capitals throughout, in which few words are what a network has met.

    >>> shouted("¡NO TOCAR!"), shouted("El FBI"), shouted("TV"), shouted("你好吗朋友")
    (True, False, False, False)
    """
    letters = "".join(LETTERS.findall(text))
    return len(letters) >= FEWEST and all(one.isupper() for one in letters)


def prepared(text: str) -> str:
    """Composed characters, and a space before the first word as there is before all others.

    >>> prepared("Vive en Leo\u0301n.")
    ' Vive en León.'
    """
    return " " + unicodedata.normalize("NFC", text)
