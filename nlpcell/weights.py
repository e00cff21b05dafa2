"""The bytes of weights.safetensors to arrays, of which nothing is believed before it is checked."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import TABLE, WEIGHTS, Bundle
from nlpcell.errors import BadModel

# The kinds of numbers, in the words of safetensors and in those of NumPy.
KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1", "U32": "<u4"}
WORDS = "vectors.table.weight"  # of a corrector
SCALE = ".scale"  # behind the name of an array of int8: what each of its rows is multiplied by
LARGEST_HEADER = 1 << 20  # bytes


def arrays(content: bytes, where: str) -> dict[str, NDArray[Any]]:
    """Every array by its name. Raises BadModel for anything but a whole file of finite numbers.

    The layout: eight bytes with the header's length, the header in JSON, then the numbers.
    """
    length = int.from_bytes(content[:8], "little")
    numbers = content[8 + length :]
    if not 2 <= length <= min(LARGEST_HEADER, len(content) - 8):
        raise BadModel("not a safetensors file", where=where)
    found: dict[str, NDArray[Any]] = {}
    end = 0
    for name, entry in header(content[8 : 8 + length], where):
        if name == "__metadata__":
            continue
        if name in found:
            raise BadModel(f"two arrays are called {json.dumps(name[:40])}", where=where)
        found[name], end = array(entry, numbers, end, where)
    if end != len(numbers):
        raise BadModel(f"{len(numbers) - end:,} bytes belong to no array", where=where)
    refuse_what_is_no_number(found, where)
    return found


def parameters(content: bytes, where: str) -> dict[str, NDArray[Any]]:
    """The same, with arrays of int8, (rows, columns), times their scales, (rows, 1)."""
    found = arrays(content, where)
    small = {name for name, one in found.items() if one.dtype == np.int8}
    result = {}
    for name, one in found.items():
        if name in small:
            scale = found.get(name + SCALE)
            if one.ndim != 2 or scale is None or scale.shape != (len(one), 1):
                raise BadModel(f"{json.dumps(name[:40])} has no scale that fits", where=where)
            with np.errstate(over="ignore", invalid="ignore"):
                result[name] = one * scale.astype(np.float32)
        elif name.removesuffix(SCALE) not in small:
            result[name] = one
    refuse_what_is_no_number(result, where)
    return result


def of(bundle: Bundle) -> dict[str, NDArray[Any]]:
    """The parameters of a model: in int8 a corrector's words lie in the table its graph reads."""
    found = parameters(bundle.read(WEIGHTS), str(bundle.folder / WEIGHTS))
    if bundle.manifest.task == "agree" and WORDS not in found and TABLE in bundle.manifest.files:
        found |= parameters(bundle.read(TABLE), str(bundle.folder / TABLE))
    return found


def refuse_what_is_no_number(found: dict[str, NDArray[Any]], where: str) -> None:
    """Raise BadModel for NaN and infinity."""
    for name, one in found.items():
        if not np.isfinite(one).all():
            raise BadModel(f"{json.dumps(name[:40])} holds what is no number", where=where)


def header(text: bytes, where: str) -> list[tuple[str, Any]]:
    """Names and entries in the order of their numbers, a name that is there twice twice."""
    try:
        pairs = json.loads(text, object_pairs_hook=list)
        entries = [(name, dict(entry)) for name, entry in pairs]
        if not all(isinstance(name, str) for name, _ in entries):
            raise TypeError("a list where an object should be")
        return sorted(entries, key=lambda one: one[1].get("data_offsets", [0]))
    except (ValueError, TypeError, RecursionError):
        raise BadModel("its header is damaged", where=where) from None


def array(
    entry: dict[str, Any], numbers: bytes, start: int, where: str
) -> tuple[NDArray[Any], int]:
    """One array, which must begin at `start`, and where it ends."""
    kind, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    sound = isinstance(shape, list) and all(type(one) is int and one >= 0 for one in shape)
    if not isinstance(kind, str) or kind not in KINDS or not sound:
        raise BadModel("its header is damaged", where=where)
    end = start + math.prod(shape or []) * np.dtype(KINDS[kind]).itemsize
    if offsets != [start, end] or end > len(numbers):
        raise BadModel("its header does not fit its numbers", where=where)
    try:
        return np.frombuffer(numbers[start:end], KINDS[kind]).reshape(shape or []), end
    except (ValueError, OverflowError):  # [0, 10**30]: no number in it, and too large all the same
        raise BadModel("its header is damaged", where=where) from None
