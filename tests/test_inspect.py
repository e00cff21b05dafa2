"""`nlpcell inspect` as a process: what is shown, where, and in which language."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import Done, environment, nlpcell, terminal
from safetensors.numpy import save

from nlpcell import bundle
from nlpcell.bundle import Bundle, Manifest
from nlpcell.cell import LstmStep, Weights, lstm_step, sigmoid
from nlpcell.cli.captions import NAMES, READING, Language
from nlpcell.errors import BadInput
from nlpcell.inference.inspector import Inspector, overwritten
from nlpcell.probes import Probe, as_bytes
from nlpcell.settings import CorrectorSize, Layers
from nlpcell.trace import AHEAD, BACK, NUMBERS, along

HIDDEN, WIDTH, BUCKETS = 6, 5, 200
TEXT = "la casa es bonitos"
UNIT = 4  # the correction hangs on it
README = Path(__file__).parent.parent / "README.md"


def arrays() -> dict[str, np.ndarray]:
    """A corrector of one layer with weights at random, but for what it answers: one of its two
    scripts is sure where the forward unit UNIT shows anything, be it above or below nothing."""
    draw = np.random.default_rng(8)
    found = {"vectors.table.weight": draw.normal(size=(BUCKETS, WIDTH))}
    for direction in ("ahead", "back"):
        shapes = ((4 * HIDDEN, WIDTH), (4 * HIDDEN, HIDDEN), (4 * HIDDEN,), (4 * HIDDEN,))
        for name, shape in zip(NUMBERS, shapes, strict=True):
            found[f"recurrent.{direction}.0.{name}"] = draw.normal(size=shape)
    found["output.weight"] = np.zeros((3, 2 * HIDDEN + WIDTH))
    found["output.weight"][1:, UNIT] = 1e4, -1e4
    found["output.bias"] = np.array([5.0, 0.0, 0.0])
    return {name: array.astype(np.float32) for name, array in found.items()}


def probe(feature: str, seed: int) -> Probe:
    draw = np.random.default_rng(seed)
    weights = draw.normal(size=HIDDEN).astype(np.float32)
    return Probe(feature, 1, weights, 0.1, np.ones(HIDDEN), 0.91, 0.7, 0.6, 0.55, 1234)


@pytest.fixture(scope="session")
def corrector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corrector with its weights and probes, made by hand."""
    size = dataclasses.asdict(
        CorrectorSize(Layers("lstm", HIDDEN, 1), embedding=WIDTH, buckets=BUCKETS)
    )
    folder = tmp_path_factory.mktemp("models") / "own-agree"
    files = {
        "weights.safetensors": save(arrays()),
        "probes.json": as_bytes([probe("gender", 1), probe("number", 2)]),
    }
    labels = ["keep", "os>a", "=bonitos>bonita"]
    bundle.save(folder, Manifest("agree", {**size, "confidence": 0.5}, labels), files)
    return folder


def inspected(model: Path, *more: str | Path, text: str = TEXT, **extra: Any) -> Done:
    return nlpcell("inspect", text, "--model", model, *more, **{"home": model.parent, **extra})


def document(model: Path, *more: str, **extra: Any) -> dict[str, Any]:
    done = inspected(model, "--json", *more, **extra)
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


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


def test_a_pipe_gets_a_table(corrector: Path) -> None:
    done = inspected(corrector, "--units", "2")
    rows = [line.split("\t") for line in done.out.decode().splitlines()]
    assert rows[0] == ["LSTM, layer 1, left to right", *TEXT.split()]
    assert {len(row) for row in rows} == {5} and len(rows) == 1 + 3 + 6 * 2
    assert [row[0] for row in rows[1:5]] == [
        "feminine", "plural", "overwritten", f"forget gate {rows[4][0][12:]}",
    ]  # fmt: skip
    assert "right on 91.0% of 1,234 held-out words" in done.err
    assert inspected(corrector, "-q").err == ""


