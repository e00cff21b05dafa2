"""The house rules of the sources, read from their syntax trees: floors, sizes, forbidden calls."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOMES = ("nlpcell", "cli", "corpora")
SOURCES = sorted(path for home in HOMES for path in (ROOT / home).rglob("*.py"))

# The rooms that a room may import from, besides itself. "ground" is nlpcell/*.py.
GROUND = {"ground"}
MAY_IMPORT = {
    "ground": set(),
    "modules": GROUND,
    "models": GROUND | {"modules"},
    "training": GROUND | {"modules", "models"},
    "inference": GROUND,
    "pretrained": GROUND,
    "corpora": GROUND,
    "cli": GROUND | {"modules", "models", "training", "inference", "pretrained", "corpora"},
}
UPWARD = {  # every import that climbs, and why
    ("nlpcell/__init__.py", "nlpcell.inference"),  # nlpcell.load, inside the function
    ("nlpcell/__main__.py", "nlpcell.cli.app"),  # python -m nlpcell
    ("training", "nlpcell.inference.decoding"),  # one beam search in the house
    ("training", "nlpcell.inference.generator"),  # what is scored is what will answer
    ("training", "nlpcell.inference.classifier"),
    ("training", "nlpcell.inference.corrector"),
    ("training", "nlpcell.inference.secondlook"),
    ("training", "nlpcell.inference.translator"),
}
HEAVY = {"torch", "datasets", "sacrebleu", "sklearn", "pandas"}
FORBIDDEN_MODULES = {
    "pickle",
    "cPickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "click",
    "tarfile",
    "zipfile",
    "zipimport",
}
FORBIDDEN_CALLS = {"torch.load", "torch.save", "torch.jit", "torch.hub", "typer._click"}
FORBIDDEN_CALLS |= {"yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load"}
FORBIDDEN_CALLS |= {"shutil.unpack_archive", "shutil.register_unpack_format"}
FORBIDDEN_CALLS |= {"eval", "exec", "builtins.eval", "builtins.exec"}
NO_IDEA = {"utils", "util", "helpers", "helper", "common", "misc"}
LONG = "long because"  # a file or function over its size says this in the module's docstring
MACHINES = ["/" + "work/", "/" + "root/", "/" + "tmp/w"]

every_source = pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: str(path.relative_to(ROOT))
)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    """The name by which a source is imported.

    >>> module(ROOT / "cli" / "app.py"), module(ROOT / "nlpcell" / "modules" / "__init__.py")
    ('nlpcell.cli.app', 'nlpcell.modules')
    """
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    parts = parts if parts[0] == "nlpcell" else ["nlpcell", *parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


ROOMS = {module(path): path for path in SOURCES}


def room(name: str) -> str:
    """The folder a module of ours lives in; "ground" for the files directly in nlpcell/."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in MAY_IMPORT else "ground"


def imports(path: Path, nodes: Iterator[ast.AST] | None = None) -> Iterator[str]:
    """Full names of what a source imports: modules, and names taken from packages."""
    package = module(path) if path.name == "__init__.py" else module(path).rpartition(".")[0]
    for node in nodes or ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join(
                ([*above] if node.level else []) + ([node.module] if node.module else [])
            )
            for name in node.names:
                full = f"{base}.{name.name}"
                yield full if full in ROOMS or full.startswith("typer._") else base


