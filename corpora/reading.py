"""One reading of one source: which columns are wanted, and every problem that was met."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlpcell.errors import BadInput
from nlpcell.example import Example

MOST = 10  # problems told at once; a file with more is of another kind, not mistyped
SHOWN = 8  # column names in a message
LONGEST = 30  # characters of a column name in a message

# What people call these columns; tried only where nothing else can be meant.
TEXT_NAMES = ("text", "sentence", "review", "texto", "reseña", "opinion", "opinión")
TARGET_NAMES = (
    *("label", "class", "etiqueta", "sentiment", "sentimiento", "target"),
    *("category", "categoría", "categoria", "clase"),
)


@dataclass
class Reading:
    """Handed through one file's readers, so that its problems are told together at the end."""

    source: str  # a file, a folder or the name of a dataset, as the user wrote it
    text: str  # name of the column or key that is read
    target: str | None  # the one that is to be answered; None: only text is wanted
    encoding: str = "utf-8"
    most: int | None = MOST  # problems after which reading ends; None: it goes on
    problems: list[str] = field(default_factory=list)  # `file:line: what`
    hint: str = ""  # the first hint that a problem brought along

    def problem(self, line: int, what: str, hint: str = "") -> None:
        """Note what is wrong with a record (0: with the whole); too many end the reading.

        `line` is that of the record's beginning; in parquet and datasets, its row; both from 1.
        """
        self.problems.append(f"{self.source}:{line}: {what}" if line else f"{self.source}: {what}")
        self.hint = self.hint or hint
        if len(self.problems) == self.most:
            self.problems.append(f"(the first {self.most} problems; there may be more)")
            self.finish()

    def finish(self) -> None:
        """Raise BadInput with everything noted, one problem a line; nothing when all is well."""
        if self.problems:
            raise BadInput("\n".join(self.problems), hint=self.hint)

    def examples(self, line: int, text: str | None, target: str | None = None) -> list[Example]:
        """A record as one example; as none, and a problem, where a value is missing.

        A text may be empty. A target loses the white space around it and may not be empty.
        """
        answer = (target or "").strip()
        if text is None:
            self.problem(line, f'no value for "{self.text}"')
        elif self.target is not None and not answer:
            self.problem(line, f'no value for "{self.target}"')
        else:
            return [Example(text, answer)]
        return []

    def names(self, present: Sequence[str]) -> list[str]:
        """What a file with these columns calls the text, then the target if one is wanted."""
        names = [called(present, self.text, TEXT_NAMES)]
        if self.target is not None:
            names.append(called(present, self.target, TARGET_NAMES))
        return names

    def columns(self, present: Sequence[str], line: int = 0) -> list[str]:
        """The same for a file whose columns are fixed, by a header on `line` if there is one.

        A column that is missing, or is there twice, is told at once: no record can be read.
        """
        names = self.names(present)
        others = [name for name in present if name and name not in names] or ["COLUMN"]
        options = {"--text-key": others[0], "--label-key": others[-1]}
        for name, (option, guess) in zip(names, options.items(), strict=False):
            if name not in present:
                hint = f"name the right one, like {option} {shlex.quote(guess)}"
                self.problem(line, f'no column called "{name}"; it has {listed(present)}', hint)
            elif present.count(name) > 1:
                self.problem(line, f'{present.count(name)} columns are called "{name}"')
        self.finish()
        return names


def called(names: Sequence[str], wanted: str, family: Sequence[str]) -> str:
    """What a file calls the wanted column: the same, or a common synonym in a file of two columns.

    A name that is no usual one was chosen by the user, and is not exchanged for another.

    >>> called(["reseña", "clase"], "label", TARGET_NAMES)
    'clase'
    >>> called(["reseña", "clase", "fecha"], "label", TARGET_NAMES)
    'label'
    """
    if wanted in names or len(names) > 2 or wanted not in family:
        return wanted
    return next((name for name in names if name.casefold() in family), wanted)


def listed(names: Sequence[str]) -> str:
    """Column names for a message, the many and the long cut short."""
    short = [name if len(name) <= LONGEST else name[:LONGEST] + "..." for name in names[:SHOWN]]
    return ", ".join(short) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def as_text(value: object) -> str | None:
    """A cell of a typed format as text; None where there is no value.

    Raises ValueError, in words that follow the name of the column.

    >>> as_text(5), as_text(True), as_text(None), as_text("nan")
    ('5', 'true', None, 'nan')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    kinds: dict[type, str] = {list: "a list", dict: "an object", bytes: "raw bytes"}
    raise ValueError(f"is {kinds.get(type(value), type(value).__name__)}, not text")


def first_line(error: Exception) -> str:
    """The beginning of another library's message, which may go on for a page."""
    return (str(error).strip() or type(error).__name__).split("\n")[0][:160]
