"""README.md: every command line that it shows can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from nlpcell.cli.app import app

README = Path(__file__).parent.parent / "README.md"
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^(?: {4}.*\n)+", re.MULTILINE)


def lines(text: str) -> list[str]:
    """The `nlpcell ...` command lines in code blocks, fenced or indented."""
    blocks = FENCE.findall(text) + BLOCK.findall(FENCE.sub("", text))
    joined = "\n".join(blocks).replace("\\\n", " ")
    found = re.findall(
        r"(?:^|[|;&$(]|torchrun.*? -m )\s*(nlpcell [^\n|;&)<>]*)", joined, re.MULTILINE
    )
    return [re.split(r"\s{2,}|\s#", line.strip())[0] for line in found]


COMMANDS = lines(README.read_text(encoding="utf-8")) if README.exists() else []


def unknown(line: str) -> list[str]:
    """Words of a command line that are neither a command nor an option of it."""
    words = shlex.split(line)[1:]
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return words[:1]
        command = command.commands[words.pop(0)]
    known = {"-h", "--help"} | {
        name for one in command.params for name in (*one.opts, *one.secondary_opts)
    }
    options = [word.split("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)]
    return [word for word in options if word not in known]


@pytest.mark.parametrize("line", sorted(set(COMMANDS)))
def test_a_command_line_of_the_readme_can_be_typed(line: str) -> None:
    assert unknown(line) == []


def test_the_search_finds_what_cannot_be_typed() -> None:
    text = "```sh\ncat x | nlpcell sentiment --modell y | head\nnlpcell train sentimnt a.tsv\n```\n"
    assert [unknown(line) for line in lines(text)] == [["--modell"], ["sentimnt"]]
    assert unknown("nlpcell train generate a.txt --no-resume -b 3 --seed=1 --help") == []
