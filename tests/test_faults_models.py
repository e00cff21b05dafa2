"""What happens when a model is unknown, damaged or not ours: rows of the table of faults."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asked import ASKED
from processes import Done, at_once, nlpcell

FEA = b"la cama es fea\n"


def judged(model: str | Path, home: Path, **extra: str) -> Done:
    return nlpcell("sentiment", "-m", model, home=home, stdin=FEA, **extra)


def refused(done: Done, words: str) -> None:
    assert (done.code, done.out) == (4, b""), done.err
    assert words in done.err
    assert done.err.startswith("error: ") and "Traceback" not in done.err


def signed(folder: Path, name: str, content: bytes) -> None:
    """Put `content` there as if it had always been so: the checksum fits."""
    (folder / name).write_bytes(content)

    def note(manifest: dict[str, Any]) -> None:
        manifest["files"][name] = hashlib.sha256(content).hexdigest()

    changed(folder, note)


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((folder / "bundle.json").read_text())
    change(manifest)
    (folder / "bundle.json").write_text(json.dumps(manifest))


def test_F31_unknown_model(judge: Path, home: Path) -> None:
    shelf = home / "data" / "nlpcell" / "models"
    shutil.copytree(judge, shelf / "my-sentiment")
    assert judged("my-sentiment", home).out == b"neg\n"
    done = judged("my-sentimnt", home)
    refused(done, 'error: no model named "my-sentimnt"\nhint: did you mean "my-sentiment"')
    assert done.err.endswith("nlpcell models list\n")
    listed = nlpcell("models", "list", home=home).out.decode()
    assert "my-sentiment\tsentiment\t" in listed
    shutil.copytree(judge, shelf / "broken")
    (shelf / "broken" / "bundle.json").write_text("{")
    done = nlpcell("models", "list", home=home)
    assert done.out.decode() == listed  # one that is damaged does not hide the others
    assert (done.code, "broken: bundle.json is not valid JSON" in done.err) == (4, True)


DAMAGE: list[Callable[[bytes], bytes]] = [
    lambda content: b"",
    lambda content: content[:-100],
    lambda content: content + b"more",
    lambda content: b"no weights, just words\n",
    lambda content: b"<!DOCTYPE html><html>404</html>",
    lambda content: bytes([content[0]]) + bytes([content[1] ^ 4]) + content[2:],
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_F32_and_F33_damaged_files(
    own_judge: Path, home: Path, damage: Callable[[bytes], bytes]
) -> None:
    for name in ("model.onnx", "tokenizer.model"):
        content = (own_judge / name).read_bytes()
        (own_judge / name).write_bytes(damage(content))
        done = judged(own_judge, home)
        refused(done, f"{name}: damaged")
        (own_judge / name).write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGE[:5])
def test_F32_damaged_files_whose_checksums_fit(
    own_judge: Path, home: Path, damage: Callable[[bytes], bytes]
) -> None:
    for name in ("model.onnx", "tokenizer.model"):
        content = (own_judge / name).read_bytes()
        signed(own_judge, name, damage(content))
        done = judged(own_judge, home)
        if done.code:  # bytes at the end of a Protocol Buffer file may be read as nothing
            refused(
                done, "cannot be read" if name == "tokenizer.model" else "cannot read this graph"
            )
        assert done.code or damage is DAMAGE[2]
        signed(own_judge, name, content)


def test_F32_files_that_never_end(own_judge: Path, home: Path) -> None:
    (own_judge / "model.onnx").unlink()
    os.mkfifo(own_judge / "model.onnx")
    refused(judged(own_judge, home), "model.onnx: missing or unreadable")
    (own_judge / "model.onnx").unlink()
    (own_judge / "model.onnx").symlink_to("/dev/zero")
    refused(judged(own_judge, home), "model.onnx: missing or unreadable")


def with_nan(graph: bytes) -> bytes:
    """The graph with one weight that is no number."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load_from_string(graph)
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor).copy()
        if array.dtype == np.float32 and array.size > 1:
            array.flat[:] = np.nan
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    return bytes(model.SerializeToString())


def test_F33_NaN_in_a_graph(own_judge: Path, home: Path) -> None:
    signed(own_judge, "model.onnx", with_nan((own_judge / "model.onnx").read_bytes()))
    refused(judged(own_judge, home), "model.onnx: this graph computes what is no number")


def packed(header: str, numbers: bytes) -> bytes:
    return struct.pack("<Q", len(header)) + header.encode() + numbers


TWO = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
SCALED = '{"a":{"dtype":"I8","shape":%s,"data_offsets":[0,1]},'
SCALED += '"a.scale":{"dtype":"F64","shape":%s,"data_offsets":[%d,%d]}}'
WEIGHTS = [
    (b"", "not a safetensors file"),
    (b"<html>not weights</html>", "not a safetensors file"),
    (packed("{", b""), "not a safetensors file"),
    (packed("{]", b""), "header is damaged"),
    (packed(TWO[:-1] + "}", b"\0\0\xc0\x7f"), "what is no number"),
    (packed(TWO + TWO[1:-1] + "}", b"\0\0\0\0"), 'two arrays are called "a"'),
    (packed(TWO[:-1] + "}", b"\0\0\0\0more"), "4 bytes belong to no array"),
    (packed(TWO[:-1] + "}", b"\0"), "does not fit its numbers"),
    (packed(TWO[:-1].replace("[1]", "[99999999999,9999999]") + "}", b""), "does not fit"),
    (packed(TWO[:-1].replace("F32", "PICKLE") + "}", b""), "header is damaged"),
    (packed(TWO[:-1].replace("[1]", "[-1]") + "}", b""), "header is damaged"),
    (packed(TWO[:-1].replace('"F32"', "{}") + "}", b""), "header is damaged"),
    (packed('[[["a"],{"dtype":"F32"}]]', b""), "header is damaged"),
    (packed(SCALED % ("[]", "[1,1]", 1, 9), b"\1" + b"\0" * 8), "no scale that fits"),
    (packed(SCALED % ("[1,1]", "[1,1]", 1, 9), b"\1" + b"\xff" * 6 + b"\xef\x7f"), "no number"),
    (
        packed('{"a":{"dtype":"F32","shape":[0,1%s],"data_offsets":[0,0]}}' % ("0" * 30), b""),
        "header is damaged",
    ),
]


