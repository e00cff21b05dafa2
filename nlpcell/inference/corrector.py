"""Sentences to corrections of gender and number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell import lexicon
from nlpcell.bundle import MANIFEST, TABLE, Bundle
from nlpcell.errors import BadModel
from nlpcell.features import Features
from nlpcell.inference.answerer import Answerer
from nlpcell.inference.decoding import log_softmax
from nlpcell.inference.occlusion import decisive_word
from nlpcell.inference.secondlook import Proposal, Seen, at_best, doubt, hopeful, weighed
from nlpcell.inference.session import Session
from nlpcell.kinds import kind
from nlpcell.lines import near_lengths
from nlpcell.passages import passages
from nlpcell.scripts import KEEP, applied, edits, parsed
from nlpcell.weights import WORDS, arrays
from nlpcell.words import Edit, Word, composed, edited, tokens, words

PIECE = 400  # characters read at a time: a few sentences
ROUNDS = 4  # times a text is read again after an edit; what has not settled then stays as it was
TOGETHER = 4  # pieces that are glanced at together: 6 or 8 are no faster
LENT = 0.5  # nats that a word may lose where it is only glanced at
REMEMBERED = 16  # readings: what an edit makes of a piece is looked at before and after it is made
LIKELY = 0.01  # probability from which another form is named as an alternative


class Finding(NamedTuple):
    """A word that should have another form."""

    start: int  # in Unicode characters of the line, from 0
    end: int
    old: str
    new: str
    kind: str  # gender, number, gender+number or form
    score: float  # how likely it is right: see secondlook.weighed
    reason: str  # the word agreed with, when it was asked for and found
    alternatives: list[str]  # other forms, likeliest first


class Correction(NamedTuple):
    """A line and what becomes of it."""

    output: str
    findings: list[Finding]


class Corrector(Answerer[Correction]):
    """A trained corrector. All that it does not correct comes back as it was.

    `confidence` is how likely an edit must be right, the one tuned at training if None; `explain`
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
            buckets = int(settings["buckets"])
            self.confidence = float(settings["confidence"] if confidence is None else confidence)
        except (ValueError, TypeError, KeyError):
            raise BadModel(f"its {MANIFEST} does not describe a corrector", where=where) from None
        self.features = Features(buckets, lexicon.kept(bundle))
        self.explain = explain
        self.seen = lru_cache(REMEMBERED)(self.seen_anew)
        self.session = session or Session(bundle, ["scores"], given=apart(bundle))
        if self.session.shape("scores", output=True)[-1] != len(labels):
            raise BadModel(f"made for other labels than its {MANIFEST} has", where=where)
        if self.session.shape("rows")[-1] != self.features.slots:
            raise BadModel("its graph reads words otherwise than its files do", where=where)

    def answers(self, texts: list[str]) -> list[Correction]:
        """Corrections of some lines. Most pieces need none, and a glance tells which."""
        pieces = [piece for text in texts for piece in passages(text, PIECE)]
        restless = near_lengths(pieces, TOGETHER, self.glance, lambda one: len(tokens(one)))
        calm = {one for one, found in zip(pieces, restless, strict=True) if not found}
        return [self.answer(text, calm) for text in texts]

    def glance(self, pieces: Sequence[str]) -> list[bool]:
        """Whether any word of a piece comes near to an edit.

        Read together, pieces lend each other their int8 scales: good enough to pass over what
        is right in half the time, while an edit is always decided on by reading a piece alone.
        """
        found = [tokens(piece) for piece in pieces]
        lengths = np.array([len(one) for one in found])
        table = self.features.padding(len(found), max(1, lengths.max()))
        for row, one in zip(table, found, strict=True):
            row[: len(one)] = self.features.rows(one)
        scores = self.scores(table, lengths.clip(min=1))
        scores[..., 1:] += LENT
        real = np.arange(table.shape[1]) < lengths[:, None]
        near = at_best(np.where(real, doubt(scores), -np.inf)).max(axis=-1) >= self.confidence
        read = zip(near, pieces, table, scores, lengths, strict=True)
        return [
            bool(doubted and self.hopes(Seen(piece, words(piece), rows, said[:length])))
            for doubted, piece, rows, said, length in read
        ]

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
        """What is to be done to a text, as far as one can tell before it is done."""
        seen = self.seen(text)
        proposals = self.proposals(seen)
        made = edits(text, seen.words, {one.place: one.new for one in proposals})
        after = seen.rows.copy()
        for one in proposals:
            after[one.place] = self.features.rows(tokens(one.new)[-1:])  # of "de la" the article
        return [
            Finding(
                *edit[:2], text[edit.start : edit.end], edit.new,
                kind(text[edit.start : edit.end], edit.new), one.score,
                self.reason(seen.words, after, one.place) if self.explain else "",
                self.alternatives(seen, one),
            )
            for edit, one in zip(made, proposals, strict=True)
        ]  # fmt: skip

    def seen_anew(self, text: str) -> Seen:
        """A text read alone; `seen` remembers the last ones."""
        found = words(text)
        rows = self.features.rows([word.text for word in found])
        return Seen(text, found, rows, self.scores(rows[None])[0])

    def proposals(self, seen: Seen) -> list[Proposal]:
        """What should be done to the words of a text, in their order."""
        return weighed(seen, self.hopes(seen), self.seen, self.confidence)

    def hopes(self, seen: Seen) -> list[Proposal]:
        """The likeliest edit of each word, where a second reading could find it likely enough."""
        places = np.flatnonzero(at_best(doubt(seen.scores)) >= self.confidence).tolist()
        likeliest = [one for place in places if (one := self.proposal(seen, place))]
        return hopeful(seen, likeliest, self.confidence, self.features.lexicon)

    def scores(
        self, table: NDArray[np.int32], lengths: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(batch, words, labels) for (batch, words, slots); without lengths all are as long."""
        self.go_on()
        if lengths is None:
            lengths = np.full(len(table), table.shape[1], dtype=np.int64)
        return self.session({"rows": table, "lengths": lengths})[0]

    def proposal(self, seen: Seen, place: int) -> Proposal | None:
        """The likeliest edit of a word, if its script fits it and changes it."""
        label = int(seen.scores[place, 1:].argmax()) + 1
        new = self.form(seen.words[place], label)
        return Proposal(place, new, label) if new else None

    def form(self, word: Word, label: int) -> str | None:
        """The word after the script of a label; None where it does not fit."""
        script = self.scripts[label]
        new = applied(script, word.text) if script else None
        return None if new == word.text else new

    def alternatives(self, seen: Seen, proposal: Proposal) -> list[str]:
        """Other forms the word could take, likeliest first."""
        chances = np.exp(log_softmax(seen.scores[proposal.place]))
        order = [int(label) for label in np.argsort(-chances) if chances[label] >= LIKELY]
        word = seen.words[proposal.place]
        forms = [self.form(word, label) for label in order if label != proposal.label]
        return [one for one in forms if one]

    def reason(self, found: list[Word], table: NDArray[np.int32], place: int) -> str:
        """The word that the one at `place` agrees with; "" if there is no other word."""
        blank = self.features.hidden(1)[0]
        decisive = decisive_word([word.text for word in found], table, place, blank, self.scores)
        return "" if decisive is None else found[decisive].text


def apart(bundle: Bundle) -> dict[str, NDArray[Any]]:
    """The table of words, where the graph is without it."""
    if TABLE not in bundle.manifest.files:
        return {}
    found = arrays(bundle.read(TABLE), str(bundle.folder / TABLE))
    return {name: one for name, one in found.items() if name == WORDS}
