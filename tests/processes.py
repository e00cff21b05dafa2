"""Commands as processes with real pipes."""

from __future__ import annotations

import gc
import itertools
import json
import multiprocessing
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

Item, Found = TypeVar("Item"), TypeVar("Found")
COMMAND = [sys.executable, "-m", "nlpcell"]
# What trainings are forked with: most of what they would import.
PRELOADED = [
    *["nlpcell.cli.app", "nlpcell.cli.train", "nlpcell.cli.train_agree", "nlpcell.corpora.readers"],
    *["nlpcell.corpora.agreement", "nlpcell.training.generate", "nlpcell.training.sentiment"],
    *["nlpcell.training.agree", "nlpcell.training.translate", "nlpcell.training.curve"],
    *["matplotlib.pyplot", "matplotlib.backends.backend_agg", "onnx", "onnxruntime.quantization"],
    *["torch.onnx.utils", "torch.onnx.symbolic_opset18", "torch._dynamo"],
]


class Done(NamedTuple):
    """How a process ended."""

    code: int
    out: bytes
    err: str


def environment(home: Path, **extra: str) -> dict[str, str]:
    """Nothing of this machine's user: no home, no colours, no network."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "CACHE", "STATE")}
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home / "hf"), "COLUMNS": "100"}
    matplotlib = {"MPLCONFIGDIR": str(home / "mpl")}
    return {**kept, "HOME": str(home), **folders, **quiet, **matplotlib, **extra}


def nlpcell(
    *arguments: str | Path,
    home: Path,
    stdin: bytes | None = b"",
    before: Any = None,
    timeout: float = 300,
    **extra: str,
) -> Done:
    """Run a command to its end, in `home`."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment(home, **extra),
        cwd=home,
        preexec_fn=before,
        timeout=timeout,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def at_once(act: Callable[[Item], Found], items: Iterable[Item]) -> list[Found]:
    """What `act` gives for each item, two at a time: processes that leave each other alone."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, items))


def started(*arguments: str | Path, home: Path, **streams: Any) -> subprocess.Popen[bytes]:
    """Start a command whose streams the test drives itself."""
    given = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env=environment(home, **streams.pop("extra", {})),
        cwd=home,
        **{**given, **streams},
    )


def terminal(home: Path, *command: str | Path, typed: bytes = b"", **extra: str) -> tuple[int, str]:
    """Run a command with all three streams on a terminal; its exit code and what was shown."""
    ours, theirs = pty.openpty()
    surroundings = environment(home, **{"TERM": "xterm-256color", **extra})
    process = subprocess.Popen(
        [*COMMAND, *map(str, command)], stdin=theirs, stdout=theirs, stderr=theirs,
        env=surroundings, cwd=home, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    if typed:
        os.write(ours, typed)
    shown = b""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
    os.close(ours)
    return process.wait(20), shown.decode()


class Training:
    """`nlpcell train ...` as a process forked from one that has PyTorch in memory already, or
    another `command`.

    It saves two to five seconds a run. Signals, exit codes and files are those of any process.
    """

    server = multiprocessing.get_context("forkserver")
    numbers = itertools.count()

    def __init__(
        self,
        *arguments: str | Path,
        home: Path,
        patch: str = "",
        command: str = "train",
        **extra: str,
    ) -> None:
        self.server.set_forkserver_preload(PRELOADED)
        self.log = home / f"err-{next(self.numbers)}.txt"
        words = [command, *map(str, arguments)]
        self.process: BaseProcess = self.server.Process(
            target=within, args=(words, str(home), environment(home, **extra), str(self.log), patch)
        )
        self.process.start()

    def err(self) -> str:
        """What it has said so far."""
        return self.log.read_text() if self.log.exists() else ""

    def says(self, words: str, seconds: float = 60) -> None:
        """Wait until it says these words."""
        until = time.monotonic() + seconds
        while words not in self.err():
            assert self.process.is_alive() and time.monotonic() < until, self.err()
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        os.kill(self.process.pid or 0, number)

    def end(self, seconds: float = 600) -> Done:
        """Wait for its end."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, self.err()
        return Done(self.process.exitcode, b"", self.err())


def within(words: list[str], home: str, extra: dict[str, str], log: str, patch: str) -> None:
    """What the forked process does: be an ordinary `nlpcell`, with one thing broken by `patch`."""
    gc.freeze()  # else it walks through, and so copies, all that was there before
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 2)
    os.dup2(out, 1)
    os.environ.clear()
    os.environ.update(extra)
    os.chdir(home)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
    sys.argv = ["nlpcell", *words]
    if patch:
        exec(patch, {})  # a fault that no test can bring about from outside
    from nlpcell.cli.app import main

    main()


def trained(*arguments: str | Path, home: Path, **more: str) -> Done:
    """Train to the end."""
    return Training(*arguments, home=home, **more).end()


# Lets the `number`th write to a file in `place` meet a full disk: opening, writing, making sure of
# it and renaming all count. What was refused is not done.
FULL_DISK = """
import builtins, errno, io, os
plain, counted = builtins.open, [0]

def try_once(act, *given):
    counted[0] += 1
    if counted[0] == {number}:
        raise OSError(errno.ENOSPC, "No space left on device")
    return act(*given)

class Raw(io.FileIO):
    def write(self, data):
        return try_once(super().write, data)

def opened(path, mode="r", *rest, **more):
    ours = isinstance(path, (str, os.PathLike)) and {place!r} in os.path.abspath(path)
    if not ours or "+" in mode or not set(mode) & set("wxa"):
        return plain(path, mode, *rest, **more)
    file = io.BufferedWriter(try_once(Raw, path, mode.replace("b", "").replace("t", "")), 4096)
    return file if "b" in mode else io.TextIOWrapper(file, encoding=more.get("encoding"))

builtins.open = opened
os.fsync, os.replace, os.chmod = (
    lambda *given, act=act: try_once(act, *given) for act in (os.fsync, os.replace, os.chmod)
)
"""


def on_full_disk(number: int, place: str, *arguments: str | Path, home: Path) -> Done:
    """Run a command whose `number`th write to a file in `place` fails."""
    patch = FULL_DISK.format(number=number, place=place)
    code = f"{patch}\nfrom nlpcell.cli.app import main\nmain()"
    words = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, env=environment(home), cwd=home, timeout=60)
    return Done(done.returncode, done.stdout, done.stderr.decode())


def history(folder: Path) -> list[dict[str, Any]]:
    """The learning curve of a run."""
    text = (folder / "training" / "history.jsonl").read_text()
    return [json.loads(line) for line in text.split("\n") if line]


def weights(folder: Path) -> tuple[bytes, bytes]:
    """What must be equal, byte for byte, when two runs are the same."""
    return (folder / "weights.safetensors").read_bytes(), (folder / "model.onnx").read_bytes()
