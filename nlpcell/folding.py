"""A text as a classifier reads it: small letters, and signs where a typist would put them.

Corpora of reviews are often tokenised ("do n't , really"); people's own lines are not. Both should
look the same to a network that has seen few of either.
"""

from __future__ import annotations

import re

SPACED_SIGN = re.compile(r" +(?=[.,;:!?%)\]}]|n['’]t\b|['’](?:s|re|ve|ll|d|m)\b)")
SPACED_OPENING = re.compile(r"(?<=[(\[{¿¡]) +")
SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """Lower case, single spaces, no space before a closing sign or an English clitic.

    >>> folded("It 's NOT bad ,  really , is n't it ?")
    "it's not bad, really, isn't it?"
    """
    text = SPACES.sub(" ", text.lower()).strip()
    return SPACED_OPENING.sub("", SPACED_SIGN.sub("", text))
