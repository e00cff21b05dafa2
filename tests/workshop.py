"""Tiny models that tests must not change, trained once for all workers of pytest-xdist."""

from __future__ import annotations

import fcntl
from pathlib import Path

from processes import trained
from toys import AGREE, GENERATE, LONG_RUNS, SENTIMENT, TRANSLATE, toys

# The whole runs come last: only tests of training want them.
MODELS = {
    "judge": ["sentiment", "opinions.tsv", *SENTIMENT, "--epochs", "12"],
    "interpreter": [
        *["translate", "phrases.tsv", *TRANSLATE, "--epochs", "10", "--averaging", "0.95"]
    ],
    "mender": [
        *["agree", "--pairs", "pairs.tsv", "--dev-pairs", "pairs.tsv", *AGREE, "--epochs", "12"]
    ],
    "writer": ["generate", "text.txt", *GENERATE, "--epochs", "2"],
    **{f"whole-{task}": words for task, words in LONG_RUNS.items()},
}


class Workshop:
    """A home with the toy corpora, and models by name in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(exist_ok=True)
        with open(home / "corpora.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (home / "few.tsv").exists():  # the last of them
                toys(home)

    def model(self, name: str) -> Path:
        """A model. While another worker trains it, this one trains others that will be wanted."""
        if not self.ready(name, wait=False):
            for other in MODELS:
                if not other.startswith("whole-") and other != name:
                    self.ready(other, wait=False)
            self.ready(name, wait=True)
        return self.home / name

    def ready(self, name: str, wait: bool) -> bool:
        """Train a model unless it is there; False when another worker is at it."""
        with open(self.home / f"{name}.lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                return False
            if not (self.home / name / "bundle.json").exists():
                done = trained(*MODELS[name], "--out", name, "--force", home=self.home)
                assert done.code == 0, done.err
        return True
