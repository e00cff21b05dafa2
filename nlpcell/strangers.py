"""A file that is no model of ours to the reason why it is refused, by its content."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from nlpcell.errors import BadModel, Problem

READ = 4096  # bytes looked at
MAGIC: dict[str, tuple[bytes, ...]] = {
    "a pickle": (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"(dp0", b"ccopy_reg"),
    "a zip archive, as .pt and .keras files are": (b"PK\x03\x04", b"PK\x05\x06"),
    "an archive": (
        b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!",
    ),
    "an HDF5 file": (b"\x89HDF\r\n",),
    "a NumPy file, which may hold a pickle": (b"\x93NUMPY",),
    "a program": (b"\x7fELF", b"MZ", b"#!"),
}  # fmt: skip
SUFFIXES = {".py": "a Python file", ".onnx": "a bare ONNX graph", ".pt": "a PyTorch file"}
SOURCE = re.compile(rb"^\s*(import|from|def|class|exec|eval)\b", re.MULTILINE)


def refusal(path: Path) -> Problem:
    """Why a single file is not a model: what it is, where that can be told."""
    try:
        with open(path, "rb") as file:
            start = file.read(READ)
    except OSError as error:
        return BadModel(f"unreadable ({error.strerror})", where=str(path))
    why = "a model is a folder with a bundle.json"
    hint = f"nlpcell models import {shlex.quote(str(path))}" if is_safetensors(start) else ""
    if known := kind(start) or SUFFIXES.get(path.suffix):
        why = f"it is {known}, which can run code when opened"
    return BadModel(f"this file is not a model of nlpcell: {why}", where=str(path), hint=hint)


def is_safetensors(start: bytes) -> bool:
    """Whether a file begins with eight bytes of length and a header in JSON."""
    return start[6:9] == b"\0\0{"  # no header is as long as 2**48 bytes


def kind(start: bytes) -> str:
    """What begins like this, if it can carry code; "" for anything else.

    >>> kind(b"PK\\x03\\x04..."), kind(b"import os"), kind(b"la casa")
    ('a zip archive, as .pt and .keras files are', 'a Python file', '')
    """
    for name, beginnings in MAGIC.items():
        if start.startswith(beginnings):
            return name
    if start[257:262] == b"ustar":
        return "an archive"
    # An ONNX file is a Protocol Buffer: field 1, the version of its format, then a field of text.
    if start[:1] == b"\x08" and start[1:2] < b"\x20" and start[2:3] in (b"\x12", b"\x1a", b"\x3a"):
        return "a bare ONNX graph"
    return "a Python file" if SOURCE.search(start) else ""
