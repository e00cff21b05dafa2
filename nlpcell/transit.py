"""A model on its way: one safetensors file, in which every file of the folder is an array of bytes.

At rest a model is a folder (bundle.py). Nothing of the file is believed: it is read as weights are,
its names may lead nowhere, and what comes out is checked like any other folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nlpcell
from nlpcell.bundle import MANIFEST, Bundle, leads_elsewhere
from nlpcell.errors import BadModel
from nlpcell.strangers import is_safetensors, refusal

SUFFIX = ".safetensors"


def packed(bundle: Bundle) -> bytes:
    """The whole model as the content of one file. Raises BadModel where a file is damaged."""
    import numpy as np  # lists and helps do without
    from safetensors.numpy import save

    files = {name: bundle.read(name) for name in bundle.manifest.files}
    files[MANIFEST] = (bundle.folder / MANIFEST).read_bytes()
    arrays = {name: np.frombuffer(content, np.uint8) for name, content in files.items()}
    content: bytes = save(arrays, {"nlpcell": nlpcell.__version__})
    return content


def unpacked(content: bytes, where: str) -> dict[str, bytes]:
    """The files of a model by their names. Raises BadModel for anything but a packed model."""
    from nlpcell.weights import arrays

    files = {}
    for name, one in arrays(content, where).items():
        if one.dtype != "u1" or leads_elsewhere(name):
            raise BadModel("holds something else than the files of a model", where=where)
        files[name] = one.tobytes()
    if MANIFEST not in files:
        raise BadModel(f"holds no {MANIFEST}", where=where)
    return files


@contextmanager
def opened(source: Path) -> Iterator[Path]:
    """The folder of a model; that of a packed one lasts as long as the context.

    Raises BadModel, with what the file is, for a file that is no packed model.
    """
    if not source.is_file():
        yield source
        return
    with open(source, "rb") as file:  # a look first: what is no model may be of any size
        start = file.read(9)
        if not is_safetensors(start):
            raise refusal(source)
        content = start + file.read()
    files = unpacked(content, str(source))
    with tempfile.TemporaryDirectory() as folder:
        for name, one in files.items():
            (Path(folder) / name).write_bytes(one)
        yield Path(folder)
