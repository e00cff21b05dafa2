"""A trained model as a folder: save, find, load, verify, and refuse politely."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nlpcell
from nlpcell.errors import BadModel, Problem, did_you_mean
from nlpcell.files import write_whole
from nlpcell.strangers import refusal
from nlpcell.tokenizer import Tokenizer

FORMAT = 1  # of bundle.json; older ones load, newer ones are refused
MANIFEST = "bundle.json"
GRAPH, WEIGHTS, TOKENIZER = "model.onnx", "weights.safetensors", "tokenizer.model"
LEXICON = "lexicon.safetensors"  # what a corrector knows of words beforehand
READER = "reader.onnx"  # a translator has two graphs
TABLE = "table.safetensors"  # vectors that graphs read, kept once
CARD, HISTORY = "README.md", "history.jsonl"
KINDS: dict[str, type | tuple[type, ...]] = {
    "task": str,
    "settings": dict,
    "labels": list,
    "temperature": (int, float),
    "trained": dict,
    "scores": list,
    "files": dict,
    "format": int,
    "nlpcell": str,
}
LARGEST_MANIFEST = 1 << 20  # bytes


@dataclass(frozen=True)
class Manifest:
    """What bundle.json says."""

    task: str  # generate, sentiment ...
    settings: Mapping[str, Any]  # the sizes the network was built with
    labels: list[str] = field(default_factory=list)  # in the order of the network's outputs
    temperature: float = 1.0  # divides the scores before the softmax (Guo et al. 2017)
    trained: Mapping[str, Any] = field(default_factory=dict)  # command, corpora, licences, seconds
    scores: list[Mapping[str, Any]] = field(default_factory=list)  # metric, value, signature
    files: Mapping[str, str] = field(default_factory=dict)  # name: SHA-256
    format: int = FORMAT
    nlpcell: str = nlpcell.__version__


class Bundle:
    """A model folder whose manifest was read and whose files are checked as they are read."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def checksum(self) -> str:
        """Eight digits that tell one set of weights from another."""
        return self.manifest.files.get(GRAPH, "")[:8]

    @classmethod
    def load(cls, folder: Path, task: str | None = None) -> Bundle:
        """Read the manifest of `folder`. Raises BadModel with what is wrong with it."""
        where = str(folder)
        try:
            with open(folder / MANIFEST, "rb") as file:
                content = file.read(LARGEST_MANIFEST)
        except OSError as error:
            what = f"no {MANIFEST} to be read here ({error.strerror})"
            raise BadModel(what, where=where) from None
        manifest = checked(content, where)
        if task is not None and manifest.task != task:
            raise BadModel(
                f"this model was made for {manifest.task}, not for {task}",
                where=where,
                hint=f"nlpcell {manifest.task} --model {shlex.quote(str(folder))}",
            )
        return cls(folder, manifest)

    def read(self, name: str) -> bytes:
        """The content of one file, its SHA-256 checked."""
        where = str(self.folder / name)
        if name not in self.manifest.files:
            raise BadModel(f"this model holds no {name}", where=str(self.folder))
        try:
            if not os.path.isfile(self.folder / name):  # a pipe would never end
                raise FileNotFoundError(errno.ENOENT, "no such file")
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise BadModel(f"missing or unreadable ({error.strerror})", where=where) from None
        if hashlib.sha256(content).hexdigest() != self.manifest.files[name]:
            raise BadModel(
                f"damaged: its {len(content):,} bytes do not have the checksum in {MANIFEST}",
                where=where,
                hint="install or train the model again",
            )
        return content

    def tokenizer(self) -> Tokenizer:
        """What turns text into the ids that the graph reads."""
        try:
            return Tokenizer(self.read(TOKENIZER))
        except BadModel as problem:
            problem.where = problem.where or str(self.folder / TOKENIZER)
            raise

    def verify(self) -> Iterator[tuple[str, str]]:
        """Each file's name with what is wrong with it, "" when nothing is."""
        from nlpcell.weights import arrays, parameters  # NumPy is more than a manifest needs

        kinds = {WEIGHTS: parameters, TABLE: arrays, LEXICON: arrays}
        for name in self.manifest.files:
            try:
                content = self.read(name)
                if name in kinds:
                    kinds[name](content, name)
            except BadModel as error:
                yield name, error.what
            else:
                yield name, ""


