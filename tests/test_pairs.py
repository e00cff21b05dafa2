"""Pairs to batches, unknown characters, smoothed labels, attention: what a translator learns by."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from toys import phrases

from nlpcell.example import Example
from nlpcell.models.smoothing import PLACES, smoothed
from nlpcell.models.translator import Paired, Translator
from nlpcell.modules.attention import ATTENTIONS, AdditiveAttention
from nlpcell.modules.recurrent import CELLS, run, stepped
from nlpcell.settings import Cell, Layers, TranslatorSize
from nlpcell.subwords import Subwords, prepared
from nlpcell.tokenizer import END, PAD, START, UNKNOWN, Tokenizer
from nlpcell.training.pairs import ROWS, Pairs, Sides, planned, sides

torch.set_num_threads(1)
EXAMPLES = [Example(*line.split("\t")) for line in phrases(120).split("\n")[1:-1]]
BOTH = [prepared(side) for one in EXAMPLES for side in one]
SUBWORDS = Subwords(Tokenizer.learn(BOTH, "unigram", 300, digits_apart=True))


class Alone:
    rank, world = 0, 1


class Second:
    rank, world = 1, 2


def rows(batch: Paired) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The pairs of a batch without padding."""
    found = []
    for source, length, after in zip(batch.source, batch.lengths, batch.after, strict=True):
        target = tuple(after[after != PAD].tolist())
        assert source[length - 1] == END == target[-1]
        found.append((tuple(source[: length - 1].tolist()), target[:-1]))
    return found


def test_an_epoch_has_every_pair_once_and_no_batch_is_too_large() -> None:
    source = Pairs(EXAMPLES, SUBWORDS, 0.0, 600, seed=1)
    wanted = sorted((tuple(one.source), tuple(one.target)) for one in sides(EXAMPLES, SUBWORDS))
    orders = []
    for number in range(2):
        epoch = source.epoch(number, Alone())
        batches = [epoch[place] for place in range(len(epoch))]
        found = [row for batch in batches for row in rows(batch)]
        plain = [row for row in found if UNKNOWN not in row[0]]
        assert len(found) == len(EXAMPLES) and set(plain) <= set(wanted)
        assert len(found) - len(plain) < 0.2 * len(found)  # COPIED, and something to be hidden
        for batch in batches:
            hides = bool((batch.source == UNKNOWN).any())  # which can take a place more
            assert hides or batch.source.numel() + batch.after.numel() <= 600
            assert (batch.before[:, 0] == START).all()
            shifted = batch.before[:, 1:][batch.before[:, 1:] != PAD]
            assert (shifted == batch.after[(batch.after != PAD) & (batch.after != END)]).all()
        orders.append(found)
    assert orders[0] != orders[1]


def test_an_epoch_follows_from_seed_and_number() -> None:
    one, other = (Pairs(EXAMPLES, SUBWORDS, 0.3, 600, seed=4).epoch(2, Alone()) for _ in range(2))
    for place in range(len(one)):
        assert all(torch.equal(a, b) for a, b in zip(one[place], other[place], strict=True))
    fixed = Pairs(EXAMPLES, SUBWORDS, 0.0, 600, seed=4).epoch(2, Alone())
    wild, plain = (sum(int(batch.lengths.sum()) for batch in epoch) for epoch in (one, fixed))
    assert wild > 1.03 * plain  # wilder cuts, more subwords


def test_processes_share_a_batch() -> None:
    source = Pairs(EXAMPLES, SUBWORDS, 0.0, 600, seed=1)
    whole, half = source.epoch(0, Alone()), source.epoch(0, Second())
    assert rows(half[0]) == rows(whole[0])[1::2]


def test_batches_are_of_near_lengths() -> None:
    draw = np.random.default_rng(0)
    lengths = draw.integers(1, 60, 5_000)
    many = [Sides([4] * one, [4] * (one + draw.integers(0, 5))) for one in lengths]
    plan = planned(many, 4_096, [1])
    room = sum(
        len(batch) * sum(max(len(many[row][side]) + 1 for row in batch) for side in (0, 1))
        for batch in plan
    )
    assert sum(len(one.source) + len(one.target) + 2 for one in many) > 0.9 * room


def test_batches_fill_the_registers_for_matrices() -> None:
    plan = planned([Sides([4] * 5, [4] * 5)] * 1_000, 600, [1])
    assert sorted(len(rows) % ROWS for rows in plan)[:-1] == [0] * (len(plan) - 1)


def test_a_subword_of_both_sides_can_be_hidden() -> None:
    source = Pairs(EXAMPLES, SUBWORDS, 0.0, 600, seed=1)
    pair = Sides([5, 6, 7, 7, END + 40], [9, 7, 6, 8])
    assert source.with_a_gap(pair, 0.5) == Sides([5, UNKNOWN, 7, 7, END + 40], [9, 7, UNKNOWN, 8])
    assert source.with_a_gap(Sides([5], [6]), 0.5) == Sides([5], [6])


