"""Models on the user's own shelf: put there whole, taken away whole, nothing unpacked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nlpcell import transit
from nlpcell.bundle import MANIFEST, Bundle, installed, shelves
from nlpcell.errors import BadModel, SystemTrouble, WrongUse, did_you_mean
from nlpcell.files import beside, cannot_write, sweep, sync_folder, write_whole

LONGEST_NAME = 100  # characters


def own_shelf() -> Path:
    """The folder that holds the user's models; it need not exist."""
    return shelves()[-1]


def shipped() -> list[str]:
    """The names of the models that come with nlpcell."""
    return [folder.name for folder in installed() if folder.parent == shelves()[0]]


def take_in(source: Path, name: str | None = None, force: bool = False) -> Bundle:
    """Copy a model folder to the shelf, under `name` or its own, each file checked.

    Raises BadModel for what is no whole model, WrongUse when the name is taken.
    """
    bundle = Bundle.load(source)
    name = fit_name(bundle.name if name is None else name)
    if name in shipped():
        raise WrongUse(f'"{name}" is a model that ships with nlpcell', hint="choose another --name")
    target = own_shelf() / name
    if os.path.lexists(target) and not force:
        hint = "--name gives another name, --force replaces it"
        raise WrongUse(f'there is a model named "{name}" already', hint=hint)
    with writing(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
    return copied(bundle, target)


def give_out(name: str, target: Path) -> None:
    """Copy a named model to a folder of the user's, or to one file that is named .safetensors.

    Raises WrongUse when something is there.
    """
    bundle = Bundle.load(found(name))
    if os.path.lexists(target):
        raise WrongUse("is there already", where=str(target), hint="choose another --out")
    if target.suffix == transit.SUFFIX:
        write_whole(target, transit.packed(bundle))
    else:
        copied(bundle, target)


def copied(bundle: Bundle, target: Path) -> Bundle:
    """The manifest and the files it names at `target`, which appears when all are there."""
    broken = [f"{name}: {problem}" for name, problem in bundle.verify() if problem]
    if broken:
        raise BadModel("; ".join(broken), where=str(bundle.folder))
    temporary = beside(target)
    with writing(target):
        try:
            temporary.mkdir(parents=True)
            for name in bundle.manifest.files:
                write_whole(temporary / name, bundle.read(name))
            write_whole(temporary / MANIFEST, (bundle.folder / MANIFEST).read_bytes())
            if os.path.lexists(target):
                discard(target)
            os.rename(temporary, target)
            sync_folder(target.parent)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return Bundle.load(target)


def take_away(name: str) -> None:
    """Remove a model from the shelf. Raises WrongUse for one that ships with nlpcell."""
    if name in shipped():
        raise WrongUse(f'"{name}" ships with nlpcell and is not removed')
    folder = found(name)
    with writing(folder):
        discard(folder)
        sync_folder(folder.parent)


def discard(folder: Path) -> None:
    """Take a folder's name away at once, then its files; of a link only the link."""
    if folder.is_symlink():
        folder.unlink()
        return
    leaving = beside(folder)
    os.rename(folder, leaving)
    shutil.rmtree(leaving)


def found(name: str) -> Path:
    """The folder of a model that is called by name, shipped or on the shelf."""
    fit_name(name)
    named = {folder.name: folder for folder in reversed(installed())}
    if name not in named:
        near = did_you_mean(name, named)
        raise BadModel(f'no model named "{name}"', hint=f"{near}nlpcell models list")
    return named[name]


def fit_name(name: str) -> str:
    """The name itself, if it can be that of a model: part of no path, printable, not hidden.

    >>> fit_name("mi-modelo")
    'mi-modelo'
    """
    odd = not name.isprintable() or not name.strip() or name.startswith((".", "-", " "))
    if odd or len(name) > LONGEST_NAME or "/" in name or "\\" in name:
        shown = name[:40].encode("unicode_escape").decode()
        raise BadModel("this is no name of a model", where=shown or '""')
    return name


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what the disk refuses in the user's words."""
    try:
        yield
    except OSError as error:
        raise SystemTrouble(cannot_write(path, 0, error)) from error
