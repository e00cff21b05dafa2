"""What a dictionary knows of a word's gender and number: a byte for each form, found by its hash.

A network learns the gender of the nouns that it reads often; of the others a dictionary tells it.
A form takes five bytes, because its letters are not kept. Two given forms share a hash of 32 bits
once in 4,000,000,000 times, and then also what is known of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import LEXICON, Bundle
from nlpcell.errors import BadModel
from nlpcell.weights import arrays

# What a form can be, a bit each: masculine and feminine, for each kind of word, and the numbers.
NOUN, ADJECTIVE, NUMBERED, DETERMINER = 0, 2, 4, 6  # where the two bits are
GENDERS = {"M": 1, "F": 2, "C": 3}
NUMBERS = {"S": 1, "P": 2, "N": 3}
GENDERED = 0b1111  # nouns and adjectives
KINDS = {"NC": NOUN, "AQ": ADJECTIVE, "AO": DETERMINER}  # by tag; determiners begin with D


class Lexicon:
    """Forms by their hashes, ascending, and what they can be."""

    def __init__(self, hashes: NDArray[np.uint32], codes: NDArray[np.uint8]) -> None:
        self.hashes = hashes
        self.codes = codes
        self.places = hashes.data  # gives plain numbers, which are faster to look among

    def __call__(self, word: str) -> int:
        """What a word in small letters can be; 0 where nothing is known of it."""
        sought = hashed(word)
        place = bisect_left(self.places, sought)
        found = place < len(self.places) and self.places[place] == sought
        return int(self.codes[place]) if found else 0

    def named(self, word: str) -> int:
        """The same as a noun or an adjective, which is what networks are told."""
        code = self(word)
        return code & (1 << DETERMINER) - 1 if code & GENDERED or code < 1 << DETERMINER else 0

    @property
    def checksum(self) -> str:
        """Eight digits that tell one lexicon from another."""
        return f"{crc32(self.codes.tobytes(), crc32(self.hashes.tobytes())):08x}"

    def as_bytes(self) -> bytes:
        """The lexicon as a file of a bundle."""
        from safetensors.numpy import save

        content: bytes = save({"hashes": self.hashes, "codes": self.codes})
        return content


def learnt(forms: Iterable[tuple[str, str]]) -> Lexicon | None:
    """The nouns, adjectives and determiners among forms; nothing where there are none.

    Their tags are those of EAGLES (Leech and Wilson 1996).

    >>> found = learnt([("casa", "NCFS000"), ("artista", "NCCS000"), ("artista", "AQ0CS00")])
    >>> found("casa"), found("artista"), found("perro")
    (18, 31, 0)
    >>> learnt([("las", "DA0FP0")])("las") >> DETERMINER  # type: ignore[misc]
    2
    """
    codes: dict[int, int] = defaultdict(int)
    for form, tag in forms:
        kind = DETERMINER if tag[:1] == "D" else KINDS.get(tag[:2])
        if kind is not None:
            at = 2 if kind == NOUN else 3
            gender, number = GENDERS.get(tag[at : at + 1], 0), NUMBERS.get(tag[at + 1 : at + 2], 0)
            codes[hashed(form.lower())] |= gender << kind | number << NUMBERED
    if not codes:
        return None
    known = sorted(codes)
    return Lexicon(np.array(known, np.uint32), np.array([codes[one] for one in known], np.uint8))


def kept(found: Bundle) -> Lexicon | None:
    """The lexicon of a bundle, where it holds one."""
    if LEXICON not in found.manifest.files:
        return None
    return from_bytes(found.read(LEXICON), str(found.folder / LEXICON))


def from_bytes(content: bytes, where: str) -> Lexicon:
    """A lexicon of a bundle. Raises BadModel for anything else."""
    found: dict[str, NDArray[Any]] = arrays(content, where)
    hashes, codes = found.get("hashes"), found.get("codes")
    sound = (
        hashes is not None and codes is not None
        and hashes.dtype == np.uint32 and codes.dtype == np.uint8
        and hashes.ndim == 1 and hashes.shape == codes.shape
        and bool((hashes[1:] > hashes[:-1]).all())
    )  # fmt: skip
    if not sound or hashes is None or codes is None:
        raise BadModel("no lexicon: hashes must ascend, with a byte for each", where=where)
    return Lexicon(hashes, codes)


def genders(code: int, kind: int) -> int:
    """Masculine and feminine, a bit each, as far as a form is of a kind."""
    return code >> kind & 3


def numbers(code: int) -> int:
    """Singular and plural, a bit each."""
    return code >> NUMBERED & 3


def hashed(word: str) -> int:
    """Where a form is looked up."""
    return crc32(normalize("NFC", word).encode("utf-8", "surrogatepass"))
