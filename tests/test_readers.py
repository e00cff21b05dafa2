"""Files, folders and datasets into examples: nothing is lost."""

from __future__ import annotations

import codecs
import csv
import doctest
import gzip
import io
import json
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources import UNCLOSED, complaint, written

from nlpcell.corpora import hub, readers, reading
from nlpcell.corpora.readers import examples, texts
from nlpcell.errors import BadInput, Problem
from nlpcell.example import Example

# What other readers trip over: line ends that are none, quotes, and words that look like nothing.
ODD = ["\r", "\f", "\v", "\x00", "\x85", "\u2028", "\ufeff", '"', "'", ",", "\\", "ñ", "é", "🙂"]
WORDS = ["NA", "None", "null", "nan", "NaN", "", " ", "#N/A", "-", "1.0", "007", "true"]
CELL = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"])), max_size=12),
)
PAIRS = st.lists(st.tuples(CELL, CELL.filter(lambda cell: cell.strip() != "")), max_size=8)
pytestmark = pytest.mark.usefixtures("nowhere")
again = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def labelled(name: str, content: str | bytes) -> list[tuple[str, str]]:
    found = examples(written(name, content), target="label")
    return [(example.text, example.target) for example in found]


def stripped(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs as they are expected back: a label loses the white space around it."""
    return [(text, label.strip()) for text, label in pairs]


# --- nothing is lost ------------------------------------------------------------------------


def without(characters: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs with characters that a format cannot hold taken out."""
    table = str.maketrans("", "", characters)
    return [(text.translate(table), label.translate(table) + ".") for text, label in pairs]


@again
@given(PAIRS, st.sampled_from(["\n", "\r\n"]))
def test_tsv_comes_back_as_written(pairs: list[tuple[str, str]], end: str) -> None:
    pairs = without("\t\n", pairs)
    lines = ["text\tlabel", *("\t".join(pair) for pair in pairs)]
    assert labelled("a.tsv", "".join(line + end for line in lines)) == stripped(pairs)


@again
@given(PAIRS, st.sampled_from(["\n", "\r\n"]))
def test_csv_comes_back_as_written(pairs: list[tuple[str, str]], end: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("text", "label"), *pairs]
    )
    assert labelled("a.csv", file.getvalue()) == stripped(pairs)


@again
@given(PAIRS, st.booleans())
def test_jsonl_comes_back_as_written(pairs: list[tuple[str, str]], escaped: bool) -> None:
    records = [{"label": label, "text": text} for text, label in pairs]
    lines = [json.dumps(record, ensure_ascii=escaped) + "\n" for record in records]
    assert labelled("a.jsonl", "".join(lines)) == stripped(pairs)


@again
@given(st.lists(CELL, max_size=8))
def test_txt_lines_come_back_as_written(cells: list[str]) -> None:
    lines = [cell.replace("\n", "") + "." for cell in cells]
    content = "\ufeff" + "".join(line + "\n" for line in lines)  # only the first mark is a BOM
    assert [example.text for example in examples(written("a.txt", content))] == lines


@again
@given(PAIRS)
def test_utf16_comes_back_as_written(pairs: list[tuple[str, str]]) -> None:
    pairs = without("\t\n", pairs)
    source = written(
        "a.tsv", "".join(f"{a}\t{b}\n" for a, b in [("text", "label"), *pairs]).encode("utf-16")
    )
    found = examples(source, target="label", encoding="utf-16")
    assert [tuple(example) for example in found] == stripped(pairs)


def test_words_that_look_like_nothing_are_text() -> None:
    rows = "".join(f"{word}\tNA\n" for word in WORDS)
    assert labelled("a.tsv", "text\tlabel\n" + rows) == [(word, "NA") for word in WORDS]
    assert labelled("a.csv", "text,label\nnull,nan\n,None\n") == [("null", "nan"), ("", "None")]


def test_a_stray_quote_in_tsv_is_text_and_swallows_no_line() -> None:
    assert labelled("a.tsv", 'text\tlabel\n"so\tpos\nno"\tneg\n') == [
        ('"so', "pos"),
        ('no"', "neg"),
    ]


def test_csv_keeps_lines_inside_quotes_as_written() -> None:
    content = 'text,label\r\n"one\r\n\r\n\ntwo ""x""",pos\r\n'
    assert labelled("a.csv", content) == [('one\r\n\r\n\ntwo "x"', "pos")]


def test_csv_cells_may_be_long() -> None:
    book = "la casa " * 50_000
    assert labelled("a.csv", f"text,label\n{book},pos\n") == [(book, "pos")]


def test_bom_missing_last_newline_and_blank_lines() -> None:
    mark = codecs.BOM_UTF8
    assert labelled("a.tsv", mark + b"text\tlabel\na\tpos") == [("a", "pos")]
    assert labelled("a.jsonl", mark + b'\n{"text":"a","label":"x"}\n \r\n') == [("a", "x")]
    assert examples(written("a.txt", mark + b"a\r\n\r\n  \nb")) == [Example("a"), Example("b")]


