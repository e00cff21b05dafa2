"""What training and evaluation say of files with problems: rows of the table of faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import nlpcell, trained
from toys import SENTIMENT

HEAD = "text\tlabel\n"
PROBLEMS = {
    "missing.tsv": ("texto\tlabel\tx\nhola\tpos\tx\n", ['missing.tsv:1: no column called "text"']),
    "fields.tsv": (
        f"{HEAD}hola\tpos\nuno\ndos\tpos\tx\n",
        ["fields.tsv:3: 1 field, the header has 2", "fields.tsv:4: 3 fields"],
    ),
    "byte.tsv": (f"{HEAD}est\udce1\tpos\n", ["byte.tsv:2: not UTF-8 (byte 0xE1 at column 4)"]),
    "one.tsv": (HEAD + "hola\tpos\n" * 20, ['every sentence has the label "pos"']),
    "few.tsv": (f"{HEAD}hola\tpos\nmal\tneg\n", ["training needs at least 10"]),
    "bad.jsonl": (
        '{"text":"a","label":"b"}\n{bad\n',
        ["bad.jsonl:2: not valid JSON (column 2)"],
    ),
    "many.tsv": (HEAD + "x\n" * 50, ["many.tsv:2:", "many.tsv:11:", "the first 10 problems"]),
}
OTHERS = {
    "generate": ("bytes.txt", "hola\nest\udce1\n" * 90, "bytes.txt:2: not UTF-8 (byte 0xE1"),
    "generate short": ("short.txt", "hola\n" * 20, "training needs at least 1,000"),
    "agree": ("sides.tsv", "source\ttarget\na\n\tb\n", "sides.tsv:2: 1 field, the header has 2"),
    "agree few": ("few.tsv", "source\ttarget\nla casa\tla casa\n", "training needs at least 10"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_F47_training_files_with_problems(home: Path, name: str) -> None:
    text, words = PROBLEMS[name]
    (home / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    done = trained("sentiment", name, home=home)
    assert done.code == 3
    assert all(one in done.err for one in words), done.err
    assert "step" not in done.err and not (home / "my-sentiment" / "bundle.json").exists()


def test_F47_sides_that_are_not_equally_long(home: Path) -> None:
    (home / "es.txt").write_text("la casa\n" * 20)
    (home / "en.txt").write_text("the house\n" * 19)
    sides = ["--source-file", "es.txt", "--target-file", "en.txt"]
    done = trained("translate", *sides, "--from", "es", "--to", "en", home=home)
    assert (done.code, "step" in done.err) == (3, False)
    assert "error: es.txt: 20 lines, but 19 in en.txt\nhint: " in done.err


@pytest.mark.parametrize("case", OTHERS)
def test_F47_problems_of_other_tasks(home: Path, case: str) -> None:
    name, text, words = OTHERS[case]
    (home / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    task = case.split()[0]
    done = trained(task, *(["--pairs"] if task == "agree" else []), name, home=home)
    assert (done.code, words in done.err, "step" in done.err) == (3, True, False), done.err


def test_F48_cells_that_look_like_nothing(judge: Path, home: Path) -> None:
    cells = ["NA", "None", "null", "nan", "", 'una "comilla', '"', "N/A", "#N/A", "-inf"]
    rows = [f"{cell}\t{label}" for cell in cells for label in ("pos", "neg")]
    (home / "odd.tsv").write_text("\n".join(["text\tlabel", *rows]) + "\n")
    done = nlpcell("evaluate", "sentiment", "odd.tsv", "-m", judge, home=home)
    assert (done.code, b"|n:20|" in done.out) == (0, True)
    done = trained("sentiment", "odd.tsv", "--out", "odd", *SENTIMENT, "--epochs", "1", home=home)
    assert done.code == 0, done.err


def test_F53_as_many_answers_as_examples(judge: Path, home: Path) -> None:
    (home / "four.tsv").write_text("text\tlabel\na\tpos\nb\tneg\nc\tpos\n\tpos\n")
    command = [
        "evaluate",
        "sentiment",
        "four.tsv",
        "-m",
        judge,
        "--answers",
        "answers.txt",
        "--json",
    ]
    (home / "answers.txt").write_text("pos\nneg\npos\n")
    done = nlpcell(*command, home=home)
    assert (done.code, done.out) == (3, b"")
    assert done.err == "error: answers.txt: 3 answers for 4 examples\n"
    (home / "answers.txt").write_text("pos\nneg\n\npos\n")
    done = nlpcell(*command, home=home)
    assert (done.code, b'"accuracy": 0.75' in done.out) == (0, True)  # the blank one is wrong
    blank = nlpcell("evaluate", "sentiment", "four.tsv", "-m", judge, home=home)
    assert b"|n:4|" in blank.out


def test_F53_as_many_sentences_as_examples(home: Path) -> None:
    """Corrections of another program, scored like the model's; no model is asked."""
    rows = [("la casa es blanco", "la casa es blanca"), ("el perro es negro", "el perro es negro")]
    (home / "two.tsv").write_text(
        "source\ttarget\n" + "".join("\t".join(row) + "\n" for row in rows)
    )
    words = ["evaluate", "agree", "two.tsv", "-m", "none", "--answers", "answers.txt"]
    (home / "answers.txt").write_text("la casa es blanca\n")
    done = nlpcell(*words, home=home)
    assert (done.code, done.err) == (3, "error: answers.txt: 1 answers for 2 examples\n")
    (home / "answers.txt").write_text("la casa es blanca\nel perra es negro\n")
    scores = json.loads(nlpcell(*words, "--json", home=home).out)["scores"]
    assert (scores["precision"], scores["recall"], scores["sentence accuracy"]) == (0.5, 1, 0.5)
    assert scores["false alarms per 1,000 words of right sentences"] == 250
    (home / "answers.txt").write_text("\nel perro es negro\n")  # a blank one is scored, too
    scores = json.loads(nlpcell(*words, "--json", home=home).out)["scores"]
    assert (scores["recall"], scores["sentence accuracy"]) == (0, 0.5)
    assert nlpcell(*words, "--curve", home=home).code == 2
