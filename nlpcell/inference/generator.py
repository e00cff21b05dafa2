"""A prompt to text, character by character, and a text to how well it was foreseen."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlpcell.bundle import Bundle
from nlpcell.errors import BadModel, WrongUse
from nlpcell.inference.decoding import Chooser, log_softmax
from nlpcell.inference.session import Session
from nlpcell.settings import Sampling
from nlpcell.tokenizer import END, PAD, START, UNKNOWN

LARGEST = 1 << 24  # numbers in the memory of one text
AT_ONCE = 1_024  # ids of a known text that one run of the graph reads


class Foreseen(NamedTuple):
    """How many nats it took to spell a text."""

    nats: float
    characters: int

    @property
    def nats_per_character(self) -> float:
        return self.nats / self.characters


class Generator:
    """A trained character-level language model."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        del threads  # one stream of characters has nothing to share
        self.bundle = bundle
        self.tokenizer = bundle.tokenizer()
        self.session = Session(bundle, ["scores", "memory_after"])
        self.blank = np.zeros(self.memory_shape(), np.float32)
        self.bytes = [self.tokenizer.byte(one) for one in range(len(self.tokenizer))]
        self.never = [PAD, UNKNOWN, START, *self._label_ids()]

    def memory_shape(self) -> tuple[int, int, int, int]:
        """(layers, states, 1, hidden), as the graph wants it."""
        match self.session.shape("memory"):
            case [int(layers), int(states), _, int(hidden)] if layers * states * hidden <= LARGEST:
                return layers, states, 1, hidden
        raise BadModel("this graph's memory has no sensible size", where=str(self.bundle.folder))

    def _label_ids(self) -> list[int]:
        found = [self.tokenizer.label(label) for label in self.bundle.manifest.labels]
        return [one for one in found if one is not None]

    def __call__(
        self,
        prompts: str | Iterable[str],
        sampling: Sampling | None = None,
        seed: int | None = None,
    ) -> str | list[str]:
        """Whole texts, prompt included; a list for a list."""
        if isinstance(prompts, str):
            return prompts + "".join(self.stream(prompts, sampling, seed=seed))
        random = np.random.default_rng(seed)
        return [one + "".join(self.stream(one, sampling, seed=random)) for one in prompts]

    def stream(
        self,
        prompt: str = "",
        sampling: Sampling | None = None,
        *,
        label: str | None = None,
        seed: int | np.random.Generator | None = None,
    ) -> Iterator[str]:
        """The continuation of `prompt` as it is sampled, without the prompt.

        Ends after `sampling.length` characters, or where the model ends the text.
        """
        sampling = sampling or Sampling()
        chooser = Chooser(sampling, np.random.default_rng(seed))
        scores, memory = self.read([self.start(label), *self.tokenizer.encode(prompt)], self.blank)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        written: list[int] = []
        length = 0
        while length < sampling.length:
            scores[self.never] = -np.inf
            chosen = chooser(scores, written)
            if chosen == END:
                break
            written.append(chosen)
            if text := self.spell(chosen, decoder):
                length += len(text)
                yield text
            scores, memory = self.step(chosen, memory)

    def start(self, label: str | None) -> int:
        """The id that begins a text, which may be that of a label (one-to-many)."""
        if label is None:
            return START
        one = self.tokenizer.label(label)
        if one is None:
            known = ", ".join(self.bundle.manifest.labels) or "none"
            raise WrongUse(f'this model was not trained with the label "{label}"; it knows {known}')
        return one

    def spell(self, one: int, decoder: codecs.IncrementalDecoder) -> str:
        """The text of an id; the bytes of a rare character come out when it is complete."""
        byte = self.bytes[one]
        if byte is None:
            return decoder.decode(b"", final=True) + self.tokenizer.decode([one])
        return decoder.decode(bytes([byte]))

    def step(
        self, one: int, memory: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Read one id: scores of the next, (vocabulary,), and the memory after it."""
        scores, memory = self.session({"ids": np.array([[one]]), "memory": memory})
        return scores[0, -1], memory

    def read(
        self, ids: list[int], memory: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Read ids of any number with bounded memory: the scores after the last one."""
        scores = np.empty(0, np.float32)
        for start in range(0, len(ids), AT_ONCE):
            part = np.array([ids[start : start + AT_ONCE]])
            all_scores, memory = self.session({"ids": part, "memory": memory})
            scores = all_scores[0, -1]
        return scores, memory

    def foreseen(self, text: str) -> Foreseen:
        """The nats of a text, read once from its start with the memory carried all the way."""
        ids = np.array([START, *self.tokenizer.encode(text)])
        memory, nats = self.blank, 0.0
        for start in range(0, len(ids) - 1, AT_ONCE):
            part = ids[start : start + AT_ONCE + 1]
            scores, memory = self.session({"ids": part[None, :-1], "memory": memory})
            nats += spelt(scores, part[None, 1:])
        return Foreseen(nats, len(text))

    def foreseen_afresh(self, text: str, every: int = 256) -> Foreseen:
        """The nats of a text when all memory is lost every so many characters."""
        ids = np.array([START, *self.tokenizer.encode(text)])
        nats = 0.0
        for start in range(0, len(ids) - 1, every):
            part = ids[start : start + every + 1]
            scores, _ = self.session({"ids": part[None, :-1], "memory": self.blank})
            nats += spelt(scores, part[None, 1:])
        return Foreseen(nats, len(text))


def spelt(scores: NDArray[np.float32], following: NDArray[np.int64]) -> float:
    """The nats of ids under scores: (batch, time, vocabulary) and (batch, time)."""
    chosen = np.take_along_axis(log_softmax(scores), following[..., None], axis=-1)
    return -float(chosen.sum(dtype=np.float64))
