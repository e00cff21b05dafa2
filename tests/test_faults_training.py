"""What happens when training is stopped or starved: rows of the table of faults."""

from __future__ import annotations

import json
import random
import shutil
import signal
from pathlib import Path

import pytest
from processes import FULL_DISK, Training, history, trained, weights
from toys import GENERATE, LONG_RUNS
from workshop import MODELS, Workshop

LONG = LONG_RUNS["generate"]


@pytest.fixture(scope="session")
def uninterrupted(workshop: Workshop) -> Path:
    """The whole run of `generate`, which all the stopped ones must equal."""
    return workshop.model("whole-generate")


SLOW = """
import time, nlpcell.training.trainer as trainer
def slowly(self, batch, rate, learn=trainer.Trainer.learn):
    time.sleep({seconds})
    return learn(self, batch, rate)
trainer.Trainer.learn = slowly
"""


@pytest.mark.parametrize("task", LONG_RUNS)
def test_F40_kill_at_any_moment(workshop: Workshop, home: Path, task: str) -> None:
    """Killed three times in a row, then carried to the end: the same bytes."""
    draw = random.Random()  # another moment each time
    words = [*LONG_RUNS[task], "--resume"]
    slowly = SLOW.format(seconds="0.01" if task == "generate" else "0.04")  # it has more steps
    for _ in range(3):
        training = Training(*words, home=home, patch=slowly)
        training.says("step ")
        training.process.join(draw.uniform(0, 0.5))
        training.signal(signal.SIGKILL)
        assert training.end().code == -signal.SIGKILL
    done = trained(*words, home=home)
    assert done.code == 0, done.err
    assert weights(home / "run") == weights(workshop.model(f"whole-{task}"))
    assert not list((home / "run").rglob(".nlpcell-*"))


