"""A view to a picture in PNG, by matplotlib."""

from __future__ import annotations

import io
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nlpcell.errors import SystemTrouble

from .captions import NAMES, Language, answer_lines, title
from .heatmap import MARK, Block, blocks, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

    from nlpcell.inference.inspector import View


def need_matplotlib(option: str = "--png") -> None:
    """Refuse in plain words where the picture could not be drawn."""
    if find_spec("matplotlib") is None:
        raise SystemTrouble(f"{option} needs matplotlib", hint='pip install "nlpcell[train]"')


def png(view: View, language: Language) -> bytes:
    """Probes as lines on top, then a heat map for each gate, tokens from left to right."""
    need_matplotlib()
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams["text.parse_math"] = False  # a sentence may have dollars in it
    readings, *gates = list(blocks(view, language))
    heights = [1.6] + [max(0.8, 0.28 * len(one.rows)) for one in gates]
    size = (max(6.0, 1.8 + 0.75 * len(view.tokens)), sum(heights) + 1.5)
    figure, axes = pyplot.subplots(
        len(heights), figsize=size, layout="constrained", sharex=True,
        gridspec_kw={"height_ratios": heights},
    )  # fmt: skip
    head = "\n".join([title(view, language), *answer_lines(view, language)])
    axes[0].set_title(head, fontsize=10)
    curves(axes[0], readings, dashed=NAMES[language]["overwritten"])
    for axis, block in zip(axes[1:], gates, strict=True):
        figure.colorbar(heat(axis, block), ax=axis)
    axes[-1].set_xticks(range(len(view.tokens)), [shown(one) for one in view.tokens], rotation=45)
    picture = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # letters that the font lacks become boxes
        figure.savefig(picture, format="png", dpi=110)
    pyplot.close(figure)
    return picture.getvalue()


def curves(axis: Axes, block: Block, dashed: str) -> None:
    """A line along the tokens for each row, the one called `dashed` broken."""
    for row in block.rows:
        style = "--" if row.head == dashed else "-"
        axis.plot(row.values, style, marker="o", markersize=3, label=row.head)
    axis.set_ylim(-0.05, 1.05)
    below = (1.0, -0.05)
    axis.legend(loc="upper right", bbox_to_anchor=below, ncols=3, frameon=False, fontsize=8)


def heat(axis: Axes, block: Block) -> AxesImage:
    """A row for each unit, coloured by its value, with the marks on it."""
    most = max([1.0, *(abs(one) for row in block.rows for one in row.values)])
    low = -most if any(row.signed for row in block.rows) else 0
    drawn = axis.imshow(
        [row.values for row in block.rows], aspect="auto", vmin=low, vmax=most,
        cmap="RdBu_r" if low else "Reds",
    )  # fmt: skip
    axis.set_title(block.title, fontsize=9, loc="left")
    axis.set_yticks(range(len(block.rows)), [row.head for row in block.rows], fontsize=7)
    for height, row in enumerate(block.rows):
        for at in (at for at, mark in enumerate(row.marks) if mark):
            axis.text(at, height, MARK, ha="center", va="center")
    return drawn
