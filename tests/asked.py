"""The commands that answer lines, and those that judge a model: what holds for each is tested once.

A command joins by a line in ASKED, INSPECTED or EVALUATED, and by a fixture for its model.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from processes import Done, nlpcell, started


class Asked(NamedTuple):
    """A command, and what a tiny model makes of one line."""

    words: list[str]
    maker: str  # the fixture that trains the model
    line: bytes = b""
    answer: bytes = b""

    @property
    def task(self) -> str:
        return self.words[-1] if self.words[0] == "evaluate" else self.words[0]


ASKED = {
    "sentiment": Asked(["sentiment"], "judge", b"la cama es fea", b"neg"),
    "agree": Asked(["agree"], "mender", b"la casa es blanco", b"la casa es blanca"),
    "translate": Asked(
        ["translate"], "interpreter", b"la casa roja es grande", b"the red house is big"
    ),
    # No character more than the prompt: what a model writes is a matter of chance.
    "generate": Asked(["generate", "--length", "0"], "writer", b"la casa", b"la casa"),
}
# Reads one sentence and shows the network at work.
INSPECTED = {"inspect": Asked(["inspect", "--quiet"], "mender", b"la casa es blanco")}
EVALUATED = {f"evaluate {task}": Asked(["evaluate", task], ASKED[task].maker) for task in ASKED}
JUDGED_BY = {"sentiment": "opinions.tsv", "agree": "pairs.tsv", "generate": "text.txt"}
JUDGED_BY["translate"] = "few.tsv"


class Desk:
    """Where a command is asked: its home, and its model."""

    def __init__(self, asked: Asked, home: Path, model: Path) -> None:
        self.asked = asked
        self.home = home
        self.model = model
        self.line, self.answer = asked.line, asked.answer
        file = [JUDGED_BY[asked.task]] if asked.words[0] == "evaluate" else []
        self.command: list[str | Path] = [*asked.words, *file]

    def ask(
        self, stdin: bytes | None, *more: str | Path, model: str | Path = "", **extra: Any
    ) -> Done:
        """Run the command to its end."""
        words = [*self.command, "-m", model or self.model, *more]
        return nlpcell(*words, home=self.home, stdin=stdin, **extra)

    def own(self) -> Path:
        """From here on a copy of the model is asked, which the test may damage."""
        self.model = Path(shutil.copytree(self.model, self.home / "own-copy"))
        return self.model

    def start(self, *more: str | Path, **streams: Any) -> subprocess.Popen[bytes]:
        """Start the command; the test drives its streams."""
        return started(*self.command, "-m", self.model, *more, home=self.home, **streams)

    def rows(self, stdin: bytes, *more: str | Path) -> list[dict[str, Any]]:
        """The answers as JSON, one of each record, when nothing is wrong with any."""
        done = self.ask(stdin, "--json", *more)
        assert done.code == 0, done.err
        return [json.loads(line) for line in done.out.split(b"\n")[:-1]]
