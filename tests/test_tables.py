"""Parquet files and folders that `datasets` saved, read as tables."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import pytest
from sources import AS_EXAMPLES, COLUMNS, complaint, with_classes, written

from nlpcell.corpora import tables
from nlpcell.corpora.readers import examples, texts
from nlpcell.errors import SystemTrouble
from nlpcell.example import Example

pytestmark = pytest.mark.usefixtures("nowhere")


def parquet(name: str, columns: dict[str, list[object]]) -> str:
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet").write_table(pyarrow.table(columns), name)
    return name


def test_parquet_of_plain_columns() -> None:
    text, label = ["a", "\u2028"], ["null", " x "]
    source = parquet("a.parquet", {"text": [*text], "label": [*label], "number": [1.5, 2.0]})
    assert examples(source, target="label") == [Example("a", "null"), Example("\u2028", "x")]
    assert [e.target for e in examples(source, target="number")] == ["1.5", "2.0"]
    packed = written("b.parquet.gz", gzip.compress(Path(source).read_bytes()))
    assert examples(packed, target="label") == examples(source, target="label")


def test_parquet_over_several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH", 2)
    source = parquet("a.parquet", {"text": list("abcde"), "label": [*"vwxy", None]})
    assert [example.text for example in examples(source)] == list("abcde")
    assert complaint(source)[0] == 'a.parquet:5: no value for "label"'


def test_class_numbers_become_names() -> None:
    with_classes(COLUMNS).to_parquet("a.parquet")
    assert examples("a.parquet", target="label") == AS_EXAMPLES
    with_classes({**COLUMNS, "label": [0, -1, 1]}).to_parquet("b.parquet")
    assert complaint("b.parquet")[0] == 'b.parquet:2: no value for "label"'


def test_parquet_problems() -> None:
    assert complaint(written("a.parquet", b"no"))[0].startswith(
        "a.parquet: not a sound parquet file"
    )
    what, hint = complaint(parquet("b.parquet", {"text": ["a"], "x": [1], "stars": [5]}))
    assert what == 'b.parquet: no column called "label"; it has text, x, stars'
    assert hint == "name the right one, like --label-key stars"
    nested = parquet("c.parquet", {"text": ["a"], "label": [["b"]]})
    assert complaint(nested)[0] == 'c.parquet:1: "label" is a list, not text'


def test_a_folder_that_datasets_saved() -> None:
    data = with_classes(COLUMNS)
    data.with_format("numpy").save_to_disk("one")
    assert examples("one", target="label") == AS_EXAMPLES
    assert texts("one") == COLUMNS["text"]
    splits = pytest.importorskip("datasets").DatasetDict(train=data, test=data.select([1]))
    splits.save_to_disk("two")
    assert examples("two", target="label") == AS_EXAMPLES
    assert examples("two:test", target="label") == AS_EXAMPLES[1:2]
    what, hint = complaint("two:dev")
    assert what == 'two:dev: no split called "dev"; it has train, test'
    assert hint == "like two:train"


def test_a_folder_of_parquet_files_gives_one_split() -> None:
    Path("set/data").mkdir(parents=True)
    parquet("set/data/train-1-of-2.parquet", {"text": ["b"], "label": ["y"]})
    parquet("set/data/train-0-of-2.parquet", {"text": ["a"], "label": ["x"]})
    parquet("set/data/test-0-of-1.parquet", {"text": ["c"], "label": [None]})
    assert examples("set", target="label") == [Example("a", "x"), Example("b", "y")]
    assert examples("set:test") == [Example("c")]
    assert complaint("set:test")[0] == 'set/data/test-0-of-1.parquet:1: no value for "label"'
    assert complaint("set:dev")[0] == 'set:dev: no parquet file of the split "dev"'


def test_a_folder_of_parquet_files_without_splits_is_read_whole() -> None:
    Path("set").mkdir()
    for name in "ba":
        parquet(f"set/{name}.parquet", {"text": [name]})
    assert texts("set") == ["a", "b"]


def test_without_the_training_extra_the_hint_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = parquet("a.parquet", {"text": ["a"]})
    monkeypatch.setitem(sys.modules, "datasets", None)
    for one in (source, "owner/name"):
        with pytest.raises(SystemTrouble) as caught:
            examples(one)
        assert caught.value.hint == 'pip install "nlpcell[train]"'
