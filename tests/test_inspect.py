"""`nlpcell inspect` as a process: what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from handmade import (
    HIDDEN,
    TEXT,
    UNIT,
    WIDTH,
    arrays,
    document,
    handmade,
    inspected,
    probe,
)
from processes import nlpcell

from nlpcell import bundle
from nlpcell.bundle import Bundle
from nlpcell.cell import LstmStep, Weights, lstm_step, sigmoid
from nlpcell.cli.captions import READING, Language
from nlpcell.errors import BadInput
from nlpcell.inference.inspector import Inspector, overwritten
from nlpcell.trace import AHEAD, BACK, NUMBERS, along

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture(scope="session")
def corrector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade(tmp_path_factory.mktemp("models") / "own-agree")


def by_hand(inspector: Inspector, text: str) -> list[LstmStep]:
    """The forward layer over a text, step by step."""
    taken = arrays()
    weights = Weights(*(taken[f"recurrent.ahead.0.{name}"] for name in NUMBERS))
    hidden = memory = np.zeros((1, HIDDEN), np.float32)
    steps = []
    for token in inspector.symbols(text)[1][0]:
        vector = taken["vectors.table.weight"][token].sum(axis=0)[None]
        steps.append(lstm_step(vector, hidden, memory, weights))
        hidden, memory = steps[-1].hidden, steps[-1].memory
    return steps


def test_the_document_says_what_the_cell_did(corrector: Path) -> None:
    found = document(corrector, "--units", "6")
    steps = by_hand(Inspector(Bundle.load(corrector)), TEXT)
    assert found["tokens"] == TEXT.split() and sorted(found["units"]) == list(range(HIDDEN))
    for gate in LstmStep._fields:
        for unit in range(HIDDEN):
            expected = [float(getattr(step, gate)[0, unit]) for step in steps]
            assert found["gates"][gate][str(unit)] == pytest.approx(expected, abs=1e-4), gate
    for one, seed in zip(found["probes"], (1, 2), strict=True):
        weights = probe("", seed).weights
        chances = [float(sigmoid(step.memory[0] @ weights + 0.1)) for step in steps]
        assert one["values"] == pytest.approx(chances, abs=1e-4)
        assert (one["accuracy"], one["words"]) == (0.91, 1234)
    for unit in range(HIDDEN):
        gates = [(step.forget[0, unit], step.update[0, unit]) for step in steps]
        marks = [at > 0 and f < 0.5 < i for at, (f, i) in enumerate(gates)]
        assert found["overwritten"][str(unit)] == marks
    assert any(any(marks) for marks in found["overwritten"].values())


def test_the_units_shown_are_those_that_move_the_probes_most(corrector: Path) -> None:
    orders = [np.argsort(-np.abs(probe("", seed).weights)) for seed in (1, 2)]
    expected = list(dict.fromkeys(int(one) for pair in zip(*orders, strict=True) for one in pair))
    assert document(corrector, "--units", "3")["units"] == expected[:3]


@pytest.mark.parametrize(("direction", "first"), [(AHEAD, 0), (BACK, -1)])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_what_is_read_first_overwrites_nothing(cell: str, direction: str, first: int) -> None:
    draw = np.random.default_rng(3)
    rows = {"lstm": 4, "gru": 3, "rnn": 1}[cell] * HIDDEN
    shapes = (rows, WIDTH), (rows, HIDDEN), (rows,), (rows,)
    weights = Weights(*(draw.normal(size=shape) for shape in shapes))
    steps = {
        name: one[0] for name, one in along(cell, draw.normal(size=(1, 9, WIDTH)), weights).items()
    }
    found = overwritten(steps, direction)
    assert found.shape == (9, HIDDEN) and not found[first].any()
    assert found.any() and (cell == "rnn") == bool(np.delete(found, first, axis=0).all())


def test_silence_changes_the_correction(corrector: Path) -> None:
    found = document(corrector, "--silence", f"{UNIT}")
    answer = found["answer"]
    assert (answer["plain"], answer["silenced"]) == ("la casa es bonita", TEXT)
    assert set(found["gates"]["hidden"][str(UNIT)]) == {0.0} and found["silenced"] == [UNIT]
    assert answer["shift"] > 0.9
    other = document(corrector, "--silence", f"{(UNIT + 1) % HIDDEN}")["answer"]
    assert other["silenced"] == other["plain"] == "la casa es bonita"
    assert document(corrector)["answer"] is None


def test_silence_is_told_in_words(corrector: Path) -> None:
    lines = inspected(corrector, "--silence", f"{UNIT}", "--lang", "es").out.decode().split("\n")
    assert lines[-5:-2] == [f"silenciadas: {UNIT}", "antes: la casa es bonita", f"después: {TEXT}"]


def test_characters_of_a_generator(writer: Path) -> None:
    found = document(writer, "--silence", "3,5", text="la ca")
    assert found["tokens"] == list("la ca") and found["probes"] == []
    before, after = (dict(found["answer"][name]) for name in ("guesses", "silenced_guesses"))
    assert len(before) == 5 and before != after
    assert 0 < found["answer"]["shift"] < 1
    done = inspected(writer, text="a")
    assert "no probes for this layer" in done.err and b"unit" in done.out


def test_text_from_a_pipe(corrector: Path) -> None:
    typed = document(corrector)
    for given in (["-"], []):
        done = nlpcell("inspect", *given, "--json", "-m", corrector, home=corrector.parent,
                       stdin=TEXT.encode() + b"\n")  # fmt: skip
        assert json.loads(done.out) == typed


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        (["--silence", "a"], 2, '--silence: "a" are no numbers of units'),
        (["--silence", "1,,2"], 2, "are no numbers of units"),
        (["--silence", "6"], 2, "no unit 6: they are numbered 0 to 5"),
        (["--layer", "2"], 2, "no layer 2: this model has 1 layer\n"),
        (["--layer", "0"], 2, "--layer"),
        (["--units", "0"], 2, "--units"),
        (["--direction", "up"], 2, "--direction"),
        (["--png", "none/a.png"], 5, "none"),
        (["--html", "none/a.html"], 5, "none"),
        (["--model", "agree-xx"], 4, 'no model named "agree-xx"'),
    ],
)
def test_options_that_cannot_be(corrector: Path, more: list[str], code: int, words: str) -> None:
    done = inspected(corrector, *more)
    assert (done.code, done.out) == (code, b"") and words in done.err, done.err


def test_texts_and_models_that_cannot_be(corrector: Path, writer: Path, judge: Path) -> None:
    for model, more, text, code, words in (
        (corrector, [], " ", 3, "nothing to look at"),
        (corrector, [], "a " * 401, 3, "401 tokens; at most 400"),
        (writer, ["--direction", "back"], "a", 2, "reads in one direction only"),
        (judge, [], "a", 4, "a model for sentiment; only agree and generate"),
    ):
        done = inspected(model, *more, text=text)
        assert done.code == code and words in done.err, done.err


def test_a_model_without_weights_or_probes(corrector: Path, tmp_path: Path) -> None:
    whole = Bundle.load(corrector)
    weights = {"weights.safetensors": whole.read("weights.safetensors")}
    bundle.save(tmp_path / "bare", whole.manifest, weights)
    assert "no probes for this layer" in inspected(tmp_path / "bare").err
    bundle.save(tmp_path / "empty", whole.manifest, {"model.onnx": b""})
    done = inspected(tmp_path / "empty")
    assert done.code == 4 and "weights" in done.err, done.err
    bundle.save(tmp_path / "odd", whole.manifest, {**weights, "probes.json": b"[{}]"})
    done = inspected(tmp_path / "odd")
    assert done.code == 4 and "does not hold probes for this network" in done.err


def test_help_and_readme_say_how_to_read_it(home: Path) -> None:
    words = " ".join(READING[Language.en].split()).partition(": time ")[2]
    done = nlpcell("inspect", "--help", home=home)
    assert words in " ".join(done.out.decode().split())
    assert words in " ".join(README.read_text(encoding="utf-8").split())


def test_an_empty_text_from_python(corrector: Path) -> None:
    with pytest.raises(BadInput):
        Inspector(Bundle.load(corrector))("")
