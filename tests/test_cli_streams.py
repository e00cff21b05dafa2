"""Records and streams: what goes in comes out, line by line, as bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import Done, nlpcell, started


def judged(home: Path, model: Path, text: bytes, *more: str | Path) -> Done:
    return nlpcell("sentiment", "--model", model, *more, home=home, stdin=text)


def test_a_label_a_line(judge: Path, home: Path) -> None:
    done = judged(home, judge, b"la cama es fea\nla cama es buena\n")
    assert done == (0, b"neg\npos\n", "")


def test_shapes_of_answers(judge: Path, home: Path) -> None:
    text = b"la cama es fea\n\n"
    label, score = judged(home, judge, text, "--tsv").out.split(b"\n")[0].split(b"\t")
    assert (label, 0.5 < float(score) <= 1) == (b"neg", True)
    [first, blank] = [
        json.loads(line) for line in judged(home, judge, text, "--json").out.splitlines()
    ]
    assert list(first) == ["line", "label", "score", "scores"]
    assert blank == {"line": 2, "label": None}
    assert sum(first["scores"].values()) == pytest.approx(1, abs=1e-3)
    with_scores = judged(home, judge, text, "--scores").out
    assert with_scores.startswith(b"neg\tneg=") and with_scores.endswith(b"\n\n")


def test_an_unsure_answer_can_be_neutral(judge: Path, home: Path) -> None:
    assert judged(home, judge, b"la cama es fea\n", "--neutral", "1").out == b"neu\n"


def test_several_files_keep_their_order_and_names(judge: Path, home: Path) -> None:
    (home / "a b.txt").write_text("la cama es fea\n")
    (home / "c.txt").write_text("la cama es buena")
    files = ["c.txt", "a b.txt", "-"]
    done = judged(home, judge, b"la sala es mala\n", *files, "--with-filename")
    assert done.out == b"c.txt:pos\na b.txt:neg\n-:neg\n"
    found = judged(home, judge, b"la sala es mala\n", *files, "--with-filename", "--json").out
    assert [json.loads(line)["file"] for line in found.splitlines()] == files


def test_other_fields_of_json_records_go_through(judge: Path, home: Path) -> None:
    text = '{"id":"ñ","frase":"la cama es fea","n":[1,2.5,null]}\n'.encode()
    done = judged(home, judge, text, "--input-format", "jsonl", "--text-key", "frase", "--json")
    answer = json.loads(done.out)
    assert (answer["id"], answer["n"], answer["label"]) == ("ñ", [1, 2.5, None], "neg")
    assert "ñ".encode() in done.out


def test_output_to_a_file_follows_links_and_keeps_the_mode(judge: Path, home: Path) -> None:
    target = home / "real.txt"
    target.write_text("old")
    target.chmod(0o640)
    (home / "link.txt").symlink_to(target)
    done = judged(home, judge, b"la cama es fea\n", "-o", "link.txt")
    assert (done.code, done.out, target.read_bytes()) == (0, b"", b"neg\n")
    assert (target.stat().st_mode & 0o777, (home / "link.txt").is_symlink()) == (0o640, True)
    assert judged(home, judge, b"la cama es fea\n", "-o", "-").out == b"neg\n"
    assert judged(home, judge, b"la cama es fea\n", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()
    assert not list(home.glob(".nlpcell-*"))


def test_output_that_cannot_be_written_is_told(judge: Path, home: Path) -> None:
    done = judged(home, judge, b"hola\n", "-o", "none/out.txt")
    assert (done.code, done.out) == (5, b"")
    assert done.err.startswith("error: cannot write none/out.txt: No such file")


def test_one_line_at_a_time(judge: Path, home: Path) -> None:
    process = started("sentiment", "-m", judge, "--line-buffered", home=home)
    assert process.stdin and process.stdout
    process.stdin.write(b"la cama es fea\nla cama es buena\n")
    process.stdin.flush()
    assert process.stdout.readline() + process.stdout.readline() == b"neg\npos\n"
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()


def test_generate_goes_on_from_prompts(writer: Path, home: Path) -> None:
    arguments = ["generate", "--model", writer, "--length", "20", "--seed", "3"]
    once = nlpcell(*arguments, "--prompt", "la casa", home=home)
    assert once.code == 0 and once.out.startswith(b"la casa") and once.out.endswith(b"\n")
    assert once.out == nlpcell(*arguments, "--prompt", "la casa", home=home).out
    several = nlpcell(*arguments, "--num", "2", home=home, stdin="uno\ndós\n".encode()).out.decode()
    texts = several.split("---\n")
    assert [text[:3] for text in texts] == ["uno", "uno", "dós", "dós"]
    found = nlpcell(*arguments, "--num", "2", "--json", home=home, stdin=b"uno\ndos\n").out
    rows = [json.loads(line) for line in found.splitlines()]
    assert [row["line"] for row in rows] == [1, 1, 2, 2]
    assert [row["prompt"] for row in rows] == ["uno", "uno", "dos", "dos"]
    assert all(len(row["text"]) <= 20 for row in rows)


def test_generate_length_and_greed(writer: Path, home: Path) -> None:
    arguments = ["generate", "-m", writer, "--prompt", "la ", "--temperature", "0"]
    assert nlpcell(*arguments, "--length", "0", home=home).out == b"la \n"
    greedy = [nlpcell(*arguments, "--length", "9", "--seed", s, home=home).out for s in "12"]
    assert greedy[0] == greedy[1]


def test_quiet_says_nothing_but_errors(judge: Path, home: Path) -> None:
    assert judged(home, judge, b"\xe1\n", "-q").err == ""
    assert judged(home, judge, b"\xe1\n").err != ""
    assert judged(home, judge, b"", "-q", "none.txt").err.startswith("error: none.txt:")
