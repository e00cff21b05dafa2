"""Lines and words a second of `sentiment` and `agree`, characters a second of `generate`.

    python tests/benchmarks/throughput.py [--lines 100000] [--words 1000000] [--length 20000]

The times of `sentiment` and `agree` are those of whole commands, start included; `generate` is
timed inside this process, from the prompt on. Needs only the base install.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from measuring import nlpcell as command
from measuring import show, spent

import nlpcell.corpora


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lines", type=int, default=100_000, help="lines to judge")
    parser.add_argument("--words", type=int, default=1_000_000, help="words to correct")
    parser.add_argument("--length", type=int, default=20_000, help="characters to write")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, the median counts")
    parser.add_argument("--sentiment", default="sentiment-es", help="model for sentiment")
    parser.add_argument("--generate", default="generate-es", help="model for generate")
    parser.add_argument("--agree", default="agree-es", help="model for agree")
    parser.add_argument("--language", default="es", help="of the reviews: es or en")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    plan = [(options.lines // 10, cores), (options.lines, cores), (options.lines, 1)]
    amounts = [(options.words // 10, cores), (options.words, cores), (options.words, 1)]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for lines, threads in plan:
            path = Path(folder) / "lines.txt"
            path.write_text(reviews(options.language, lines), encoding="utf-8")
            rows.append(judging(options.sentiment, path, lines, threads, options.runs))
        for words, threads in amounts:
            path = Path(folder) / "words.txt"
            path.write_text(prose(words), encoding="utf-8")
            rows.append(correcting(options.agree, path, words, threads, options.runs))
    rows.append(writing(options.generate, options.length, options.runs))
    show(["command", "threads", "amount", "seconds", "per second", "peak MB"], rows)


def reviews(language: str, count: int) -> str:
    """Lines drawn from the embedded reviews, always the same ones."""
    folder = Path(nlpcell.corpora.__file__).parent
    found = []
    for path in sorted(folder.glob(f"reviews.{language}.*.tsv")):
        heads, *rows = path.read_text(encoding="utf-8").splitlines()
        place = heads.split("\t").index("text")
        found += [row.split("\t")[place] for row in rows]
    return "\n".join(random.Random(1).choices(found, k=count)) + "\n"


def prose(count: int) -> str:
    """Spanish review sentences, as many as hold `count` words, always the same ones."""
    lines = reviews("es", count // 8).splitlines()
    kept, so_far = 0, 0
    while so_far < count and kept < len(lines):
        so_far += len(lines[kept].split())
        kept += 1
    return "\n".join(lines[:kept]) + "\n"


def correcting(model: str, path: Path, words: int, threads: int, runs: int) -> list[str]:
    """The row of `agree` on a file; words are what stands between white space."""
    line = command("agree", "--model", model, "--threads", str(threads), str(path))
    found = [spent(line) for _ in range(runs)]
    seconds = statistics.median(one.seconds for one in found)
    megabytes = max(one.megabytes for one in found)
    return [
        "`agree`",
        str(threads),
        f"{words:,} words",
        f"{seconds:.2f}",
        f"{words / seconds:,.0f} words",
        f"{megabytes:.0f}",
    ]


def judging(model: str, path: Path, lines: int, threads: int, runs: int) -> list[str]:
    """The row of `sentiment` on a file."""
    line = command("sentiment", "--model", model, "--threads", str(threads), str(path))
    found = [spent(line) for _ in range(runs)]
    assert found[0].said.count("\n") == lines, "a line in, a line out"
    seconds = statistics.median(one.seconds for one in found)
    megabytes = max(one.megabytes for one in found)
    return [
        "`sentiment`",
        str(threads),
        f"{lines:,} lines",
        f"{seconds:.2f}",
        f"{lines / seconds:,.0f} lines",
        f"{megabytes:.0f}",
    ]


def writing(model: str, length: int, runs: int) -> list[str]:
    """The row of `generate`: one stream at a time, begun again where the model ends its text."""
    line = command("generate", "--model", model, "--prompt", "x", "--seed", "1", "--length")
    megabytes = spent([*line, str(length)]).megabytes
    written, seconds = statistics.median_low(streamed(model, length) for _ in range(runs))
    return [
        "`generate`",
        "1",
        f"{written:,} characters",
        f"{seconds:.2f}",
        f"{written / seconds:,.0f} characters",
        f"{megabytes:.0f}",
    ]


def streamed(model: str, length: int) -> tuple[int, float]:
    """How many characters were written, at least `length`, and in how many seconds."""
    from nlpcell.bundle import find
    from nlpcell.inference.generator import Generator
    from nlpcell.settings import Sampling

    writer = Generator(find(model, "generate"))
    written, seed = 0, 0
    began = time.perf_counter()
    while written < length:
        seed += 1
        written += sum(map(len, writer.stream("x", Sampling(length=length - written), seed=seed)))
    return written, time.perf_counter() - began


if __name__ == "__main__":
    main()
