"""Names of datasets, as processes: `datasets` reads its variables when it is imported."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sources import AS_EXAMPLES, COLUMNS, with_classes

from nlpcell.corpora import hub

pytestmark = pytest.mark.usefixtures("nowhere")

ASK = """
import sys
from nlpcell.corpora.readers import examples
from nlpcell.errors import Problem
try:
    print(examples(sys.argv[1], target="label"))
except Problem as problem:
    print(type(problem).__name__, problem)
"""


def asked(name: str, tmp_path: Path, **environment: str) -> tuple[str, float]:
    """What reading a dataset by its name prints, and the seconds it took."""
    pytest.importorskip("datasets")
    clean = {key: value for key, value in os.environ.items() if "PROXY" not in key.upper()}
    clean.pop("HF_HUB_OFFLINE", None)
    here = {
        "HF_HOME": str(tmp_path / "hf"),
        "HOME": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK, name],
        env={**clean, **here, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), time.monotonic() - begun


def test_offline_a_dataset_is_refused_at_once(tmp_path: Path) -> None:
    said, seconds = asked("owner/name:train", tmp_path, HF_HUB_OFFLINE="1")
    assert said.startswith("SystemTrouble owner/name:train: no such file, and the Hugging Face Hub")
    assert "asked to stay offline" in said and "\n" not in said
    assert seconds < 5


def test_a_hub_that_refuses_is_not_asked_again_and_again(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        said, seconds = asked(
            "a/b", tmp_path, HF_ENDPOINT=f"http://127.0.0.1:{taken.getsockname()[1]}"
        )
    assert said.startswith("SystemTrouble a/b: no such file, and the Hugging Face Hub")
    assert "\n" not in said
    assert seconds < 10


def test_a_hub_that_never_answers_is_given_up_within_ten_seconds(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        said, seconds = asked(
            "a/b", tmp_path, HF_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}"
        )
    assert said.startswith("SystemTrouble a/b: no such file, and the Hugging Face Hub")
    assert seconds < 10


def test_a_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "DEADLINE", 0.05)
    waiting = threading.Event()
    monkeypatch.setattr(hub, "asked", lambda name: f"too late {waiting.wait(2)}")
    begun = time.monotonic()
    assert hub.why_silent("owner/name") == "no answer within 0.05 s"
    assert time.monotonic() - begun < 1


def test_a_dataset_in_the_cache_needs_no_hub(tmp_path: Path) -> None:
    """The cache is laid out here as `load_dataset` leaves it (datasets 5.2)."""
    with_classes(COLUMNS).save_to_disk("made")
    place = tmp_path / "hf/datasets/owner___name/default/0.0.0/abc"
    place.mkdir(parents=True)
    Path("made/data-00000-of-00001.arrow").rename(place / "name-train.arrow")
    info = json.loads(Path("made/dataset_info.json").read_text())
    split = {"name": "train", "num_bytes": 1, "num_examples": 3, "dataset_name": "name"}
    info |= {"config_name": "default", "dataset_name": "name", "splits": {"train": split}}
    (place / "dataset_info.json").write_text(json.dumps(info))
    for name in ("owner/name", "owner/name:default:train"):
        assert asked(name, tmp_path, HF_HUB_OFFLINE="1")[0] == str(AS_EXAMPLES)
    said, _ = asked("owner/name:dev", tmp_path, HF_HUB_OFFLINE="1")
    assert said == "BadInput owner/name:dev: Unknown split \"dev\". Should be one of ['train']."
