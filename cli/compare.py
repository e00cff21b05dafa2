"""`nlpcell compare`: LSTM, GRU and plain RNN side by side, with as many parameters each."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlpcell.errors import WrongUse
from nlpcell.files import write_whole
from nlpcell.settings import Cell, seconds

from . import compare_pairs, compare_task, learning, options, report, runs, terminal

if TYPE_CHECKING:
    from nlpcell.training.recollection import Outcome, Trial

app = options.group("LSTM, GRU and RNN with equal parameters: what each can do, and remember.")
app.command()(compare_task.task)
app.command()(compare_pairs.agreement)
LONGEST = 100_000  # steps
MEMORY_HEADS = [
    "lag", "cell", "units", "parameters", "success", "solved", "sequences", "seconds", "memoryless",
]  # fmt: skip
GRADIENT_AT = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)  # steps back


class Recollection(enum.StrEnum):
    """What must be remembered."""

    recall = "recall"
    adding = "adding"


About = Annotated[
    Recollection,
    typer.Option(
        "--task",
        envvar="NLPCELL_TASK",
        help="One of two symbols through noise, or the sum of two marked numbers (experiments 2c "
        "and 4 of Hochreiter and Schmidhuber 1997).",
    ),
]
Units = Annotated[
    int,
    typer.Option(
        min=1,
        max=65_536,
        envvar="NLPCELL_HIDDEN",
        help="Units of the LSTM; the other cells get as many parameters.",
    ),
]


@app.command()
def memory(
    lag: Annotated[
        str,
        typer.Option(
            envvar="NLPCELL_LAG", help="Steps to bridge, like 1000 or 10,30,100; each learnt anew."
        ),
    ] = "10,100,1000",
    about: About = Recollection.recall,
    init: learning.GateStart = learning.Start.chrono,
    hidden: Units = 32,
    budget: Annotated[
        str,
        typer.Option(
            envvar="NLPCELL_BUDGET",
            help="Time at most for the whole command, shared equally; what a lag leaves is for "
            "the next one.",
        ),
    ] = "9m",
    cells: Annotated[
        list[learning.Cell] | None,
        typer.Option("--cell", show_default=False, help="Only these cells; repeatable."),
    ] = None,
    seed: learning.TrainSeed = 1,
    threads: Annotated[
        int,
        typer.Option(
            min=1,
            max=1024,
            envvar="NLPCELL_THREADS",
            help="Threads to use; a step is so small that more than one seldom helps.",
        ),
    ] = 1,
    png: report.Png = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """How far back each cell learns to remember; solved means 99 % of 1,000 new sequences."""
    lags = steps(lag)
    whole = seconds(budget)
    runs.need_torch()
    import torch

    from nlpcell.training import recollection
    from nlpcell.training.lags import TASKS

    torch.set_num_threads(threads)
    asked: list[Cell] = [one.value for one in cells or learning.Cell]
    trial = recollection.Trial(TASKS[about], hidden, init.value, seed, asked)
    outcomes = []
    for one in recollection.compared(trial, lags, whole):
        outcomes.append(one)
        terminal.note(f"lag {one.lag:,}: {one.cell} {one.success:.1%} after {one.seconds:.0f} s")
    if png:
        write_whole(png, success_chart(outcomes))
    rows = [dict(zip(MEMORY_HEADS, memory_row(one), strict=True)) for one in outcomes]
    report.listed(MEMORY_HEADS, rows, as_json)


def steps(lag: str) -> list[int]:
    """The lags of `--lag 10,30`.

    >>> steps("10,30")
    [10, 30]
    """
    parts = [part.strip() for part in lag.split(",")]
    if not all(part.isdecimal() and len(part) < 9 and 2 <= int(part) <= LONGEST for part in parts):
        raise WrongUse(f'--lag: "{lag}" is not a list of steps from 2 to {LONGEST:,}')
    return sorted({int(part) for part in parts})


def memory_row(one: Outcome) -> list[Any]:
    """An outcome in the order of MEMORY_HEADS."""
    return [
        one.lag, one.cell, one.hidden, one.parameters, round(one.success, 4), one.solved,
        one.sequences, round(one.seconds, 1), round(one.memoryless, 4),
    ]  # fmt: skip


def success_chart(outcomes: Sequence[Outcome]) -> bytes:
    """Success against lag, a curve a cell, and one for who remembers nothing."""
    from nlpcell.training.chart import chart

    curves: dict[str, list[tuple[float, float]]] = {}
    for one in outcomes:
        curves.setdefault(one.cell.upper(), []).append((one.lag, one.success))
    lags = sorted({one.lag for one in outcomes})
    curves["memoryless"] = [
        (lag, next(one.memoryless for one in outcomes if one.lag == lag)) for lag in lags
    ]
    return chart(curves, "lag (steps)", "share of new sequences that are right", logarithmic="x")


@app.command()
def gradient(
    lag: Annotated[
        int,
        typer.Option(
            min=2,
            max=LONGEST,
            envvar="NLPCELL_LAG",
            help="Steps back from the end that are looked at.",
        ),
    ] = 100,
    about: About = Recollection.recall,
    init: learning.GateStart = learning.Start.chrono,
    hidden: Units = 32,
    seed: learning.TrainSeed = 1,
    png: report.Png = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """The norm of d(loss)/d(h_t), step by step back from the end, before anything is learnt."""
    runs.need_torch()
    from nlpcell.training.chart import chart
    from nlpcell.training.lags import TASKS
    from nlpcell.training.recollection import Trial

    curves = norms(Trial(TASKS[about], hidden, init.value, seed), lag)
    if png:
        drawn = {
            name: [(float(back), one) for back, one in enumerate(norms) if one > 0]
            for name, norms in curves.items()
        }
        write_whole(png, chart(drawn, "steps back", "norm of the gradient", logarithmic="y"))
    shown = sorted({*(back for back in GRADIENT_AT if back < lag), lag - 1})
    heads = ["steps back", *curves]
    rows = [
        {"steps back": back, **{name: float(f"{one[back]:.3g}") for name, one in curves.items()}}
        for back in shown
    ]
    if as_json:
        rows = [{"steps back": back, **{name: one[back] for name, one in curves.items()}}
                for back in range(lag)]  # fmt: skip
    report.listed(heads, rows, as_json)


def norms(trial: Trial, lag: int) -> dict[str, list[float]]:
    """Gradient norms of the three cells, and of the LSTM's cell state, by steps back."""
    from nlpcell.training.recollection import gradients, rivals

    found: dict[str, list[float]] = {}
    for cell, units in rivals(trial, lag).items():
        found |= gradients(trial, cell, units, lag)
    return found
