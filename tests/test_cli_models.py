"""Models that come and go, as processes: import, export, rm, default."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from processes import Done, at_once, nlpcell, terminal
from safetensors.numpy import save

from nlpcell import transit
from nlpcell.bundle import Bundle

FEA = b"la cama es fea\n"


def shelf(home: Path) -> Path:
    return home / "data" / "nlpcell" / "models"


def names(home: Path) -> list[str]:
    """What is on the user's shelf, temporaries included."""
    return sorted(os.listdir(shelf(home))) if shelf(home).exists() else []


def refused(done: Done, code: int, words: str) -> None:
    assert (done.code, done.out, words in done.err) == (code, b"", True), done
    assert done.err.startswith("error: ") and "Traceback" not in done.err


def test_a_model_is_imported_used_exported_and_removed(judge: Path, home: Path) -> None:
    done = nlpcell("models", "import", judge, "--name", "mine", home=home)
    assert (done.code, done.err) == (0, "try: nlpcell sentiment --model mine\n")
    assert nlpcell("sentiment", "-m", "mine", home=home, stdin=FEA).out == b"neg\n"
    assert nlpcell("models", "export", "mine", "--out", "out", home=home).code == 0
    exported = {one.name: one.read_bytes() for one in (home / "out").iterdir()}
    assert exported == {one: (judge / one).read_bytes() for one in exported}
    assert "training" not in exported and "bundle.json" in exported
    refused(nlpcell("models", "export", "mine", "--out", "out", home=home), 2, "is there already")
    refused(nlpcell("models", "rm", "mine", home=home), 2, "removed only with --force")
    assert nlpcell("models", "rm", "mine", "--force", home=home) == (0, b"", "")
    assert names(home) == []
    refused(nlpcell("models", "rm", "mine", "--force", home=home), 4, 'no model named "mine"')


def test_a_model_travels_as_one_file(judge: Path, home: Path) -> None:
    assert nlpcell("models", "import", judge, "--name", "mine", home=home).code == 0
    words = ["models", "export", "mine", "--out", "sent.safetensors"]
    assert nlpcell(*words, home=home) == (0, b"", "")
    refused(nlpcell(*words, home=home), 2, "is there already")
    done = nlpcell("sentiment", "-m", "sent.safetensors", home=home, stdin=FEA)
    refused(done, 4, "hint: nlpcell models import sent.safetensors\n")
    done = nlpcell("models", "import", "sent.safetensors", home=home)
    assert (done.code, done.err) == (0, "try: nlpcell sentiment --model sent\n")
    assert nlpcell("sentiment", "-m", "sent", home=home, stdin=FEA).out == b"neg\n"
    mine, sent = ({one.name: one.read_bytes() for one in (shelf(home) / name).iterdir()}
                  for name in ("mine", "sent"))  # fmt: skip
    assert mine == sent


def test_F32_F34_a_packed_model_that_is_not_whole(judge: Path, home: Path) -> None:
    bundle = Bundle.load(judge)
    whole = transit.packed(bundle)
    assert transit.unpacked(whole, "")["model.onnx"] == (judge / "model.onnx").read_bytes()
    flipped = whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:]
    outside = {"../a": np.zeros(3, np.uint8), "bundle.json": np.zeros(3, np.uint8)}
    cases = {
        whole[:-1]: "does not fit its numbers",
        flipped: "damaged",
        (judge / "weights.safetensors").read_bytes(): "something else than the files of a model",
        save(outside): "something else than the files of a model",
        save({"model.onnx": np.zeros(3, np.uint8)}): "holds no bundle.json",
    }
    for content, words in cases.items():
        (home / "sent.safetensors").write_bytes(content)
        refused(nlpcell("models", "import", "sent.safetensors", home=home), 4, words)
    assert names(home) == [] and not (home / "a").exists()


def test_a_name_that_is_taken_is_replaced_only_on_demand(
    judge: Path, writer: Path, home: Path
) -> None:
    command = ["models", "import", "--name", "mine"]
    assert nlpcell(*command, judge, home=home).code == 0
    refused(nlpcell(*command, writer, home=home), 2, 'there is a model named "mine" already')
    assert nlpcell(*command, writer, "--force", home=home).code == 0
    info = nlpcell("models", "info", "mine", "--json", home=home)
    assert json.loads(info.out)["task"] == "generate"
    assert names(home) == ["mine"]


def test_models_that_ship_stay(judge: Path, home: Path) -> None:
    done = nlpcell("models", "rm", "sentiment-es", "--force", home=home)
    refused(done, 2, "ships with nlpcell")
    done = nlpcell("models", "import", judge, "--name", "sentiment-es", "--force", home=home)
    refused(done, 2, "ships with nlpcell")
    assert nlpcell("models", "verify", "sentiment-es", home=home).code == 0


def test_a_damaged_model_is_not_imported(own_judge: Path, home: Path) -> None:
    (own_judge / "README.md").write_text("another card")
    refused(nlpcell("models", "import", own_judge, home=home), 4, "README.md: damaged")
    assert names(home) == []


