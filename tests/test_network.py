"""No network where none was asked for, by the word of the kernel."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from asked import ASKED, Desk
from processes import PRELOADED, nlpcell, trained
from sealed import POSSIBLE, REFUSED, without_network
from toys import LONG_RUNS

import nlpcell as package
from nlpcell import training

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="needs seccomp")
SHIPPED = sorted((Path(package.__file__).parent / "pretrained").glob("*/bundle.json"))


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_seal_holds(family: str) -> None:
    words = [sys.executable, "-c", f"import socket; socket.socket(socket.{family})"]
    assert subprocess.run(words).returncode == 0
    assert subprocess.run(words, preexec_fn=without_network).returncode == -signal.SIGSYS
    done = subprocess.run(words, preexec_fn=refused, capture_output=True)
    assert b"PermissionError" in done.stderr


def refused() -> None:
    without_network(REFUSED)


def test_F38_answers_and_scores_need_no_network(any_desk: Desk) -> None:
    done = any_desk.ask(any_desk.line + b"\n", before=without_network)
    assert (done.code, done.err) == (0, "")
    assert any_desk.answer in done.out != b""


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda path: path.parent.name)
def test_F38_models_that_ship_need_no_network(home: Path, manifest: Path) -> None:
    asked = ASKED.get(json.loads(manifest.read_bytes())["task"])
    if asked is None:
        pytest.skip("answers no lines")
    done = nlpcell(
        *asked.words,
        "-m",
        manifest.parent.name,
        home=home,
        stdin=asked.line,
        before=without_network,
    )
    assert (done.code, done.err, bool(done.out)) == (0, "", True)


# A socket is only refused here: uuid1 asks one for the number of the network card.
SEALED = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from sealed import REFUSED, without_network
without_network(REFUSED)
"""


def test_F38_what_training_imports_needs_no_network() -> None:
    rooms = sorted(Path(training.__path__[0]).glob("*.py"))
    names = [f"nlpcell.training.{room.stem}" for room in rooms if room.stem != "__init__"]
    names += PRELOADED  # which those below find in memory
    done = subprocess.run([sys.executable, "-c", f"{SEALED}\nimport {', '.join(names)}"])
    assert done.returncode == 0


@pytest.mark.parametrize("task", LONG_RUNS)
def test_F38_training_needs_no_network(home: Path, task: str) -> None:
    done = trained(*LONG_RUNS[task], "--limit", "60", home=home, patch=SEALED)
    assert done.code == 0, done.err
    assert (home / "run" / "bundle.json").exists()
