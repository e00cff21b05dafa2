"""What every model that answers line by line has in common: windows, threads, giving up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Generic, TypeVar, overload

from nlpcell.inference.session import processors
from nlpcell.lines import in_windows

Answer = TypeVar("Answer")

WINDOW = 1_024  # lines answered at a time when the caller gives an endless stream


class Answerer(Generic[Answer]):
    """Texts to answers, in their order.

    Each sentence runs by itself: int8 arithmetic scales its numbers by the largest in a run, so in
    a batch one sentence would change another's answer. Several threads make up for it.
    """

    def __init__(self, threads: int | None) -> None:
        self.threads = threads or processors()
        self.given_up = False  # tells threads to end early

    def answer(self, text: str) -> Answer:
        """The answer to one text; a task's own."""
        raise NotImplementedError

    def answers(self, texts: list[str]) -> list[Answer]:
        """The answers to some texts, in one thread."""
        return [self.answer(text) for text in texts]

    @overload
    def __call__(self, texts: str) -> Answer: ...
    @overload
    def __call__(self, texts: list[str]) -> list[Answer]: ...
    @overload
    def __call__(self, texts: Iterator[str]) -> Iterator[Answer]: ...

    def __call__(self, texts: str | Iterable[str]) -> Answer | list[Answer] | Iterator[Answer]:
        """An answer for each text; a list for a list, else an iterator."""
        if isinstance(texts, str):
            return self.answer(texts)
        if isinstance(texts, list):
            return self.answer_all(texts)
        return (one for window in in_windows(texts, WINDOW) for one in self.answer_all(window))

    def answer_all(self, texts: list[str]) -> list[Answer]:
        """Answers in the order of the texts; near neighbours share a thread."""
        if self.threads == 1 or len(texts) < 2 * self.threads:
            return self.answers(texts)
        self.given_up = False
        share = -(-len(texts) // (4 * self.threads))
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                parts = pool.map(self.answers, in_windows(texts, share))
                return [one for part in parts for one in part]
            except BaseException:  # a signal, most of all: what was begun is not waited for
                self.given_up = True
                raise

    def go_on(self) -> None:
        """Called before each run of a graph: ends this thread when the others were told to stop."""
        if self.given_up:
            raise CancelledError
