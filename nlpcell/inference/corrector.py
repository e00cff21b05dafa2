"""Sentences to corrections of gender and number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import MANIFEST, Bundle
from nlpcell.cell import sigmoid
from nlpcell.errors import BadModel
from nlpcell.features import PADDING, SLOTS, hidden, rows
from nlpcell.inference.answerer import Answerer
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.session import Session
from nlpcell.kinds import kind
from nlpcell.lines import near_lengths
from nlpcell.passages import passages
from nlpcell.scripts import KEEP, applied, edits, parsed
from nlpcell.words import Edit, Word, composed, edited, tokens, words

PIECE = 400  # characters read at a time: a few sentences
ROUNDS = 4  # times a text is read again after an edit; what has not settled then stays as it was
SEEN = 24  # words on either side among which the one agreed with is looked for
TOGETHER = 4  # pieces that are glanced at together: of 2, 3, 4, 8 and 16 the fastest
DOUBT = 0.5  # share of the confidence from which on a piece is read with care
LIKELY = 0.01  # probability from which another form is named as an alternative


class Finding(NamedTuple):
    """A word that should have another form."""

    start: int  # in Unicode characters of the line, from 0
    end: int
    old: str
    new: str
    kind: str  # gender, number, gender+number or form
    score: float  # see certainty
    reason: str  # the word agreed with, when it was asked for and found
    alternatives: list[str]  # other forms, likeliest first


class Correction(NamedTuple):
    """A line and what becomes of it."""

    output: str
    findings: list[Finding]


class Proposal(NamedTuple):
    """What one reading of a piece wants to do to one word."""

    place: int  # of the word
    new: str
    label: int
    score: float


class Corrector(Answerer[Correction]):
    """A trained corrector. All that it does not correct comes back as it was.

    `confidence` is the certainty an edit needs, the one tuned at training if None; `explain`
    looks for the word agreed with, which costs one more reading per edit; `session` stands in for
    the bundle's graph.
    """

    def __init__(
        self,
        bundle: Bundle,
        threads: int | None = None,
        confidence: float | None = None,
        explain: bool = False,
        session: Session | None = None,
    ) -> None:
        super().__init__(threads)
        self.bundle = bundle
        labels, settings = bundle.manifest.labels, bundle.manifest.settings
        where = str(bundle.folder)
        try:
            self.scripts = [None if label == KEEP else parsed(label) for label in labels]
            self.buckets = int(settings["buckets"])
            self.confidence = float(settings["confidence"] if confidence is None else confidence)
        except (ValueError, TypeError, KeyError):
            raise BadModel(f"its {MANIFEST} does not describe a corrector", where=where) from None
        self.explain = explain
        self.session = session or Session(bundle, ["scores"])
        if self.session.shape("scores", output=True)[-1] != len(labels):
            raise BadModel(f"made for other labels than its {MANIFEST} has", where=where)

    def answers(self, texts: list[str]) -> list[Correction]:
        """Corrections of some lines. Most pieces need none, and a glance tells which."""
        pieces = [piece for text in texts for piece in passages(text, PIECE)]
        restless = near_lengths(pieces, TOGETHER, self.glance, len)
        calm = {one for one, found in zip(pieces, restless, strict=True) if not found}
        return [self.answer(text, calm) for text in texts]

    def glance(self, pieces: Sequence[str]) -> list[bool]:
        """Whether any word of a piece comes near to an edit.

        Read together, pieces lend each other their int8 scales: good enough to pass over what
        is right in half the time, while an edit is always decided on by reading a piece alone.
        """
        read = [tokens(one) for one in pieces]
        lengths = np.array([max(1, len(one)) for one in read])
        table = np.full((len(read), lengths.max(), SLOTS), PADDING, dtype=np.int32)
        for row, one in zip(table, read, strict=True):
            row[: len(one)] = rows(one, self.buckets)
        real = np.arange(lengths.max()) < lengths[:, None]
        sure = np.where(real, certainty(self.scores(table, lengths)), 0.0)
        return list(sure.max(axis=-1) >= DOUBT * self.confidence)

    def answer(self, text: str, calm: set[str] | None = None) -> Correction:
        """The correction of one line, piece by piece; `calm` ones are known to need nothing."""
        calm = set() if calm is None else calm
        findings = self.settled(text, lambda line: self.by_pieces(line, calm))
        made = [Edit(one.start, one.end, one.new) for one in findings]
        return Correction(edited(text, made), findings)

    def by_pieces(self, line: str, calm: set[str]) -> list[Finding]:
        """Findings of all pieces but the `calm` ones, which need nothing.

        An edit may move the places where a line is cut, so lines settle as pieces do.
        """
        findings: list[Finding] = []
        start = 0
        for piece in passages(line, PIECE):
            found = [] if piece in calm or piece.isspace() else self.settled(piece, self.read)
            calm.add(edited(piece, [Edit(one.start, one.end, one.new) for one in found]))
            findings += [
                one._replace(start=one.start + start, end=one.end + start) for one in found
            ]
            start += len(piece)
        return findings

    def settled(self, whole: str, read: Callable[[str], list[Finding]]) -> list[Finding]:
        """Findings after which a text needs no more: correcting twice is correcting once."""
        text = whole
        made: list[Edit] = []
        findings: list[Finding] = []
        for _ in range(ROUNDS):
            again = read(text)
            if not again:
                real = [edit for edit in made if edit.new != whole[edit.start : edit.end]]
                return [self.placed(edit, whole, findings) for edit in real]
            findings += again
            new = [Edit(one.start, one.end, one.new) for one in again]
            made = composed(whole, made, new)
            text = edited(whole, made)
        return []

    def placed(self, edit: Edit, whole: str, findings: list[Finding]) -> Finding:
        """The finding behind an edit of a text: the one at its place, else the same elsewhere."""
        old = whole[edit.start : edit.end]
        best = min(
            (one for one in findings if one.new in edit.new),
            key=lambda one: (one[:2] != edit[:2], (one.old, one.new) != (old, edit.new)),
        )
        return best._replace(
            start=edit.start, end=edit.end, old=old, new=edit.new, kind=kind(old, edit.new)
        )

    def read(self, text: str) -> list[Finding]:
        """What one reading of a text finds."""
        found = words(text)
        table = rows([word.text for word in found], self.buckets)
        scores = self.scores(table[None])[0]
        proposals = {
            place: proposal
            for place in np.flatnonzero(certainty(scores) >= self.confidence).tolist()
            if (proposal := self.proposal(place, found[place], scores[place]))
        }
        made = edits(text, found, {place: one.new for place, one in proposals.items()})
        after = table.copy()
        for place, one in proposals.items():
            after[place] = rows(tokens(one.new)[-1:], self.buckets)  # of "de la" the article
        return [
            Finding(
                *edit[:2], text[edit.start : edit.end], edit.new,
                kind(text[edit.start : edit.end], edit.new), proposal.score,
                self.reason(found, after, proposal) if self.explain else "",
                self.alternatives(found[proposal.place], scores[proposal.place], proposal),
            )
            for edit, proposal in zip(made, proposals.values(), strict=True)
        ]  # fmt: skip

    def scores(
        self, table: NDArray[np.int32], lengths: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(batch, words, labels) for (batch, words, SLOTS); without lengths all are as long."""
        self.go_on()
        if lengths is None:
            lengths = np.full(len(table), table.shape[1], dtype=np.int64)
        return self.session({"rows": table, "lengths": lengths})[0]

    def proposal(self, place: int, word: Word, scores: NDArray[np.float32]) -> Proposal | None:
        """The likeliest edit of a word, if its script fits it and changes it."""
        label = int(scores[1:].argmax()) + 1
        new = self.form(word, label)
        return Proposal(place, new, label, float(certainty(scores))) if new else None

    def form(self, word: Word, label: int) -> str | None:
        """The word after the script of a label; None where it does not fit."""
        script = self.scripts[label]
        new = applied(script, word.text) if script else None
        return None if new == word.text else new

    def alternatives(
        self, word: Word, scores: NDArray[np.float32], proposal: Proposal
    ) -> list[str]:
        """Other forms the word could take, likeliest first."""
        chances = np.exp(log_softmax(scores))
        order = [int(label) for label in np.argsort(-chances) if chances[label] >= LIKELY]
        forms = [self.form(word, label) for label in order if label != proposal.label]
        return [one for one in forms if one]

    def reason(self, found: list[Word], table: NDArray[np.int32], proposal: Proposal) -> str:
        """The word without which the new form is doubted most (occlusion, Zeiler and Fergus 2014).

        Words are hidden one by one and with each neighbour, because an article tells of its noun
        what the noun itself would. Asked of the corrected sentence: in the wrong one, whatever
        shows that something is wrong counts as well.
        """
        near = range(max(0, proposal.place - SEEN), min(len(found), proposal.place + SEEN + 1))
        others = [at for at in near if at != proposal.place and found[at].text[0].isalpha()]
        if not others:
            return ""
        spans = [*((at,) for at in others), *pairwise(others)]
        variants = np.repeat(table[None], len(spans), axis=0)
        for variant, span in zip(variants, spans, strict=True):
            variant[list(span)] = hidden(1)
        kept = log_softmax(self.scores(variants))[:, proposal.place, 0]
        belief = dict.fromkeys(others, 0.0)  # in the new form, the less the more a word decides
        for span, left in zip(spans, kept.tolist(), strict=True):
            for at in span:
                belief[at] += left / len(span)
        return found[min(others, key=belief.__getitem__)].text


def certainty(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., labels) -> (...): how likely the best edit is, were it that or leaving the word alone.

    What could also be wrong with a word is no reason to leave it as it is.
    """
    return sigmoid(scores[..., 1:].max(axis=-1) - scores[..., 0])