def at_import(path: Path) -> Iterator[ast.AST]:
    """The nodes that run when a source is imported: all but functions and TYPE_CHECKING."""
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and dotted(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def climbs(path: Path) -> list[str]:
    """Imports of ours that do not point down."""
    here, name = room(module(path)), str(path.relative_to(ROOT))
    return [
        found
        for found in imports(path)
        if found.split(".")[0] in HOMES
        and (found.split(".")[0] != "nlpcell" or room(found) not in MAY_IMPORT[here] | {here})
        and not {(name, found), (here, found)} & UPWARD
    ]


@every_source
def test_imports_point_down_only(path: Path) -> None:
    assert climbs(path) == []


@every_source
def test_what_answers_imports_nothing_heavy(path: Path) -> None:
    if room(module(path)) in ("ground", "inference"):
        assert HEAVY.isdisjoint(name.split(".")[0] for name in imports(path))


@every_source
def test_commands_and_the_library_start_light(path: Path) -> None:
    """cli/: standard library, typer, ground and siblings at the top; heavy things in bodies."""
    here = room(module(path))
    for name in imports(path, at_import(path)):
        first = name.split(".")[0]
        if here == "cli" and first == "nlpcell":
            assert room(name) in ("ground", "cli"), name
        elif here == "cli":
            assert first in sys.stdlib_module_names | {"typer"}, name


def dotted(node: ast.AST) -> str:
    """`a.b.c` as a string; "" for what is no plain chain of names."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def dangers(source: ast.Module) -> set[str]:
    """What a syntax tree imports or names that can run what a file contains."""
    found: set[str] = set()
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            found |= {"pickle"} if getattr(node.value, "value", True) else set()
        elif isinstance(node, ast.Name | ast.Attribute):
            found.add(dotted(node))
    return {name for name in found if name.split(".")[0] in FORBIDDEN_MODULES} | {
        name for name in found if any(f"{name}.".startswith(f"{one}.") for one in FORBIDDEN_CALLS)
    }


@every_source
def test_nothing_runs_what_a_file_contains(path: Path) -> None:
    assert dangers(tree(path)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "import click",
        "from typer import _click",
        "from typer._click import echo",
        "import torch\ntorch.load('x')",
        "from torch import load",
        "eval('1')",
        "import yaml\nyaml.load('')",
        "import numpy\nnumpy.load('x', allow_pickle=True)",
        "import joblib",
        "from zipfile import ZipFile",
        "import tarfile\ntarfile.open('x').extractall()",
        "import shutil\nshutil.unpack_archive('x')",
        "from yaml import full_load",
    ],
)
def test_the_search_for_dangers_finds_them(line: str) -> None:
    assert dangers(ast.parse(line))
    assert not dangers(ast.parse("import typer\nmodel.eval()\nyaml.safe_load('')\nself.load()"))


@every_source
def test_a_file_has_one_idea_and_says_it(path: Path) -> None:
    words = ast.get_docstring(tree(path)) or ""
    assert words, "no docstring"
    assert path.stem not in NO_IDEA
    if LONG not in words:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


@every_source
def test_a_function_has_one_step(path: Path) -> None:
    """Forty lines; a command's signature is what the user reads, so there only the body counts."""
    if LONG in (ast.get_docstring(tree(path)) or ""):
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0].lineno if room(module(path)) == "cli" else node.lineno
            assert (node.end_lineno or 0) - first + 1 <= 40, f"{node.name}, line {node.lineno}"


def test_every_folder_is_a_listed_package_and_every_data_file_travels() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    for home in HOMES:
        assert list((ROOT / home).glob("*.py")), f"{home}/ holds no source"
    places = {
        "nlpcell.cli": ROOT / "cli",
        "nlpcell.corpora": ROOT / "corpora",
        "nlpcell": ROOT / "nlpcell",
    }
    places |= {f"nlpcell.{path.name}": path for path in folders(ROOT / "nlpcell")}
    assert set(setup["packages"]) == set(places)
    assert setup["package-dir"] == {"nlpcell.cli": "cli", "nlpcell.corpora": "corpora"}
    for package, place in places.items():
        patterns = setup["package-data"].get(package, [])
        for path in place.rglob("*"):
            name = str(path.relative_to(place))
            inner = path.relative_to(place).parts[0] in {one.name for one in folders(place)}
            if path.is_dir() or path.suffix == ".py" or "__pycache__" in name:
                continue
            if package == "nlpcell" and inner:
                continue  # a package of its own
            depths = [one for one in patterns if one.count("/") == name.count("/")]
            assert any(fnmatch(name, one) for one in depths), f"{package}: {name} is left behind"


def folders(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.is_dir() and path.name != "__pycache__"]


@every_source
def test_sources_know_no_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [machine for machine in MACHINES if machine in text]
