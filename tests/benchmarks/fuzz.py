"""Inputs by the million, in search of one that crashes: tokenizer, JSON Lines reader, model loader.

Guided by coverage (atheris, which is libFuzzer for Python): an input that reaches a new branch is
kept and varied further. Each target runs in a process of its own, so that a crash in C++ is seen,
too. `pip install atheris` first. An input that crashes is left in the working folder.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measuring import show

Target = Callable[[bytes], object]
STATISTICS = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
WORDS = ["la casa es blanco", "¡Qué día!", "👩‍👩‍👧 e\u0301 \u2028 ▁", "<s> <0x41> <label:pos>"]
ATOMS = [
    "",
    "hola",
    "a\x1b",
    "../x",
    "F32",
    "agree",
    0,
    1,
    2,
    4,
    -1,
    0.5,
    1e300,
    10**30,
    True,
    None,
]
NAMES = [
    *("task", "settings", "labels", "temperature", "trained", "scores", "files", "format"),
    *(
        "nlpcell",
        "__metadata__",
        "dtype",
        "shape",
        "data_offsets",
        "text",
        "recurrent",
        "a",
        "a.scale",
    ),
]


def grown(data: bytes, depth: int = 4) -> Any:
    """A JSON value whose shape these bytes decide, from names and values that mean something."""
    left = iter(data)

    def value(depth: int) -> Any:
        one, count = next(left, 0), next(left, 0) % 4
        if depth and one % 4 == 0:
            return {NAMES[next(left, 0) % len(NAMES)]: value(depth - 1) for _ in range(count)}
        if depth and one % 4 == 1:
            return [value(depth - 1) for _ in range(count)]
        return ATOMS[one // 4 % len(ATOMS)]

    return value(depth)


def tokenizer() -> tuple[Target, list[bytes]]:
    """Any text comes back from its ids, for both kinds of vocabulary."""
    from nlpcell.bundle import find

    both = [find(name).tokenizer() for name in ("sentiment-es", "generate-es")]

    def there_and_back(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for one in both:
            assert one.decode(one.encode(text)) == text

    return there_and_back, [word.encode() for word in WORDS]


def reader() -> tuple[Target, list[bytes]]:
    """Every line of a stream is a record, whose problem is told; no byte of it is lost."""
    from nlpcell.cli.records import Reading, understood
    from nlpcell.cli.terminal import Warnings
    from nlpcell.lines import Splitter

    def read(data: bytes) -> None:
        if data[:1] == b"+":
            data = json.dumps(grown(data[1:])).encode() + b"\n" + data
        exact = Splitter(exact=True)
        lines = [*exact.feed(data), *exact.close()]
        parts = [
            one.before + one.text.encode("utf-8", "surrogateescape") + one.ending for one in lines
        ]
        assert b"".join(parts) == data
        splitter = Splitter()
        lines = [*splitter.feed(data), *splitter.close()]
        [found] = understood("-", lines, Reading(text_key="text"), Warnings())
        assert [one.number for one in found] == list(range(1, len(lines) + 1))
        for one in found:
            json.dumps(one.fields).encode(), one.text.encode()

    seeds = ['{"text":"hola"}', '{"text":"\\ud800","n":[1e9,null,true,{"a":"b"}]}', "[]", "{bad"]
    return read, ["\n".join(seeds).encode(), *(one.encode() for one in seeds), b"+" + bytes(60)]


def manifest() -> tuple[Target, list[bytes]]:
    """bundle.json: a model, or the reason why it is none."""
    from nlpcell.bundle import checked, find
    from nlpcell.errors import BadModel

    small = {"task": "agree", "settings": {}, "files": {"a": "0"}, "labels": ["b"], "format": 1}
    whole = (find("sentiment-es").folder / "bundle.json").read_bytes()

    def load(data: bytes) -> None:
        try:
            if data[:1] == b"+":
                more = grown(data[1:])
                data = json.dumps({**small, **more} if isinstance(more, dict) else more).encode()
            checked(data, "x")
        except BadModel as problem:
            assert problem.what.isprintable()

    return load, [whole, json.dumps(small).encode(), b"+" + bytes(range(60))]


def headed(data: bytes) -> bytes:
    """The bytes themselves; those that begin with + get a header that is JSON at least."""
    if data[:1] != b"+":
        return data
    head = json.dumps(grown(data[2:])).encode()
    return len(head).to_bytes(8, "little") + head + bytes(data[1] if data[1:] else 0)


def weights() -> tuple[Target, list[bytes]]:
    """weights.safetensors: whole arrays of finite numbers, or the reason why not."""
    from nlpcell.errors import BadModel
    from nlpcell.weights import parameters

    def load(data: bytes) -> None:
        try:
            parameters(headed(data), "x")
        except BadModel as problem:
            assert problem.what.isprintable()

    one = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    two = '{"b":{"dtype":"F16","shape":[2,0],"data_offsets":[0,0]},"__metadata__":{"c":"d"}}'
    three = '{"a":{"dtype":"I8","shape":[1,2],"data_offsets":[0,2]},'
    three += '"a.scale":{"dtype":"F32","shape":[1,1],"data_offsets":[2,6]}}'
    files = [(one, b"\0\0\x80\x3f"), (two, b""), (three, b"\1\2\0\0\x80\x3f")]
    seeds = [len(head).to_bytes(8, "little") + head.encode() + body for head, body in files]
    return load, [*seeds, b"+\4" + bytes(range(60))]


def packed() -> tuple[Target, list[bytes]]:
    """A model as one file: its files under plain names, or the reason why not."""
    from nlpcell.errors import BadModel
    from nlpcell.transit import unpacked

    def load(data: bytes) -> None:
        try:
            files = unpacked(headed(data), "x")
        except BadModel as problem:
            assert problem.what.isprintable()
        else:
            assert all("/" not in name and not name.startswith(".") for name in files)

    one = '{"bundle.json":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},'
    one += '"model.onnx":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}'
    two = '{"../a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
    files = [(one, b"{}\0"), (two, b"")]
    seeds = [len(head).to_bytes(8, "little") + head.encode() + body for head, body in files]
    return load, [*seeds, b"+\4" + bytes(range(60))]


def stranger() -> tuple[Target, list[bytes]]:
    """A file that is no model: it is told what it is."""
    from nlpcell.strangers import kind

    return kind, [b"PK\x03\x04", b"\x80\x04", b"import os\n", b"\x08\x07\x12", b"\x89HDF\r\n"]


TARGETS = {"tokenizer": tokenizer, "reader": reader, "manifest": manifest, "weights": weights}
TARGETS |= {"packed": packed, "stranger": stranger}


def within(name: str, arguments: Sequence[str]) -> None:
    """The process of one target: libFuzzer takes over, and ends it."""
    import atheris

    with atheris.instrument_imports(include=["nlpcell", "json"]):
        target, seeds = TARGETS[name]()
    folder = Path(tempfile.mkdtemp())
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)
    atheris.Setup([name, *arguments, str(folder)], target)
    atheris.Fuzz()


def fuzzed(name: str, executions: int, seed: int) -> tuple[int, float, str]:
    """How many inputs a target was given, in how many seconds, and what came of it."""
    limits = ["-max_len=400", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1"]
    words = [f"-runs={executions}", f"-seed={seed}", f"-artifact_prefix=crash-{name}-", *limits]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--within", name, *words], capture_output=True, text=True
    )
    spent = time.monotonic() - began
    count = STATISTICS.search(done.stderr)
    if done.returncode:
        print(done.stderr[-3_000:], file=sys.stderr)
    return int(count[1]) if count else 0, spent, "crash" if done.returncode else "none"


def main() -> None:
    if sys.argv[1:2] == ["--within"]:
        within(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"which of {', '.join(TARGETS)}; all if none")
    parser.add_argument("--executions", type=int, default=2_200_000, help="of each target")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rows: list[list[Any]] = []
    for name in asked.targets or TARGETS:
        count, spent, crash = fuzzed(name, asked.executions, asked.seed)
        rows.append([name, f"{count:,}", f"{spent:.0f}", f"{count / spent:,.0f}", crash])
    total = sum(int(row[1].replace(",", "")) for row in rows)
    show(["target", "executions", "seconds", "a second", "crashes"], [*rows, ["all", f"{total:,}"]])
    sys.exit(any(row[-1] == "crash" for row in rows))


if __name__ == "__main__":
    main()
