"""Settings as processes meet them: option, environment, project, user, default, in this order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import Done, nlpcell, terminal

FEA = b"la cama es fea\n"


@pytest.fixture
def deep(home: Path) -> Path:
    """A folder two below the project's."""
    (home / "project" / "a" / "b").mkdir(parents=True)
    return home / "project" / "a" / "b"


def judged(folder: Path, *words: str | Path, **extra: str) -> Done:
    """`nlpcell sentiment` run in `folder`, whose user lives elsewhere."""
    user = {"HOME": str(folder.parent.parent.parent)}
    return nlpcell("sentiment", *words, home=folder, stdin=FEA, **{**user, **extra})


def user_file(home: Path, text: str) -> None:
    (home / ".config" / "nlpcell").mkdir(parents=True, exist_ok=True)
    (home / ".config" / "nlpcell" / "config.toml").write_text(text)


def test_the_stronger_setting_wins(judge: Path, deep: Path, home: Path) -> None:
    """Each layer is put over the one before, and each time it is the newest that counts."""
    user_file(home, f'model = "{judge}"\nformat = "tsv"\n')
    assert judged(deep).out.startswith(b"neg\t")
    (home / "project" / "pyproject.toml").write_text('[tool.nlpcell]\nformat = "json"\n')
    assert judged(deep).out.startswith(b'{"line": 1')
    (home / "project" / "a" / "nlpcell.toml").write_text('format = "tsv"\n[sentiment]\n')
    assert judged(deep).out.startswith(b"neg\t")
    (home / "project" / "a" / "nlpcell.toml").write_text(
        'format = "tsv"\n[sentiment]\nformat = "text"\nscores = true\n'
    )
    assert judged(deep).out.startswith(b"neg\tneg=")
    assert judged(deep, NLPCELL_FORMAT="json").out.startswith(b'{"line": 1')
    assert judged(deep, "--set", "format=tsv", NLPCELL_FORMAT="json").out.startswith(b"neg\t1.")
    done = judged(deep, "--set", "format=tsv", "--format", "json", NLPCELL_FORMAT="text")
    assert done.out.startswith(b'{"line": 1')


def test_a_file_can_be_named(judge: Path, deep: Path) -> None:
    (deep / "nlpcell.toml").write_text('format = "json"\n')
    (deep / "other.toml").write_text(f'model = "{judge}"\nformat = "tsv"\n')
    assert judged(deep, "--config", "other.toml").out.startswith(b"neg\t")
    assert judged(deep, NLPCELL_CONFIG="other.toml").out.startswith(b"neg\t")
    done = judged(deep, "--config", "none.toml")
    assert (done.code, done.err) == (
        2,
        "error: none.toml: cannot be read: No such file or directory\n",
    )


def test_config_show_names_the_winner(deep: Path, home: Path) -> None:
    user_file(home, "threads = 1\nformat = 'tsv'\n")
    (deep / "nlpcell.toml").write_text("[sentiment]\nthreads = 2\n")
    extra = {"HOME": str(home), "NLPCELL_STRICT": "1"}
    command = ["config", "show", "--json", "--set", "quiet=true"]
    rows = json.loads(nlpcell(*command, home=deep, **extra).out)
    found = {
        one["option"]: (one["value"], one["source"])
        for one in rows
        if one["command"] == "sentiment"
    }
    own, project = str(home / ".config/nlpcell/config.toml"), str(deep / "nlpcell.toml")
    assert found == {
        "threads": (2, project),
        "format": ("tsv", own),
        "strict": ("1", "NLPCELL_STRICT"),
        "quiet": ("true", "--set"),
    }
    table = nlpcell("config", "show", "--all", home=deep, **extra).out.decode().split("\n")
    assert table[0] == "command\toption\tvalue\tfrom"
    assert 'sentiment\tencoding\t"utf-8"\tdefault' in table
    assert f"sentiment\tthreads\t2\t{project}" in table


BAD = [
    ("thredas = 1\n", 'no command or option is called "thredas"', 'did you mean "threads"?'),
    ("[sentimnt]\n", 'no command or option is called "sentimnt"', 'did you mean "sentiment"?'),
    ("[sentiment]\nbeam = 1\n", 'no command or option is called "beam"', ""),
    ("threads = \n", "not valid TOML", ""),
    ("threads = {a = 1}\n", '"threads" is neither text, a number nor true or false', ""),
    ("[agree]\nwrite = true\n", '"write" has to be typed each time', ""),
    ("output = 'x'\n", '"output" has to be typed each time', ""),
    ("color = 'blue'\n", '"blue" is no value of color', "one of auto, always, never"),
    ("threads = 'many'\n", "invalid value for '--threads'", "it stands in {file}"),
    ("threads = 0\n", "invalid value for '--threads'", "it stands in {file}"),
]


@pytest.mark.parametrize(("text", "what", "hint"), BAD)
def test_a_bad_settings_file_is_wrong_use(deep: Path, text: str, what: str, hint: str) -> None:
    (deep / "nlpcell.toml").write_text(text)
    done = judged(deep)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("error: ") and what in done.err
    assert hint.format(file=deep / "nlpcell.toml") in done.err


@pytest.mark.parametrize("pair", ["thredas=1", "threads", "=1", "config=x", "set=x"])
def test_set_knows_the_options(deep: Path, pair: str) -> None:
    done = judged(deep, "--set", pair)
    assert done.code == 2 and done.err.startswith(f'error: --set: "{pair}" sets no option\nhint: ')


def test_a_damaged_choice_of_models_is_told(home: Path) -> None:
    user_file(home, "")
    for text in ("{", "[]", '{"sentiment": 5}'):
        (home / ".config" / "nlpcell" / "defaults.json").write_text(text)
        done = nlpcell("sentiment", home=home, stdin=FEA)
        assert (done.code, done.out, "defaults.json: " in done.err) == (2, b"", True)


def test_verbose_says_what_is_used(judge: Path, deep: Path) -> None:
    (deep / "nlpcell.toml").write_text(f'model = "{judge}"\n')
    done = judged(deep, "-v")
    assert done.out == b"neg\n"
    settings, model = done.err.splitlines()
    assert settings == f"settings: {deep / 'nlpcell.toml'}"
    assert model.startswith("model: judge@") and model.endswith(f" in {judge}")


def test_color_is_asked_for(mender: Path, home: Path) -> None:
    command = ["agree", "-m", mender, "--explain", "la casa es blanco"]
    green = "\x1b[32mblanca\x1b[0m"
    assert green.encode() in nlpcell(*command, "--color", "always", home=home).out
    assert b"\x1b" not in nlpcell(*command, home=home).out
    assert green in terminal(home, *command)[1]
    assert "\x1b" not in terminal(home, *command, "--color=never")[1]
    assert "\x1b" not in terminal(home, *command, NO_COLOR="1")[1]
    assert green in terminal(home, *command, "--color", "always", NO_COLOR="1")[1]


def test_completion_names_commands_and_options(home: Path) -> None:
    for words, place, wanted in (
        ("nlpcell sent", "1", "sentiment"),
        ("nlpcell models im", "2", "import"),
        ("nlpcell train generate --bud", "3", "--budget"),
    ):
        given = {"_NLPCELL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": place}
        done = nlpcell(home=home, **given)
        assert (done.code, done.out.decode().split(), done.err) == (0, [wanted], "")
