"""Bytes to a file, whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nlpcell import files
from nlpcell.errors import SystemTrouble
from nlpcell.files import MARK, sweep, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_old_or_new_and_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "model"
    write_whole(path, b"old")
    write_whole(path, b"\0new\r\n")
    assert path.read_bytes() == b"\0new\r\n"
    assert names(tmp_path) == ["model"]


@pytest.mark.parametrize("wanted", [0o640, 0o600, 0o755])
def test_the_mode_is_kept(tmp_path: Path, wanted: int) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(wanted)
    write_whole(path, b"new")
    assert mode(path) == wanted


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "file", b"new")
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "file", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(Path("there") / "file")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert (names(tmp_path), names(tmp_path / "there")) == (["link", "there"], ["file"])


@pytest.mark.parametrize("step", ["fsync", "write", "replace"])
def test_a_full_disk_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    if step == "write":

        def opened(*arguments: object) -> object:
            open(*arguments).close()  # type: ignore[call-overload]
            return FullFile()

        monkeypatch.setattr(files, "open", opened, raising=False)
    else:
        monkeypatch.setattr(files.os, step, full)
    with pytest.raises(
        SystemTrouble, match=r"disk full \(needs 12,345 bytes, [\d,]+ free\)"
    ) as caught:
        write_whole(path, b"x" * 12_345)
    monkeypatch.undo()
    assert str(path) in str(caught.value)
    assert caught.value.exit_code == 5
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


class FullFile:
    """An open file on a disk without room."""

    def __enter__(self) -> FullFile:
        return self

    def __exit__(self, *_: object) -> None: ...

    write = full


def test_other_faults_are_said_in_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(SystemTrouble, match=r"cannot write .*: No such file or directory"):
        write_whole(tmp_path / "missing" / "file", b"")
    with pytest.raises(SystemTrouble, match=r"cannot write .*: Is a directory"):
        write_whole(tmp_path, b"")
    assert names(tmp_path) == []
    assert not list(tmp_path.parent.glob(f"{MARK}*"))


def test_sweep_takes_the_temporaries_of_the_dead_only(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    dead = [f"{MARK}{process.pid}-0a", f"{MARK}{10**30}-0b", f"{MARK}²-0c", f"{MARK}x"]
    living = [f"{MARK}{os.getpid()}-0a", f"{MARK}1-0b", "file", ".hidden"]
    for name in dead + living:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert names(tmp_path) == sorted(living)
    sweep(tmp_path / "missing")
