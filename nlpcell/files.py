"""Bytes to a file, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

from nlpcell.errors import SystemTrouble

MARK = ".nlpcell-"  # begins the name of every temporary, so that left-overs can be recognised


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a reader, or a crash, meets the old file or the new one.

    A temporary in the same folder, fsync, rename, fsync of the folder. The mode is that of the
    old file, else the umask's. Raises SystemTrouble when the disk is full or forbids it.
    """
    path = Path(os.path.realpath(path))
    temporary = beside(path)
    try:
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(temporary, path.stat().st_mode & 0o7777)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise SystemTrouble(cannot_write(path, len(data), error)) from error


def beside(path: Path) -> Path:
    """A temporary name in the same folder, which a later start sweeps away."""
    return path.with_name(f"{MARK}{os.getpid()}-{os.urandom(4).hex()}")


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, needed: int, error: OSError) -> str:
    """The reason in the user's words; for a full disk with both sizes."""
    if error.errno != errno.ENOSPC:
        return f"cannot write {path}: {error.strerror or error}"
    space = os.statvfs(path.parent)
    free = space.f_bavail * space.f_frsize
    return f"cannot write {path}: disk full (needs {needed:,} bytes, {free:,} free)"


def sweep(folder: Path) -> None:
    """Remove temporaries that a dead process left in `folder`."""
    for leftover in folder.glob(f"{MARK}*"):
        owner = leftover.name.removeprefix(MARK).split("-")[0]
        if not (owner.isdecimal() and is_alive(int(owner))):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
                continue
            with contextlib.suppress(OSError):
                leftover.unlink()


def is_alive(process: int) -> bool:
    """Whether a process with this number runs on this machine."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
