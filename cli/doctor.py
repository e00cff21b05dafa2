"""`nlpcell doctor`: what is here, what is missing, and what that means."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import typer

import nlpcell
from nlpcell.bundle import Bundle, installed
from nlpcell.errors import BadModel, Problem

from . import options, terminal

app = options.alone()
NEEDED = ("numpy", "onnxruntime", "platformdirs", "rich", "safetensors", "sentencepiece", "typer")
EXTRA = ("datasets", "matplotlib", "onnx", "onnxscript", "sacrebleu", "tensorboard", "torch")
FLAGS = {"avx512_bf16", "amx_bf16"}  # of /proc/cpuinfo: bf16 is computed natively


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    found: str
    problem: str = ""  # what cannot work because of it


@app.command()
def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="Print JSON.")
    ] = False,
) -> None:
    """Say what is here and what is missing."""
    findings = [*versions(), *models(), *machine(), *folders()]
    with terminal.Output() as out:
        if as_json:
            rows = [one._asdict() for one in findings]
            out.write(json.dumps(rows, ensure_ascii=False) + "\n")
        else:
            cells = [[one.what, one.found, one.problem] for one in findings]
            terminal.table([["what", "found", "problem"], *cells], out)
    damaged = [one.what for one in findings if one.what.startswith("model ") and one.problem]
    if damaged:
        raise BadModel(f"damaged: {', '.join(damaged)}", hint="install nlpcell again")


def versions() -> Iterator[Finding]:
    """Python, nlpcell and the libraries it stands on; a missing extra is no fault."""
    from importlib.metadata import PackageNotFoundError, version

    yield Finding("python", platform.python_version())
    yield Finding("nlpcell", nlpcell.__version__)
    for name in (*NEEDED, *EXTRA):
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            missing = "nlpcell cannot run" if name in NEEDED else 'pip install "nlpcell[train]"'
            yield Finding(name, "missing", missing)


def models() -> Iterator[Finding]:
    """Every model that can be called by name, each of its files compared with its checksum."""
    for folder in installed():
        try:
            broken = [f"{name} is damaged" for name, what in Bundle.load(folder).verify() if what]
        except Problem as problem:
            broken = [problem.what]
        yield Finding(f"model {folder.name}", str(folder), ", ".join(broken))


def machine() -> Iterator[Finding]:
    """What trains and answers."""
    granted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    yield Finding("processors granted", str(granted or os.cpu_count()))
    yield Finding("processors of the machine", str(os.cpu_count()))
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            native = bool(FLAGS & set(file.read().split()))
        yield Finding("bf16", "native" if native else "emulated: training uses float32")
    except OSError:
        yield Finding("bf16", "unknown")


def folders() -> Iterator[Finding]:
    """Where things are kept; a folder that is not there yet is judged by the nearest that is."""
    import platformdirs

    places = {
        "settings": platformdirs.user_config_path("nlpcell"),
        "models": platformdirs.user_data_path("nlpcell"),
        "crash reports": platformdirs.user_state_path("nlpcell"),
    }
    for name, place in places.items():
        nearest = next((one for one in (place, *place.parents) if os.path.exists(one)), place)
        writable = os.access(nearest, os.W_OK)
        yield Finding(f"{name} folder", str(place), "" if writable else "cannot be written to")
