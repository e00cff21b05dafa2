"""Files that are malformed, missing or in another encoding: every problem told by its place."""

from __future__ import annotations

import codecs
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sources import UNCLOSED, complaint, written

from nlpcell.corpora.readers import examples, texts
from nlpcell.errors import BadInput, WrongUse
from nlpcell.example import Example

pytestmark = pytest.mark.usefixtures("nowhere")

AFTER_QUOTE = 'text after a closing quote (a quote inside quotes is written "")'
HALF = "holds half of a \\u surrogate pair"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.tsv", "text\tlabel\na\tpos\na\tb\tc\n", "a.tsv:3: 3 fields, the header has 2"),
        ("a.tsv", "text\tlabel\n\na\tpos\n", "a.tsv:2: 1 field, the header has 2"),
        ("a.tsv", "text\tlabel\na\t \n", 'a.tsv:2: no value for "label"'),
        ("a.csv", 'text,label\n"a\nb",x\nc\n', "a.csv:4: 1 field, the header has 2"),
        ("a.csv", 'text,label\n"a\nb"\n', "a.csv:2: 1 field, the header has 2"),
        ("a.csv", "text,label\n\n", "a.csv:2: 1 field, the header has 2"),
        ("a.csv", 'text,label\na,b\n"a,b\nc,d\n', f"a.csv:3: {UNCLOSED}"),
        ("a.csv", 'text,label\n"a"b,c\n', f"a.csv:2: {AFTER_QUOTE}"),
        ("a.csv", "text,label\na\rb,c\n", "a.csv:2: a carriage return outside quotes"),
        ("a.jsonl", '{"text":"a","label":"b"}\n{text\n', "a.jsonl:2: not valid JSON (column 2)"),
        ("a.jsonl", '["a"]\n', "a.jsonl:1: not a JSON object"),
        ("a.jsonl", '{"text":"a","label":NaN}\n', "a.jsonl:1: not valid JSON (NaN)"),
        ("a.jsonl", "[" * 100_000, "a.jsonl:1: JSON nested too deeply"),
        ("a.jsonl", '\n{"text":"a"}\n', 'a.jsonl:2: no value for "label"'),
        ("a.jsonl", '{"text":null,"label":"b"}\n', 'a.jsonl:1: no value for "text"'),
        ("a.jsonl", '{"text":"a","label":["b"]}\n', 'a.jsonl:1: "label" is a list, not text'),
        ("a.jsonl", '{"text":"\\ud83d","label":"b"}\n', f'a.jsonl:1: "text" {HALF}'),
    ],
)
def test_a_problem_is_told_by_file_and_line(name: str, content: str, expected: str) -> None:
    assert complaint(written(name, content))[0] == expected


def test_a_missing_key_gets_a_hint_with_the_keys_that_are_there() -> None:
    _, hint = complaint(written("a.jsonl", '{"text":"a","stars":5}\n'))
    assert hint == "the line has text, stars; choose with --label-key"


def test_all_problems_of_a_file_are_told_at_once_in_their_order() -> None:
    content = "text\tlabel\na\nb\tpos\nc\t\nd\tá\n".encode("latin-1")
    what, hint = complaint(written("a.tsv", content))
    assert what.split("\n") == [
        "a.tsv:2: 1 field, the header has 2",
        'a.tsv:4: no value for "label"',
        "a.tsv:5: not UTF-8 (byte 0xE1 at column 3)",
    ]
    assert hint == "it looks like Latin-1; add --encoding latin-1"


def test_of_several_hints_the_first_is_given() -> None:
    _, hint = complaint(written("a.txt", b"\xe1\n\x93\n"), target=None)
    assert hint == "it looks like Latin-1; add --encoding latin-1"


def test_after_ten_problems_the_rest_is_not_read() -> None:
    what, _ = complaint(written("a.tsv", "text\tlabel\n" + "a\n" * 500))
    told = what.split("\n")
    assert told[9].startswith("a.tsv:11: ")
    assert told[10:] == ["(the first 10 problems; there may be more)"]


# --- bytes ----------------------------------------------------------------------------------


def test_bytes_that_are_not_utf8_are_told_by_line_and_column() -> None:
    what, hint = complaint(written("a.txt", b"uno\nest\xe1 bien\n"), target=None)
    assert what == "a.txt:2: not UTF-8 (byte 0xE1 at column 4)"
    assert hint == "it looks like Latin-1; add --encoding latin-1"
    assert examples("a.txt", encoding="latin-1")[1] == Example("está bien")


def test_windows_text_is_recognised_by_its_quotes() -> None:
    _, hint = complaint(written("a.txt", "“no”".encode("cp1252")), target=None)
    assert hint == "it looks like Windows-1252; add --encoding cp1252"


def test_no_other_encoding_is_offered_where_utf8_was_proven() -> None:
    what, hint = complaint(written("a.txt", "ñandú\n".encode() + "ñu ".encode() + b"\xe1"), None)
    assert what == "a.txt:2: not UTF-8 (byte 0xE1 at column 4)"
    assert hint == ""


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b""])
def test_utf16_gets_a_hint_that_works(mark: bytes) -> None:
    codec = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    source = written("a.tsv", mark + "text\tlabel\nestá\tpos\n".encode(codec))
    what, hint = complaint(source)
    assert what == "a.tsv: looks like UTF-16"
    encoding = hint.removeprefix("add --encoding ")
    assert examples(source, target="label", encoding=encoding) == [Example("está", "pos")]


def test_a_broken_utf16_file_is_refused() -> None:
    source = written("a.txt", "uno\n".encode("utf-16") + b"\x00\xdc")
    assert complaint(source, None, encoding="utf-16")[0] == "a.txt: not UTF-16"


@pytest.mark.parametrize("encoding", ["klingon", "hex", "undefined", "a\0b"])
def test_an_unknown_encoding_is_wrong_use(encoding: str) -> None:
    with pytest.raises(WrongUse, match="no encoding is called"):
        examples(written("a.txt", "a\n"), encoding=encoding)


def test_a_cut_gzip_file_is_refused() -> None:
    packed = gzip.compress(os.urandom(10_000).hex().encode())
    source = written("a.txt.gz", packed[: len(packed) // 2])
    assert complaint(source, target=None)[0] == "a.txt.gz: damaged: not a whole gzip file"


# --- what is no file ------------------------------------------------------------------------


@pytest.mark.parametrize("read", [examples, texts])
def test_a_missing_file_gets_the_nearest_name(read: Callable[[str], object]) -> None:
    written("reviews.txt", "")
    with pytest.raises(BadInput) as caught:
        read("revews.txt")
    assert (str(caught.value), caught.value.hint) == (
        "revews.txt: no such file",
        'did you mean "reviews.txt"?',
    )


def test_a_missing_file_in_a_folder_that_exists_is_no_name_of_a_dataset() -> None:
    Path("data").mkdir()
    assert complaint("data/reviews")[0] == "data/reviews: no such file"
    assert complaint("nowhere/reviews.tsv")[0] == "nowhere/reviews.tsv: no such file"


def test_a_name_that_tells_nothing_and_an_empty_folder() -> None:
    what, hint = complaint(written("a.docx", "a"))
    assert what == "a.docx: its name does not tell what it holds"
    assert ".tsv" in hint and ".parquet" in hint
    Path("empty").mkdir()
    assert complaint("empty")[0] == "empty: no dataset in this folder"
