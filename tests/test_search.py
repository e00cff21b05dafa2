"""Beam search over a step that is known by heart, against trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from nlpcell.inference.search import Candidates, Found, penalty, search
from nlpcell.inference.vetoes import circles, copies, goes_round, never
from nlpcell.settings import Decoding
from nlpcell.tokenizer import END, PAD, START, UNKNOWN

A, B, C = 4, 5, 6  # ids that are words


class Grammar:
    """Chances that follow from the sentence and the last two ids: a network in a table."""

    def __init__(self, sentences: int, beam: int, seed: int = 0) -> None:
        draw = np.random.default_rng(seed)
        scores = draw.normal(0, 2, (sentences, 7, 7, 7))
        scores[..., [PAD, UNKNOWN, START]] = -50
        self.table = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
        self.before = np.full(sentences * beam, START)
        self.last = self.before
        self.places = np.repeat(np.arange(sentences), beam)
        self.beam = beam

    def step(self, last: np.ndarray, most: int) -> Candidates:
        self.last = last
        scores = self.table[self.places, self.before, last]
        ids = np.argsort(-scores, axis=1)[:, :most]
        weights = np.eye(8)[self.places % 8]
        return Candidates(np.take_along_axis(scores, ids, axis=1), ids, weights)

    def keep(self, sentences: np.ndarray | None, rows: np.ndarray) -> None:
        self.before, self.places = self.last[rows], self.places[rows]
        kept = len(np.unique(self.places))
        assert len(rows) == self.beam * (kept if sentences is None else len(sentences))

    def best(self, sentence: int, limit: int, alpha: float) -> tuple[list[int], float]:
        """The best of all translations of at most so many ids, by trying every one."""
        found = [([], self.score(sentence, [END]) / penalty(1, alpha))]
        for length in range(1, limit):
            for ids in itertools.product((A, B, C), repeat=length):
                total = self.score(sentence, [*ids, END])
                found.append((list(ids), total / penalty(length + 1, alpha)))
        return max(found, key=lambda one: one[1])

    def score(self, sentence: int, ids: list[int]) -> float:
        path = [START, START, *ids]
        steps = zip(path, path[1:], path[2:], strict=False)
        return float(sum(self.table[sentence, a, b, c] for a, b, c in steps))


def found(grammar: Grammar, limit: int = 5, **settings: float) -> list[list[Found]]:
    sentences = len(grammar.table)
    decoding = Decoding(grammar.beam, **settings)  # type: ignore[arg-type]
    return search(grammar, [limit] * sentences, decoding, [never])


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_there_is(alpha: float) -> None:
    grammar = Grammar(sentences=6, beam=120)
    for sentence, [one] in enumerate(found(grammar, length_penalty=alpha)):
        ids, score = grammar.best(sentence, 5, alpha)
        assert one.score >= score - 1e-9  # one that was cut off at the limit may be better
        if len(one.ids) < 5:
            assert (one.ids, one.score) == (ids, pytest.approx(score))


def test_a_beam_of_one_is_greedy() -> None:
    grammar = Grammar(sentences=20, beam=1, seed=3)
    for sentence, [one] in enumerate(found(grammar, limit=9)):
        path = [START, START]
        while path[-1] != END and len(path) < 11:
            path.append(int(grammar.table[sentence, path[-2], path[-1]].argmax()))
        assert one.ids == [id_ for id_ in path[2:] if id_ != END]


def test_a_wider_beam_is_never_worse_on_the_whole() -> None:
    means = [
        np.mean([some[0].score for some in found(Grammar(40, beam, seed=5), limit=30)])
        for beam in (1, 2, 16)
    ]
    assert means == sorted(means) and means[0] < means[-1]


def test_n_best_are_different_and_in_order() -> None:
    for some in found(Grammar(10, 6, seed=1), limit=9, n_best=4):
        assert len(some) == 4 == len({tuple(one.ids) for one in some})
        assert [one.score for one in some] == sorted((one.score for one in some), reverse=True)


def test_a_sentence_does_not_depend_on_its_neighbours() -> None:
    grammar = Grammar(9, 4, seed=8)
    together = found(grammar, limit=9)
    for sentence, [one] in enumerate(together):
        alone = Grammar(9, 4, seed=8)
        alone.table = alone.table[sentence : sentence + 1]
        alone.places, alone.before = alone.places[:4] * 0, alone.before[:4]
        [[other]] = found(alone, limit=9)
        assert (one.ids, one.score) == (other.ids, other.score)


def test_weights_follow_the_translation() -> None:
    for sentence, [one] in enumerate(found(Grammar(8, 3, seed=2), limit=7)):
        assert one.weights.shape == (len(one.ids), 8)
        assert (one.weights == np.eye(8)[sentence]).all()


def test_nothing_is_longer_than_its_limit() -> None:
    grammar = Grammar(5, 3)
    grammar.table[..., END] = -40
    assert [len(one.ids) for [one] in found(grammar, limit=6)] == [6] * 5


def candidates(ids: list[int]) -> Candidates:
    return Candidates(np.zeros((1, len(ids))), np.array([ids]), np.zeros((1, 0)))


def test_no_more_unknown_characters_than_the_source_has() -> None:
    veto = copies([0, 1])
    for sentence, written, allowed in ((0, [A], False), (1, [A], True), (1, [A, UNKNOWN], False)):
        path = np.array([[START, *written]])
        scores = veto(candidates([B, UNKNOWN]), path, np.array([sentence]))
        assert scores[0, 0] == 0 and (scores[0, 1] == 0) == allowed


def test_nothing_again_and_again_unless_the_source_does_so() -> None:
    path = np.array([[START, A, B, A, B, A, B, A]])
    for source, allowed in (([A, B, C], False), ([A, B] * 4, True), ([A, C] * 2, False)):
        scores = circles([source])(candidates([B, C]), path, np.array([0]))
        assert scores[0, 1] == 0 and (scores[0, 0] == 0) == allowed
    assert not goes_round(np.array([START, A, A]), A, [B])  # "no, no, no" may be meant


def test_a_network_in_a_circle_comes_to_an_end() -> None:
    grammar = Grammar(1, 1)
    grammar.table[:] = -20
    grammar.table[..., A], grammar.table[..., END] = -0.1, -9
    [[one]] = search(grammar, [50], Decoding(1), [circles([[B, C]])])
    assert one.ids == [A, A, A]