def test_what_a_killed_import_left_is_swept_away(judge: Path, home: Path) -> None:
    left = shelf(home) / ".nlpcell-999999999-abcd"
    left.mkdir(parents=True)
    (left / "model.onnx").write_text("half")
    assert nlpcell("models", "import", judge, "--name", "mine", home=home).code == 0
    assert names(home) == ["mine"]


CODE = {
    "pickle": (pickle.dumps({"a": 1}), "a pickle"),
    "pt": (b"PK\x03\x04\x14\0archive/data.pkl", "a zip archive"),
    "onnx": (b"\x08\x07\x12\x07pytorch\x1a\x052.1.0", "a bare ONNX graph"),
    "tar": (b"x".ljust(257, b"\0") + b"ustar\x0000" + b"\0" * 250, "an archive"),
    "gz": (b"\x1f\x8b\x08\0", "an archive"),
    "h5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    "py": (b"# weights\nimport os\n", "a Python file"),
}


@pytest.mark.parametrize("kind", CODE)
def test_F34_what_can_run_code_is_not_imported(home: Path, kind: str) -> None:
    content, words = CODE[kind]
    (home / "model.safetensors").write_bytes(content)  # by content: the name says nothing
    for more in ([], ["--force"]):
        done = nlpcell("models", "import", "model.safetensors", *more, home=home)
        refused(done, 4, f"it is {words}")
        assert "can run code when opened" in done.err
    refused(nlpcell("sentiment", "-m", "model.safetensors", home=home), 4, "can run code")
    assert names(home) == []


def test_F36_imports_stay_on_the_shelf(judge: Path, home: Path) -> None:
    before = {*home.rglob("*")}
    odd = ("../out", "/tmp/out", "a/b", "x" * 300, "", " ", ".hidden", "..", "a\nb", "-x")
    for done in at_once(
        lambda name: nlpcell("models", "import", judge, f"--name={name}", home=home), odd
    ):
        refused(done, 4, "this is no name of a model")
    for command in (["rm", "--force"], ["export", "--out", "o"]):
        words = ["models", *command, "--"]
        for done in at_once(lambda name, words=words: nlpcell(*words, name, home=home), odd[::3]):
            assert done.code in (2, 4) and done.out == b"", done
    assert {*home.rglob("*")} - before <= {shelf(home), *shelf(home).parents}
    shelf(home).mkdir(parents=True, exist_ok=True)
    (home / "precious").mkdir()
    shutil.copytree(judge, home / "precious" / "model")
    (shelf(home) / "link").symlink_to(home / "precious" / "model")
    assert nlpcell("models", "rm", "link", "--force", home=home).code == 0
    assert (home / "precious" / "model" / "bundle.json").exists()


def test_the_default_model_is_the_users(judge: Path, home: Path) -> None:
    shown = nlpcell("models", "default", "sentiment", home=home)
    assert shown == (0, b"sentiment-es\n", "")
    assert nlpcell("models", "import", judge, "--name", "mine", home=home).code == 0
    assert nlpcell("models", "default", "sentiment", "mine", home=home) == (0, b"", "")
    assert nlpcell("models", "default", "sentiment", home=home).out == b"mine\n"
    assert nlpcell("sentiment", home=home, stdin=FEA).out == b"neg\n"
    evaluated = nlpcell("evaluate", "sentiment", "opinions.tsv", "--json", home=home)
    assert "|model:mine@" in json.loads(evaluated.out)["signature"]
    refused(nlpcell("models", "default", "generate", "mine", home=home), 4, "made for sentiment")
    refused(nlpcell("models", "default", "sentiment", "mina", home=home), 4, 'mean "mine"?')
    refused(nlpcell("models", "default", "sentimental", home=home), 2, "no task is called")
    done = nlpcell("models", "rm", "mine", "--force", home=home)
    assert (done.code, "was the default of sentiment" in done.err) == (0, True)
    assert nlpcell("models", "default", "sentiment", home=home).out == b"sentiment-es\n"


def test_removing_asks_a_person(judge: Path, home: Path) -> None:
    shutil.copytree(judge, shelf(home) / "mine")
    code, shown = terminal(home, "models", "rm", "mine", typed=b"n\n")
    assert (code, "remove " in shown, names(home)) == (0, True, ["mine"])
    code, shown = terminal(home, "models", "rm", "mine", "--no-input")
    assert (code, "--force" in shown, names(home)) == (2, True, ["mine"])
    code, _ = terminal(home, "models", "rm", "mine", typed=b"y\n")
    assert (code, names(home)) == (0, [])


def test_F38_without_a_network(home: Path) -> None:
    dead = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = ["evaluate", "sentiment", "nobody/nothing"]
    for more, online in ((["--offline"], "0"), ([], "0")):
        began = time.monotonic()
        done = nlpcell(*command, *more, home=home, HF_HUB_OFFLINE=online, **dead)
        refused(done, 5, "the Hugging Face Hub does not give it")
        assert ("asked to stay offline" in done.err) == bool(more)
        assert time.monotonic() - began < 30  # 10 s on a machine that is not busy
