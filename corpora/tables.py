"""Typed tables as examples: a .parquet file, a folder of them, a dataset saved on disk.

They are read batch by batch through the libraries of the training extra.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nlpcell.errors import BadInput, SystemTrouble
from nlpcell.example import Example

from .opened import opened
from .reading import Reading, as_text, first_line

BATCH = 1000  # rows held as Python objects at a time
MARKS = ("dataset_info.json", "dataset_dict.json")  # what `save_to_disk` leaves in its folder


def needs_extra(source: str) -> SystemTrouble:
    """What to raise when a library of the training extra is not there."""
    what = "reading this needs libraries that are not installed"
    return SystemTrouble(what, where=source, hint='pip install "nlpcell[train]"')


def parquet(reading: Reading) -> Iterator[Example]:
    """The rows of one file. A packed one is unpacked in memory, because its end is read first."""
    try:
        import pyarrow
        import pyarrow.parquet
        from datasets import Features
    except ImportError:
        raise needs_extra(reading.source) from None
    try:
        with opened(reading.source) as file:
            seekable = isinstance(file.raw, io.FileIO)
            table = pyarrow.parquet.ParquetFile(
                file if seekable else pyarrow.py_buffer(file.read())
            )
            names = reading.columns(table.schema_arrow.names)
            features = Features.from_arrow_schema(table.schema_arrow)
            batches = table.iter_batches(BATCH, columns=list(dict.fromkeys(names)))
            yield from rows(reading, (batch.to_pydict() for batch in batches), names, features)
    except (pyarrow.ArrowException, ValueError) as error:
        what = f"not a sound parquet file ({first_line(error)})"
        raise BadInput(what, where=reading.source) from None


def folder(reading: Reading, path: Path, split: str) -> Iterator[Example]:
    """A dataset written by `save_to_disk`, or the parquet files in and below a folder.

    Of files named for splits (`train-00000-of-00002.parquet`) only one split is read: `split`, or
    `train` where it is empty.
    """
    if any((path / mark).is_file() for mark in MARKS):
        yield from dataset(reading, saved_dataset(reading, path, split))
        return
    files = sorted(path.rglob("*.parquet"))
    chosen = [file for file in files if file.name.startswith(split or "train")]
    if not chosen and not split:
        chosen = files
    if not chosen:
        what = f'no parquet file of the split "{split}"' if files else "no dataset in this folder"
        hint = "a folder can hold .parquet files, or what save_to_disk of `datasets` wrote"
        raise BadInput(what, where=reading.source, hint=hint)
    for file in chosen:
        reading.source = str(file)  # where a problem is
        yield from parquet(reading)


def saved_dataset(reading: Reading, path: Path, split: str) -> Any:
    """What `save_to_disk` wrote: one dataset, or one of several splits."""
    try:
        from datasets import load_from_disk
    except ImportError:
        raise needs_extra(reading.source) from None
    try:
        found = load_from_disk(str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"not a sound dataset folder ({first_line(error)})"
        raise BadInput(what, where=reading.source) from None
    if not isinstance(found, dict):  # a DatasetDict is a dict of splits
        return found
    if (split or "train") not in found:
        hint = f"like {path}:{next(iter(found), 'train')}"
        what = f'no split called "{split or "train"}"; it has {", ".join(found)}'
        raise BadInput(what, where=reading.source, hint=hint)
    return found[split or "train"]


def dataset(reading: Reading, data: Any) -> Iterator[Example]:
    """The records of a `datasets.Dataset`."""
    names = reading.columns(data.column_names)
    plain = data.with_format(None)  # it may have been saved as one that answers with tensors
    batches = plain.select_columns(list(dict.fromkeys(names))).iter(BATCH)
    return rows(reading, batches, names, data.features)


def rows(
    reading: Reading,
    batches: Iterator[Mapping[str, Sequence[Any]]],
    names: Sequence[str],
    features: Mapping[str, Any],
) -> Iterator[Example]:
    """Batches of columns as examples, row by row."""
    number = 0
    for batch in batches:
        for values in zip(*(batch[name] for name in names), strict=True):
            number += 1
            try:
                texts = [cell(one, name, features) for one, name in zip(values, names, strict=True)]
            except ValueError as error:
                reading.problem(number, str(error))
            else:
                yield from reading.examples(number, *texts)


def cell(value: Any, name: str, features: Mapping[str, Any]) -> str | None:
    """A cell as text; a class stored as a number by its name, and -1 (not labelled) as no value."""
    classes = getattr(features[name], "names", None)
    if classes and isinstance(value, int):
        value = classes[value] if 0 <= value < len(classes) else None
    try:
        return as_text(value)
    except ValueError as error:
        raise ValueError(f'"{name}" {error}') from None
