"""Files for readers, and what they say of bad ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nlpcell.corpora.readers import examples
from nlpcell.errors import BadInput
from nlpcell.example import Example

COLUMNS: dict[str, list[object]] = {
    "text": ["a\r\n", "NA", ""],
    "label": [1, 0, 1],
    "id": [1, 2, 3],
}
AS_EXAMPLES = [Example("a\r\n", "pos"), Example("NA", "neg"), Example("", "pos")]
UNCLOSED = "a quote opens in this record and never closes"


def written(name: str, content: str | bytes) -> str:
    """A file in the test's own folder, given as text or as bytes; its name."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def complaint(source: str, target: str | None = "label", **options: str) -> tuple[str, str]:
    """What BadInput says of a source, and its hint."""
    with pytest.raises(BadInput) as caught:
        examples(source, target=target, **options)
    return str(caught.value), caught.value.hint


def with_classes(columns: dict[str, list[object]]) -> Any:
    """A dataset whose labels are stored as numbers, the way the Hub has them."""
    datasets = pytest.importorskip("datasets")
    kinds = {"text": datasets.Value("string"), "id": datasets.Value("int32")}
    kinds["label"] = datasets.ClassLabel(names=["neg", "pos"])
    return datasets.Dataset.from_dict(columns, features=datasets.Features(kinds))
