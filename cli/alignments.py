"""An alignment to a picture: a row for each word written, a column for each word read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from . import terminal

if TYPE_CHECKING:
    from nlpcell.inference.alignment import Alignment


def draw(path: Path, alignment: Alignment) -> None:
    """Write the picture as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    columns, rows = len(alignment.source), len(alignment.target)
    size = (2.5 + 0.45 * columns, 1.8 + 0.35 * rows)
    figure, axes = pyplot.subplots(figsize=size, layout="constrained")
    axes.imshow(alignment.weights, cmap="Greys", vmin=0, vmax=1, aspect="auto")
    axes.xaxis.tick_top()
    axes.set_xticks(
        range(columns), [plain(one) for one in alignment.source], rotation=60, ha="left"
    )
    axes.set_yticks(range(rows), [plain(one) for one in alignment.target])
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    pyplot.close(figure)
    with terminal.Output(path) as out:
        out.write_bytes(picture.getvalue())


def plain(word: str) -> str:
    """A word as it stands: for matplotlib a dollar sign begins a formula."""
    return word.replace("$", r"\$")
