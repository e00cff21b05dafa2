"""The model that a command works with."""

from __future__ import annotations

from nlpcell.bundle import Bundle, find

from . import terminal


def chosen(model: str, task: str | None = None) -> Bundle:
    """The bundle a command was told to use, told with --verbose. Raises BadModel."""
    bundle = find(model, task)
    terminal.detail(f"model: {bundle.name}@{bundle.checksum} in {bundle.folder}")
    return bundle