def test_json_numbers_and_truths_are_labels_in_their_own_spelling() -> None:
    lines = [f'{{"text": "t", "label": {label}, "stars": [1]}}' for label in ("1", "1.50", "true")]
    assert labelled("a.jsonl", "\n".join(lines)) == [("t", "1"), ("t", "1.50"), ("t", "true")]


def test_target_is_empty_where_none_is_wanted() -> None:
    assert examples(written("a.tsv", "text\tlabel\na\t\n")) == [Example("a", "")]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.ndjson"])
def test_an_empty_file_has_no_examples(name: str) -> None:
    assert examples(written(name, "")) == []
    assert texts(name) == []


def test_packed_files_are_told_by_content() -> None:
    content = b"text\tlabel\na\tpos\n"
    assert labelled("a.tsv.gz", gzip.compress(content)) == [("a", "pos")]
    assert labelled("b.tsv", gzip.compress(content)) == [("a", "pos")]
    assert labelled("c.tsv.gz", content) == [("a", "pos")]


# --- running text ---------------------------------------------------------------------------


def test_a_txt_is_one_running_text_and_records_are_many() -> None:
    prose = "\ufeffEn un lugar\r\n\r\nde la \u2028Mancha\r \n"
    whole = ["En un lugar\n\nde la \u2028Mancha\r \n"]
    assert texts(written("a.txt", prose)) == whole
    assert texts(written("a.txt.gz", gzip.compress(prose.encode()))) == whole
    assert texts(written("l.txt", "reseña\r\n".encode("latin-1")), encoding="latin-1") == [
        "reseña\n"
    ]
    assert texts(written("a.jsonl", '{"body":"a\\n"}\n{"body":"b"}\n'), text="body") == ["a\n", "b"]


# --- columns --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "wanted"),
    [("sentence\tclass", "label"), ("etiqueta\tTexto", "label"), ("reseña\tlabel", "label")],
)
def test_two_columns_may_have_their_usual_names(header: str, wanted: str) -> None:
    row = "pos\tbien" if header.startswith("etiqueta") else "bien\tpos"
    assert labelled("a.tsv", f"{header}\n{row}\n") == [("bien", "pos")]
    keys, cells = header.split("\t"), row.split("\t")
    assert labelled("a.jsonl", json.dumps(dict(zip(keys, cells, strict=True)))) == [("bien", "pos")]


def test_named_columns_are_taken_from_many() -> None:
    source = written("a.csv", "id,es,en,text\n1,casa,house,x\n")
    assert examples(source, text="es", target="en") == [Example("casa", "house")]


def test_a_name_that_was_chosen_is_not_exchanged() -> None:
    source = written("a.tsv", "sentence\tlabel\na\tpos\n")
    with pytest.raises(BadInput, match='no column called "body"; it has sentence, label'):
        examples(source, text="body", target="label")


def test_a_missing_column_is_told_with_those_that_are_there() -> None:
    what, hint = complaint(written("a.tsv", "id\ttext\tmy stars\n1\ta\t5\n"))
    assert what == 'a.tsv:1: no column called "label"; it has id, text, my stars'
    assert hint == "name the right one, like --label-key 'my stars'"
    what, hint = complaint(written("a.csv", "body,date,label\n"))
    assert what == 'a.csv:1: no column called "text"; it has body, date, label'
    assert hint == "name the right one, like --text-key body"


def test_usual_names_are_not_looked_for_among_three_columns() -> None:
    what, _ = complaint(written("a.tsv", "text\tclass\tcategory\na\tb\tc\n"))
    assert what == 'a.tsv:1: no column called "label"; it has text, class, category'
    _, hint = complaint(written("b.tsv", "text\na\n"))
    assert hint == "name the right one, like --label-key COLUMN"


def test_a_column_that_is_there_twice_is_refused() -> None:
    what, _ = complaint(written("a.tsv", "text\tlabel\ttext\na\tpos\tb\n"))
    assert what == 'a.tsv:1: 2 columns are called "text"'


def test_a_table_without_a_header() -> None:
    assert complaint(written("a.tsv", ""))[0] == "a.tsv: empty; line 1 must name the columns"
    assert complaint(written("a.csv", '"text,label\n'))[0] == f"a.csv:1: {UNCLOSED}"


def test_a_txt_has_no_labels() -> None:
    what, hint = complaint(written("a.txt", "bien\n"))
    assert what == 'a.txt: a .txt has no "label"'
    assert hint == "give a .tsv or .jsonl with the columns text and label"


@pytest.mark.parametrize("module", [hub, readers, reading])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted > 0 and done.failed == 0


@again
@given(st.binary(max_size=200), st.sampled_from(sorted(readers.FORMATS)), st.booleans())
def test_no_bytes_crash_a_reader(content: bytes, ending: str, packed: bool) -> None:
    source = written("a" + ending, gzip.compress(content) if packed else content)
    for target in (None, "label"):
        try:
            examples(source, target=target)
        except Problem as problem:
            assert problem.exit_code == 3
