"""`nlpcell inspect`: what the gates and the memory of a cell do along a sentence."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlpcell.errors import BadInput, WrongUse
from nlpcell.files import write_whole

from . import options, terminal
from .captions import READING, Language, probe_lines
from .choice import chosen
from .records import Reading, records, shown

if TYPE_CHECKING:
    from nlpcell.inference.inspector import Inspector

app = options.alone()
DEFAULT = "agree-es"


class Direction(enum.StrEnum):
    """From which side a layer reads."""

    ahead = "ahead"
    back = "back"


@app.command(epilog=READING[Language.en])
def inspect(
    text: Annotated[
        str | None,
        typer.Argument(help="A sentence; - or nothing is standard input.", show_default=False),
    ] = None,
    model: options.Model = DEFAULT,
    layer: Annotated[
        int | None,
        typer.Option(
            min=1,
            envvar="NLPCELL_LAYER",
            show_default=False,
            help="Layer to look at, from 1; if not given the first one of an agree model, which "
            "has read only what came before, and the last one of a generate model.",
        ),
    ] = None,
    direction: Annotated[
        Direction,
        typer.Option(envvar="NLPCELL_DIRECTION", help="From which side that layer reads."),
    ] = Direction.ahead,
    units: Annotated[
        int, typer.Option(min=1, envvar="NLPCELL_UNITS", help="How many units are shown.")
    ] = 6,
    silence: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_SILENCE",
            show_default=False,
            help="Units of that layer to hold at zero, like 3,17; shows what it changes.",
        ),
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png",
            envvar="NLPCELL_PNG",
            show_default=False,
            help="Write the picture to this file; needs matplotlib.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            envvar="NLPCELL_HTML",
            show_default=False,
            help="Write a page to this file; pointing at a word shows its gates.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", envvar="NLPCELL_JSON", help="Print one JSON document.")
    ] = False,
    language: Annotated[
        Language, typer.Option("--lang", envvar="NLPCELL_LANG", help="Language of the labels.")
    ] = Language.en,
    encoding: options.Encoding = "utf-8",
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Show the gates and the memory of a cell along a sentence."""
    from .heatmap import draw
    from .page import document, page
    from .picture import need_matplotlib
    from .picture import png as picture

    if png:
        need_matplotlib()
    silent = numbers(silence)
    inspector = looked_into(model)
    view = inspector(given(text, Reading(encoding, strict)), layer, direction.value, units, silent)
    if png:
        write_whole(png, picture(view, language))
    if html:
        write_whole(html, terminal.as_bytes(page(view, language)))
    with terminal.Output() as out:
        if as_json:
            out.write(json.dumps(document(view, language), ensure_ascii=False) + "\n")
        elif not (png or html):
            draw(view, language, out)
    for line in probe_lines(view, language):
        terminal.note(line)
    if not view.readings:
        terminal.note(
            "no probes for this layer and direction: the units shown are those that move most"
        )


def looked_into(model: str) -> Inspector:
    """The model, with NumPy loaded only now."""
    from nlpcell.inference.inspector import Inspector

    return Inspector(chosen(model))


def numbers(silence: str | None) -> list[int]:
    """The units of `--silence 3,17`.

    >>> numbers("3,17"), numbers(None)
    ([3, 17], [])
    """
    parts = silence.split(",") if silence else []
    if not all(part.strip().isdecimal() and len(part) < 9 for part in parts):
        raise WrongUse(f'--silence: "{silence}" are no numbers of units', hint="like 3,17")
    return list(dict.fromkeys(int(part) for part in parts))


def given(text: str | None, how: Reading) -> str:
    """The sentence that was typed, or the lines of standard input."""
    if text not in (None, "-"):
        return str(text)
    warnings = terminal.Warnings()
    lines = []
    for window in records(["-"], how, warnings):
        for one in window:
            if one.problem:
                raise BadInput(one.problem, where=f"{shown(one.file)}:{one.number}")
            lines.append(one.text)
    warnings.tell()
    return "\n".join(lines)