@pytest.mark.parametrize("text", ["Ana y la casa", "漢字 la casa 😀.", "  dos  espacios ", "á"])
def test_a_text_comes_back_with_what_the_vocabulary_lacks(text: str) -> None:
    read = SUBWORDS.read(text)
    assert SUBWORDS.write(read.ids, read.unknown) == text
    assert read.ids.count(UNKNOWN) == len(read.unknown)
    assert not SUBWORDS.bytes.keys() & set(read.ids)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_smoothed_labels_are_those_of_torch(kind: torch.dtype) -> None:
    """Loss and all three gradients, over more places than are scored at a time."""
    torch.manual_seed(0)
    places = PLACES + 37
    table, bias = torch.randn(50, 16), torch.randn(50)
    vectors, targets = torch.randn(places, 16), torch.randint(0, 50, (places,))
    found = [one.clone().requires_grad_() for one in (vectors.to(kind), table, bias)]
    wanted = [one.clone().requires_grad_() for one in (vectors.to(kind).float(), table, bias)]
    loss = 3 * smoothed(found[0], found[1], found[2], targets, 0.1)
    scores = F.linear(*wanted)
    right = 3 * F.cross_entropy(scores, targets, reduction="sum", label_smoothing=0.1)
    loss.backward()
    right.backward()
    near = 1e-5 if kind is torch.float32 else 2e-2
    assert loss.item() == pytest.approx(right.item(), rel=near)
    for one, other in zip(found, wanted, strict=True):
        assert one.grad is not None and other.grad is not None
        largest = other.grad.abs().max().item()
        torch.testing.assert_close(one.grad.float(), other.grad, rtol=0, atol=near * largest)


def test_what_seems_impossible_costs_much_and_not_without_end() -> None:
    table, bias = torch.zeros(4, 2), torch.tensor([500.0, 0.0, 0.0, 0.0])
    vectors = torch.zeros(3, 2, requires_grad=True)
    loss = smoothed(vectors, table.requires_grad_(), bias, torch.ones(3, dtype=torch.long), 0.1)
    loss.backward()
    assert 70 < loss.item() / 3 < 500 and vectors.grad is not None
    assert table.grad is not None and table.grad.isfinite().all()


def test_capitals_become_the_words_the_vocabulary_knows() -> None:
    subwords = Subwords(Tokenizer.learn([" the door is red", " Tom is here"] * 40, "unigram", 300))
    assert subwords.spoken("THE DOOR, TOM!") == "The door, Tom!"
    assert subwords.spoken("¡IS TOM HERE?") == "¡Is Tom here?"


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_one_step_gate_by_gate_is_what_the_layer_does(cell: Cell) -> None:
    torch.manual_seed(1)
    layer = CELLS[cell](5, 6).double()
    inputs = torch.randn(3, 1, 5, dtype=torch.float64)
    state = torch.randn(2 if cell == "lstm" else 1, 3, 6, dtype=torch.float64)
    for one, other in zip(run(layer, inputs, state), stepped(layer, inputs, state), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_dot_attention_by_hand() -> None:
    """Four units: 4 x ln 3 / 2 / sqrt(4) = ln 3 against 0, and padding: weights 1/4 and 3/4."""
    attention = ATTENTIONS["dot"](4, 2)
    keys = torch.tensor([[0.0, float(np.log(3)) / 2, 9.0]])[..., None].expand(1, 3, 4)
    values = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [5.0, 5.0]]])
    found = attention(torch.ones(1, 1, 4), keys, values, torch.tensor([[True, True, False]]))
    torch.testing.assert_close(found.weights, torch.tensor([[[0.25, 0.75, 0.0]]]))
    torch.testing.assert_close(found.context, torch.tensor([[[0.25, 0.75]]]))


def test_additive_attention_by_hand() -> None:
    """v tanh(W q + k): with W 1, q 0.5 and v 2 the scores are 2 tanh(0.5 + k)."""
    attention = AdditiveAttention(1, 1)
    with torch.no_grad():
        for weight, number in ((attention.query.weight, 1), (attention.judge.weight, 2)):
            weight.fill_(number)
        attention.query.bias.zero_()
        found = attention.scores(torch.tensor([[[0.5]]]), torch.tensor([[[0.0], [-0.5]]]))
    torch.testing.assert_close(found, torch.tensor([[[2 * np.tanh(0.5), 0.0]]]).float())


def test_neighbours_do_not_change_what_a_sentence_costs() -> None:
    size = TranslatorSize(Layers("lstm", 16, 2), embedding=12, vocabulary=300)
    torch.manual_seed(5)
    network = Translator(len(SUBWORDS.tokenizer), size).eval()
    source = Pairs(EXAMPLES, SUBWORDS, 0.0, 900, seed=1).epoch(0, Alone())
    batch = source[0]
    whole, _ = network(batch)
    alone = [
        network(Paired(*(part[row : row + 1] for part in batch)))[0]
        for row in range(len(batch.source))
    ]
    assert whole.units == sum(one.units for one in alone)
    assert whole.total.item() == pytest.approx(sum(one.total.item() for one in alone), rel=1e-5)
