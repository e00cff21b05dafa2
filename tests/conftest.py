"""What every test shares. Nothing heavy is imported here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from processes import GENERATE, SENTIMENT, TRANSLATE, opinions, pairs, repeating, trained

# No deadline: the machine may be busy. No database: one run does not steer the next.
settings.register_profile("house", deadline=None, database=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the toy corpora; models that tests must not change are trained here."""
    home = tmp_path_factory.mktemp("workshop")
    (home / "opinions.tsv").write_text(opinions())
    (home / "text.txt").write_text(repeating())
    (home / "pairs.tsv").write_text(pairs())
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
def interpreter(workshop: Path) -> Path:
    """A translate model that knows the toy language."""
    arguments = ["translate", "pairs.tsv", "--out", "interpreter", *TRANSLATE]
    done = trained(*arguments, "--epochs", "10", "--averaging", "0.95", home=workshop)
    assert done.code == 0, done.err
    return workshop / "interpreter"


@pytest.fixture
def home(tmp_path: Path, workshop: Path) -> Path:
    """An empty home with the toy corpora."""
    for name in ("opinions.tsv", "text.txt", "pairs.tsv"):
        shutil.copy(workshop / name, tmp_path)
    return tmp_path


@pytest.fixture
def own_judge(home: Path, judge: Path) -> Path:
    """A copy of the sentiment model that a test may damage."""
    return Path(shutil.copytree(judge, home / "own"))


@pytest.fixture
def own_writer(home: Path, writer: Path) -> Path:
    """A copy of the generate model that a test may damage."""
    return Path(shutil.copytree(writer, home / "own"))
