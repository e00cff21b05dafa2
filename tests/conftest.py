"""What every test shares. Nothing heavy is imported here."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from asked import ASKED, EVALUATED, INSPECTED, Desk
from hypothesis import settings
from workshop import Workshop

# No deadline: the machine may be busy. The same draws every time: a failure is one of the change
# that is tested. `pytest --hypothesis-profile wild` draws anew.
settings.register_profile("house", deadline=None, database=None, derandomize=True)
settings.register_profile("wild", deadline=None, database=None)
settings.load_profile("house")
# Started in the background, a shell lets us ignore these, and the commands would with us.
for one in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(one) == signal.SIG_IGN:
        signal.signal(one, signal.SIG_DFL)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Where the tiny models are made, the same place for all workers."""
    mine = tmp_path_factory.getbasetemp()
    return Workshop((mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "workshop")


@pytest.fixture(scope="session")
def judge(workshop: Workshop) -> Path:
    """A sentiment model that knows the toy opinions."""
    return workshop.model("judge")


@pytest.fixture(scope="session")
def writer(workshop: Workshop) -> Path:
    """A generate model that has seen a little text."""
    return workshop.model("writer")


@pytest.fixture(scope="session")
def mender(workshop: Workshop) -> Path:
    """An agree model that knows the gender of eight nouns."""
    return workshop.model("mender")


@pytest.fixture(scope="session")
def interpreter(workshop: Workshop) -> Path:
    """A translate model that knows the toy language."""
    return workshop.model("interpreter")


@pytest.fixture
def home(tmp_path: Path, workshop: Workshop) -> Path:
    """An empty home with the toy corpora."""
    for name in ("opinions.tsv", "text.txt", "pairs.tsv", "right.txt", "phrases.tsv", "few.tsv"):
        shutil.copy(workshop.home / name, tmp_path)
    return tmp_path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder, and no downloads of the user's."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def own_judge(home: Path, judge: Path) -> Path:
    """A copy of the sentiment model that a test may damage."""
    return Path(shutil.copytree(judge, home / "own"))


@pytest.fixture
def own_mender(home: Path, mender: Path) -> Path:
    """A copy of the agree model that a test may damage."""
    return Path(shutil.copytree(mender, home / "own-mender"))


@pytest.fixture
def own_writer(home: Path, writer: Path) -> Path:
    """A copy of the generate model that a test may damage."""
    return Path(shutil.copytree(writer, home / "own"))


@pytest.fixture(params=ASKED)
def desk(request: pytest.FixtureRequest, home: Path) -> Desk:
    """Each command that answers lines, with a model of its task."""
    asked = ASKED[request.param]
    return Desk(asked, home, request.getfixturevalue(asked.maker))


@pytest.fixture
def window(home: Path, mender: Path) -> Desk:
    """`inspect`, which reads like the others and answers with a picture."""
    return Desk(INSPECTED["inspect"], home, mender)


@pytest.fixture(params=[*ASKED, *INSPECTED, *EVALUATED])
def any_desk(request: pytest.FixtureRequest, home: Path) -> Desk:
    """Each command that asks a model."""
    asked = {**ASKED, **INSPECTED, **EVALUATED}[request.param]
    return Desk(asked, home, request.getfixturevalue(asked.maker))
