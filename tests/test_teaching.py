"""Trained correctors as teachers of another one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from processes import nlpcell, trained
from toys import AGREE
from workshop import Workshop

from nlpcell.bundle import Bundle
from nlpcell.errors import WrongUse
from nlpcell.features import Features
from nlpcell.models.corrector import Corrector, Tagged
from nlpcell.scripts import KEEP
from nlpcell.settings import CorrectorSize, Layers
from nlpcell.training.corrections import Lexer, decided
from nlpcell.training.teaching import Teachers

WRONG, RIGHT = "la casa es negro", "la casa es negra"


@pytest.fixture
def teacher(workshop: Workshop) -> Bundle:
    return Bundle.load(workshop.model("mender"))


def batch_for(labels: list[str]) -> Tagged:
    sentence = decided(WRONG, RIGHT)
    assert sentence is not None
    return Lexer(labels, Features(500)).batch([sentence])


def test_what_a_teacher_says_stands_in_the_pupils_labels(teacher: Bundle) -> None:
    own = list(teacher.manifest.labels)
    batch = batch_for(own)
    said = Teachers([teacher], own, Features(500))(batch.rows, batch.lengths, turn=0)
    label = int(batch.labels[0, 3])
    assert own[label] != KEEP and said[0, 3].argmax() == label
    other = [KEEP, "x>y", *reversed(own[1:])]
    moved = Teachers([teacher], other, Features(500))(batch.rows, batch.lengths, turn=0)
    assert torch.equal(moved[..., other.index(own[label])], said[..., label])
    assert not moved[..., 1].any()
    assert moved.sum(dim=-1) == pytest.approx(1, abs=1e-5)
    fewer = [KEEP]
    kept = Teachers([teacher], fewer, Features(500))(batch.rows, batch.lengths, turn=0)
    assert kept == pytest.approx(1, abs=1e-5)


def test_teachers_take_turns(teacher: Bundle) -> None:
    both = Teachers([teacher, teacher], teacher.manifest.labels, Features(500))
    batch = batch_for(teacher.manifest.labels)
    both.each[1] = lambda rows, lengths: rows * 0  # type: ignore[call-overload]
    answers = [both(batch.rows, batch.lengths, turn).any() for turn in range(4)]
    assert answers == [True, False, True, False]


def test_half_of_the_loss_is_the_teachers() -> None:
    torch.manual_seed(1)
    size = CorrectorSize(Layers(hidden=8, layers=1, dropout=0.0), embedding=8, buckets=500)
    labels = [KEEP, "o>a", "a>o"]
    network, batch = Corrector(len(labels), size).eval(), batch_for(labels)
    alone = network(batch)[0]
    real = batch.labels[0] >= 0
    certain = torch.nn.functional.one_hot(batch.labels.clamp_min(0), len(labels)).float()
    agreeing = network(batch._replace(taught=certain))[0]
    assert agreeing.units == alone.units == 4
    assert agreeing.total.item() == pytest.approx(alone.total.item(), rel=1e-5)
    unsure = torch.full_like(certain, 1 / 3)
    logs = network.scores(batch.rows, batch.lengths).log_softmax(dim=-1)[0][real]
    expected = alone.total.item() / 2 - logs.mean(dim=-1).sum().item() / 2
    assert network(batch._replace(taught=unsure))[0].total.item() == pytest.approx(expected)
    assert not math.isclose(expected, alone.total.item(), rel_tol=1e-3)


def test_a_teacher_who_reads_words_otherwise(teacher: Bundle) -> None:
    with pytest.raises(WrongUse, match="table of 500 rows"):
        Teachers([teacher], teacher.manifest.labels, Features(600))


def test_the_command_takes_a_teacher(home: Path, workshop: Workshop) -> None:
    mender = str(workshop.model("mender"))
    pairs = str(workshop.home / "pairs.tsv")
    words = ["agree", "--pairs", pairs, *AGREE, "--epochs", "12", "--teacher", mender]
    done = trained(*words, "--out", "pupil", home=home)
    assert done.code == 0, done.err
    assert nlpcell("agree", "-m", "pupil", home=home, stdin=WRONG.encode()).out == RIGHT.encode()
    alone = trained(*words[:-2], "--out", "pupil", "--resume", home=home)
    assert alone.code == 2 and "made with another teachers" in alone.err
    done = trained(*words, "--buckets", "600", "--out", "other", home=home)
    assert done.code == 2 and "--buckets 500" in done.err
    refused = trained(*words, "--teacher", "generate-es", "--out", "other", home=home)
    assert refused.code == 4 and "made for generate" in refused.err
