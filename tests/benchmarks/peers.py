"""Labelled sentences to the classifiers one would otherwise take, each tuned in the same way."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nlpcell.example import Example
from nlpcell.scoring import accuracy
from nlpcell.training.corpus import Corpus

WORD = r"\w+|[^\w\s]"  # a word, or a mark by itself
SMOOTHING, INTERPOLATION = 1.0, 0.25  # alpha and beta of Wang and Manning 2012, section 2

Setting = Mapping[str, Any]
Predict = Callable[[Sequence[str]], list[str]]


class Peer(NamedTuple):
    """A way to learn a classifier and the settings that are worth trying."""

    fit: Callable[[Sequence[Example], Setting], Predict]
    settings: Sequence[Setting]


def best_setting(peer: Peer, corpus: Corpus) -> Setting:
    """The setting that answers best on the part of the training data that was held back."""
    targets = [one.target for one in corpus.dev]
    texts = [one.text for one in corpus.dev]

    def judged(setting: Setting) -> float:
        return accuracy(peer.fit(corpus.train, setting)(texts), targets)

    return max(peer.settings, key=judged)


def fit_fasttext(examples: Sequence[Example], setting: Setting) -> Predict:
    """Words and pairs of words, hashed, summed, one linear layer (Joulin et al. 2017)."""
    import fasttext

    labels = sorted({one.target for one in examples})
    lines = [f"__label__{labels.index(one.target)} {spaced(one.text)}\n" for one in examples]
    random.Random(1).shuffle(lines)  # fastText reads in the order of the file, often by label
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("".join(lines), encoding="utf-8")
        model = fasttext.train_supervised(  # one thread, so that a seed means something
            str(path), wordNgrams=2, bucket=500_000, minn=2, thread=1, seed=1, verbose=0, **setting
        )

    def predict(texts: Sequence[str]) -> list[str]:
        found, _ = model.predict([spaced(text) for text in texts])
        return [labels[int(one[0].removeprefix("__label__"))] if one else "" for one in found]

    return predict


def spaced(text: str) -> str:
    """Lower case with spaces around every mark, as in fastText's own tutorial.

    >>> spaced("Good, isn't it?")
    "good , isn ' t it ?"
    """
    return " ".join(re.findall(WORD, text.lower()))


def fit_logistic(examples: Sequence[Example], setting: Setting) -> Predict:
    """TF-IDF of words, pairs of words and letters within words; logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(token_pattern=WORD, ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    model = make_pipeline(make_union(words, letters), LogisticRegression(max_iter=1000, **setting))
    model.fit([one.text for one in examples], [one.target for one in examples])
    return lambda texts: model.predict(list(texts)).tolist()


def fit_nbsvm(examples: Sequence[Example], setting: Setting) -> Predict:
    """A linear SVM over naive Bayes' log-count ratios (Wang and Manning 2012).

    One against the rest where there are more than two labels.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.svm import LinearSVC

    counter = CountVectorizer(token_pattern=WORD, ngram_range=(1, 2), binary=True, dtype=float)
    seen = counter.fit_transform([one.text for one in examples])
    targets = np.array([one.target for one in examples])
    labels = sorted(set(targets))
    columns, offsets = [], []
    for label in labels:
        here = targets == label
        p, q = (SMOOTHING + np.asarray(seen[rows].sum(axis=0))[0] for rows in (here, ~here))
        ratio = np.log((p / p.sum()) / (q / q.sum()))  # eq. 1
        machine = LinearSVC(random_state=1, **setting).fit(seen.multiply(ratio).tocsr(), here)
        weights = machine.coef_[0]
        mean = np.abs(weights).mean()
        columns.append(ratio * ((1 - INTERPOLATION) * mean + INTERPOLATION * weights))  # eq. 2
        offsets.append(machine.intercept_[0])

    def predict(texts: Sequence[str]) -> list[str]:
        scores = counter.transform(texts) @ np.array(columns).T + np.array(offsets)
        return [labels[best] for best in scores.argmax(axis=1)]

    return predict


def grid(**choices: Sequence[Any]) -> list[Setting]:
    """Every combination of some choices.

    >>> grid(lr=[0.1, 0.5], epoch=[5])
    [{'lr': 0.1, 'epoch': 5}, {'lr': 0.5, 'epoch': 5}]
    """
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


PEERS = {
    "fastText": Peer(fit_fasttext, grid(lr=[0.1, 0.3, 1.0], epoch=[5, 15, 50], maxn=[0, 5])),
    "TF-IDF + logistic regression": Peer(fit_logistic, grid(C=[0.3, 1, 3, 10, 30])),
    "NB-SVM": Peer(fit_nbsvm, grid(C=[0.003, 0.01, 0.03, 0.1, 0.3, 1.0])),
}