def test_F40_kill_while_saving(uninterrupted: Path, home: Path) -> None:
    """At the most delicate moment: the temporary is written, its name is not."""
    patch = """
import os, nlpcell.files as files, signal
def killed(old, new, count=[0]):
    count[0] += 1
    if count[0] == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    os.rename(old, new)
files.os = type("os", (), {**vars(os), "replace": staticmethod(killed)})
"""
    training = Training(*LONG, home=home, patch=patch)
    assert training.end().code == -signal.SIGKILL
    assert list((home / "run").rglob(".nlpcell-*"))
    assert trained(*LONG, "--resume", home=home).code == 0
    assert weights(home / "run") == weights(uninterrupted)
    assert not list((home / "run").rglob(".nlpcell-*"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_F41_Ctrl_C_and_F42_SIGTERM(
    uninterrupted: Path, home: Path, number: int, code: int
) -> None:
    training = Training(*LONG, home=home)
    training.says("step ")
    training.signal(number)
    done = training.end()
    assert done.code == code, done.err
    going_on = "saved; to go on: nlpcell train generate text.txt --out run "
    assert going_on in done.err and done.err.endswith("--resume\n")
    assert "Traceback" not in done.err
    assert trained(*LONG, "--resume", home=home).code == 0
    assert weights(home / "run") == weights(uninterrupted)


def test_F41_Ctrl_C_twice_leaves_at_once(home: Path) -> None:
    training = Training(
        *LONG, home=home, patch=SLOW.format(seconds="0 if self.place.best is None else 60")
    )
    training.says("step ")
    training.process.join(0.2)
    training.signal(signal.SIGINT)
    training.says("stopping after this step; once more: at once")
    training.signal(signal.SIGINT)
    done = training.end(20)
    assert (done.code, "Traceback" in done.err) == (130, False)
    assert trained(*LONG, "--resume", home=home).code == 0


def test_F43_a_full_disk_while_saving(home: Path) -> None:
    patch = """
import errno, os, nlpcell.files as files
def full(descriptor, count=[0]):
    count[0] += 1
    if count[0] > 12:
        raise OSError(errno.ENOSPC, "No space left on device")
files.os = type("os", (), {**vars(os), "fsync": staticmethod(full)})
"""
    done = Training(*LONG, home=home, patch=patch).end()
    assert done.code == 5
    assert "disk full (needs " in done.err and " free); step " in done.err
    assert done.err.endswith(" is intact\n")
    assert not list((home / "run").rglob(".nlpcell-*"))
    assert trained(*LONG, "--resume", home=home).code == 0


@pytest.mark.parametrize("number", [2, 31, 60])
def test_F43_whichever_write_meets_a_full_disk(
    uninterrupted: Path, home: Path, number: int
) -> None:
    """In the first checkpoint, in a later one, in the history: all of it stays usable."""
    patch = FULL_DISK.format(number=number, place=f"{home}/run/")
    done = Training(*LONG, home=home, patch=patch).end()
    assert (done.code, "Traceback" in done.err) == (5, False), done.err
    assert not list((home / "run").rglob(".nlpcell-*"))
    more = "--resume" if (home / "run" / "training" / "last.safetensors").exists() else "--force"
    assert trained(*LONG, more, home=home).code == 0
    assert weights(home / "run") == weights(uninterrupted)


NAN = """
import math, nlpcell.training.step as step
def broken(self, batch, memory, count=[0], gradients=step.Descent.gradients):
    count[0] += 1
    found = gradients(self, batch, memory)
    return found._replace(loss=math.nan) if {when} else found
step.Descent.gradients = broken
"""


def test_F44_loss_is_not_a_number_once(home: Path) -> None:
    done = Training(*LONG, home=home, patch=NAN.format(when="count[0] == 30")).end()
    assert done.code == 0, done.err
    assert "loss is not a number at step 29; back to step " in done.err
    notes = [row for row in history(home / "run") if row["note"]]
    assert len(notes) == 1


def test_F44_loss_stays_not_a_number(home: Path) -> None:
    done = Training(*LONG, home=home, patch=NAN.format(when="count[0] > 60")).end()
    assert done.code == 6
    assert done.err.count("half the rate") == 3
    assert "error: loss is not a number at step " in done.err
    assert "is kept\nhint: nlpcell train generate text.txt --out run " in done.err
    assert done.err.endswith("--resume --lr 0.00013\n")  # 0.002 halved four times
    assert (home / "run" / "training" / "best.safetensors").exists()


def test_F44_the_first_step_already(home: Path) -> None:
    """There is a checkpoint to go back to before anything was learnt."""
    done = Training(*LONG, home=home, patch=NAN.format(when="count[0] == 1")).end()
    assert done.code == 0, done.err
    assert "back to step 0, half the rate" in done.err


MEMORY = """
import nlpcell.training.step as step
class Tight:
    def __init__(self, network): self.network = network
    def __call__(self, batch, memory):
        if len(batch.ids) > {rows}:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 1 bytes")
        return self.network(batch, memory)
def built(self, *given, init=step.Descent.__init__):
    init(self, *given)
    self.shared = Tight(self.shared)
step.Descent.__init__ = built
"""


def test_F45_out_of_memory(uninterrupted: Path, home: Path) -> None:
    """Halves of the batch give the same gradients, so nearly the same model."""
    arguments = [*LONG, "--dropout", "0"]
    done = Training(*arguments, home=home, patch=MEMORY.format(rows=2)).end()
    assert done.code == 0, done.err
    assert done.err.count("out of memory: from here on every batch is read in two halves") == 1
    halved = history(home / "run")
    assert trained(*arguments, "--force", home=home).code == 0
    for one, other in zip(
        [row for row in halved if not row["note"]], history(home / "run"), strict=True
    ):
        assert one["nats/char"] == pytest.approx(other["nats/char"], rel=2e-2)
    done = Training(*LONG, "--force", home=home, patch=MEMORY.format(rows=1)).end()
    assert (done.code, "error: out of memory\nhint: --batch-size 1\n" in done.err) == (5, True)


def test_F46_a_device_that_is_not_there(home: Path) -> None:
    devices = ("auto", "cuda", "cuda:7", "mps", "gpu")
    words = ["sentiment", "not-there.tsv", "--device"]
    started = [Training(*words, device, home=home) for device in devices]
    auto, *others = [one.end() for one in started]
    assert (auto.code, "training on cpu" in auto.err) == (3, True)
    assert [done.code for done in others] == [5, 5, 5, 2]
    assert all("error: no " in one.err and "not-there" not in one.err for one in others)


def test_F49_out_holds_something_else(uninterrupted: Path, home: Path) -> None:
    shutil.copytree(uninterrupted, home / "run")
    before = weights(home / "run")
    done = trained(*LONG, home=home)
    assert (done.code, weights(home / "run")) == (2, before)
    assert done.err.endswith(
        "error: run holds another run\nhint: --resume goes on, --force starts anew\n"
    )
    (home / "run" / "training" / "last.safetensors").unlink()
    assert "error: run: holds other files\n" in trained(*LONG, home=home).err
    (home / "file").write_text("")
    done = trained(*LONG[:2], "--out", "file", home=home)
    assert (done.code, "error: file: is a file, not a folder" in done.err) == (2, True)
    (home / "project").mkdir()
    (home / "project" / "README.md").write_text("mine")
    assert trained(*LONG[:2], "--out", "project", *GENERATE, home=home).code == 2
    assert (home / "project" / "README.md").read_text() == "mine"
    assert trained(*LONG, "--force", home=home).code == 0
    assert weights(home / "run") == before


def test_F50_resume_with_other_data_or_settings(uninterrupted: Path, home: Path) -> None:
    shutil.copytree(uninterrupted, home / "run")
    done = trained(*LONG, "--resume", "--batch-size", "8", "--seed", "3", home=home)
    assert done.code == 2
    assert "made with another batch, seed\nhint: --force goes on all the same\n" in done.err
    with open(home / "text.txt", "a") as file:
        file.write("algo más\n")
    assert "was made with another data\n" in trained(*LONG, "--resume", home=home).err
    shutil.copy(uninterrupted.parent / "text.txt", home)
    shape = trained(*LONG, "--resume", "--hidden", "8", home=home)
    assert (shape.code, "made with another settings" in shape.err) == (2, True)
    done = trained(*LONG, "--resume", "--force", "--seed", "3", home=home)
    assert done.code == 0, done.err


def basis(folder: Path) -> tuple[list[str], bytes]:
    """What the numbers of a network stand for."""
    pieces = folder / "tokenizer.model"
    labels = json.loads((folder / "bundle.json").read_bytes())["labels"]
    return labels, pieces.read_bytes() if pieces.exists() else b""


@pytest.mark.parametrize("task", LONG_RUNS)
def test_F50_other_data_leave_the_vocabulary(workshop: Workshop, home: Path, task: str) -> None:
    """Else all that was learnt would be about other pieces."""
    whole = workshop.model(f"whole-{task}")
    shutil.copytree(whole, home / "run")
    words = LONG_RUNS[task]
    path = home / words[1]
    path.write_text(path.read_text().replace("es ", "üz "), encoding="utf-8")
    done = trained(*words, "--resume", "--force", home=home)
    assert done.code == 0, done.err
    assert basis(home / "run") == basis(whole)


def test_F51_two_trainings_in_one_folder(home: Path) -> None:
    first = Training(*LONG, home=home, patch=SLOW.format(seconds="60"))
    first.says("training on cpu")
    while not (home / "run" / "training" / "last.safetensors").exists():
        first.process.join(0.05)
    second = trained(*LONG, home=home)
    assert second.code == 5
    assert second.err.endswith(f"error: run/training: in use by process {first.process.pid}\n")
    first.signal(signal.SIGKILL)
    first.process.join()


def test_F52_same_seed_same_weights(uninterrupted: Path, home: Path) -> None:
    assert trained(*LONG, home=home).code == 0
    assert weights(home / "run") == weights(uninterrupted)
    other = trained(*LONG, "--force", "--seed", "2", home=home)
    assert other.code == 0 and weights(home / "run") != weights(uninterrupted)


def test_F52_the_same_for_sentiment(judge: Path, home: Path) -> None:
    done = trained(*MODELS["judge"], "--out", "again", home=home)
    assert done.code == 0
    assert weights(home / "again") == weights(judge)