def checked(content: bytes, where: str) -> Manifest:
    """The manifest in `content`, or BadModel: nothing in it is believed before it is looked at."""
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError):
        raise BadModel(f"{MANIFEST} is not valid JSON", where=where) from None
    if not isinstance(raw, dict) or not isinstance(raw.get("format"), int):
        raise BadModel(f"{MANIFEST} does not state its format", where=where)
    if raw["format"] > FORMAT:
        needed = json.dumps(str(raw.get("nlpcell", "a newer version"))[:40])[1:-1]
        raise BadModel(f"needs nlpcell >= {needed}; this is {nlpcell.__version__}", where=where)
    for key, value in raw.items():
        if key not in KINDS:
            raise BadModel(f"{MANIFEST} has an unknown entry {json.dumps(key[:40])}", where=where)
        if not isinstance(value, KINDS[key]) or isinstance(value, bool):
            raise BadModel(f'"{key}" in {MANIFEST} is of the wrong kind', where=where)
    if not {"task", "settings", "files"} <= raw.keys():
        raise BadModel(f"{MANIFEST} must state task, settings and files", where=where)
    if not raw["task"].isidentifier():  # it becomes part of a hint that people paste
        raise BadModel(f"{MANIFEST} names no task", where=where)
    if not 0.001 <= raw.get("temperature", 1.0) <= 1000:
        raise BadModel(f'"temperature" in {MANIFEST} is out of range', where=where)
    if not all(isinstance(one, dict) for one in raw.get("scores", [])):
        raise BadModel(f'"scores" in {MANIFEST} is of the wrong kind', where=where)
    check_names(raw.get("labels", []), raw["files"], where)
    return Manifest(**raw)


def check_names(labels: list[Any], files: dict[str, Any], where: str) -> None:
    """Refuse labels that cannot be told apart or printed, and files outside the folder."""
    if len(set(map(str, labels))) < len(labels):
        raise BadModel(f"{MANIFEST} has a label twice", where=where)
    for label in labels:
        if not isinstance(label, str) or not label or not label.isprintable():
            raise BadModel(f"{MANIFEST} has a label that cannot be printed", where=where)
    for name, digest in files.items():
        if leads_elsewhere(name):
            raise BadModel(f"{MANIFEST} names a file outside the folder", where=where)
        if not isinstance(digest, str):
            raise BadModel(f'"files" in {MANIFEST} is of the wrong kind', where=where)


def leads_elsewhere(name: str) -> bool:
    """Whether this cannot be the plain name of a file in a model's folder."""
    odd = not name or name.startswith(".") or len(name) > 100 or not name.isprintable()
    return odd or "/" in name or "\\" in name


def save(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> Bundle:
    """Write a bundle. The manifest goes away first and comes last: it makes the folder a model.

    Files of a model that was there before go with it, where the new one has none of that name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stale = listed(folder) - files.keys()
    for name in (MANIFEST, *stale):
        (folder / name).unlink(missing_ok=True)
    for name, content in files.items():
        write_whole(folder / name, content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    complete = {**asdict(manifest), "files": digests}
    text = json.dumps(complete, ensure_ascii=False, indent=2) + "\n"
    # A path of odd bytes in the command is kept as \udcXX, which JSON reads back.
    write_whole(folder / MANIFEST, text.encode("utf-8", "backslashreplace"))
    return Bundle.load(folder)


def listed(folder: Path) -> set[str]:
    """The files of the model in a folder; none where there is no model."""
    try:
        return set(Bundle.load(folder).manifest.files)
    except Problem:
        return set()


def shelves() -> list[Path]:
    """The folders whose sub-folders are models: those that ship, then the user's own."""
    import platformdirs

    shipped = Path(nlpcell.__file__).parent / "pretrained"
    return [shipped, platformdirs.user_data_path("nlpcell") / "models"]


def installed() -> list[Path]:
    """The folders of all models that can be called by name."""
    found: list[Path] = []
    for shelf in shelves():
        if shelf.is_dir():
            found += sorted(path.parent for path in shelf.glob(f"*/{MANIFEST}"))
    return found


def find(model: str | Path, task: str | None = None) -> Bundle:
    """The bundle called `model`: the name of an installed one, or a folder."""
    path = Path(model)
    if os.path.isdir(path):  # unlike Path.is_dir it raises for no name, however odd
        return Bundle.load(path, task)
    if os.path.isfile(path):
        raise refusal(path)
    if len(str(model)) > 255 or "\0" in str(model):
        raise BadModel("this is no name of a model", where=str(model)[:40].replace("\0", "?"))
    for folder in installed():
        if folder.name == str(model):
            return Bundle.load(folder, task)
    near = did_you_mean(str(model), [folder.name for folder in installed()])
    raise BadModel(f'no model named "{model}"', hint=f"{near}nlpcell models list")
