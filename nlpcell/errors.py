"""What can go wrong, each with the exit code that a script may rely on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Problem(Exception):
    """Something a user can read about in one line: `WHERE: WHAT`, then at most one hint.

    `where` is a file, a line or a model; `hint` is something that can be pasted.
    """

    exit_code = 70  # a bug of ours, unless a subclass knows better

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what, where, hint)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class WrongUse(Problem):
    """An unknown option, a bad value, options that contradict each other."""

    exit_code = 2


class BadInput(Problem):
    """A file is missing or unreadable, data is malformed, a record could not be processed."""

    exit_code = 3


class BadModel(Problem):
    """A model is unknown, damaged, unsafe, made for another task or by a newer version."""

    exit_code = 4


class SystemTrouble(Problem):
    """Memory, disk, permission, device, lock or network."""

    exit_code = 5


class Diverged(Problem):
    """Training ran away; the best model so far, if any, is kept."""

    exit_code = 6


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The beginning of a hint that offers the nearest known names.

    >>> did_you_mean("sentimnt-es", ["sentiment-es", "generate-es"])
    'did you mean "sentiment-es"? '
    >>> did_you_mean("x", ["sentiment-es"])
    ''
    """
    near = difflib.get_close_matches(name, list(known), n=2)
    return "did you mean {}? ".format(" or ".join(f'"{one}"' for one in near)) if near else ""
