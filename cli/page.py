"""A view to one HTML page that needs nothing else: point at a token to see its gates."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from .captions import NAMES, READING, Language, answer_lines, probe_lines, title
from .heatmap import MARK, Row, blocks, ground, shown

if TYPE_CHECKING:
    from nlpcell.inference.inspector import View

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
table { border-collapse: collapse } th { font-weight: normal; text-align: left; padding: 0 .6em }
thead th { cursor: default; text-align: center; font-weight: bold; padding: .3em .6em }
thead th:focus, thead th:hover { background: #ffe9a8; outline: none }
td { width: 4em; text-align: right; padding: .1em .5em; font-variant-numeric: tabular-nums }
.gate th { padding-top: .8em; font-style: italic } .here { outline: 2px solid #c90 }
#gates { position: fixed; top: 1em; right: 1em; background: #fffdf4; border: 1px solid #ccc;
  padding: .6em 1em; white-space: pre; font: 13px/1.4 monospace; max-height: 90vh; overflow: auto }
"""
SCRIPT = """
const box = document.getElementById("gates");
for (const head of document.querySelectorAll("thead th[data-at]")) {
  const at = Number(head.dataset.at);
  const show = () => {
    box.hidden = false;
    box.textContent = view.tokens[at] + "\\n" + view.rows.map(row => row.values
      ? row.name.padEnd(28) + row.values[at].toFixed(3).padStart(8) + (row.marks[at] ? " *" : "")
      : "\\n" + row.name).join("\\n");
    for (const cell of document.querySelectorAll("td"))
      cell.classList.toggle("here", Number(cell.dataset.at) === at);
  };
  head.addEventListener("mouseenter", show);
  head.addEventListener("focus", show);
}
"""


def page(view: View, language: Language) -> str:
    """The whole page as text."""
    name = escape(title(view, language))
    heads = "".join(
        f'<th tabindex="0" data-at="{at}">{escape(shown(token))}</th>'
        for at, token in enumerate(view.tokens)
    )
    body: list[str] = []
    rows: list[dict[str, object]] = []
    for block in blocks(view, language):
        if block.title:
            body.append(f'<tr class="gate"><th>{escape(block.title)}</th></tr>')
            rows.append({"name": block.title})
        for row in block.rows:
            body.append(table_row(row))
            marks = list(row.marks) or [False] * len(row.values)
            values = [round(one, 4) for one in row.values]
            rows.append({"name": row.head, "values": values, "marks": marks})
    known = {"tokens": [shown(one) for one in view.tokens], "rows": rows}
    data = json.dumps(known, ensure_ascii=False).replace("<", "\\u003c")
    notes = [*answer_lines(view, language), *probe_lines(view, language), READING[language]]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{name}</title>'
        f"\n<style>{STYLE}</style>\n<h1>{name}</h1>\n<table>\n<thead><tr><th></th>{heads}</tr>"
        f"</thead>\n<tbody>\n{chr(10).join(body)}\n</tbody></table>\n<div id=gates hidden></div>\n"
        + "\n".join(f"<p>{escape(one)}</p>" for one in notes)
        + f"\n<script>const view = {data};\n{SCRIPT}</script>\n</html>\n"
    )


def table_row(row: Row) -> str:
    """A probe or a unit as a row of coloured cells."""
    cells = []
    for at, value in enumerate(row.values):
        colour = ground(value, row.signed).rpartition(" ")[2]
        mark = MARK if row.marks and row.marks[at] else ""
        cells.append(f'<td data-at="{at}" style="background:{colour}">{value:z.2f}{mark}</td>')
    return f"<tr><th>{escape(row.head)}</th>{''.join(cells)}</tr>"


def document(view: View, language: Language) -> dict[str, object]:
    """A view as JSON: every unit that was chosen, by gate, to four digits."""
    answer = view.answer
    return {
        "cell": view.cell,
        "layer": view.strand.layer,
        "direction": view.strand.direction,
        "tokens": list(view.tokens),
        "units": list(view.units),
        "probes": [
            {
                "feature": one.probe.feature,
                "label": NAMES[language][one.probe.feature],
                "values": rounded(one.chances.tolist()),
                **{
                    name: round(getattr(one.probe, name), 4)
                    for name in ("accuracy", "untrained", "embedding", "majority", "words")
                },
            }
            for one in view.readings
        ],
        "gates": {
            gate: {str(unit): rounded(values[:, unit].tolist()) for unit in view.units}
            for gate, values in view.steps.items()
        },
        "overwritten": {
            str(unit): view.overwritten[:, place].tolist() for place, unit in enumerate(view.units)
        },
        "silenced": list(view.silenced),
        "answer": answer and {**answer._asdict(), "shifted": view.tokens[answer.shifted]},
    }


def rounded(values: list[float]) -> list[float]:
    return [round(one, 4) for one in values]
