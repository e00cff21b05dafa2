"""What happens when the input is odd: the rows of the table of faults about lines and bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from asked import ASKED
from processes import COMMAND, Done, environment, nlpcell, trained

FEA, BUENA = "la cama es fea", "la cama es buena"


def judged(home: Path, model: Path, text: bytes, *more: str | Path) -> Done:
    return nlpcell("sentiment", "--model", model, *more, home=home, stdin=text)


def rows(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.out.split(b"\n")[:-1]]


HEADS = {
    "generate": "",
    "sentiment": "text\tlabel\n",
    "agree": "source\ttarget\n",
    "translate": "es\ten\n",
}


@pytest.mark.parametrize("task", HEADS)
def test_F01_training_and_evaluation_want_examples(
    home: Path, request: pytest.FixtureRequest, task: str
) -> None:
    model = request.getfixturevalue(ASKED[task].maker)
    (home / "none.tsv").write_text(HEADS[task])
    (home / "none.txt").touch()
    name = "none.txt" if task == "generate" else "none.tsv"
    evaluated = nlpcell("evaluate", task, name, "-m", model, home=home)
    assert evaluated == (3, b"", f"error: {name}: no examples\n")
    learnt = "none.txt" if task in ("generate", "agree") else "none.tsv"
    sides = ["--from", "es", "--to", "en"] if task == "translate" else []
    done = trained(task, learnt, *sides, home=home)
    assert (done.code, f"error: {learnt}: no examples\n" in done.err) == (3, True)


def test_F02_blank_and_space_only_lines(judge: Path, home: Path) -> None:
    text = f"\n  \n{FEA}\n\t\n\n".encode()
    assert judged(home, judge, text) == (0, b"\n\nneg\n\n\n", "")
    assert [row["label"] for row in rows(judged(home, judge, text, "--json"))] == [
        None, None, "neg", None, None
    ]  # fmt: skip


def test_F03_last_line_without_LF(judge: Path, home: Path) -> None:
    assert judged(home, judge, f"{FEA}\n{BUENA}".encode()) == (0, b"neg\npos\n", "")


def test_F04_CRLF_and_F05_BOM_are_hidden_from_the_model(judge: Path, home: Path) -> None:
    plain = judged(home, judge, f"{FEA}\n{BUENA}\n".encode(), "--json")
    odd = b"\xef\xbb\xbf" + f"{FEA}\r\n{BUENA}\r\n".encode()
    assert judged(home, judge, odd, "--json") == plain
    assert judged(home, judge, odd).out == b"neg\npos\n"


def test_F07_NUL_in_a_line(judge: Path, writer: Path, home: Path) -> None:
    assert judged(home, judge, b"la cama es fea\0\n\0\n").out.count(b"\n") == 2
    done = judged(home, judge, b'{"text":"a\\u0000b"}\n', "--input-format", "jsonl", "--json")
    assert b'"a\\u0000b"' in done.out
    done = nlpcell("generate", "-m", writer, "--json", "--length", "1", home=home, stdin=b"a\0b\n")
    assert (done.code, json.loads(done.out)["prompt"]) == (0, "a\0b")


def test_F08_bytes_that_are_not_utf8(judge: Path, writer: Path, home: Path) -> None:
    text = b"la cama es fea\nest\xe1\n\xff\nla cama es fea\n"
    done = judged(home, judge, text)
    assert (done.code, done.out.count(b"\n")) == (0, 4)
    assert done.err == "warning: standard input:2: not UTF-8; shown as U+FFFD (2 lines)\n"
    assert "; add --encoding latin-1\n" in judged(home, judge, text, "--strict").err
    written = nlpcell("generate", "-m", writer, "--length", "1", home=home, stdin=b"a\xe1b\n")
    assert written.out.startswith("a\ufffdb".encode())


def test_F10_one_line_over_a_mebibyte(judge: Path, home: Path) -> None:
    text = b"la cama es fea\n" + b"x" * (2 << 20) + b"\nla cama es buena\n"
    done = judged(home, judge, text)
    assert (done.code, done.out) == (3, b"neg\n\npos\n")
    assert done.err == "error: standard input:2: longer than 1,048,576 bytes\n"


def test_F11_a_line_of_five_thousand_words(judge: Path, home: Path) -> None:
    """Read in parts whose scores are weighed: it is the most that counts, not the first."""
    bad, good = f"{FEA}. " * 300, f"{BUENA}. " * 300
    lines = [bad + good * 3, good * 3 + bad, good + bad * 3, bad * 3 + good]
    found = judged(home, judge, "\n".join(lines).encode())
    assert (found.code, found.out) == (0, b"pos\npos\nneg\nneg\n")


# A process begins with the peak of its parent, so the parent has to be a small one.
PEAK = """
import resource, subprocess, sys
with open("in.txt", "rb") as file, open("out.txt", "wb") as out:
    code = subprocess.run(sys.argv[1:], stdin=file, stdout=out).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def peak(home: Path, *command: str | Path) -> tuple[int, int]:
    """The exit code of a command that reads in.txt, and how many bytes of memory it had at most."""
    words = [sys.executable, "-S", "-c", PEAK, *COMMAND, *map(str, command)]
    done = subprocess.run(words, capture_output=True, env=environment(home), cwd=home, check=True)
    code, most = map(int, done.stdout.split())
    return code, most


