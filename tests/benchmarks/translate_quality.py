"""Translations: the shipped network and Apertium, on the same files in one run.

    python tests/benchmarks/translate_quality.py es en TSV[:COLUMN] ... [--model translate-es-en]

Each TSV has a column named like each language; TSV:COLUMN takes the references from COLUMN, where
" ||| " stands between several. Apertium (Debian packages apertium and apertium-eng-spa) takes part
where it is installed. Words per second count the whole process, start-up included.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from measuring import nlpcell, show, spent

SEPARATOR = " ||| "
CODES = {"es": "spa", "en": "eng"}
RUNS = 5  # of a cold start, the median counts


class Text(NamedTuple):
    """A file to translate and what its lines should become."""

    name: str
    lines: list[str]
    references: list[list[str]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", choices=sorted(CODES))
    parser.add_argument("target", choices=sorted(CODES))
    parser.add_argument("files", nargs="+")
    parser.add_argument("--model")
    asked = parser.parse_args()
    languages = asked.source, asked.target
    model = asked.model or "translate-" + "-".join(languages)
    systems = {
        "nlpcell, beam 4": nlpcell("translate", "--model", model, "--beam", "4"),
        "nlpcell, greedy": nlpcell("translate", "--model", model, "--beam", "1"),
    }
    if shutil.which("apertium"):
        pair = "-".join(CODES[one] for one in languages)
        systems = {"Apertium": ["apertium", "-u", "-f", "line", pair], **systems}
    texts = [read(name, *languages) for name in asked.files]
    answers = {
        (text.name, name): spent(command, "".join(f"{one}\n" for one in text.lines).encode())
        for text in texts
        for name, command in systems.items()
    }
    starts = {name: start(command) for name, command in systems.items()}
    rows = []
    for text in texts:
        words = sum(len(one.split()) for one in text.lines)
        for name in systems:
            answer = answers[text.name, name]
            bleu, chrf = scores(answer.said.split("\n")[:-1], text.references)
            speed, size = f"{words / answer.seconds:,.0f}", f"{answer.megabytes:.0f}"
            rows.append([text.name, name, f"{bleu:.1f}", f"{chrf:.1f}", speed, size, starts[name]])
    show(["", "", "BLEU", "chrF", "words/s", "peak MB", "one line, s"], rows)


def read(name: str, source: str, target: str) -> Text:
    """The lines of a file and their references."""
    path, _, column = name.partition(":")
    rows = [line.split("\t") for line in Path(path).read_text(encoding="utf-8").split("\n")[:-1]]
    here, there = rows[0].index(source), rows[0].index(column or target)
    references = [row[there].split(SEPARATOR) for row in rows[1:]]
    return Text(Path(path).stem, [row[here] for row in rows[1:]], references)


def start(command: Sequence[str]) -> str:
    """Seconds from a cold start to the answer to one line."""
    line = b"Hola.\n"
    return f"{statistics.median(spent(command, line).seconds for _ in range(RUNS)):.2f}"


def scores(answers: list[str], references: list[list[str]]) -> tuple[float, float]:
    """BLEU and chrF. Imported late: the peak memory of a child starts at that of this process."""
    from nlpcell.training.bleu import translation_scores

    (bleu, chrf), _ = translation_scores(answers, references)
    return bleu.value, chrf.value


if __name__ == "__main__":
    main()
