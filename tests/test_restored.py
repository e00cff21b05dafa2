"""Learning on from a trained model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from processes import nlpcell, trained
from safetensors.numpy import load, save
from workshop import Workshop

from nlpcell import bundle
from nlpcell.bundle import TABLE, WEIGHTS, Bundle
from nlpcell.errors import BadModel
from nlpcell.models.corrector import Corrector
from nlpcell.settings import CorrectorSize
from nlpcell.training import restored
from nlpcell.weights import WORDS, of, parameters

BRIEFLY = ["--threads", "1", "--device", "cpu", "--averaging", "0", "--dropout", "0"]
BRIEFLY += ["--epochs", "1", "--weights", "float32"]


def weights(found: Bundle) -> dict[str, np.ndarray]:
    return of(found)


def test_a_training_goes_on_from_a_model_in_its_shape(home: Path, workshop: Workshop) -> None:
    pairs, mender = str(workshop.home / "pairs.tsv"), workshop.model("mender")
    words = ["agree", "--pairs", pairs, *BRIEFLY, "--start-from", str(mender)]
    done = trained(*words, "--lr", "1e-9", "--out", "same", home=home)
    assert done.code == 0, done.err
    before, after = Bundle.load(mender), Bundle.load(home / "same")
    assert after.manifest.labels == before.manifest.labels
    own, old = weights(after), weights(before)
    assert {name: one.shape for name, one in own.items()} == {
        name: one.shape for name, one in old.items()
    }
    assert all(np.allclose(own[name], old[name], atol=1e-5) for name in old)
    wrong, right = "la casa es negro y el perro es blanca", "la casa es negra y el perro es blanco"
    answered = nlpcell("agree", "-m", "same", home=home, stdin=wrong.encode())
    assert answered.out == right.encode()
    assert "--start-from" in (home / "same" / "README.md").read_text("utf-8")


def test_a_model_whose_words_lie_in_the_table_of_its_graph(home: Path, workshop: Workshop) -> None:
    pairs, mender = str(workshop.home / "pairs.tsv"), workshop.model("mender")
    words = ["agree", "--pairs", pairs, *BRIEFLY, "--lr", "1e-9"]
    for start, out, kept in ((str(mender), "first", "int8"), ("first", "second", "float32")):
        done = trained(*words, "--start-from", start, "--out", out, "--weights", kept, home=home)
        assert done.code == 0, done.err
    old, first, second = (Bundle.load(one) for one in (mender, home / "first", home / "second"))
    assert WORDS not in parameters(first.read(WEIGHTS), "") and WORDS in weights(second)
    step = np.abs(weights(old)[WORDS]).max() / 127
    assert np.allclose(weights(second)[WORDS], weights(old)[WORDS], atol=0.51 * step)
    assert not np.allclose(weights(second)[WORDS], weights(old)[WORDS], atol=0.01 * step)
    whole = load(first.read(TABLE))
    table = whole[WORDS]
    for name, other in {"short": table[:9], "wide": table.repeat(2, axis=1)}.items():
        files = {one: first.read(one) for one in first.manifest.files}
        files[TABLE] = save({**whole, WORDS: other})
        bundle.save(home / name, replace(first.manifest, files={}), files)
        done = nlpcell("agree", "-m", name, home=home, stdin=b"la casa")
        assert (done.code, done.out) == (4, b"") and "cannot read this graph" in done.err
    (first.folder / TABLE).unlink()
    done = nlpcell("agree", "-m", "first", home=home, stdin=b"la casa")
    assert (done.code, done.out) == (4, b"") and TABLE in done.err


def test_it_learns_what_is_new(home: Path, workshop: Workshop) -> None:
    """Other sentences teach the model; without a step of learning nothing would change."""
    pairs = str(workshop.home / "pairs.tsv")
    words = ["agree", "--pairs", pairs, *BRIEFLY, "--start-from", str(workshop.model("mender"))]
    done = trained(*words, "--lr", "0.01", "--out", "other", home=home)
    assert done.code == 0, done.err
    own, old = weights(Bundle.load(home / "other")), weights(Bundle.load(workshop.model("mender")))
    assert not np.allclose(own["output.weight"], old["output.weight"], atol=1e-3)
    alone = trained(*words[:-2], "--lr", "0.01", "--out", "other", "--resume", home=home)
    assert alone.code == 2 and "made with another settings" in alone.err


def test_a_model_that_nothing_can_go_on_from(home: Path, workshop: Workshop) -> None:
    pairs = str(workshop.home / "pairs.tsv")
    words = ["agree", "--pairs", pairs, *BRIEFLY, "--out", "new"]
    for name, said in (
        ("sentiment-es", "made for sentiment"),
        ("nowhere", "no model"),
    ):
        done = trained(*words, "--start-from", name, home=home)
        assert done.code == 4 and said in done.err, done.err
    done = trained(
        *words, "--weights", "none", "--start-from", str(workshop.model("mender")), home=home
    )
    assert done.code == 0, done.err
    done = trained(*words[:-1], "newer", "--start-from", "new", home=home)
    assert done.code == 4 and WEIGHTS in done.err, done.err


def test_settings_that_describe_another_network(home: Path, workshop: Workshop) -> None:
    found = Bundle.load(workshop.model("mender"))
    size = restored.size(found, CorrectorSize)
    assert size.recurrent.hidden == 24 and size.embedding == 16 and size.buckets == 500
    labels = len(found.manifest.labels)
    with pytest.raises(BadModel, match="other shapes"):
        restored.network(found, lambda: Corrector(labels + 1, size))
    found.manifest.settings["recurrent"] = json.loads('{"cell": "transformer"}')
    with pytest.raises(BadModel, match="not those of a model for agree"):
        restored.size(found, CorrectorSize)
