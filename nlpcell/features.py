"""A word as places in a table: the word itself, its endings, its beginnings, its shape.

Sums of hashed n-gram vectors (Bojanowski et al. 2017) read words that were never seen: in Spanish
the ending tells gender and number. What a dictionary knows of a word can stand beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from struct import pack
from typing import NamedTuple
from unicodedata import normalize
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlpcell.lexicon import Lexicon

PADDING, HIDDEN = 0, 1  # rows of the table: nothing, and a word that must not be seen
NAMED = 2  # of the slots, the first so many name the word itself
ENDINGS, BEGINNINGS = (1, 2, 3, 4, 5, 6), (3, 4, 6)
LETTERED = 4  # letters at most of a name like ONU or OTAN
SLOTS = NAMED + len(ENDINGS) + len(BEGINNINGS) + 1


class Features(NamedTuple):
    """How words become rows of a table with so many `buckets`."""

    buckets: int
    lexicon: Lexicon | None = None

    @property
    def slots(self) -> int:
        """How many rows stand for one word; the last one is the lexicon's, where there is one."""
        return SLOTS + (self.lexicon is not None)

    def rows(self, words: Sequence[str]) -> NDArray[np.int32]:
        """The table rows of some words: (words, slots), each below `buckets`.

        >>> table = Features(1000).rows(["casa", "CASA"])
        >>> table.shape, bool((table[0, :-1] == table[1, :-1]).all())  # only the shape differs
        ((2, 12), True)
        """
        packed = b"".join([rows_of_word(word, *self) for word in heard(words)])
        return np.frombuffer(packed, dtype=np.int32).reshape(-1, self.slots)

    def padding(self, *shape: int) -> NDArray[np.int32]:
        """Rows of no words: (*shape, slots)."""
        return np.full((*shape, self.slots), PADDING, dtype=np.int32)

    def hidden(self, count: int) -> NDArray[np.int32]:
        """The rows of words that must not be seen: (count, slots)."""
        table = self.padding(count)
        table[:, 0] = HIDDEN
        return table


def heard(words: Sequence[str]) -> Sequence[str]:
    """Words as they are read: who shouts says the same, but short words in capitals are names.

    >>> heard(["LA", "CASA", "ES", "ROJOS"]), heard(["la", "casa", "es", "ROJOS", "ONU"])
    (['la', 'casa', 'es', 'rojos'], ['la', 'casa', 'es', 'rojos', 'ONU'])
    """
    if not any(map(str.isupper, words)):
        return words
    longest = 0 if " ".join(words).isupper() else LETTERED
    return [word.lower() if word.isupper() and len(word) > longest else word for word in words]


@lru_cache(1 << 16)
def rows_of_word(word: str, buckets: int, lexicon: Lexicon | None) -> bytes:
    """The rows of one word, as the bytes of an array."""
    small = normalize("NFC", word).lower()
    bare = "".join(letter for letter in normalize("NFD", small) if letter.isalnum()) or small
    marked = f"<{small}>"
    names = [f"w{small}", f"b{bare}"]
    names += [f"e{marked[-1 - size :]}" for size in ENDINGS]
    names += [f"s{marked[: size + 1]}" for size in BEGINNINGS]
    names.append(f"c{shape(word)}")
    known = lexicon.named(small) if lexicon else 0
    names += [f"l{known}"] if known else []
    span = buckets - NAMED
    places = [NAMED + crc32(name.encode("utf-8", "surrogatepass")) % span for name in names]
    places += [PADDING] if lexicon and not known else []
    return pack(f"={len(places)}i", *places)


def shape(word: str) -> str:
    """How a word is written, apart from its letters.

    >>> shape("casa"), shape("Casa"), shape("CASA"), shape("A"), shape("12"), shape(",")
    ('small', 'Capital', 'CAPITALS', 'Capital', 'number', 'sign')
    """
    if not any(letter.isalpha() for letter in word):
        return "number" if word[0].isdigit() else "sign"
    if len(word) > 1 and word.isupper():
        return "CAPITALS"
    return "Capital" if word[0].isupper() else "small"
