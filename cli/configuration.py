"""Settings files, the strongest first: the project's, the user's, the chosen default models.

A settings file is TOML: keys are the long names of options, for every command that has them;
a table named after a command holds for that command alone:

    threads = 2
    [train.sentiment]
    epochs = 5
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from nlpcell.errors import WrongUse

PROJECT, PYPROJECT, USER, CHOICES = "nlpcell.toml", "pyproject.toml", "config.toml", "defaults.json"


class Source(NamedTuple):
    """One place with settings in it."""

    name: str  # as people are told
    values: dict[str, Any]  # as written there


def user_file(name: str) -> Path:
    """A file in the user's folder of settings, there or not."""
    import platformdirs

    return Path(platformdirs.user_config_dir("nlpcell")) / name


def sources(chosen: Path | None = None) -> list[Source]:
    """Settings in force here, the strongest first. `chosen` replaces the project's file.

    Raises WrongUse when a file cannot be read.
    """
    project = Source(str(chosen), read_toml(chosen)) if chosen else of_project(Path.cwd())
    found = [project] if project else []
    if os.path.isfile(own := user_file(USER)):
        found.append(Source(str(own), read_toml(own)))
    if models := default_models():
        by_task: dict[str, Any] = {task: {"model": name} for task, name in models.items()}
        found.append(Source(str(user_file(CHOICES)), {**by_task, "evaluate": by_task}))
    return found


def of_project(folder: Path) -> Source | None:
    """The settings of the nearest folder upwards that has some."""
    for place in (folder, *folder.parents):
        if os.path.isfile(own := place / PROJECT):
            return Source(str(own), read_toml(own))
        if os.path.isfile(shared := place / PYPROJECT) and may_speak_of_us(shared):
            values = read_toml(shared).get("tool", {}).get("nlpcell")
            if isinstance(values, dict):
                return Source(str(shared), values)
    return None


def may_speak_of_us(path: Path) -> bool:
    """Whether a pyproject.toml is worth parsing: mistakes in others are not our business."""
    try:
        return b"tool.nlpcell" in path.read_bytes()
    except OSError:
        return False


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises WrongUse in words about the file."""
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise WrongUse(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise WrongUse("not UTF-8", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        raise WrongUse(f"not valid TOML: {error}", where=str(path)) from None


def default_models() -> dict[str, str]:
    """The model of each task that the user chose with `nlpcell models default`."""
    path = user_file(CHOICES)
    try:
        found = json.loads(path.read_bytes()) if os.path.isfile(path) else {}
    except OSError as error:
        raise WrongUse(f"cannot be read: {error.strerror}", where=str(path)) from None
    except ValueError:
        raise WrongUse("not valid JSON", where=str(path)) from None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise WrongUse("does not say which model a task uses", where=str(path))
    return found


def choose_model(task: str, name: str | None) -> None:
    """Remember the default model of a task; None: forget it. Raises SystemTrouble."""
    from nlpcell.files import write_whole

    models = {**default_models(), task: name}
    kept = {key: value for key, value in sorted(models.items()) if value is not None}
    path = user_file(CHOICES)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode())
