"""A stream of bytes as lines in bounded windows, and answers back in the order of the lines."""

from __future__ import annotations

import codecs
import os
import select
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from nlpcell.errors import BadInput, WrongUse

Item = TypeVar("Item")
Answer = TypeVar("Answer")

HELD = 1 << 22  # characters after which a window is full, however few its lines
CHUNK = 1 << 16  # bytes asked of the system at a time: the capacity of a Linux pipe
LONGEST = 1 << 20  # bytes; a longer line is not processed, so that memory stays bounded
BOM = b"\xef\xbb\xbf"
ODD = (
    b"\xff"  # stands in no UTF-8: what did not fit another encoding becomes this and is found again
)


class Line(NamedTuple):
    """One record of a stream. Only LF ends a record; every other character is part of it."""

    number: int  # from 1
    text: str  # decoded, without BOM, CR and LF: what a model reads
    ending: bytes  # b"\n", b"\r\n", or b"" and b"\r" at an end of file without LF
    odd_bytes: int = 0  # column from 1 of the first byte that is not UTF-8; 0: there is none
    too_long: bool = False  # over LONGEST: `text` is empty
    before: bytes = b""  # what stands before the text and no model reads: a BOM; see Splitter


class Splitter:
    """Chunks of bytes in, complete records out; never holds more than LONGEST bytes of a line.

    With `exact`, what comes out is what came in: `before`, `text` and `ending` of all records, the
    text encoded with "surrogateescape", are the stream byte for byte. A line over LONGEST then
    comes in parts, in `before`, each with an empty `ending` but the last. What was `recoded` from
    another encoding has no odd bytes to keep: each is U+FFFD.
    """

    def __init__(self, longest: int = LONGEST, exact: bool = False, recoded: bool = False) -> None:
        self.longest = longest
        self.exact = exact
        self.recoded = recoded
        self.number = 0
        self.held = bytearray()
        self.dropped = False  # the line being read is already known to be too long

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The records that end inside `chunk`."""
        *complete, rest = chunk.split(b"\n")
        for part in complete:
            yield from self.hold(part)
            yield self.finish(b"\n")
        yield from self.hold(rest)

    def hold(self, part: bytes) -> Iterator[Line]:
        """Take a part of a line; of one that is too long nothing is held."""
        if not self.dropped and len(self.held) + len(part) <= self.longest:
            self.held += part
            return
        self.dropped = True
        if self.exact:
            raw = bytes(self.held) + part
            raw = raw.replace(ODD, "\ufffd".encode()) if self.recoded else raw
            yield Line(self.number + 1, "", b"", 0, True, raw)
        self.held.clear()

    def close(self) -> Iterator[Line]:
        """The last record, when the stream did not end in LF."""
        if self.held or self.dropped:
            yield self.finish(b"")

    def finish(self, ending: bytes) -> Line:
        self.number += 1
        raw, too_long = bytes(self.held), self.dropped
        self.held.clear()
        self.dropped = False
        before = BOM if self.number == 1 and raw.startswith(BOM) else b""
        raw = raw[len(before) :]
        if raw.endswith(b"\r"):
            raw, ending = raw[:-1], b"\r" + ending
        try:
            return Line(self.number, raw.decode("utf-8"), ending, 0, too_long, before)
        except UnicodeDecodeError as error:
            kept = self.exact and not self.recoded
            text = raw.decode("utf-8", "surrogateescape" if kept else "replace")
            return Line(self.number, text, ending, error.start + 1, too_long, before)


def windows(
    descriptor: int, size: int, encoding: str = "utf-8", exact: bool = False
) -> Iterator[list[Line]]:
    """Lines in lists of at most `size`; a list closes early when no more input is waiting.

    So a file gives full windows, and a program that writes one line and waits gets its answer.
    """
    splitter = Splitter(exact=exact, recoded=not is_utf8(encoding))
    window: list[Line] = []
    held = 0
    for chunk in chunks(descriptor, encoding):
        for line in splitter.feed(chunk):
            window.append(line)
            held += len(line.text) + len(line.before)
            if len(window) == size or held > HELD:
                yield window
                window, held = [], 0
        if window and not more_waits(descriptor):
            yield window
            window, held = [], 0
    window.extend(splitter.close())
    if window:
        yield window


def chunks(descriptor: int, encoding: str) -> Iterator[bytes]:
    """What a stream holds, as UTF-8, in the portions in which it arrives."""
    as_it_is = is_utf8(encoding)
    decoder = codecs.getincrementaldecoder(encoding)("nlpcell-odd")
    first = True
    while chunk := os.read(descriptor, CHUNK):
        if first and as_it_is and (really := utf16(chunk)):
            raise BadInput("looks like UTF-16", hint=f"add --encoding {really}")
        first = False
        yield chunk if as_it_is else recoded(decoder, chunk)
    if not as_it_is:
        yield recoded(decoder, b"", final=True)


def is_utf8(encoding: str) -> bool:
    """Whether this is a name of UTF-8. Raises WrongUse when it is no encoding of text."""
    try:
        b" ".decode(encoding, "replace")  # refuses "hex", "zip" and other codecs that are not text
        codecs.getincrementaldecoder(encoding)
        return codecs.lookup(encoding).name == "utf-8"
    except (LookupError, ValueError):
        raise WrongUse(f'no encoding of text is called "{encoding}"') from None


def recoded(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bytes:
    """A chunk in UTF-8, what does not fit as ODD. Some codecs give up: UTF-16 without its mark."""
    try:
        return decoder.decode(chunk, final).encode("utf-8", "nlpcell-odd")
    except UnicodeError as error:
        raise BadInput(f"not in the encoding that was named ({error})") from None


def odd(error: UnicodeError) -> tuple[str | bytes, int]:
    """How a codec goes on after bytes that do not fit, and after half a surrogate pair."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    if isinstance(error, UnicodeEncodeError):
        return ODD * (error.end - error.start), error.end
    raise error


codecs.register_error("nlpcell-odd", odd)


def utf16(chunk: bytes) -> str:
    """The UTF-16 a stream begins in: it has a mark, or every second byte is zero; else ""."""
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = chunk[:200]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if len(start) < 8 or max(even, odd) <= len(start) // 3 or 4 * min(even, odd) > max(even, odd):
        return ""  # zeros everywhere are NULs, not Latin letters in UTF-16
    return "utf-16-le" if odd > even else "utf-16-be"


def more_waits(descriptor: int) -> bool:
    """Whether a read would return at once; a plain file always says yes."""
    try:
        return bool(select.select([descriptor], [], [], 0)[0])
    except (OSError, ValueError):  # Windows selects sockets only: then every window closes early
        return False


def in_windows(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Any iterable in lists of `size`, the last one shorter.

    >>> list(in_windows("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    window: list[Item] = []
    for item in items:
        window.append(item)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window


def near_lengths(
    items: Sequence[Item],
    batch: int,
    ask: Callable[[list[Item]], Sequence[Answer]],
    length: Callable[[Item], int],
) -> list[Answer]:
    """Ask in batches of near lengths, so that little is padded; answers in the items' own order.

    >>> near_lengths(["aaa", "b", "cc"], 2, lambda some: [one.upper() for one in some], len)
    ['AAA', 'B', 'CC']
    """
    order = sorted(range(len(items)), key=lambda place: length(items[place]))
    answers: dict[int, Answer] = {}
    for places in in_windows(order, batch):
        answers.update(zip(places, ask([items[place] for place in places]), strict=True))
    return [answers[place] for place in range(len(items))]
