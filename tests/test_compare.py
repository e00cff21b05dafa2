"""`nlpcell compare` as a process: tables, pictures, and what cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from processes import Training, nlpcell, trained
from toys import opinions
from treebanks import conllu, own_bundle

CELLS = ["lstm", "gru", "rnn"]
PNG = b"\x89PNG\r\n"
TINY = ["--hidden", "6", "--epochs", "1", "--threads", "1"]


def compared(*arguments: str | Path, home: Path) -> list[dict[str, Any]]:
    """The rows that a comparison prints as JSON; nothing else is said with -q."""
    done = Training(*arguments, "--json", "-q", home=home, command="compare").end(300)
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.err)  # both streams are one there
    return found


def test_memory_and_its_curve(home: Path) -> None:
    asked = ["memory", "--lag", "8,4", "--hidden", "16", "--budget", "60s"]
    rows = compared(*asked, "--png", "m.png", home=home)
    assert [(row["lag"], row["cell"]) for row in rows] == [
        (lag, one) for lag in (4, 8) for one in CELLS
    ]
    for row in rows[:3]:
        assert row["solved"] is True and row["success"] >= 0.99, row
        assert 0.4 < row["memoryless"] < 0.6 and row["sequences"] > 0
    sizes = [row["parameters"] for row in rows[:3]]
    assert max(sizes) < 1.1 * min(sizes)
    assert (home / "m.png").read_bytes().startswith(PNG)
    (only,) = compared("memory", "--lag", "3", "--cell", "gru", "--budget", "0.1s", home=home)
    assert only["cell"] == "gru"


def test_gradients_step_by_step(home: Path) -> None:
    rows = compared("gradient", "--lag", "30", "--hidden", "8", "--png", "g.png", home=home)
    assert [row["steps back"] for row in rows] == list(range(30))
    assert rows[0].keys() == {"steps back", "lstm", "lstm cell state", "gru", "rnn"}
    assert rows[29]["rnn"] < rows[0]["rnn"] and rows[29]["gru"] > 0.1 * rows[0]["gru"]
    assert (home / "g.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("task", ["generate", "sentiment", "agree"])
def test_three_cells_on_one_task(home: Path, task: str) -> None:
    (home / "opinions.tsv").write_text(opinions(60))
    file = {"sentiment": "opinions.tsv", "generate": "text.txt", "agree": "right-es"}[task]
    rows = compared("task", task, file, *TINY, "--limit", "80", "--png", "t.png", home=home)
    assert [row["cell"] for row in rows] == CELLS
    sizes = [row["parameters"] for row in rows]
    assert max(sizes) < 1.05 * min(sizes)
    for row in rows:
        assert row["loss"] > 0 and row["tokens/s"] > 0
        assert (
            row["metric"]
            == {"generate": "nats/char", "sentiment": "macro-F1", "agree": "F0.5"}[task]
        )
    assert (home / "t.png").read_bytes().startswith(PNG)


PAIRS = "wrong\tright\tdistance\tattractor\n"


def test_preferences_of_language_models(home: Path) -> None:
    """A language with two sentences: whoever reads it learns the right one."""
    (home / "text.txt").write_text("la casa es bonita\nel perro es bonito\n" * 60)
    rows = [
        "la casa es bonito\tla casa es bonita\t2\t0",
        "el perro es bonita\tel perro es bonito\t5\t1",
        "el perro es feo\tel perro es bonito\t5\t1",
    ]
    (home / "pairs.tsv").write_text(PAIRS + "\n".join(rows) + "\n")
    asked = ["agreement", "pairs.tsv", "--text", "text.txt", "--hidden", "16", "--threads", "1"]
    found = compared(*asked, "--epochs", "8", "--png", "a.png", home=home)
    assert [(row["pairs"], row["count"]) for row in found] == [
        ("all", 2), ("distance 2", 1), ("distance 4-6", 1), ("no attractor", 1), ("attractor", 1),
    ]  # fmt: skip
    assert found[0]["lstm"] == found[0]["gru"] == 1.0
    assert (home / "a.png").read_bytes().startswith(PNG)


def test_probes_for_a_model_of_ones_own(home: Path) -> None:
    own_bundle(home / "own")
    (home / "trees.conllu").write_text(conllu(), encoding="utf-8")
    done = trained("probes", "trees.conllu", "--model", "own", home=home)
    assert done.code == 0 and "gender, layer 1: right on" in done.err, done.err
    shown = nlpcell("inspect", "hoy casa aquí verde", "--model", "own", "--json", home=home)
    gender, number = json.loads(shown.out)["probes"]
    assert gender["values"][3] > 0.5 > number["values"][3]  # feminine, singular
    assert nlpcell("models", "verify", "own", home=home).code == 0


def test_probes_at_the_end_of_a_training(home: Path) -> None:
    (home / "trees.conllu").write_text(conllu(), encoding="utf-8")
    small = ["--hidden", "16", "--embedding", "16", "--buckets", "500", "--threads", "1"]
    asked = ["agree", "right-es", *small, "--epochs", "1", "--limit", "150"]
    asked += ["--tagged", "trees.conllu"]
    done = trained(*asked, "--out", "own", home=home)
    assert done.code == 0 and "number, layer 2: right on" in done.err, done.err
    assert (home / "own" / "probes.json").exists()
    done = trained(*asked, "--weights", "none", "--out", "other", home=home)
    assert done.code == 2 and "--tagged needs the weights" in done.err


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (["memory", "--lag", "ten"], 2, '--lag: "ten" is not a list of steps from 2 to 100,000'),
        (["memory", "--lag", "10,,20"], 2, "not a list of steps"),
        (["memory", "--lag", "1"], 2, "not a list of steps"),
        (["memory", "--lag", "100001"], 2, "not a list of steps"),
        (["memory", "--budget", "soon"], 2, 'not a duration: "soon"'),
        (["memory", "--cell", "cnn"], 2, "--cell"),
        (["memory", "--task", "copying"], 2, "--task"),
        (["memory", "--hidden", "0"], 2, "--hidden"),
        (["gradient", "--lag", "1"], 2, "--lag"),
        (["task", "translate"], 2, "translate"),
        (["task", "sentiment", "none.tsv"], 3, "none.tsv"),
        (["agreement", "pairs.tsv"], 2, "--text"),
        (["agreement", "none.tsv", "--text", "text.txt"], 3, "none.tsv"),
        (["agreement", "far.tsv", "--text", "text.txt"], 3, 'the distance "far" is no number'),
        (["agreement", "new.tsv", "--text", "text.txt"], 3, "knows none of the forms"),
    ],
)
def test_what_cannot_be(home: Path, asked: list[str], code: int, words: str) -> None:
    (home / "far.tsv").write_text(PAIRS + "a\tb\tfar\t0\n")
    (home / "new.tsv").write_text(PAIRS + "una mesa\tun mesa\t1\t0\n")
    done = Training(*asked, home=home, command="compare").end()
    assert done.code == code and words in done.err, done.err
