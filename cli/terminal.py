"""The three standard streams: bytes in, results out, words for people on standard error."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

from nlpcell.errors import BadInput, Problem, SystemTrouble, WrongUse
from nlpcell.files import MARK, sync_folder

quiet = False  # set by --quiet: no notes, no progress; errors are still told


class ReaderLeft(Exception):
    """Whoever read our output has closed it: nothing is left to do, and nothing is wrong."""


class Output:
    """Results as bytes, to standard output or to a file that appears when it is complete."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.temporary: Path | None = None
        self.stream: IO[bytes]
        if path is None:
            if sys.stdout is None:
                raise SystemTrouble("cannot write output: standard output is closed")
            self.stream = sys.stdout.buffer
            return
        self.temporary = path.with_name(f"{MARK}{os.getpid()}-{path.name}")
        try:
            self.stream = open(self.temporary, "wb")
        except OSError as error:
            raise SystemTrouble(f"cannot write {path}: {error.strerror}") from error

    def write(self, text: str) -> None:
        """Hand over text; a lone surrogate, which no UTF-8 can spell, becomes U+FFFD."""
        self._try(lambda: self.stream.write(text.encode("utf-8", "replace")))

    def flush(self) -> None:
        """Make what was written visible now."""
        self._try(self.stream.flush)

    def close(self) -> None:
        """The end: a file gets its name."""
        self.flush()
        if self.path is not None and self.temporary is not None:
            self.stream.close()
            os.replace(self.temporary, self.path)
            sync_folder(self.path.absolute().parent)

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None:
            self.close()
        elif self.temporary is not None:
            self.stream.close()
            self.temporary.unlink(missing_ok=True)
        elif kind is not ReaderLeft and not issubclass(kind, SystemTrouble):
            self.flush()  # what was finished before the trouble is out

    def _try(self, act: Any) -> None:
        try:
            act()
        except BrokenPipeError:
            silence()
            raise ReaderLeft from None
        except OSError as error:
            silence()
            raise SystemTrouble(f"cannot write output: {error.strerror}") from error


def silence() -> None:
    """Send what Python still holds for standard output nowhere, so that its exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def note(text: str) -> None:
    """A word for people, unless --quiet."""
    if not quiet:
        say(text)


def say(text: str) -> None:
    """A line on standard error, whatever happens to be there; control characters are shown."""
    visible = "".join(one if one.isprintable() or one == "\n" else f"\\x{ord(one):02x}"
                      for one in text)
    if sys.stderr is not None:
        sys.stderr.buffer.write(visible.encode("utf-8", "replace") + b"\n")
        sys.stderr.flush()


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
            note(f"warning: {self.first[kind]}: {kind}" + (f" ({count:,} lines)" if count > 1 else ""))


def opened(name: str) -> int:
    """A descriptor of a file, or of standard input for `-`."""
    if name != "-":
        try:
            return os.open(name, os.O_RDONLY)
        except OSError as error:
            raise BadInput(no_file(name, error)) from None
    if sys.stdin is None:
        raise BadInput("no input: standard input is closed")
    if sys.stdin.isatty():
        note("reading from the terminal; end with Ctrl-D")
    return sys.stdin.fileno()


def no_file(name: str, error: OSError) -> str:
    return f"{name}: {(error.strerror or str(error)).lower()}"


def refuse_same_file(output: Path | None, inputs: list[str]) -> None:
    """Writing over what is being read would destroy it."""
    for name in inputs:
        if output is not None and output.exists() and name != "-" and Path(name).exists() \
                and os.path.samefile(output, name):
            raise WrongUse(f"{output} is the input itself", hint="choose another --output")


def coloured(stream: Any) -> bool:
    """Whether a stream is a terminal that wants colour (no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or bool(stream is not None and stream.isatty())


def table(rows: list[list[str]], out: Output) -> None:
    """Rows of text, the first one the heads: rich on a terminal, tab-separated in a pipe."""
    if out.path is not None or not sys.stdout.isatty():
        for row in rows:
            out.write("\t".join(row) + "\n")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*[Text(head) for head in rows[0]])
    for row in rows[1:]:
        drawn.add_row(*[Text(cell) for cell in row])
    console = Console(no_color=not coloured(sys.stdout), highlight=False)
    with console.capture() as capture:
        console.print(drawn)
    out.write(capture.get())
