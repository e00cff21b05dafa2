"""The gates that `inspect` shows against those inside torch, on the same weights."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nlpcell.cell import Weights
from nlpcell.errors import BadModel
from nlpcell.features import Features
from nlpcell.models.corrector import Corrector
from nlpcell.models.generator import Generator
from nlpcell.settings import Cell, CorrectorSize, GeneratorSize, Layers
from nlpcell.trace import AHEAD, BACK, Network, Silenced, Strand, along

CELLS: list[Cell] = ["lstm", "gru", "rnn"]
TORCH = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
BATCH, TIME, INPUTS, HIDDEN = 3, 8, 5, 4
LARGE = 40.0  # a sigmoid of it is 1, of its negative 0, in float32
ATOL = 1e-5  # what issue 5 asks for
torch.set_num_threads(1)


def layer_of(cell: str) -> Any:
    torch.manual_seed(5)
    layer = TORCH[cell](INPUTS, HIDDEN, batch_first=True)
    for weight in layer.parameters():
        nn.init.normal_(weight, std=0.8)
    return layer


def weights_of(layer: nn.Module) -> Weights:
    return Weights(*(weight.detach().numpy().copy() for weight in layer.parameters()))


@torch.no_grad()
def forced(layer: nn.Module, **gates: float) -> Any:
    """The same layer with gates held: rows without weights, and a bias that fixes their score."""
    order = {"lstm": "ifgo", "gru": "rzn"}["lstm" if isinstance(layer, nn.LSTM) else "gru"]
    other = type(layer)(INPUTS, HIDDEN, batch_first=True)
    other.load_state_dict(layer.state_dict())
    for gate, score in gates.items():
        place = slice(order.index(gate) * HIDDEN, (order.index(gate) + 1) * HIDDEN)
        for weight in other.parameters():
            weight[place] = 0.0
        other.bias_ih_l0[place] = score
    return other


@torch.no_grad()
def measured(layer: Any, inputs: Tensor) -> dict[str, Tensor]:
    """The gates inside torch, without their formula: each is read off the state after one step in
    which all the others are held open or shut."""
    states: list[Any] = []  # before each step
    state = None
    for time in range(TIME):
        blank = torch.zeros(1, BATCH, HIDDEN)
        states.append(state or ((blank, blank) if isinstance(layer, nn.LSTM) else (blank,)))
        _, state = layer(inputs[:, time : time + 1], plain(states[-1]))
        state = state if isinstance(state, tuple) else (state,)
    found: dict[str, list[Tensor]] = {}
    for time, before in enumerate(states):
        token = inputs[:, time : time + 1]
        read = lstm_gates if isinstance(layer, nn.LSTM) else gru_gates
        for name, value in read(layer, token, before).items():
            found.setdefault(name, []).append(value[0])
    return {name: torch.stack(values, dim=1) for name, values in found.items()}


def plain(state: tuple[Tensor, ...]) -> Any:
    return state if len(state) == 2 else state[0]


def lstm_gates(layer: nn.Module, token: Tensor, before: tuple[Tensor, ...]) -> dict[str, Tensor]:
    hidden, memory = before
    one, none = torch.ones_like(memory), torch.zeros_like(memory)

    def after(memory: Tensor, **gates: float) -> tuple[Tensor, Tensor]:
        found: tuple[Tensor, Tensor] = forced(layer, **gates)(token, (hidden, memory))[1]
        return found

    return {
        "forget": after(one, i=-LARGE)[1],  # nothing is written: what is left of 1
        "update": after(none, g=LARGE)[1],  # the candidate is 1: how much of it is written
        "candidate": after(none, i=LARGE)[1],  # all of it is written
        "output": after(one, i=-LARGE, f=LARGE)[0] / torch.tanh(one),  # the memory is 1
        "memory": after(memory)[1],
        "hidden": after(memory)[0],
    }


def gru_gates(layer: nn.Module, token: Tensor, before: tuple[Tensor, ...]) -> dict[str, Tensor]:
    (hidden,) = before
    blind = forced(layer, z=-LARGE, n=0.0)  # all new, and the candidate sees the past alone
    with torch.no_grad():
        blind.bias_hh_l0[2 * HIDDEN :] = 1.0  # so it is tanh(reset)
        held = forced(layer, n=0.0)  # the candidate is nothing: what is left of the old
        kept = held(token, hidden)[1] / hidden.where(hidden != 0, torch.ones_like(hidden))
    found = {
        "reset": torch.atanh(blind(token, hidden)[1]),
        "candidate": forced(layer, z=-LARGE)(token, hidden)[1],
        "hidden": layer(token, hidden)[1],
    }
    return found if (hidden == 0).any() else {**found, "update": kept}


def inputs() -> Tensor:
    torch.manual_seed(9)
    return torch.randn(BATCH, TIME, INPUTS)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gates_are_those_inside_torch(cell: str) -> None:
    layer = layer_of(cell)
    ours = along(cell, inputs().numpy(), weights_of(layer))
    theirs = measured(layer, inputs())
    assert ours.keys() == theirs.keys()
    for gate, expected in theirs.items():  # a GRU's update gate cannot be read at the first step
        found = ours[gate][:, TIME - expected.shape[1] :]
        np.testing.assert_allclose(found, expected.numpy(), rtol=0, atol=ATOL, err_msg=gate)


@pytest.mark.parametrize(("one", "other"), [(0, 1), (0, 3), (1, 3), (2, 3), (1, 2)])
def test_swapped_gates_are_found(one: int, other: int) -> None:
    layer = layer_of("lstm")
    blocks = [np.split(array, 4) for array in weights_of(layer)]
    for block in blocks:
        block[one], block[other] = block[other], block[one]
    swapped = along("lstm", inputs().numpy(), Weights(*(np.concatenate(one) for one in blocks)))
    theirs = measured(layer, inputs())
    assert max(np.abs(swapped[gate] - theirs[gate].numpy()).max() for gate in theirs) > 0.1


def corrector(cell: Cell = "lstm", layers: int = 2) -> tuple[Corrector, Network]:
    """A small network with random weights, in torch and on the page."""
    torch.manual_seed(3)
    size = CorrectorSize(Layers(cell, HIDDEN, layers), embedding=6, buckets=100, labels=7)
    model = Corrector(7, size).eval()
    for weight in model.recurrent.parameters():
        nn.init.normal_(weight, std=0.7)
    return model, page_of("agree", model, size)


def page_of(task: str, model: nn.Module, size: Any, **changes: Any) -> Network:
    taken = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    return Network(task, dataclasses.asdict(size), {**taken, **changes}, "here")


def symbols() -> np.ndarray:
    return np.stack(
        [Features(100).rows(text.split()) for text in ("la casa es bonita", "y tú no sé")]
    )


@pytest.mark.parametrize("cell", CELLS)
def test_a_corrector_on_the_page_is_that_of_torch(cell: Cell) -> None:
    model, page = corrector(cell)
    table = symbols()
    ids, lengths = torch.from_numpy(table), torch.full((2,), table.shape[1])
    with torch.no_grad():
        expected, read = model.scores(ids, lengths), model.recurrent(model.vectors(ids), lengths)
    passed = page(table)
    np.testing.assert_allclose(passed.scores, expected.numpy(), rtol=0, atol=ATOL)
    last = [passed.steps[Strand(2, direction)]["hidden"] for direction in (AHEAD, BACK)]
    np.testing.assert_allclose(np.concatenate(last, axis=-1), read.numpy(), rtol=0, atol=ATOL)


@pytest.mark.parametrize("cell", CELLS)
def test_a_generator_on_the_page_is_that_of_torch(cell: Cell) -> None:
    torch.manual_seed(4)
    size = GeneratorSize(Layers(cell, HIDDEN, 2), embedding=6)
    model = Generator(9, size).eval()
    ids = torch.randint(9, (2, 11))
    with torch.no_grad():
        expected, _ = model.scores(ids, None)
    passed = page_of("generate", model, size)(ids.numpy())
    np.testing.assert_allclose(passed.scores, expected.numpy(), rtol=0, atol=ATOL)
    assert list(passed.steps) == [Strand(1, AHEAD), Strand(2, AHEAD)]


def test_silenced_units_are_nothing_and_change_what_follows() -> None:
    _, page = corrector()
    strand = Strand(1, AHEAD)
    plain, silent = page(symbols()), page(symbols(), Silenced(strand, [1, 3]))
    assert (silent.steps[strand]["hidden"][..., [1, 3]] == 0).all()
    assert (silent.steps[strand]["hidden"][..., [0, 2]] != 0).all()
    first, rest = (  # the gates of the first word were there before anything was silenced
        np.abs(silent.steps[strand]["forget"] - plain.steps[strand]["forget"])[:, part].max()
        for part in (slice(1), slice(1, None))
    )
    assert first == 0 < rest
    back = Strand(1, BACK)
    np.testing.assert_array_equal(silent.steps[back]["hidden"], plain.steps[back]["hidden"])
    assert np.abs(silent.scores - plain.scores).max() > 1e-3


def test_silencing_all_units_leaves_the_words_alone() -> None:
    """What goes out of one layer is then what its word vectors alone give."""
    model, page = corrector(layers=1)
    both = page(symbols(), Silenced(Strand(1, AHEAD), range(HIDDEN)))
    read = both.steps[Strand(1, BACK)]["hidden"]
    weights = model.output.weight.detach().numpy()
    expected = read @ weights[:, HIDDEN : 2 * HIDDEN].T + page.vectors(symbols()) @ (
        weights[:, 2 * HIDDEN :].T
    )
    expected += model.output.bias.detach().numpy()
    np.testing.assert_allclose(both.scores, expected, rtol=0, atol=ATOL)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"output.weight": np.zeros((7, 3))}, "output.weight has another shape"),
        ({"recurrent.back.1.bias_hh_l0": np.zeros(3)}, "recurrent.back.1 has another shape"),
        ({"vectors.table.weight": np.zeros((5, 6))}, "the table of symbols has another shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, np.ndarray], words: str) -> None:
    model, _ = corrector()
    with pytest.raises(BadModel, match=words):
        page_of("agree", model, model.settings, **changes)(symbols())


def test_arrays_and_settings_that_are_missing_are_refused() -> None:
    model, _ = corrector()
    taken = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    del taken["recurrent.ahead.1.weight_hh_l0"]
    settings = dataclasses.asdict(model.settings)
    with pytest.raises(BadModel, match=r"has no recurrent\.ahead\.1\.weight_hh_l0"):
        Network("agree", settings, taken, "here")
    for wrong in ({}, {"recurrent": None}, {"recurrent": {"cell": "x", "layers": 1, "hidden": 4}}):
        with pytest.raises(BadModel, match="does not describe a recurrent network"):
            Network("agree", wrong, taken, "here")
