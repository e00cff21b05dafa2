"""A long text cut where a reader would pause."""

from __future__ import annotations

import re
from itertools import pairwise

# Where to cut, the best places first: after a sentence, after a clause, after white space.
PAUSES = [re.compile(pause) for pause in (r"[.!?…][^\w\s]*\s+", r"[,;:]\s+", r"\s+")]

# A sentence ends where a capital follows; behind a full stop only after a word of four letters or
# more, because short ones may be abbreviations: Sr. Pérez, Mrs. Smith.
END = re.compile(r"""(?:[!?…]|[^\W\d_]{4}\.)["')\]»”’]*\s+(?=["'(\[«“‘¿¡]*[^\W\d_a-zà-ÿ])""")


def sentences(text: str, longest: int) -> list[str]:
    """The text in sentences, those over `longest` characters in passages; joined they are the text.

    >>> sentences("Vino el Sr. Pérez. ¡Qué bien! Dijo que sí. Y se fue.", 100)
    ['Vino el Sr. Pérez. ', '¡Qué bien! ', 'Dijo que sí. Y se fue.']
    """
    ends = [0, *(found.end() for found in END.finditer(text)), len(text)]
    whole = [text[start:end] for start, end in pairwise(ends)]
    return [part for one in whole for part in passages(one, longest)]


def passages(text: str, longest: int) -> list[str]:
    """The text in pieces of at most `longest` characters; joined they are the text.

    >>> passages("One, two. Three, four five", 12)
    ['One, two. ', 'Three, four ', 'five']
    """
    found: list[str] = []
    start = 0
    while len(text) - start > longest:
        end = last_pause(text, start, start + longest)
        found.append(text[start:end])
        start = end
    return [*found, text[start:]]


def last_pause(text: str, start: int, end: int) -> int:
    """The place after the last pause of the best kind between two places; `end` if there is none.

    Only the second half is searched, so that pieces do not get much shorter than they must.
    """
    middle = (start + end) // 2
    for pause in PAUSES:
        places = [found.end() for found in pause.finditer(text, middle, end)]
        if places:
            return places[-1]
    return end
