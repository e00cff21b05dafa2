"""Named curves to a picture in PNG."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence


def chart(
    curves: Mapping[str, Sequence[tuple[float, float]]],
    across: str,
    upward: str,
    *,
    logarithmic: str = "",
) -> bytes:
    """One line a curve; `logarithmic` names the axes that are: "x", "y" or "xy"."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    for above, (name, points) in enumerate(curves.items()):
        if points:
            mark = "o" if len(points) < 30 else ""
            wide = 1 + 0.8 * (len(curves) - above)  # curves that lie on one another are all seen
            axis.plot(*zip(*points, strict=True), marker=mark, linewidth=wide, label=name)
    if "x" in logarithmic:
        axis.set_xscale("log")
    if "y" in logarithmic:
        axis.set_yscale("log")
    else:
        axis.set_ylim(bottom=0)
    axis.set_xlabel(across)
    axis.set_ylabel(upward)
    axis.legend(frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    pyplot.close(figure)
    return picture.getvalue()


def bars(
    names: Sequence[str], panels: Mapping[str, Sequence[float]], top: float | None = None
) -> bytes:
    """A panel for each quantity, in it a bar for each name; all up to `top`, if there is one."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    size = (2.4 * len(panels), 3.2)
    figure, axes = pyplot.subplots(1, len(panels), figsize=size, layout="constrained")
    for axis, (title, values) in zip(axes, panels.items(), strict=True):
        axis.bar(list(names), list(values), color=["tab:blue", "tab:orange", "tab:green"])
        axis.set_title(title, fontsize=9)
        axis.set_ylim(0, top)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    pyplot.close(figure)
    return picture.getvalue()