def test_F12_memory_does_not_grow_with_long_lines(judge: Path, home: Path) -> None:
    used = []
    for text in (b"hola\n", b" " * 1_000_000 + b"\n"):
        (home / "in.txt").write_bytes(text * 90 + b"palabras " * (len(text) // 10))
        code, most = peak(home, "sentiment", "-m", judge)
        assert (code, (home / "out.txt").read_bytes().count(b"\n")) == (0, 90 + (len(text) > 9))
        used.append(most)
    assert used[1] - used[0] < 64 << 20


def test_F14_markup_is_ordinary_text(judge: Path, writer: Path, home: Path) -> None:
    prompt = "[b]roja[/x] :smile: [/b]"
    done = nlpcell("generate", "-m", writer, "--prompt", prompt, "--length", "0", home=home)
    assert done == (0, f"{prompt}\n".encode(), "")
    done = nlpcell("sentiment", "-m", judge, "[b]:smile:[/x].txt", home=home)
    assert done.err == "error: [b]:smile:[/x].txt: no such file or directory\n"


def test_F15_joined_and_decomposed_characters(writer: Path, home: Path) -> None:
    prompt = "cafe\u0301 👩‍👩‍👧 no\u00a0sé ▁"
    done = nlpcell("generate", "-m", writer, "--prompt", prompt, "--length", "0", home=home)
    assert done.out.decode() == f"{prompt}\n"


BAD_JSON = [
    (b"{bad", "bad_json"),
    (b"[" * 100_000, "bad_json"),
    (b'{"text":NaN}', "bad_json"),
    (b'{"text":"a","n":1e999}', "bad_json"),
    (b"5", "not_an_object"),
    (b'["text"]', "not_an_object"),
    (b'{"other":"a"}', "no_text"),
    (b'{"text":5}', "no_text"),
]


def test_F17_json_lines_that_are_none(judge: Path, home: Path) -> None:
    good = json.dumps({"text": FEA}).encode()
    text = b"\n".join([good, *(line for line, _ in BAD_JSON), b"", good]) + b"\n"
    done = judged(home, judge, text, "--input-format", "jsonl", "--json")
    found = rows(done)
    assert done.code == 3
    codes = [row["error"]["code"] for row in found if "error" in row]  # type: ignore[index]
    assert codes == [code for _, code in BAD_JSON]
    assert [found[0]["label"], found[-2]["label"], found[-1]["label"]] == ["neg", None, "neg"]
    assert done.err.count("\n") == 4  # the first three, then how many
    assert done.err.endswith("error: 8 lines could not be processed\n")
    plain = judged(home, judge, text, "--input-format", "jsonl")
    assert plain.out == b"neg\n" + b"\n" * 9 + b"neg\n"


def test_F17_half_a_surrogate_pair_is_a_character(judge: Path, home: Path) -> None:
    text = b'{"text":"la cama es fea \\ud800","x":"\\udfff"}\n'
    done = judged(home, judge, text, "--input-format", "jsonl", "--json")
    assert (done.code, rows(done)[0]["x"], rows(done)[0]["label"]) == (0, "\ufffd", "neg")


@pytest.mark.parametrize("name", ["none.txt", ".", "none/x.txt", "x" * 300])
def test_files_that_cannot_be_read(judge: Path, home: Path, name: str) -> None:
    done = nlpcell("sentiment", "-m", judge, name, home=home)
    assert (done.code, done.out) == (3, b"")
    assert done.err.startswith(f"error: {name}: ")
