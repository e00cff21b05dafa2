"""`nlpcell data check` and `nlpcell doctor`: what is wrong, before it costs an hour."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import nlpcell, trained
from toys import opinions, repeating


def test_sound_data_pass(home: Path) -> None:
    for words in (
        ["sentiment", "opinions.tsv"],
        ["generate", "text.txt"],
        ["agree", "text.txt"],
        ["agree", "pairs.tsv", "--source-key", "source"],
        ["translate", "pairs.tsv"],
    ):
        done = nlpcell("data", "check", *words, home=home)
        assert (done.code, done.out) == (0, b""), done
        assert done.err.endswith(" examples, no problem\n")


def test_F47_every_problem_has_its_place(home: Path) -> None:
    """Training stops at ten; a check goes on to the end."""
    rows = ["text\tlabel", "bien\tpos", "uno", "est\udce1\tneg", "mal\t", *["a\tb\tc"] * 20]
    (home / "bad.tsv").write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    done = nlpcell("data", "check", "sentiment", "bad.tsv", home=home)
    lines = done.out.decode().splitlines()
    assert (done.code, done.err) == (1, "23 problems\n")
    assert lines[:3] == [
        "bad.tsv:3: 1 field, the header has 2",
        "bad.tsv:4: not UTF-8 (byte 0xE1 at column 4)",
        'bad.tsv:5: no value for "label"',
    ]
    assert lines[3:] == [f"bad.tsv:{n}: 3 fields, the header has 2" for n in range(6, 26)]


WHOLE = {
    "one.tsv": ("text\tlabel\n" + "hola\tpos\n" * 20, 'every sentence has the label "pos"'),
    "few.tsv": ("text\tlabel\nhola\tpos\nmal\tneg\n", "1 sentences; training needs at least 10"),
    "none.tsv": ("text\tlabel\n", "no examples"),
    "nothing.tsv": ("", "empty; line 1 must name the columns"),
    "other.tsv": ("a\tb\tc\nx\ty\tz\n", 'no column called "text"; it has a, b, c'),
}


@pytest.mark.parametrize("name", WHOLE)
def test_F47_check_refuses_what_training_refuses(home: Path, name: str) -> None:
    text, words = WHOLE[name]
    (home / name).write_text(text)
    done = nlpcell("data", "check", "sentiment", name, home=home)
    assert (done.code, words in done.out.decode()) == (1, True)
    assert done.out.decode().startswith(f"{name}:")
    refused = trained("sentiment", name, home=home)
    assert (refused.code, words in refused.err) == (3, True)


def test_checks_name_what_is_misspelt(home: Path) -> None:
    done = nlpcell("data", "check", "sentimnt", "opinions.tsv", home=home)
    assert (done.code, 'did you mean "sentiment"?' in done.err) == (2, True)
    done = nlpcell("data", "check", "sentiment", "opinion.tsv", home=home)
    assert (done.code, done.out, "error: opinion.tsv: no such file" in done.err) == (3, b"", True)
    (home / "short.txt").write_text(repeating(2))
    assert (
        b"training needs at least 1,000"
        in nlpcell("data", "check", "generate", "short.txt", home=home).out
    )
    (home / "names.tsv").write_text(opinions().replace("pos", "1").replace("neg", "0"))
    done = nlpcell("data", "check", "sentiment", "names.tsv", "--labels", "0=x,1=x", home=home)
    assert b'every sentence has the label "x"' in done.out


def test_doctor_looks_at_everything(home: Path) -> None:
    done = nlpcell("doctor", "--json", home=home)
    rows = {one["what"]: one for one in json.loads(done.out)}
    assert done.code == 0
    assert {"python", "nlpcell", "onnxruntime", "torch", "bf16", "settings folder"} <= set(rows)
    assert rows["model sentiment-es"]["problem"] == ""
    assert int(rows["processors granted"]["found"]) >= 1
    broken = home / "data" / "nlpcell" / "models" / "broken"
    broken.mkdir(parents=True)
    (broken / "bundle.json").write_text("{")
    done = nlpcell("doctor", home=home)
    assert (done.code, done.err.startswith("error: damaged: model broken\n")) == (4, True)
    assert b"model broken\t" in done.out and b"not valid JSON" in done.out
