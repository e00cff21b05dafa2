"""Commands and results to the one table that a benchmark prints.

Standard library only: the peak memory of a child starts at that of the process that made it, so
the scripts that measure children stay small themselves.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HALF = ("avx512_bf16", "amx_bf16")  # processor flags that mean native bf16 arithmetic


class Spent(NamedTuple):
    """What a command cost."""

    seconds: float
    megabytes: float  # peak of resident memory
    said: str  # standard output


def nlpcell(*arguments: str) -> list[str]:
    """A command line for the nlpcell of the running environment."""
    return [str(Path(sys.executable).with_name("nlpcell")), *arguments]


def spent(command: Sequence[str], given: bytes = b"") -> Spent:
    """Run a command with `given` on a pipe as its input. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=complained)
        assert child.stdin is not None
        child.stdin.write(given)
        child.stdin.close()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if child.returncode:
            raise RuntimeError(f"{' '.join(command)}: {complained.read().decode().strip()}")
        unit = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss; see getrusage(2)
        return Spent(seconds, usage.ru_maxrss * unit / 1e6, said.read().decode())


def followed(training: Iterable[Any]) -> Any:
    """Run a training, tell its validations on standard error, and return its last progress."""
    last = None
    for last in training:
        if last.score or last.note:
            told = last.note or f"dev {last.score.metric} {last.score.value:.4f}"
            print(f"step {last.place.step:,}: {told}", file=sys.stderr, flush=True)
    return last


def show(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table, and below it the machine it was measured on."""
    for row in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows):
        print(f"| {' | '.join(map(str, row))} |")
    print(f"\n{machine()}")


def machine() -> str:
    """Processor, cores, bf16, versions and load, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = processor()
    half = ", ".join(flag for flag in HALF if flag in facts.get("flags", "").split())
    return (
        f"{facts.get('model name', platform.processor())}, {cores} cores, "
        f"bf16: {half or 'not native'}; {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load average {os.getloadavg()[0]:.1f}"
    )


def processor() -> dict[str, str]:
    """What Linux tells of the first processor; nothing elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
