"""How long a cold command takes, how much memory, and whether it loads torch.

    python tests/benchmarks/startup.py [--runs 20]

Needs only the base install: run it with the Python of the environment to be measured.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from measuring import nlpcell, show, spent

REVIEW = "Me encantó, volveré\n".encode()
WRONG = b"la casa es bonitos\n"
SENTENCE = "la casa es bonita y el perro es tranquilo"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=20, help="timed runs of each command")
    parser.add_argument("--sentiment", default="sentiment-es", help="model for sentiment")
    parser.add_argument("--generate", default="generate-es", help="model for generate")
    parser.add_argument("--agree", default="agree-es", help="model for agree")
    parser.add_argument("--translate", default="translate-es-en", help="model for translate")
    options = parser.parse_args()
    commands = {
        "nlpcell --version": (["--version"], b""),
        "nlpcell --help": (["--help"], b""),
        'echo "Me encantó, volveré" \\| nlpcell sentiment': (
            ["sentiment", "--model", options.sentiment],
            REVIEW,
        ),
        'echo "la casa es bonitos" \\| nlpcell agree': (["agree", "--model", options.agree], WRONG),
        'echo "La casa roja" \\| nlpcell translate': (
            ["translate", "--model", options.translate],
            b"La casa roja\n",
        ),
        "nlpcell generate --prompt x --length 1": (
            ["generate", "--model", options.generate, "--prompt", "x", "--length", "1"],
            b"",
        ),
        f'nlpcell inspect "{SENTENCE}"': (["inspect", SENTENCE, "--model", options.agree], b""),
        "nlpcell models list": (["models", "list"], b""),
    }
    rows = [
        [f"`{name}`", *measured(arguments, given, options.runs)]
        for name, (arguments, given) in commands.items()
    ]
    folder = Path(sysconfig.get_paths()["purelib"])
    rows.append([f"`site-packages`: {megabytes(folder):,.0f} MB", "", "", "", ""])
    show(["command", "seconds (median)", "fastest", "peak MB", "loads torch"], rows)


def measured(arguments: Sequence[str], given: bytes, runs: int) -> list[str]:
    """The columns of one command, after a run that warms the file cache."""
    spent(nlpcell(*arguments), given)
    found = [spent(nlpcell(*arguments), given) for _ in range(runs)]
    seconds = [one.seconds for one in found]
    return [
        f"{statistics.median(seconds):.3f}",
        f"{min(seconds):.3f}",
        f"{statistics.median(one.megabytes for one in found):.0f}",
        "yes" if "torch" in imported(arguments, given) else "no",
    ]


def imported(arguments: Sequence[str], given: bytes) -> set[str]:
    """The modules that a command imports, by Python's own account of their loading times."""
    command = [sys.executable, "-X", "importtime", "-m", "nlpcell", *arguments]
    told = subprocess.run(command, input=given, capture_output=True, check=True).stderr.decode()
    lines = (line for line in told.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


def megabytes(folder: Path) -> float:
    """The sizes of all files in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


if __name__ == "__main__":
    main()
