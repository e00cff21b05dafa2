"""A model folder: whole round trips, and polite refusals of everything else."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlpcell import __version__, bundle
from nlpcell.bundle import GRAPH, MANIFEST, Bundle, Manifest, find, save
from nlpcell.errors import BadModel

MANIFEST_GIVEN = Manifest(
    task="sentiment",
    settings={"embedding": 8, "recurrent": {"cell": "gru", "hidden": 4}},
    labels=["neg", "pos", "sí/no"],
    temperature=1.25,
    trained={"command": "nlpcell train sentiment \udce9.tsv", "seconds": 3.5},
    scores=[{"metric": "macro-F1", "value": 0.87}],
)
FILES = {GRAPH: bytes(range(256)), "README.md": "# ñ\n".encode(), "empty": b""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "my-model", MANIFEST_GIVEN, FILES).folder


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    raw = json.loads((folder / MANIFEST).read_text())
    change(raw)
    (folder / MANIFEST).write_text(json.dumps(raw))
    return folder


def refused(folder: Path, match: str, task: str | None = None) -> BadModel:
    with pytest.raises(BadModel, match=match) as caught:
        Bundle.load(folder, task)
    assert caught.value.exit_code == 4
    assert str(folder) in str(caught.value)
    assert str(caught.value).isprintable()
    return caught.value


def test_what_is_saved_is_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = Bundle.load(folder, "sentiment")
    for name in ("task", "settings", "labels", "temperature", "trained", "scores"):
        assert getattr(loaded.manifest, name) == getattr(MANIFEST_GIVEN, name)
    assert (loaded.manifest.format, loaded.manifest.nlpcell) == (bundle.FORMAT, __version__)
    assert {name: loaded.read(name) for name in loaded.manifest.files} == FILES
    # SHA-256 of the bytes 0 to 255, by sha256sum
    assert loaded.checksum == "40aff2e9"
    assert list(loaded.verify()) == [(name, "") for name in FILES]
    monkeypatch.chdir(folder)
    assert Bundle.load(Path(".")).name == loaded.name == "my-model"


def test_saving_again_replaces(folder: Path) -> None:
    again = save(folder, Manifest("generate", {}), {GRAPH: b"new"})
    assert again.manifest.task == "generate"
    assert again.read(GRAPH) == b"new"


def test_what_the_model_before_left_goes_and_nothing_else(folder: Path) -> None:
    (folder / "notes.txt").write_text("the user's")
    save(folder, Manifest("generate", {}), {GRAPH: b"new"})
    assert {one.name for one in folder.iterdir()} == {MANIFEST, GRAPH, "notes.txt"}


def test_an_interrupted_save_is_no_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bundle, "write_whole", killed)
    with pytest.raises(KeyboardInterrupt):
        save(folder, MANIFEST_GIVEN, FILES)
    refused(folder, "no bundle.json")


@pytest.mark.parametrize("bit", [0, 1_000, 2_047])
def test_one_flipped_bit_is_found(folder: Path, bit: int) -> None:
    content = bytearray(FILES[GRAPH])
    content[bit // 8] ^= 1 << bit % 8
    (folder / GRAPH).write_bytes(content)
    with pytest.raises(BadModel, match=r"damaged: its 256 bytes"):
        Bundle.load(folder).read(GRAPH)
    problems = dict(Bundle.load(folder).verify())
    assert "damaged" in problems.pop(GRAPH)
    assert set(problems.values()) == {""}


@pytest.mark.parametrize("content", [b"", FILES[GRAPH] + b"x", FILES[GRAPH][:-1], b"<html>"])
def test_other_lengths_are_found(folder: Path, content: bytes) -> None:
    (folder / GRAPH).write_bytes(content)
    with pytest.raises(BadModel, match="damaged"):
        Bundle.load(folder).read(GRAPH)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / GRAPH).unlink()
    with pytest.raises(BadModel, match=f"{GRAPH}: missing or unreadable"):
        Bundle.load(folder).read(GRAPH)
    with pytest.raises(BadModel, match="holds no weights"):
        Bundle.load(folder).read("weights.safetensors")


CHANGES: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("needs nlpcell >= 9.1", lambda raw: raw.update(format=2, nlpcell="9.1")),
    ("needs nlpcell", lambda raw: raw.update(format=2, nlpcell="\x1b[2J", new=1)),
    ("does not state its format", lambda raw: raw.pop("format")),
    ("does not state its format", lambda raw: raw.update(format="1")),
    ('unknown entry "code"', lambda raw: raw.update(code="print()")),
    ("unknown entry", lambda raw: raw.update({"\x1b]0;x\x07": 1})),
    ('"labels".* wrong kind', lambda raw: raw.update(labels="neg")),
    ('"temperature".* wrong kind', lambda raw: raw.update(temperature="1")),
    ('"temperature".* wrong kind', lambda raw: raw.update(temperature=True)),
    ('"temperature".* out of range', lambda raw: raw.update(temperature=float("nan"))),
    ('"temperature".* out of range', lambda raw: raw.update(temperature=0)),
    ('"settings".* wrong kind', lambda raw: raw.update(settings=[1])),
    ('"files".* wrong kind', lambda raw: raw.update(files={"model.onnx": 1})),
    ("must state task", lambda raw: raw.pop("settings")),
    *(("names no task", lambda raw, task=task: raw.update(task=task)) for task in ("", "x; rm ~")),
    *(
        ("label that cannot", lambda raw, label=label: raw.update(labels=["ok", label]))
        for label in ("", "a\tb", "a\nb", "\x1b[2J", "\u202e", "\0", 3, None)
    ),
    *(
        ("outside the folder", lambda raw, name=name: raw.update(files={name: "0" * 64}))
        for name in (
            "../x",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "..",
            ".hidden",
            "a\0",
            "a\x1b",
            "x" * 101,
        )
    ),
]


@pytest.mark.parametrize(("match", "change"), CHANGES)
def test_a_changed_manifest_is_refused(
    folder: Path, match: str, change: Callable[[dict[str, Any]], object]
) -> None:
    refused(rewritten(folder, change), match)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 200_000, b"x" * (2 << 20)])
def test_a_manifest_that_is_no_json_is_refused(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    refused(folder, "not valid JSON")


def test_an_older_manifest_loads(folder: Path) -> None:
    rewritten(folder, lambda raw: [raw.pop(key) for key in ("labels", "temperature", "scores")])
    assert Bundle.load(folder).manifest.temperature == 1.0


def test_the_wrong_task_is_named(folder: Path) -> None:
    problem = refused(folder, "made for sentiment, not for generate", "generate")
    assert problem.hint == f"nlpcell sentiment --model {folder}"


def test_models_are_found_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "shelves", lambda: [folder.parent / "none", folder.parent])
    assert find("my-model").folder == find(folder).folder == find(str(folder), "sentiment").folder
    with pytest.raises(BadModel, match='no model named "my-modle"') as caught:
        find("my-modle")
    assert caught.value.hint == 'did you mean "my-model"? nlpcell models list'


@pytest.mark.parametrize("name", ["../none", "a\0b", "x" * 300, "none/" * 2_000, "ñ" * 200])
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(BadModel, match=r"no name of a model|no model named"):
        find(name)


def test_a_long_path_is_no_odd_name(tmp_path: Path) -> None:
    folder = save(tmp_path / ("x" * 200) / ("y" * 200), MANIFEST_GIVEN, FILES).folder
    assert find(folder).read("empty") == b""


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("data.pkl", b"")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.safetensors", pickle.dumps({"a": 1})),
        ("model.onnx", b"\x08\x07\x12\x07pytorch"),
        ("weights", archive()),
        ("weights.bin", b"\x1f\x8b\x08\x00"),
        ("model.py", b"print('hola')\n"),
        ("model", b"#!/usr/bin/python\n"),
    ],
)
def test_files_that_can_run_code_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadModel, match="can run code when opened"):
        find(tmp_path / name)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"<html>")
    with pytest.raises(BadModel, match="a model is a folder"):
        find(tmp_path / "model")
