"""Sentences to sentences: another language, an answer, a summary, whatever was learnt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import READER, TABLE, Bundle
from nlpcell.errors import BadModel
from nlpcell.inference.alignment import Alignment, aligned
from nlpcell.inference.answerer import Answerer
from nlpcell.inference.search import Candidates, Found, Ids, search
from nlpcell.inference.session import Session
from nlpcell.inference.vetoes import circles, copies, never
from nlpcell.passages import sentences
from nlpcell.settings import Decoding
from nlpcell.subwords import Read, Subwords, shouted
from nlpcell.tokenizer import END
from nlpcell.weights import arrays

LONG = 240  # characters; a longer sentence is cut
MULTIPLE = 8  # to which the room of a sentence is rounded up; only equals share a batch
ROWS = 128  # written at a time
SPARE = 10  # subwords that a translation of the shortest sentence may have


class Version(NamedTuple):
    """One translation of a text."""

    target: str
    score: float  # logarithm of its probability over the length penalty, summed over its parts


class Translation(NamedTuple):
    """A text and what becomes of it."""

    target: str
    score: float
    n_best: list[Version]  # best first; each joins what is equally good of every part
    alignment: list[Alignment]  # of each part, when it was asked for


class Part(NamedTuple):
    """A piece of a text that is translated by itself."""

    before: str  # white space, which stays
    core: str
    after: str


class Translator(Answerer[Translation]):
    """A trained translator.

    Sentences are read one at a time and written many at a time. What stands in a batch together
    has equal room, so that no sentence depends on its neighbours.
    """

    def __init__(
        self,
        bundle: Bundle,
        threads: int | None = None,
        decoding: Decoding | None = None,
        align: bool = False,
    ) -> None:
        super().__init__(threads)
        self.bundle = bundle
        self.decoding = decoding or Decoding()
        self.align = align
        self.subwords = Subwords(bundle.tokenizer())
        found = arrays(bundle.read(TABLE), str(bundle.folder / TABLE))
        shapes = [found[name].shape for name in ("table", "scale") if name in found]
        size = len(self.subwords.tokenizer)
        if len(shapes) < 2 or len(shapes[0]) != 2 or {shapes[0][0], *shapes[1]} != {size}:
            what = f"its {TABLE} was made for another tokenizer"
            raise BadModel(what, where=str(bundle.folder))
        self.table, self.scale = found["table"], found["scale"].astype(np.float32)
        self.reader = Session(bundle, ["keys", "values", "memory"], READER)
        outputs = ["scores", "ids", "memory_after", "weights"]
        self.writer = Session(bundle, outputs, given={"table": self.table})

    def answer(self, text: str) -> Translation:
        """The translation of one text."""
        return self.answer_all([text])[0]

    def answer_all(self, texts: list[str]) -> list[Translation]:
        """Translations in the order of the texts."""
        cut = [parts(text) for text in texts]
        reads = [self.read(part.core) for some in cut for part in some if part.core]
        found = iter(zip(reads, self.written_all(reads), strict=True))
        return [
            self.joined(some, [next(found) if part.core else None for part in some]) for some in cut
        ]

    def read(self, core: str) -> Read:
        """A sentence as ids; one in capitals as it would usually be written."""
        return self.subwords.read(self.subwords.spoken(core) if shouted(core) else core)

    def written_all(self, reads: list[Read]) -> list[list[Found]]:
        """What is written about every sentence, the longest ones first, in batches."""
        batches = batched(reads, max(1, ROWS // self.decoding.beam))
        work = [[reads[place] for place in batch] for batch in batches]
        self.given_up = False
        if self.threads == 1 or len(batches) == 1:
            answers = [self.written(batch) for batch in work]
        else:
            with ThreadPoolExecutor(self.threads) as pool:
                try:
                    answers = list(pool.map(self.written, work))
                except BaseException:  # a signal, most of all: what was begun is not waited for
                    self.given_up = True
                    raise
        found = {
            place: one
            for places, some in zip(batches, answers, strict=True)
            for place, one in zip(places, some, strict=True)
        }
        return [found[place] for place in range(len(reads))]

    def written(self, batch: list[Read]) -> list[list[Found]]:
        """What is written about sentences of equal room."""
        stepper = Step(self, [[*one.ids, END] for one in batch])
        limits = [int(self.decoding.longest * len(one.ids)) + SPARE for one in batch]
        unknown = [len(one.unknown) for one in batch]
        filters = [never, copies(unknown), circles([one.ids for one in batch])]
        return search(stepper, limits, self.decoding, filters)

    def vectors(self, ids: Ids) -> NDArray[np.float32]:
        """The rows of the table for some ids: (...) -> (..., embedding)."""
        found: NDArray[np.float32] = self.table[ids].astype(np.float32)
        return found * self.scale[ids][..., None]

    def joined(self, some: list[Part], found: list[tuple[Read, list[Found]] | None]) -> Translation:
        """Parts and what was written about them as one text."""
        versions = []
        for place in range(max((len(one[1]) for one in found if one), default=1)):
            text, score = "", 0.0
            for part, one in zip(some, found, strict=True):
                best = one[1][min(place, len(one[1]) - 1)] if one else None
                said = self.subwords.write(best.ids, one[0].unknown) if one and best else ""
                said = said.upper() if shouted(part.core) else said
                text += part.before + said.replace("\n", " ").strip() + part.after
                score += best.score if best else 0.0
            versions.append(Version(text, score))
        pairs = [(one[0], one[1][0]) for one in found if one] if self.align else []
        alignment = [aligned(self.subwords, read, best.ids, best.weights) for read, best in pairs]
        return Translation(*versions[0], versions, alignment)


class Step:
    """The network writing about a batch of sentences: what the search asks (search.Stepper)."""

    def __init__(self, translator: Translator, sentences: list[list[int]]) -> None:
        self.translator = translator
        length = -(-max(map(len, sentences)) // MULTIPLE) * MULTIPLE
        found = [self.read(ids) for ids in sentences]
        keys, values, memory = (np.concatenate(one, axis) for one, axis in zip(
            zip(*[(padded(k, 2, length), padded(v, 1, length), m) for k, v, m in found],
                strict=True),
            (1, 0, 2), strict=True,
        ))  # fmt: skip
        self.keys, self.values = keys, values
        self.real = np.arange(length) < np.array([[len(ids)] for ids in sentences])
        self.memory = np.repeat(memory, translator.decoding.beam, axis=2)

    def read(self, ids: list[int]) -> list[NDArray[np.float32]]:
        """Keys, values and memory of one sentence by itself."""
        self.translator.go_on()
        embedded = self.translator.vectors(np.array([ids]))
        return self.translator.reader({"embedded": embedded, "lengths": np.array([len(ids)])})

    def step(self, last: Ids, most: int) -> Candidates:
        """Read the last id of every row, (rows,): the `most` likeliest that may follow."""
        self.translator.go_on()
        inputs = {
            "embedded": self.translator.vectors(last[:, None]),
            "memory": self.memory,
            "keys": self.keys,
            "values": self.values,
            "real": self.real,
            "most": np.array([min(most, len(self.translator.table))]),
        }
        scores, ids, self.memory, weights = self.translator.writer(inputs)
        shown = weights if self.translator.align else weights[:, :0]
        return Candidates(scores, ids.astype(np.int64), shown)

    def keep(self, sentences: Ids | None, rows: Ids) -> None:
        """Go on with these rows, in this order, of these sentences (None: of all)."""
        self.memory = self.memory.take(rows, axis=2)
        if sentences is not None:
            self.keys = self.keys.take(sentences, axis=1)
            self.values, self.real = self.values[sentences], self.real[sentences]


def parts(text: str) -> list[Part]:
    """A text sentence by sentence, as pairs are learnt from; what is white around them stays.

    >>> parts(" Hola. ")
    [Part(before=' ', core='Hola.', after=' ')]
    """
    found = []
    for piece in sentences(text, LONG):
        core = piece.strip()
        start = piece.index(core) if core else len(piece)
        found.append(Part(piece[:start], core, piece[start + len(core) :]))
    return found


def batched(reads: list[Read], most: int) -> list[list[int]]:
    """The places of sentences, those of equal room together, the longest first."""
    order = sorted(range(len(reads)), key=lambda place: -room(reads[place]))
    batches: list[list[int]] = []
    for place in order:
        same = batches and room(reads[batches[-1][0]]) == room(reads[place])
        if not same or len(batches[-1]) == most:
            batches.append([])
        batches[-1].append(place)
    return batches


def room(read: Read) -> int:
    """How many places a sentence and its END take, in MULTIPLEs."""
    return len(read.ids) // MULTIPLE + 1


def padded(array: NDArray[np.float32], axis: int, length: int) -> NDArray[np.float32]:
    """An array with zeros up to a length along one axis."""
    room = [(0, length - size if place == axis else 0) for place, size in enumerate(array.shape)]
    return np.pad(array, room)
