"""A history to a picture: the learning curve as PNG."""

from __future__ import annotations

import io
import json


def learning_curve(history: bytes) -> bytes:
    """Loss and dev score against steps, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [json.loads(line) for line in history.decode().split("\n") if line]
    known = {"step", "epoch", "seconds", "loss", "lr", "note"}
    figure, losses = pyplot.subplots(figsize=(8, 4.5))
    losses.plot(
        [row["step"] for row in rows],
        [row["loss"] for row in rows],
        color="tab:grey",
        label="training loss (last batch)",
    )
    losses.set_xlabel("steps")
    losses.set_ylabel("nats")
    scores = losses.twinx()
    for metric in sorted({name for row in rows for name in row} - known):
        points = [(row["step"], row[metric]) for row in rows if metric in row]
        scores.plot(*zip(*points, strict=True), marker="o", markersize=3, label=f"dev {metric}")
        scores.set_ylabel(metric)
    figure.legend(loc="upper center", ncols=3, frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=120)
    pyplot.close(figure)
    return picture.getvalue()