def in_terminal(model: Path, *more: str, text: str = TEXT, **extra: str) -> list[str]:
    """The lines that a terminal of 100 columns gets."""
    given = ["inspect", text, "--model", model, "-q", *more]
    code, shown = terminal(model.parent, *given, **extra)
    assert code == 0, shown
    return shown.split("\r\n")


ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_colours_on_a_terminal_and_none_where_they_are_not_wanted(corrector: Path) -> None:
    coloured = in_terminal(corrector)
    assert any("\x1b[30;48;5;" in line for line in coloured)
    for extra in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = in_terminal(corrector, **extra)
        assert not any("\x1b" in line for line in plain)
        assert plain == [ESCAPE.sub("", line) for line in coloured]


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_a_long_sentence_goes_on_below(corrector: Path, columns: int) -> None:
    text = " ".join(f"palabra{number}" for number in range(14))
    lines = in_terminal(corrector, text=text, COLUMNS=str(columns), NO_COLOR="1")
    assert max(map(len, lines)) <= columns
    heads = [line.split() for line in lines if line.startswith("      ") and "palabra" in line]
    assert [word for head in heads for word in head] == text.split()
    assert (len(heads) == 1) == (columns == 200)


def test_a_terminal_obeys_no_character_of_the_text(corrector: Path) -> None:
    lines = in_terminal(corrector, text="la\x1b[2J casa\x07", NO_COLOR="1")
    assert not any("\x1b" in line or "\x07" in line for line in lines)
    assert any("\\x07" in line for line in lines)


def test_labels_in_two_languages(corrector: Path) -> None:
    assert NAMES[Language.en].keys() == NAMES[Language.es].keys()
    found = {lang: inspected(corrector, "--lang", lang) for lang in ("en", "es")}
    assert "forget gate unit" in found["en"].out.decode()
    spanish = found["es"].out.decode()
    for words in ("puerta de olvido unidad", "femenino", "se sobrescribe", "estado de celda"):
        assert words in spanish
    assert "la sonda acierta en el 91.0%" in found["es"].err
    assert inspected(corrector, "--lang", "fr").code == 2


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.heads: list[str] = []
        self.script = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset")]
        self.links += [tag] * (tag in ("link", "iframe", "img", "object", "embed", "base"))
        if tag not in ("meta", "p", "html"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("p", "html"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.script += data
        elif self.open[-1:] == ["th"] and "thead" in self.open:
            self.heads.append(data)


def test_one_page_that_needs_nothing_else(corrector: Path, tmp_path: Path) -> None:
    text = 'la </script><b>"casa"</b> & más'
    done = inspected(corrector, "--html", tmp_path / "a.html", "--lang", "es", text=text)
    assert (done.code, done.out) == (0, b"")
    content = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(content)
    assert page.open == [] and page.links == []
    assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch|import\(", content)
    assert content.startswith("<!doctype html>") and '<html lang="es">' in content
    view = json.loads(re.findall(r"const view = (.*);\n", page.script)[0])
    tokens = document(corrector, text=text)["tokens"]
    assert page.heads == view["tokens"] == tokens
    values = [row["values"] for row in view["rows"] if "values" in row]
    assert len(values) == 3 + 6 * 6 and {len(row) for row in values} == {len(tokens)}
    assert content.count("<td ") == sum(map(len, values))
    words = " ".join(READING[Language.es].split())
    assert words.partition("«")[0] in " ".join(content.split())


def test_a_picture(corrector: Path, tmp_path: Path) -> None:
    strange = "cuesta $5 o $\\bad{ 日本"
    done = inspected(corrector, "--png", tmp_path / "a.png", "-q", text=strange)
    assert (done.code, done.out, done.err) == (0, b"", "")
    from matplotlib import image

    height, width, _ = image.imread(tmp_path / "a.png").shape
    assert height > width > 300


def test_a_picture_without_matplotlib(corrector: Path, tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['matplotlib'] = None; from nlpcell.cli.app import main; "
    given = ["inspect", TEXT, "--model", str(corrector), "--png", str(tmp_path / "a.png")]
    code = f"{hidden}sys.argv = ['nlpcell', *{given!r}]; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path)
    )
    assert done.returncode == 5
    assert done.stderr == 'error: --png needs matplotlib\nhint: pip install "nlpcell[train]"\n'
    assert not (tmp_path / "a.png").exists()


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
