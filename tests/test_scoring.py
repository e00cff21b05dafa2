"""Scores against scikit-learn, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from nlpcell.scoring import Signature, accuracy, bits, class_scores, confusion, macro_f1

PAIR = st.tuples(st.sampled_from("abcd"), st.sampled_from("abce"))
ANSWERED = st.lists(PAIR, min_size=1, max_size=60)  # (answer, target); d and e are never both
LONG = [tuple(row) for row in np.random.default_rng(5).choice(["neg", "pos", "ñ"], (500, 2))]


def both(pairs: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [str(answer) for answer, _ in pairs], [str(target) for _, target in pairs]


@given(ANSWERED | st.just(LONG))
def test_class_scores_equal_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    answers, targets = both(pairs)
    rows = class_scores(answers, targets)
    expected = metrics.precision_recall_fscore_support(
        targets, answers, labels=[row.label for row in rows], zero_division=0
    )
    assert [row.label for row in rows] == sorted(set(answers) | set(targets))
    np.testing.assert_allclose([row[1:] for row in rows], np.transpose(expected), atol=1e-12)


@given(ANSWERED | st.just(LONG))
def test_accuracy_and_macro_f1_equal_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    answers, targets = both(pairs)
    expected = metrics.f1_score(targets, answers, average="macro", zero_division=0)
    assert macro_f1(answers, targets) == pytest.approx(expected, abs=1e-12)
    assert accuracy(answers, targets) == pytest.approx(metrics.accuracy_score(targets, answers))


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(ANSWERED)
def test_confusion_equals_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    answers, targets = both(pairs)
    [head, *rows] = confusion(answers, targets)
    labels = head[1:]
    assert [row[0] for row in rows] == labels
    expected = metrics.confusion_matrix(targets, answers, labels=labels)
    assert [row[1:] for row in rows] == expected.tolist()


def test_scores_by_hand() -> None:
    """a: 1 of 2 said and of 1 wanted, F1 2/3; b: 1 of 1 said and of 2 wanted, F1 2/3."""
    answers, targets = ["a", "a", "b"], ["a", "b", "b"]
    assert class_scores(answers, targets) == [
        ("a", 1 / 2, 1.0, 2 / 3, 1),
        ("b", 1.0, 1 / 2, 2 / 3, 2),
    ]
    assert macro_f1(answers, targets) == pytest.approx(2 / 3)
    assert bits(np.log(8)) == pytest.approx(3)


@pytest.mark.parametrize("score", [accuracy, macro_f1, class_scores, confusion])
def test_unequal_sides_are_refused(score: object) -> None:
    with pytest.raises(ValueError, match="zip"):
        score(["a"], ["a", "b"])  # type: ignore[operator]


def test_a_signature_says_all_it_knows() -> None:
    plain = Signature("films/test", 12, "sentiment-es-0123abcd", "0.1.0")
    assert str(plain) == "corpus:films/test|n:12|model:sentiment-es-0123abcd|nlpcell:0.1.0"
    full = Signature("c", 1, "m", "v", seed=0, decoding="greedy")
    assert str(full) == "corpus:c|n:1|model:m|decoding:greedy|seed:0|nlpcell:v"
