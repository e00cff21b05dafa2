"""How `nlpcell inspect` shows it: table, terminal, page, picture, in two languages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from handmade import (
    TEXT,
    document,
    handmade,
    inspected,
)
from processes import environment, terminal

from nlpcell.cli.captions import NAMES, READING, Language


@pytest.fixture(scope="session")
def corrector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handmade(tmp_path_factory.mktemp("models") / "own-agree")


def test_a_pipe_gets_a_table(corrector: Path) -> None:
    done = inspected(corrector, "--units", "2")
    rows = [line.split("\t") for line in done.out.decode().splitlines()]
    assert rows[0] == ["LSTM, layer 1, left to right", *TEXT.split()]
    assert {len(row) for row in rows} == {5} and len(rows) == 1 + 3 + 6 * 2
    assert [row[0] for row in rows[1:5]] == [
        "feminine", "plural", "overwritten", f"forget gate {rows[4][0][12:]}",
    ]  # fmt: skip
    assert "right on 91.0% of 1,234 held-out words" in done.err
    assert inspected(corrector, "-q").err == ""


def in_terminal(model: Path, *more: str, text: str = TEXT, **extra: str) -> list[str]:
    """The lines that a terminal of 100 columns gets."""
    given = ["inspect", text, "--model", model, "-q", *more]
    code, shown = terminal(model.parent, *given, **extra)
    assert code == 0, shown
    return shown.split("\r\n")


ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_colours_on_a_terminal_and_none_where_they_are_not_wanted(corrector: Path) -> None:
    coloured = in_terminal(corrector)
    assert any("\x1b[30;48;5;" in line for line in coloured)
    for extra in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = in_terminal(corrector, **extra)
        assert not any("\x1b" in line for line in plain)
        assert plain == [ESCAPE.sub("", line) for line in coloured]


@pytest.mark.parametrize("columns", [40, 60, 200])
def test_a_long_sentence_goes_on_below(corrector: Path, columns: int) -> None:
    text = " ".join(f"palabra{number}" for number in range(14))
    lines = in_terminal(corrector, text=text, COLUMNS=str(columns), NO_COLOR="1")
    assert max(map(len, lines)) <= columns
    heads = [line.split() for line in lines if line.startswith("      ") and "palabra" in line]
    assert [word for head in heads for word in head] == text.split()
    assert (len(heads) == 1) == (columns == 200)


def test_a_terminal_obeys_no_character_of_the_text(corrector: Path) -> None:
    lines = in_terminal(corrector, text="la\x1b[2J casa\x07", NO_COLOR="1")
    assert not any("\x1b" in line or "\x07" in line for line in lines)
    assert any("\\x07" in line for line in lines)


def test_labels_in_two_languages(corrector: Path) -> None:
    assert NAMES[Language.en].keys() == NAMES[Language.es].keys()
    found = {lang: inspected(corrector, "--lang", lang) for lang in ("en", "es")}
    assert "forget gate unit" in found["en"].out.decode()
    spanish = found["es"].out.decode()
    for words in ("puerta de olvido unidad", "femenino", "se sobrescribe", "estado de celda"):
        assert words in spanish
    assert "la sonda acierta en el 91.0%" in found["es"].err
    assert inspected(corrector, "--lang", "fr").code == 2


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.heads: list[str] = []
        self.script = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "srcset")]
        self.links += [tag] * (tag in ("link", "iframe", "img", "object", "embed", "base"))
        if tag not in ("meta", "p", "html"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("p", "html"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.script += data
        elif self.open[-1:] == ["th"] and "thead" in self.open:
            self.heads.append(data)


def test_one_page_that_needs_nothing_else(corrector: Path, tmp_path: Path) -> None:
    text = 'la </script><b>"casa"</b> & más'
    done = inspected(corrector, "--html", tmp_path / "a.html", "--lang", "es", text=text)
    assert (done.code, done.out) == (0, b"")
    content = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(content)
    assert page.open == [] and page.links == []
    assert not re.search(r"https?:|//[a-z]|@import|url\(|fetch|import\(", content)
    assert content.startswith("<!doctype html>") and '<html lang="es">' in content
    view = json.loads(re.findall(r"const view = (.*);\n", page.script)[0])
    tokens = document(corrector, text=text)["tokens"]
    assert page.heads == view["tokens"] == tokens
    values = [row["values"] for row in view["rows"] if "values" in row]
    assert len(values) == 3 + 6 * 6 and {len(row) for row in values} == {len(tokens)}
    assert content.count("<td ") == sum(map(len, values))
    words = " ".join(READING[Language.es].split())
    assert words.partition("«")[0] in " ".join(content.split())


def test_a_picture(corrector: Path, tmp_path: Path) -> None:
    strange = "cuesta $5 o $\\bad{ 日本"
    done = inspected(corrector, "--png", tmp_path / "a.png", "-q", text=strange)
    assert (done.code, done.out, done.err) == (0, b"", "")
    from matplotlib import image

    height, width, _ = image.imread(tmp_path / "a.png").shape
    assert height > width > 300


def test_a_picture_without_matplotlib(corrector: Path, tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['matplotlib'] = None; from nlpcell.cli.app import main; "
    given = ["inspect", TEXT, "--model", str(corrector), "--png", str(tmp_path / "a.png")]
    code = f"{hidden}sys.argv = ['nlpcell', *{given!r}]; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path)
    )
    assert done.returncode == 5
    assert done.stderr == 'error: --png needs matplotlib\nhint: pip install "nlpcell[train]"\n'
    assert not (tmp_path / "a.png").exists()
