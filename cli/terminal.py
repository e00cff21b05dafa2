"""The three standard streams: bytes in, results out, words for people on standard error."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

from nlpcell.errors import Problem, SystemTrouble
from nlpcell.files import beside, sync_folder

# Everything a terminal may obey: C0 but tab and LF, C1, line separators, reversed writing.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SURROGATES = re.compile("[\ud800-\udfff]")

quiet = False  # set by --quiet: no notes, no progress; errors are still told
verbose = 0  # set by --verbose: details are told
color = "auto"  # set by --color: auto, always or never


class ReaderLeft(Exception):
    """Whoever read our output has closed it: nothing is left to do, and nothing is wrong."""


class Output:
    """Results as bytes, to standard output or to a file that appears when it is complete.

    What is no ordinary file (/dev/null, a named pipe) is written to as it is.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = None if path is None or str(path) == "-" else Path(os.path.realpath(path))
        self.temporary: Path | None = None
        self.stream: IO[bytes]
        # Whether a person reads along: then control characters are shown, not obeyed.
        self.watched = self.path is None and sys.stdout.isatty()
        self.coloured = color == "always" or (self.path is None and coloured(sys.stdout))
        if self.path is None:
            sys.stdout.write("")  # refuses, if it is Closed
            self.stream = sys.stdout.buffer
            return
        if self.path.is_file() or not self.path.exists():
            self.temporary = beside(self.path)
        try:
            self.stream = open(self.temporary or self.path, "wb")  # noqa: SIM115 - closed by close
        except OSError as error:
            raise SystemTrouble(f"cannot write {path}: {error.strerror}") from error

    def write(self, text: str) -> None:
        """Hand over text; a lone surrogate, which no UTF-8 can spell, becomes U+FFFD."""
        self.write_as_it_is(visible(text) if self.watched else text)

    def write_as_it_is(self, text: str) -> None:
        """The same for what we drew ourselves, colours included."""
        self.write_bytes(as_bytes(text))

    def write_bytes(self, data: bytes) -> None:
        """The same for bytes, which no encoding touches."""
        self._try(lambda: self.stream.write(data))

    def flush(self) -> None:
        """Make what was written visible now."""
        self._try(self.stream.flush)

    def close(self) -> None:
        """The end: a file gets its name, and the mode of the one it replaces."""
        self.flush()
        if self.path is not None:
            self._try(self._publish)

    def _publish(self) -> None:
        if self.path is not None and self.temporary is not None:
            os.fsync(self.stream.fileno())
            if self.path.exists():
                os.chmod(self.temporary, self.path.stat().st_mode & 0o7777)
            os.replace(self.temporary, self.path)
            sync_folder(self.path.parent)
        self.stream.close()

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        try:
            if kind is None:
                self.close()
            elif self.temporary is None and not issubclass(kind, ReaderLeft | SystemTrouble):
                self.flush()  # what was finished before the trouble is out
        finally:
            if self.temporary is not None:
                self.temporary.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    self.stream.close()

    def _try(self, act: Any) -> None:
        try:
            act()
        except BrokenPipeError:
            silence()
            raise ReaderLeft from None
        except OSError as error:
            silence()
            raise SystemTrouble(f"cannot write output: {error.strerror}") from error


def silence(number: int = 1) -> None:
    """Send what Python still holds for a standard stream nowhere, so that its exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


class Closed(io.TextIOBase):
    """Stands for a standard output that is not there: whoever writes is told, never silence."""

    def write(self, text: str) -> int:
        raise SystemTrouble("cannot write output: standard output is closed")


def note(text: str) -> None:
    """A word for people, unless --quiet."""
    if not quiet:
        say(text)


def detail(text: str) -> None:
    """A word for those who asked for more with --verbose."""
    if verbose:
        note(text)


def say(text: str) -> None:
    """A line on standard error, whatever happens to be there; control characters are shown."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.buffer.write(as_bytes(visible(text)) + b"\n")
        sys.stderr.flush()
    except OSError:  # nobody is left to be told
        silence(2)


def visible(text: str) -> str:
    """Text whose control characters a terminal shows instead of obeying them.

    >>> print(visible("a\x1b[31m\tb\u202e"))
    a\\x1b[31m\tb\\u202e
    """
    return CONTROLS.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def as_bytes(text: str) -> bytes:
    """UTF-8, with U+FFFD for each half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return whole_characters(text).encode()


def whole_characters(text: str) -> str:
    """Text without halves of surrogate pairs, which JSON and file names can hold.

    >>> whole_characters("a\ud800b") == "a\ufffdb"
    True
    """
    return SURROGATES.sub("\ufffd", text)


def tell(problem: Problem) -> None:
    """An error as `error: WHERE: WHAT` and its hint."""
    say(f"error: {problem}")
    if problem.hint:
        say(f"hint: {problem.hint}")


class Warnings:
    """Each kind is told once, at the end, with its count and its first place."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def add(self, kind: str, where: str) -> None:
        self.counts[kind] += 1
        self.first.setdefault(kind, where)

    def tell(self) -> None:
        for kind, count in self.counts.items():
            note(
                f"warning: {self.first[kind]}: {kind}"
                + (f" ({count:,} lines)" if count > 1 else "")
            )


def coloured(stream: Any) -> bool:
    """Whether a stream wants colour: as --color says, else by terminal (no-color.org)."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or bool(stream is not None and stream.isatty())


def table(rows: list[list[str]], out: Output) -> None:
    """Rows of text, the first one the heads: rich on a terminal, tab-separated in a pipe."""
    if not out.watched:
        for row in rows:
            out.write("\t".join(row) + "\n")
        return
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    drawn = Table(*[Column(Text(visible(head))) for head in rows[0]])
    for row in rows[1:]:
        drawn.add_row(*[Text(visible(cell)) for cell in row])
    console = Console(color_system="auto" if out.coloured else None, highlight=False)
    with console.capture() as capture:
        console.print(drawn)
    out.write_as_it_is(capture.get())
