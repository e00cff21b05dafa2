"""What a corpus yields and a task learns from."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """One record of a corpus."""

    text: str  # what the network reads
    target: str = ""  # what it should answer: a label, a translation; empty where there is none
