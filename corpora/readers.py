"""The name of a file, a folder or a dataset into examples; what it is, its ending tells.

    .txt             a text per line, without labels (`texts`: the whole file as one text)
    .tsv             cells between tabs under a header; no quoting
    .csv             RFC 4180 under a header
    .jsonl .ndjson   an object per line
    .parquet         a table; so is a folder of them, or one that `datasets` saved (FOLDER:split)
    owner/name       a dataset of the Hugging Face Hub; owner/name:split; owner/name:config:split

All files may be packed: `.gz`. No row, cell or character is lost, whatever it looks like.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from nlpcell.errors import BadInput, did_you_mean
from nlpcell.example import Example

from . import hub, plain, tables
from .reading import Reading

FORMATS: dict[str, Callable[[Reading], Iterator[Example]]] = {
    ".txt": plain.txt,
    ".tsv": plain.tsv,
    ".csv": plain.csv_,
    ".jsonl": plain.jsonl,
    ".ndjson": plain.jsonl,
    ".parquet": tables.parquet,
}
UNDERSTOOD = f"understood are {', '.join(FORMATS)}, each also with .gz, and dataset folders"


def examples(
    source: str, *, text: str = "text", target: str | None = None, encoding: str = "utf-8"
) -> list[Example]:
    """The records of a source in their order: `text` and `target` name its columns or keys.

    Without `target` only texts are wanted, and the examples' targets are empty. A source may be
    empty. Raises BadInput with up to ten problems as `file:line: what`, SystemTrouble when a
    library or the Hub is missing, WrongUse for an unknown encoding.
    """
    reading = Reading(source, text, target, encoding)
    found = list(opener(source)(reading))
    reading.finish()
    return found


def looked_through(
    source: str, *, text: str = "text", target: str | None = None, encoding: str = "utf-8"
) -> tuple[list[Example], list[str]]:
    """The records of a source that can be read, and every problem of the others, to its end.

    Raises BadInput when there is no such source.
    """
    read = opener(source)
    reading = Reading(source, text, target, encoding, most=None)
    found: list[Example] = []
    try:
        found.extend(read(reading))
        reading.finish()
    except BadInput as problem:
        if str(problem) != "\n".join(reading.problems):  # one that ends the reading by itself
            reading.problems.append(str(problem))
    return found, reading.problems


def texts(source: str, *, text: str = "text", encoding: str = "utf-8") -> list[str]:
    """Running text: the whole of a .txt as one piece, line ends as LF; else a piece per record."""
    if ending(source) != ".txt":
        return [example.text for example in examples(source, text=text, encoding=encoding)]
    opener(source)
    reading = Reading(source, text, None, encoding)
    whole = plain.running_text(reading)
    reading.finish()
    return [whole] if whole else []


def opener(source: str) -> Callable[[Reading], Iterator[Example]]:
    """The reader for a source. Raises BadInput when there is no such file or nothing reads it."""
    path = Path(source)
    if os.path.isdir(source):
        return lambda reading: tables.folder(reading, path, "")
    name, _, split = source.rpartition(":")
    if not os.path.exists(source) and os.path.isdir(name):
        return lambda reading: tables.folder(reading, Path(name), split)
    if os.path.exists(source) and ending(source) in FORMATS:
        return FORMATS[ending(source)]
    if os.path.exists(source):
        raise BadInput("its name does not tell what it holds", where=source, hint=UNDERSTOOD)
    if hub.is_name(source) and ending(source) not in FORMATS and not os.path.isdir(path.parent):
        return hub.hub
    raise BadInput("no such file", where=source, hint=nearest(path))


def ending(source: str) -> str:
    """What a file's name says of its content, packed or not.

    >>> ending("Reviews.TSV.gz"), ending("my.v2/reviews")
    ('.tsv', '')
    """
    name = source.lower().removesuffix(".gz")
    return Path(name).suffix


def nearest(path: Path) -> str:
    """A hint with the nearest name in the same folder."""
    try:
        return did_you_mean(path.name, (other.name for other in path.parent.iterdir())).strip()
    except OSError:
        return ""
