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

# What a form can be, a bit each: masculine, feminine (as a noun; as an adjective), the numbers.
GENDERS = {"NC": {"M": 1, "F": 2, "C": 3}, "AQ": {"M": 4, "F": 8, "C": 12}}
PLACES = {"NC": (2, 3), "AQ": (3, 4)}  # of gender and number in a tag
NUMBERS = {"S": 16, "P": 32, "N": 48}


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
    """The nouns and adjectives among forms with their tags (EAGLES, Leech and Wilson 1996).

    Nothing where there are none.

    >>> found = learnt([("casa", "NCFS000"), ("artista", "NCCS000"), ("artista", "AQ0CS00")])
    >>> found("casa"), found("artista"), found("perro")
    (18, 31, 0)
    """
    codes: dict[int, int] = defaultdict(int)
    for form, tag in forms:
        kind = tag[:2]
        if kind in PLACES:
            gender, number = (tag[place : place + 1] for place in PLACES[kind])
            codes[hashed(form.lower())] |= GENDERS[kind].get(gender, 0) | NUMBERS.get(number, 0)
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


def hashed(word: str) -> int:
    """Where a form is looked up."""
    return crc32(normalize("NFC", word).encode("utf-8", "surrogatepass"))
