"""Corrections as a unified diff."""

from __future__ import annotations

from difflib import diff_bytes, unified_diff
from typing import TYPE_CHECKING, Any

from .records import Record
from .writing import Writer

if TYPE_CHECKING:
    from nlpcell.inference.corrector import Correction

NO_NEWLINE = b"\n\\ No newline at end of file\n"


class Diff(Writer):
    """A unified diff that `patch` and `git apply` read, file after file.

    Unlike the other forms it holds a file in memory until its end.
    """

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self.file = ""
        self.old: list[bytes] = []
        self.new: list[bytes] = []

    def add(self, record: Record, correction: Correction) -> bytes:
        done = self.end() if record.file != self.file else b""
        self.file = record.file
        self.old.append(self.text(record, record.text))
        self.new.append(self.text(record, correction.output))
        return done

    def end(self) -> bytes:
        """The differences of the file that was read last."""
        name = ("standard input" if self.file == "-" else self.file).encode("utf-8", "replace")
        old, new = self.old, self.new
        self.old, self.new = [], []
        if old == new:
            return b""
        lines = diff_bytes(unified_diff, old, new, name, name, lineterm=b"\n")
        return b"".join(one if one.endswith(b"\n") else one + NO_NEWLINE for one in lines)
