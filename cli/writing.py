"""Corrections as people and programs want to read them."""

from __future__ import annotations

import enum
import json
from typing import TYPE_CHECKING, Any

import nlpcell

from . import terminal
from .records import Record

if TYPE_CHECKING:
    from nlpcell.inference.corrector import Correction, Finding


class Form(enum.StrEnum):
    """How corrections are written."""

    text = "text"
    explain = "explain"
    check = "check"
    diff = "diff"
    write = "write"
    json = "json"
    github = "github"
    sarif = "sarif"


class Writer:
    """Corrected lines, each byte outside a correction as it came in."""

    def __init__(
        self, watched: bool, alternatives: int, with_filename: bool, coloured: bool = False
    ) -> None:
        self.watched = watched  # a person reads along on a terminal
        self.coloured = coloured
        self.alternatives = alternatives
        self.with_filename = with_filename

    def add(self, record: Record, correction: Correction) -> bytes:
        """What is to be written for one line."""
        return self.prefix(record) + self.text(record, correction.output)

    def prefix(self, record: Record) -> bytes:
        """The name of the file, where it is wanted."""
        return terminal.as_bytes(f"{record.file}:") if self.with_filename else b""

    def text(self, record: Record, text: str) -> bytes:
        """A line with all that stood around its text."""
        shown = terminal.visible(text) if self.watched else text
        return record.before + shown.encode("utf-8", "surrogateescape") + record.ending

    def end(self) -> bytes:
        """What is to be written when no more lines come."""
        return b""


class Text(Writer):
    """The corrected lines alone."""


class Explain(Writer):
    """The corrected lines, corrections coloured on a terminal, and under each what and why."""

    def add(self, record: Record, correction: Correction) -> bytes:
        found = correction.findings
        lines = "".join(f"    {said(one)} ({one.score:.2f})\n" for one in found)
        ending = record.ending or (b"\n" if found else b"")
        line = self.text(record._replace(ending=ending), correction.output)
        if self.coloured:
            line = self.painted(record, correction)
        return self.prefix(record) + line + terminal.as_bytes(lines)

    def painted(self, record: Record, correction: Correction) -> bytes:
        """The line with its corrections in green."""
        text, end, parts = record.text, 0, []
        for one in correction.findings:
            parts += [terminal.visible(text[end : one.start]), f"\x1b[32m{one.new}\x1b[0m"]
            end = one.end
        return terminal.as_bytes("".join(parts) + terminal.visible(text[end:]) + "\n")


class Check(Writer):
    """FILE:LINE:COLUMN: what is wrong, a line for each finding; columns count from 1."""

    def add(self, record: Record, correction: Correction) -> bytes:
        place = f"{record.file}:{record.number}"
        lines = [f"{place}:{one.start + 1}: {said(one)}\n" for one in correction.findings]
        return terminal.as_bytes(terminal.visible("".join(lines)))


class Json(Writer):
    """A JSON object for each line; the other fields of a JSON record go through unchanged."""

    def add(self, record: Record, correction: Correction) -> bytes:
        if record.copied:
            return b""
        start: dict[str, Any] = {**record.fields, "line": record.number}
        if self.with_filename:
            start["file"] = record.file
        if record.problem:
            return as_line({**start, "error": record.error()})
        edits = [self.fields(one) for one in correction.findings]
        output = terminal.whole_characters(correction.output)
        given = terminal.whole_characters(record.text)
        return as_line({**start, "input": given, "output": output, "edits": edits})

    def fields(self, one: Finding) -> dict[str, Any]:
        """A finding; offsets count Unicode characters from 0."""
        return {
            **{name: getattr(one, name) for name in ("start", "end", "old", "new", "kind")},
            "reason": because(one),
            "score": round(one.score, 4),
            "alternatives": one.alternatives[: self.alternatives],
        }


class Github(Writer):
    """Annotations that a GitHub workflow shows beside the line."""

    def add(self, record: Record, correction: Correction) -> bytes:
        file = escaped(record.file).replace(":", "%3A").replace(",", "%2C")
        lines = [
            f"::warning file={file},line={record.number},col={one.start + 1},"
            f"endColumn={one.end + 1},title={one.kind}::{escaped(said(one))}\n"
            for one in correction.findings
        ]
        return terminal.as_bytes("".join(lines))


class Sarif(Writer):
    """One SARIF 2.1.0 document (OASIS 2020) with all findings."""

    def __init__(self, *settings: Any) -> None:
        super().__init__(*settings)
        self.results: list[dict[str, Any]] = []

    def add(self, record: Record, correction: Correction) -> bytes:
        for one in correction.findings:
            region = {
                "startLine": record.number,
                "startColumn": one.start + 1,
                "endColumn": one.end + 1,
            }
            file = {"uri": terminal.whole_characters(record.file)}
            fix = {"deletedRegion": region, "insertedContent": {"text": one.new}}
            self.results.append(
                {
                    "ruleId": one.kind,
                    "level": "warning",
                    "message": {"text": said(one)},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": file, "region": region}}
                    ],
                    "fixes": [
                        {"artifactChanges": [{"artifactLocation": file, "replacements": [fix]}]}
                    ],
                }
            )
        return b""

    def end(self) -> bytes:
        rules = [{"id": one} for one in sorted({result["ruleId"] for result in self.results})]
        driver = {"name": "nlpcell agree", "version": nlpcell.__version__, "rules": rules}
        run = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": self.results,
        }
        schema = "https://json.schemastore.org/sarif-2.1.0.json"
        return as_line({"$schema": schema, "version": "2.1.0", "runs": [run]})


def said(one: Finding) -> str:
    """A finding in words.

    The reason is left out where none was found.
    """
    reason = f" ({because(one)})" if one.reason else ""
    return f"{one.kind}: «{one.old}» should be «{one.new}»{reason}"


def because(one: Finding) -> str:
    """Which word a correction agrees with."""
    return f"agrees with «{one.reason}»" if one.reason else ""


def as_line(value: dict[str, Any]) -> bytes:
    return terminal.as_bytes(json.dumps(value, ensure_ascii=False) + "\n")


def escaped(text: str) -> str:
    """Text as GitHub's workflow commands want it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