def test_F33_weights_with_the_right_checksum(own_writer: Path, home: Path) -> None:
    """NaN, names that are there twice and headers that lie, found by `models verify`."""
    assert nlpcell("models", "verify", own_writer, home=home).code == 0
    from nlpcell.bundle import Bundle

    for content, words in WEIGHTS:
        signed(own_writer, "weights.safetensors", content)
        assert words in dict(Bundle.load(own_writer).verify())["weights.safetensors"]
    done = nlpcell("models", "verify", own_writer, home=home)
    assert (done.code, b"weights.safetensors\tits header is damaged\n" in done.out) == (4, True)
    assert done.err.endswith(": 1 of its files are damaged\n")


SETTINGS: list[Callable[[dict[str, Any]], object]] = [
    lambda manifest: manifest["settings"].update(unknown=1),
    lambda manifest: manifest["settings"].update(embedding="8"),
    lambda manifest: manifest["settings"].update(embedding=60_000),
    lambda manifest: manifest["settings"]["recurrent"].update(hidden=10**12),
    lambda manifest: manifest["settings"]["recurrent"].update(hidden=65_000, layers=60),
    lambda manifest: manifest["settings"]["recurrent"].update(cell="__import__"),
    lambda manifest: manifest["settings"].pop("recurrent"),
]


@pytest.mark.parametrize("change", SETTINGS)
def test_F35_settings_that_do_not_fit_the_weights(
    own_writer: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    """Refused before memory is taken: 60 layers of 65,000 would be terabytes."""
    from nlpcell.bundle import Bundle
    from nlpcell.errors import BadModel
    from nlpcell.training.generate import load_network

    assert load_network(Bundle.load(own_writer))
    changed(own_writer, change)
    with pytest.raises(BadModel, match=r"settings are not|other shapes"):
        load_network(Bundle.load(own_writer))


LABELS = [["neg"], ["neg", "pos", "neu"], [], ["neg", "neg"], ["neg", "a\x1b[31m"], ["a\nb", "c"]]


@pytest.mark.parametrize("labels", LABELS)
def test_F35_labels_that_do_not_fit(own_judge: Path, home: Path, labels: list[str]) -> None:
    changed(own_judge, lambda manifest: manifest.update(labels=labels))
    refused(judged(own_judge, home), "label")


def test_F36_names_that_are_none(home: Path) -> None:
    odd = ("../none", "/none/at/all", "x" * 300, "a/../../b", " ")
    for done in at_once(lambda name: nlpcell("models", "info", name, home=home), odd):
        refused(done, "error: ")
    (home / "link").symlink_to("/etc")
    refused(judged("link", home), "link: no bundle.json to be read here")


def test_F37_other_task_and_other_formats(judge: Path, own_judge: Path, home: Path) -> None:
    done = nlpcell("generate", "-m", judge, "--prompt", "a", home=home)
    refused(done, f"made for sentiment, not for generate\nhint: nlpcell sentiment --model {judge}")
    changed(own_judge, lambda manifest: manifest.update(format=2, nlpcell="3.1"))
    refused(judged(own_judge, home), "needs nlpcell >= 3.1; this is ")
    old = ("labels", "settings", "task", "files", "format", "nlpcell")
    shutil.copy(judge / "bundle.json", own_judge / "bundle.json")
    changed(own_judge, lambda manifest: [manifest.pop(k) for k in {*manifest} - {*old}])
    assert judged(own_judge, home).out == b"neg\n"


RELEASES = sorted((Path(__file__).parent / "releases").glob("*/*"))


@pytest.mark.parametrize("model", RELEASES, ids=lambda one: f"{one.parent.name}-{one.name}")
def test_F37_models_of_every_release_still_answer(home: Path, model: Path) -> None:
    """Each release leaves a tiny model of each task here, and they are never made anew."""
    asked = ASKED[model.name]
    done = nlpcell(*asked.words, "-m", model, home=home, stdin=asked.line + b"\n")
    assert done == (0, asked.answer + b"\n", "")


def test_F37_there_are_models_of_a_release() -> None:
    assert {one.name for one in RELEASES} >= {"sentiment", "agree", "generate"}


def test_a_model_card_and_a_path(judge: Path, home: Path) -> None:
    assert nlpcell("models", "info", judge, home=home).out.startswith(b"# judge\n")
    manifest = json.loads(nlpcell("models", "info", judge, "--json", home=home).out)
    assert (manifest["task"], manifest["labels"]) == ("sentiment", ["neg", "pos"])
    assert nlpcell("models", "path", judge, home=home).out == f"{judge}\n".encode()
