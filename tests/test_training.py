"""The pieces of training: order of data, averages, calibration, reading, dynamic evaluation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nlpcell.models.classifier import Labelled
from nlpcell.models.generator import Generator
from nlpcell.models.reader import Reader
from nlpcell.settings import ClassifierSize, Dynamic, GeneratorSize, Layers
from nlpcell.tokenizer import Tokenizer
from nlpcell.training.average import Average
from nlpcell.training.batches import FEWEST, Stream, bucketed, padded
from nlpcell.training.dynamic import foreseen_dynamically
from nlpcell.training.generate import nats
from nlpcell.training.machine import Machine
from nlpcell.training.sentiment import calibrated
from nlpcell.training.step import scaled

ALONE = Machine(torch.device("cpu"), half=False)
SMALL = GeneratorSize(Layers(hidden=16, layers=1, dropout=0.0), 8, 0.0)


def test_a_stream_goes_on_where_it_stopped_and_foretells_the_next_id() -> None:
    stream = Stream([np.arange(10_000, dtype=np.int32)], batch=4, steps=8, seed=1)
    epoch = stream.epoch(0, ALONE)
    first, second = epoch[0], epoch[1]
    assert torch.equal(first.following, first.ids + 1)
    assert torch.equal(second.ids[:, 0], first.ids[:, -1] + 1)
    assert len(epoch) >= FEWEST


def test_processes_share_the_rows_of_a_batch() -> None:
    stream = Stream([np.arange(10_000, dtype=np.int32)], batch=4, steps=8, seed=1)
    whole = stream.epoch(2, ALONE)[5].ids
    half = Machine(torch.device("cpu"), half=False, rank=1, world=2)
    assert torch.equal(stream.epoch(2, half)[5].ids, whole[1::2])


def test_records_change_their_order_but_none_is_lost() -> None:
    records = [np.full(50, number, np.int32) for number in range(40)]
    stream = Stream(records, batch=1, steps=5, seed=1)
    orders = []
    for number in range(2):
        epoch = stream.epoch(number, ALONE)
        ids = torch.cat([epoch[i].ids for i in range(len(epoch))], dim=1)[0]
        orders.append(list(dict.fromkeys(ids.tolist())))
    assert orders[0] != orders[1]
    assert set(orders[0]) == set(range(40))


def test_buckets_hold_every_sentence_once_and_near_lengths_together() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 1_000).tolist()
    batches = bucketed(lengths, 20, [1, 0])
    assert sorted(np.concatenate(batches).tolist()) == list(range(1_000))
    spread = np.mean([np.ptp(np.asarray(lengths)[batch]) for batch in batches])
    assert spread < 5  # at random it would be about 53


def test_padding_is_a_multiple_of_eight_and_empty_sentences_have_a_place() -> None:
    ids, lengths = padded([[5, 6, 7], []])
    assert ids.shape == (2, 8)
    assert lengths.tolist() == [3, 1]


def test_an_average_that_keeps_nothing_is_the_network_itself() -> None:
    network = torch.nn.Linear(2, 2)
    average = Average(network, 0.0)
    with torch.no_grad():
        network.weight += 1.0
    average.update(network, step=5)
    assert torch.equal(average.network.weight, network.weight)


def test_calibration_finds_the_temperature_that_made_the_labels() -> None:
    """Labels drawn from softmax(scores / 3): the best temperature is 3."""
    torch.manual_seed(0)
    scores = torch.randn(20_000, 3) * 4
    targets = torch.multinomial((scores / 3).softmax(dim=-1), 1).squeeze(1)
    assert calibrated(scores, targets) == pytest.approx(3.0, rel=0.05)


def test_a_reader_learns_a_pattern_and_ignores_padding() -> None:
    torch.manual_seed(0)
    layers = Layers(hidden=16, layers=1, dropout=0.0)
    reader = Reader(20, ClassifierSize(layers, 8, 300, 0.0, 0.0)).eval()
    short, long = torch.tensor([[5, 6, 7, 8]]), torch.tensor([[5, 6, 7, 8, 0, 0, 0, 0]])
    labels, lengths = torch.zeros(1, dtype=torch.int64), torch.tensor([4])
    alone, _ = reader(Labelled(short, lengths, labels))
    padded_loss, _ = reader(Labelled(long, lengths, labels))
    assert padded_loss.units == alone.units == 6
    assert padded_loss.total.item() == pytest.approx(alone.total.item(), rel=1e-5)


def test_dynamic_evaluation_learns_while_it_reads() -> None:
    torch.manual_seed(0)
    text = "la casa es bonita y el perro es tranquilo. " * 40
    tokenizer = Tokenizer.learn([text], "char", 400)
    network = Generator(len(tokenizer), SMALL).eval()
    ids = np.array(tokenizer.encode(text), np.int32)
    still = nats(network, ids, len(text)).value
    settings = Dynamic(rate=1e-2, decay=0.0)
    learning = foreseen_dynamically(network, tokenizer, text, settings).nats_per_character
    assert learning < 0.6 * still


def test_dynamic_evaluation_without_learning_is_the_plain_score() -> None:
    torch.manual_seed(0)
    text = "En un lugar de la Mancha, de cuyo nombre no quiero acordarme. " * 5
    tokenizer = Tokenizer.learn([text], "char", 400)
    network = Generator(len(tokenizer), SMALL).eval()
    ids = np.array(tokenizer.encode(text), np.int32)
    with torch.no_grad():
        still = nats(network, ids, len(text)).value
    asleep = foreseen_dynamically(network, tokenizer, text, Dynamic(rate=0.0, decay=0.0))
    assert asleep.nats_per_character == pytest.approx(still, rel=0.02)


@pytest.mark.parametrize("scale", [0.01, 0.5])
def test_gradients_are_scaled_and_shortened_as_torch_does_it(scale: float) -> None:
    torch.manual_seed(2)
    own = [torch.nn.Parameter(torch.zeros(shape)) for shape in (3, 7)]
    unused = torch.nn.Parameter(torch.zeros(2))
    for one in own:
        one.grad = torch.randn_like(one)
    wanted = [torch.nn.Parameter(torch.zeros_like(one)) for one in own]
    for one, other in zip(own, wanted, strict=True):
        assert one.grad is not None
        other.grad = one.grad * scale
    length = torch.nn.utils.clip_grad_norm_(wanted, 1.0).item()
    assert scaled([*own, unused], scale, 1.0) == pytest.approx(length)
    for one, other in zip(own, wanted, strict=True):
        torch.testing.assert_close(one.grad, other.grad)
    assert (length > 1) == (scale == 0.5)  # both sides of the limit are tried
