"""The options of commands that answer a stream line by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from . import options
from .options import InputFormat
from .records import Reading
from .spread import spread


@dataclass(frozen=True)
class Stream:
    """What is read, and how. Each field is an option, in the order of the help."""

    output: options.OutputFile = None
    input_format: Annotated[
        InputFormat, typer.Option(envvar="NLPCELL_INPUT_FORMAT", help="Form of the input.")
    ] = InputFormat.text
    text_key: Annotated[
        str, typer.Option(envvar="NLPCELL_TEXT_KEY", help="Field of a JSON record to read.")
    ] = "text"
    encoding: options.Encoding = "utf-8"
    strict: options.Strict = False
    line_buffered: options.LineBuffered = False
    with_filename: options.WithFilename = False
    threads: options.Threads = None
    quiet: options.Quiet = False

    @property
    def plain(self) -> bool:
        """Whether lines are text, not JSON."""
        return self.input_format is InputFormat.text

    def reading(self, exact: bool = False, odd_kept: bool = True) -> Reading:
        """How to read; `exact`: nothing of plain text may be lost."""
        key = None if self.plain else self.text_key
        window = 1 if self.line_buffered else Reading().window
        return Reading(self.encoding, self.strict, key, window, exact and self.plain, odd_kept)


streamed = spread("stream", Stream, {})
