"""A view to a heat map in the terminal: numbers on coloured ground, tab-separated in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import terminal
from .captions import NAMES, Language, answer_lines, title

if TYPE_CHECKING:
    from rich.text import Text

    from nlpcell.inference.inspector import View

MARK = "*"
WIDEST = 12  # characters of a token that are shown


class Row(NamedTuple):
    """One line of the picture: a probe or a unit, along the tokens."""

    head: str
    values: Sequence[float]
    signed: bool  # between -1 and 1, or further; else between 0 and 1
    marks: Sequence[bool] = ()


class Block(NamedTuple):
    """Rows of one kind."""

    title: str
    rows: Sequence[Row]


def blocks(view: View, language: Language) -> Iterator[Block]:
    """What there is to draw: what the probes read, then each gate, unit by unit."""
    name = NAMES[language]
    readings = [Row(name[one.probe.feature], one.chances.tolist(), False) for one in view.readings]
    share = view.overwritten.mean(axis=1).tolist() if view.units else []
    yield Block("", [*readings, Row(name["overwritten"], share, False)] if share else readings)
    for gate, values in view.steps.items():
        yield Block(
            name[gate],
            [
                Row(
                    f"{name['unit']} {unit}", values[:, unit].tolist(),
                    gate in ("memory", "hidden", "candidate"),
                    view.overwritten[:, place].tolist() if is_memory(gate, view) else (),
                )
                for place, unit in enumerate(view.units)
            ],
        )  # fmt: skip


def is_memory(gate: str, view: View) -> bool:
    """Whether a gate is what is carried along, which is where an overwriting is marked."""
    return gate == ("memory" if "memory" in view.steps else "hidden") and view.cell != "rnn"


def draw(view: View, language: Language, out: terminal.Output) -> None:
    """Write the picture: for people as wide as the terminal, for programs as a table."""
    if not out.watched:
        rows = [[title(view, language), *(shown(one) for one in view.tokens)]]
        for block in blocks(view, language):
            for row in block.rows:
                marks = row.marks or [False] * len(row.values)
                cells = [
                    f"{one:z.3f}{MARK * mark}" for one, mark in zip(row.values, marks, strict=True)
                ]
                rows.append([f"{block.title} {row.head}".strip(), *cells])
        terminal.table(rows, out)
        for line in answer_lines(view, language):
            out.write(line + "\n")
        return
    from rich.console import Console

    console = Console(color_system="auto" if terminal.coloured(sys.stdout) else None)
    with console.capture() as capture:
        for part in painted(view, language, console.width):
            console.print(part, no_wrap=True, crop=False, highlight=False, overflow="ignore")
    out.write_as_it_is(capture.get())


def painted(view: View, language: Language, width: int) -> Iterator[Text]:
    """The lines of the picture; when the sentence is too long it goes on below."""
    from rich.text import Text

    found = list(blocks(view, language))
    margin = max([len(row.head) for block in found for row in block.rows] + [4]) + 3
    yield Text(title(view, language), style="bold")
    for start, stop in stretches(view.tokens, width - margin):
        spans = [column(one) for one in view.tokens[start:stop]]
        head = "".join(f"{shown(one)[:WIDEST]:>{span}}" for one, span in
                       zip(view.tokens[start:stop], spans, strict=True))  # fmt: skip
        yield Text(" " * margin + head, style="bold")
        for block in found:
            if block.title:
                yield Text(block.title, style="italic")
            for row in block.rows:
                yield line(row, margin, spans, start)
        yield Text("")
    for words in answer_lines(view, language):
        yield Text(terminal.visible(words))


def line(row: Row, margin: int, spans: Sequence[int], start: int) -> Text:
    """A row between two columns, each number on the colour of its value."""
    from rich.text import Text

    found = Text(f"  {row.head}".ljust(margin))
    for place, span in enumerate(spans, start):
        mark = MARK if row.marks and row.marks[place] else " "
        colours = ground(row.values[place], row.signed)
        found.append(f"{row.values[place]:z.2f}{mark}".rjust(span), style=colours)
    return found


def ground(value: float, signed: bool) -> str:
    """White for nothing, red for much, blue for less than nothing.

    >>> ground(0.0, True), ground(1.0, False), ground(-2.0, True)
    ('black on #ffffff', 'black on #ff7878', 'black on #7878ff')
    """
    strength = min(1.0, abs(value))
    other = round(255 - 135 * strength)
    red, blue = (255, other) if value >= 0 or not signed else (other, 255)
    return f"black on #{red:02x}{other:02x}{blue:02x}"


def shown(token: str) -> str:
    """A token in one visible piece.

    >>> shown("casa"), shown(" "), shown(chr(10))
    ('casa', '␣', '\\\\n')
    """
    return {" ": "␣", "\n": "\\n", "\t": "\\t"}.get(token, terminal.visible(token)) or "□"


def column(token: str) -> int:
    """How many characters wide a token's column is."""
    return max(7, min(WIDEST, len(shown(token))) + 1)


def stretches(tokens: Sequence[str], width: int) -> Iterator[tuple[int, int]]:
    """Cut the tokens where the terminal ends: (first, one past the last).

    >>> list(stretches(["la", "casa", "es"], 15))
    [(0, 2), (2, 3)]
    """
    start = used = 0
    for place, token in enumerate(tokens):
        if used and used + column(token) > width:
            yield start, place
            start, used = place, 0
        used += column(token)
    yield start, len(tokens)
