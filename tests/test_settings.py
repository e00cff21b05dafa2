"""Contradictions are refused where settings are made, and durations read as people write them."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from nlpcell.errors import WrongUse
from nlpcell.settings import ClassifierSize, GeneratorSize, Layers, Sampling, Training, seconds

NAN = math.nan
BAD: list[tuple[type, dict[str, Any]]] = [
    *((Layers, {"cell": value}) for value in ("LSTM", "", "transformer")),
    *((Layers, {"hidden": value}) for value in (0, -1, 65_537, 10**12)),
    *((Layers, {"layers": value}) for value in (0, 65)),
    *((Layers, {"dropout": value}) for value in (-0.1, 1.0, NAN)),
    (Layers, {"longest_lag": 1}),
    *((GeneratorSize, {"embedding": value}) for value in (0, 65_537)),
    *((GeneratorSize, {"embedding_dropout": value}) for value in (1.0, NAN)),
    *((ClassifierSize, {"vocabulary": value}) for value in (299, 1_000_001)),
    (ClassifierSize, {"embedding": 0}),
    (ClassifierSize, {"embedding_dropout": -1}),
    (ClassifierSize, {"word_dropout": 1.0}),
    *((Training, {name: 0}) for name in ("epochs", "batch", "steps", "patience", "validations")),
    *((Training, {"budget": value}) for value in (0, -1, NAN)),
    *((Training, {"lr": value}) for value in (0, -0.1, 10, NAN)),
    *((Training, {"averaging": value}) for value in (-0.1, 1.0)),
    *((Training, {name: -1}) for name in ("warmup", "weight_decay", "seed")),
    (Training, {"clip": 0}),
    (Sampling, {"length": -1}),
    *((Sampling, {"temperature": value}) for value in (-0.1, NAN)),
    (Sampling, {"top_k": -1}),
    *((Sampling, {"top_p": value}) for value in (0, 1.1, NAN)),
    *((Sampling, {"min_p": value}) for value in (-0.1, 1.1)),
    *((Sampling, {"repetition": value}) for value in (0, -1, NAN)),
]
GOOD: list[tuple[type, dict[str, Any]]] = [
    *((Layers, {"cell": value}) for value in ("lstm", "gru", "rnn")),
    (Layers, {"hidden": 1, "layers": 1, "dropout": 0.0, "longest_lag": 2}),
    (Training, {"budget": 0.5, "warmup": 0, "averaging": 0.0, "weight_decay": 0.0, "seed": 0}),
    (Sampling, {"length": 0, "temperature": 0.0, "top_p": 1.0, "min_p": 1.0}),
]


@pytest.mark.parametrize(("settings", "values"), BAD)
def test_contradictions_are_refused_in_words(settings: type, values: dict[str, Any]) -> None:
    with pytest.raises(WrongUse) as caught:
        settings(**values)
    assert caught.value.exit_code == 2
    assert " " in caught.value.what and "_" not in caught.value.what


@pytest.mark.parametrize(("settings", "values"), GOOD)
def test_what_lies_on_the_border_is_taken(settings: type, values: dict[str, Any]) -> None:
    assert dataclasses.asdict(settings(**values)).items() >= values.items()


@pytest.mark.parametrize("settings", [Layers, GeneratorSize, ClassifierSize, Training, Sampling])
def test_defaults_are_frozen(settings: type) -> None:
    instance = settings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(instance, dataclasses.fields(settings)[0].name, None)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("45", 45.0),
        ("45s", 45.0),
        ("0.5", 0.5),
        ("20m", 1_200.0),
        ("1.5h", 5_400.0),
        ("1h30m", 5_400.0),
        ("1h1m1s", 3_661.0),
    ],
)
def test_durations(duration: str, expected: float) -> None:
    assert seconds(duration) == expected


@pytest.mark.parametrize(
    "duration", ["", "m", "-5m", "5 m", " 5m", "5d", "1h30", "1:30", "five", "1e3", "5m\n", "5M"]
)
def test_what_is_no_duration_is_refused(duration: str) -> None:
    with pytest.raises(WrongUse, match="not a duration"):
        seconds(duration)
