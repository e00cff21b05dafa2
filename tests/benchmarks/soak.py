"""Long runs that must not be felt: memory on endless streams, kills and full disks in training.

    soak.py lines             10 million short lines through `sentiment` and `agree`
    soak.py long              a line of 100 MB through every command that answers lines
    soak.py kill              `kill -9` fifty times in training, each run carried to its end
    soak.py full              a full disk at every single write of a training, and of `--write`

The models are those of the tests, trained first; each part ends with 1 when something was not as
it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from measuring import show

sys.path.insert(0, str(Path(__file__).parent.parent))
import processes
from asked import ASKED, Asked
from toys import LONG_RUNS
from workshop import Workshop

BLOCK = 10_000  # lines that are repeated
MEGABYTE = 1_000_000


def block(asked: Asked) -> bytes:
    """Lines that are not all the same, so that a wrong order would show."""
    draw = random.Random(1)
    fillers = [b"", b"no", b"hoy", b"y ayer", b"siempre", b"casi nunca"]
    lines = [b" ".join([asked.line, draw.choice(fillers)]).strip() for _ in range(BLOCK)]
    return b"".join(b"\n" if draw.random() < 0.02 else line + b"\n" for line in lines)


def streamed(
    command: Sequence[str], home: Path, parts: Iterator[bytes], take: Callable[[bytes], None]
) -> tuple[int, float, float]:
    """Exit code, seconds and peak megabytes of a command that is fed `parts` on a pipe."""
    began = time.monotonic()
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=home,
        env=processes.environment(home),
    )  # fmt: skip
    assert child.stdin and child.stdout

    def feed(pipe: Any) -> None:
        for part in parts:
            pipe.write(part)
        pipe.close()

    threading.Thread(target=feed, args=(child.stdin,), daemon=True).start()
    while data := child.stdout.read(1 << 16):
        take(data)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, time.monotonic() - began, usage.ru_maxrss * 1024 / MEGABYTE


class Same:
    """Looks at a stream while it goes by: is it this, over and over again?"""

    def __init__(self, wanted: bytes) -> None:
        self.wanted = wanted
        self.held = b""
        self.lines = 0
        self.right = True

    def __call__(self, data: bytes) -> None:
        self.held += data
        self.lines += data.count(b"\n")
        while len(self.held) >= len(self.wanted):
            self.right &= self.held.startswith(self.wanted)
            self.held = self.held[len(self.wanted) :]


def lines(home: Path, count: int, tasks: Sequence[str]) -> Iterator[list[Any]]:
    """Memory of a short stream and of a long one, and whether every answer came in its place."""
    for task in tasks:
        asked = ASKED[task]
        given = block(asked)
        command = [*processes.COMMAND, *asked.words, "-m", str(Workshop(home).model(asked.maker))]
        answers: list[bytes] = []
        _, _, least = streamed(command, home, iter([given]), answers.append)
        same = Same(b"".join(answers))
        code, seconds, most = streamed(command, home, itertools.repeat(given, count // BLOCK), same)
        right = code == 0 and same.right and not same.held and same.lines == count // BLOCK * BLOCK
        yield [
            task, f"{same.lines:,}", f"{seconds:,.0f}", f"{same.lines / seconds:,.0f}",
            f"{least:.0f}", f"{most:.0f}", "yes" if right and most - least <= 100 else "NO",
        ]  # fmt: skip


def long(home: Path, megabytes: int) -> Iterator[list[Any]]:
    """Memory of a short line and of a long one, which is not processed, and the lines around it."""
    for task, asked in ASKED.items():
        model = str(Workshop(home).model(asked.maker))
        command = [*processes.COMMAND, *asked.words, "-m", model, "--json"]
        found: list[tuple[int, float, float]] = []
        for size in (1, megabytes * MEGABYTE // 10):
            rows = bytearray()
            middle = itertools.repeat(b"palabra y " * 1000, -(-size // 1000))
            parts = itertools.chain([asked.line + b"\n"], middle, [b"\n" + asked.line + b"\n"])
            found.append(streamed(command, home, parts, rows.extend))
            assert rows.count(b"\n") == 3, rows
        (_, _, least), (code, seconds, most) = found
        right = code == 3 and most - least < 64
        yield [task, f"{seconds:.1f}", f"{least:.0f}", f"{most:.0f}", "yes" if right else "NO"]


def whole(home: Path, task: str) -> tuple[Path, float]:
    """The run of a task that nothing stops, and the seconds it takes."""
    began = time.monotonic()
    return Workshop(home).model(f"whole-{task}"), time.monotonic() - began


def kill(home: Path, times: int) -> Iterator[list[Any]]:
    """Kills at random moments from the start to the end, each run then resumed to its end."""
    draw = random.Random()
    tasks = list(LONG_RUNS)
    for place, task in enumerate(tasks):
        folder, usual = whole(home, task)
        killed = equal = writing = begun = 0
        while killed < times // len(tasks) + (place < times % len(tasks)):
            shutil.rmtree(home / "run", ignore_errors=True)
            training = processes.Training(*LONG_RUNS[task], home=home)
            training.process.join(draw.uniform(0, usual))
            with contextlib.suppress(ProcessLookupError):
                training.signal(signal.SIGKILL)
            if training.end().code != -signal.SIGKILL:
                continue  # it was faster
            killed += 1
            writing += any((home / "run").rglob(".nlpcell-*"))
            begun += (home / "run" / "training" / "last.safetensors").exists()
            done = processes.trained(*LONG_RUNS[task], "--resume", home=home)
            assert done.code == 0, done.err
            equal += processes.weights(home / "run") == processes.weights(folder)
        yield [task, killed, begun, writing, equal, "yes" if equal == killed else "NO"]


def full(home: Path, every: int) -> Iterator[list[Any]]:
    """Each write in turn meets a full disk; then the run goes on, and nothing was lost."""
    for task in LONG_RUNS:
        folder, _ = whole(home, task)
        failed = equal = 0
        for number in itertools.count(1, every):
            shutil.rmtree(home / "run", ignore_errors=True)
            patch = processes.FULL_DISK.format(number=number, place=f"{home}/run/")
            done = processes.trained(*LONG_RUNS[task], home=home, patch=patch)
            if done.code == 0:
                break
            assert done.code == 5, done.err
            failed += 1
            clean = not any((home / "run").rglob(".nlpcell-*"))
            begun = (home / "run" / "training" / "last.safetensors").exists()
            more = "--resume" if begun else "--force"
            done = processes.trained(*LONG_RUNS[task], more, home=home)
            assert done.code == 0, done.err
            equal += clean and processes.weights(home / "run") == processes.weights(folder)
        yield [f"train {task}", failed, equal, "yes" if equal == failed else "NO"]
    yield rewritten(home, Workshop(home).model("mender"), every)


def rewritten(home: Path, model: Path, every: int) -> list[Any]:
    """The same for `agree --write`: the old file or the new one, nothing beside it."""
    asked = ASKED["agree"]
    notes = home / "notes" / "a.txt"
    notes.parent.mkdir()
    old, new = ((one + b"\n") * BLOCK for one in (asked.line, asked.answer))
    failed = intact = 0
    for number in itertools.count(1, every):
        notes.write_bytes(old)
        command = ["agree", "-m", model, "--write", "notes/a.txt"]
        done = processes.on_full_disk(number, "notes", *command, home=home)
        alone = [one.name for one in notes.parent.iterdir()] == ["a.txt"]
        if done.code == 0:
            break
        failed += 1
        intact += done.code == 5 and alone and notes.read_bytes() in (old, new)
    return ["agree --write", failed, intact, "yes" if intact == failed else "NO"]


HEADS = {
    "lines": ["task", "lines", "seconds", "a second", "MB at 10,000", "MB at most", "as it should"],
    "long": ["task", "seconds", "MB, short line", "MB, long line", "as it should"],
    "kill": ["task", "killed", "with a checkpoint", "while writing", "bit-equal", "as it should"],
    "full": ["command", "writes that failed", "nothing lost", "as it should"],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=HEADS)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--tasks", nargs="+", default=["sentiment", "agree"])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--every", type=int, default=1, help="try only every so manieth write")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rows = list(
            {
                "lines": lambda: lines(home, asked.lines, asked.tasks),
                "long": lambda: long(home, asked.megabytes),
                "kill": lambda: kill(home, asked.times),
                "full": lambda: full(home, asked.every),
            }[asked.part]()
        )
    show(HEADS[asked.part], rows)
    sys.exit(any(row[-1] != "yes" for row in rows))


if __name__ == "__main__":
    main()
