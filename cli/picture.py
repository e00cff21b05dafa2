"""A view to a picture in PNG, by matplotlib."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nlpcell.errors import SystemTrouble

from .captions import NAMES, Language, title
from .heatmap import MARK, blocks, shown

if TYPE_CHECKING:
    from nlpcell.inference.inspector import View


def need_matplotlib() -> None:
    """Refuse in plain words where the picture could not be drawn."""
    if find_spec("matplotlib") is None:
        raise SystemTrouble("--png needs matplotlib", hint='pip install "nlpcell[train]"')


def png(view: View, language: Language) -> bytes:
    """Probes as lines on top, then a heat map for each gate, tokens from left to right."""
    need_matplotlib()
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    readings, *gates = list(blocks(view, language))
    heights = [1.6] + [max(0.8, 0.28 * len(one.rows)) for one in gates]
    size = (max(6.0, 1.8 + 0.75 * len(view.tokens)), sum(heights) + 1.5)
    figure, axes = pyplot.subplots(
        len(heights), figsize=size, layout="constrained", sharex=True,
        gridspec_kw={"height_ratios": heights},
    )  # fmt: skip
    for row in readings.rows:
        style = "--" if row.head == NAMES[language]["overwritten"] else "-"
        axes[0].plot(row.values, style, marker="o", markersize=3, label=row.head)
    axes[0].set_ylim(-0.05, 1.05)
    axes[0].legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    axes[0].set_title(title(view, language), fontsize=10)
    for axis, block in zip(axes[1:], gates, strict=True):
        most = max([1.0, *(abs(one) for row in block.rows for one in row.values)])
        low = -most if any(row.signed for row in block.rows) else 0
        drawn = axis.imshow(
            [row.values for row in block.rows], aspect="auto", vmin=low, vmax=most,
            cmap="RdBu_r" if low else "Reds",
        )  # fmt: skip
        axis.set_title(block.title, fontsize=9, loc="left")
        axis.set_yticks(range(len(block.rows)), [row.head for row in block.rows], fontsize=7)
        figure.colorbar(drawn, ax=axis)
        for height, row in enumerate(block.rows):
            for at in (at for at, mark in enumerate(row.marks) if mark):
                axis.text(at, height, MARK, ha="center", va="center")
    axes[-1].set_xticks(range(len(view.tokens)), [shown(one) for one in view.tokens], rotation=45)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    pyplot.close(figure)
    return picture.getvalue()
