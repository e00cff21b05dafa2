"""What every test shares. Nothing heavy is imported here."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from asked import ASKED, EVALUATED, INSPECTED, Desk
from hypothesis import settings
from processes import AGREE, GENERATE, SENTIMENT, TRANSLATE, toys, trained

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
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy corpora; models that tests must not change are trained here."""
    home = tmp_path_factory.mktemp("workshop")
    toys(home)
    return home


@pytest.fixture(scope="session")
def judge(workshop: Path) -> Path:
    """A sentiment model that knows the toy opinions."""
    arguments = ["sentiment", "opinions.tsv", "--out", "judge", *SENTIMENT, "--epochs", "12"]
    done = trained(*arguments, home=workshop)
    assert done.code == 0, done.err
    return workshop / "judge"


@pytest.fixture(scope="session")
def writer(workshop: Path) -> Path:
    """A generate model that has seen a little text."""
    arguments = ["generate", "text.txt", "--out", "writer", *GENERATE, "--epochs", "2"]
    done = trained(*arguments, home=workshop)
    assert done.code == 0, done.err
    return workshop / "writer"


@pytest.fixture(scope="session")
def mender(workshop: Path) -> Path:
    """An agree model that knows the gender of eight nouns."""
    arguments = ["agree", "--pairs", "pairs.tsv", "--dev-pairs", "pairs.tsv", "--out", "mender"]
    done = trained(*arguments, *AGREE, "--epochs", "12", home=workshop)
    assert done.code == 0, done.err
    return workshop / "mender"


@pytest.fixture(scope="session")
def interpreter(workshop: Path) -> Path:
    """A translate model that knows the toy language."""
    arguments = ["translate", "phrases.tsv", "--out", "interpreter", *TRANSLATE]
    done = trained(*arguments, "--epochs", "10", "--averaging", "0.95", home=workshop)
    assert done.code == 0, done.err
    return workshop / "interpreter"


@pytest.fixture
def home(tmp_path: Path, workshop: Path) -> Path:
    """An empty home with the toy corpora."""
    for name in ("opinions.tsv", "text.txt", "pairs.tsv", "right.txt", "phrases.tsv", "few.tsv"):
        shutil.copy(workshop / name, tmp_path)
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
