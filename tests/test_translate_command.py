"""`nlpcell translate` and its training and evaluation as processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import Done, Training, history, nlpcell, trained
from toys import TRANSLATE, phrases

LINE, MEANS = "la casa roja es grande", "the red house is big"


def translated(home: Path, model: Path, text: str | bytes, *more: str | Path) -> Done:
    given = text.encode() if isinstance(text, str) else text
    return nlpcell("translate", "--model", model, *more, home=home, stdin=given)


def test_a_line_for_a_line(interpreter: Path, home: Path) -> None:
    text = f"{LINE}\n\nla cama vieja no es grande\n  \n"
    done = translated(home, interpreter, text)
    assert done == (0, f"{MEANS}\n\nthe old bed is not big\n  \n".encode(), "")


def test_every_way_in_and_out(interpreter: Path, home: Path) -> None:
    (home / "in.txt").write_text(f"{LINE}\n")
    assert translated(home, interpreter, "", LINE).out == f"{MEANS}\n".encode()
    assert translated(home, interpreter, "", "in.txt", "-o", "out.txt").out == b""
    assert (home / "out.txt").read_text() == f"{MEANS}\n"
    named = translated(home, interpreter, LINE, "in.txt", "-", "--with-filename")
    assert named.out == f"in.txt:{MEANS}\n-:{MEANS}\n".encode()


def test_line_ends_and_odd_bytes(interpreter: Path, home: Path) -> None:
    """CR goes back where it was, a BOM goes, a last line gets its LF, odd bytes become U+FFFD."""
    done = translated(home, interpreter, f"\ufeff{LINE}\r\n{LINE}")
    assert done.out == f"{MEANS}\r\n{MEANS}\n".encode()
    done = translated(home, interpreter, b"\xff y " + LINE.encode())
    assert done.code == 0 and b"\xff" not in done.out
    assert "standard input:1: not UTF-8; shown as U+FFFD" in done.err


def test_a_line_too_long_to_be_read_is_copied(interpreter: Path, home: Path) -> None:
    long = b"la casa " * 140_000
    done = translated(home, interpreter, LINE.encode() + b"\n" + long + b"\n" + LINE.encode())
    assert (done.code, done.out) == (
        3,
        MEANS.encode() + b"\n" + long + b"\n" + MEANS.encode() + b"\n",
    )


def test_a_long_line_is_cut_at_sentence_ends_and_joined_again(
    interpreter: Path, home: Path
) -> None:
    done = translated(home, interpreter, f"Ana y {LINE}!  " * 40 + "\n")
    assert done.out.count(b"\n") == 1 and done.out.count(b"house") >= 35


def test_json(interpreter: Path, home: Path) -> None:
    given = json.dumps({"id": 7, "frase": LINE}) + "\n\n[]\n"
    more = ["--input-format", "jsonl", "--text-key", "frase", "--json", "--n-best", "3", "--align"]
    done = translated(home, interpreter, given, *more)
    first, blank, bad = map(json.loads, done.out.splitlines())
    assert (first["id"], first["line"], first["source"], first["target"]) == (7, 1, LINE, MEANS)
    assert len({one["target"] for one in first["nbest"]}) == 3
    assert first["nbest"][0] == {"target": MEANS, "score": first["score"]}
    assert (blank["source"], blank["target"], blank["alignment"]) == ("", "", [])
    assert (bad["error"]["code"], done.code) == ("not_an_object", 3)


def test_alignment_is_of_words_and_adds_up(interpreter: Path, home: Path) -> None:
    done = translated(home, interpreter, LINE, "--json", "--align")
    [found] = json.loads(done.out)["alignment"]
    assert (found["source"], found["target"]) == (LINE.split(), MEANS.split())
    assert all(0.5 < sum(row) <= 1.01 for row in found["weights"])


def test_a_heat_map_is_a_picture(interpreter: Path, home: Path) -> None:
    done = translated(home, interpreter, f"\n{LINE}\n", "--heatmap", "h.png")
    assert done.out == f"\n{MEANS}\n".encode()
    assert (home / "h.png").read_bytes().startswith(b"\x89PNG")


def test_n_best_stay_on_their_line(interpreter: Path, home: Path) -> None:
    done = translated(home, interpreter, f"{LINE}\n\n{LINE}\n", "--n-best", "2", "--scores")
    first, blank, again = done.out.decode().split("\n")[:3]
    assert first == again and blank == ""
    score, target, other, _ = first.split("\t")
    assert target == MEANS and float(other) <= float(score) <= 0


def test_greedy_and_beam_agree_where_the_model_is_sure(interpreter: Path, home: Path) -> None:
    assert translated(home, interpreter, LINE, "--beam", "1").out == f"{MEANS}\n".encode()


def test_what_the_model_never_saw_comes_back_as_it_is_or_not_at_all(
    interpreter: Path, home: Path
) -> None:
    said = translated(home, interpreter, f"漢 y {LINE} 😀").out.decode()
    assert "house" in said and {one for one in said if not one.isascii()} <= {"漢", "😀", "\n"}


@pytest.mark.parametrize(
    ("languages", "line", "kept"),
    [
        ("es en", "Vivo en 東京 y tengo 25 libros.", {"東京", "25"}),
        ("en es", "Mr. Brown lives in 京都 and has 25 books.", {"Brown", "京都", "25"}),
    ],
)
def test_what_ships_takes_names_and_numbers_over(
    home: Path, languages: str, line: str, kept: set[str]
) -> None:
    source, target = languages.split()
    done = nlpcell("translate", "--from", source, "--to", target, line, home=home)
    assert done.code == 0 and done.out.count(b"\n") == 1
    assert kept <= set(done.out.decode().replace(".", " ").split())


def test_capitals_are_read_as_words_and_answered_in_capitals(home: Path) -> None:
    plain, other = "Gracias por todo.", "¿Dónde está la estación?"
    text = f"{plain}\n{plain.upper()}\n{plain} {other.upper()}\n{other}\nEl FBI y la ONU.\n"
    done = nlpcell("translate", "--from", "es", "--to", "en", home=home, stdin=text.encode())
    thanks, shouted, both, where, _ = done.out.decode().splitlines()
    assert shouted == thanks.upper() != thanks
    assert both == f"{thanks} {where.upper()}"


def test_threads_change_nothing(interpreter: Path, home: Path) -> None:
    text = "".join(line.split("\t")[0] + "\n" for line in phrases(60, 4).split("\n")[1:-1])
    found = {translated(home, interpreter, text, "--threads", one).out for one in ("1", "3")}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["--n-best", "9"], 2, "error: n-best must lie between 1 and the beam"),
        (["--model", "none"], 4, 'error: no model named "none"'),
        (["--from", "xx", "--to", "yy"], 4, 'error: no model named "translate-xx-yy"'),
    ],
)
def test_what_is_refused(home: Path, more: list[str], code: int, says: str) -> None:
    done = nlpcell("translate", *more, home=home, stdin=b"hola\n")
    assert (done.code, done.out) == (code, b"") and done.err.startswith(says)


def test_evaluation(interpreter: Path, home: Path) -> None:
    (home / "dev.tsv").write_text(phrases(30, seed=5))
    command = ["evaluate", "translate", "dev.tsv", "--json"]
    done = nlpcell(*command, "--model", interpreter, "--min", "50", home=home)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["scores"]["BLEU"] > 60 and found["scores"]["chrF"] > 60
    assert found["scores"]["source words/s"] > 0
    assert "beam 4" in found["signature"] and "BLEU[#:1|c:mixed|e:no|tok:13a" in found["signature"]
    assert nlpcell(*command, "-m", interpreter, "--min", "100", home=home).code in (0, 1)


def test_answers_of_others_against_several_references(home: Path) -> None:
    (home / "refs.tsv").write_text(
        "es\tall\nuno\tone fine day ||| a fine old day\ndos\tit is two o'clock\n"
    )
    (home / "said.txt").write_text("a fine old day\nit is two o'clock\n")
    command = ["evaluate", "translate", "refs.tsv", "--target-key", "all", "--answers", "said.txt"]
    assert b"BLEU\t100.0000" in nlpcell(*command, "--separator", " ||| ", home=home).out
    assert b"BLEU\t100.0000" not in nlpcell(*command, home=home).out
    (home / "said.txt").write_text("a fine old day\n")
    done = nlpcell(*command, home=home)
    assert (done.code, done.err) == (3, "error: said.txt: 1 answers for 2 examples\n")


def test_a_column_that_is_missing_is_asked_for_by_its_side(home: Path) -> None:
    (home / "dev.tsv").write_text("es\tmeanings\tyear\nla casa\tthe house\t1999\n")
    done = nlpcell("evaluate", "translate", "dev.tsv", "--from", "es", "--to", "en", home=home)
    assert (done.code, 'dev.tsv:1: no column called "en"; it has es' in done.err) == (3, True)
    assert done.err.endswith("hint: name the right one, like --target-key year\n")


def test_two_files_side_by_side(home: Path) -> None:
    rows = [line.split("\t") for line in phrases(60).split("\n")[1:-1]]
    for name, side in (("a.txt", 0), ("b.txt", 1)):
        (home / name).write_text("".join(row[side] + "\n" for row in rows))
    files = ["--source-file", "a.txt", "--target-file", "b.txt"]
    done = trained("translate", *files, "--out", "new", *TRANSLATE, "--epochs", "1", home=home)
    assert done.code == 0, done.err
    (home / "b.txt").write_text("one\n")
    done = trained("translate", *files, "--out", "other", *TRANSLATE, home=home)
    assert (done.code, "a.txt: 60 lines, but 1 in b.txt" in done.err) == (3, True)
    done = trained("translate", *files, "--source-file", "c.txt", *TRANSLATE, home=home)
    assert (done.code, "--source-file and --target-file must" in done.err) == (2, True)


def test_a_run_that_was_stopped_ends_in_the_same_weights(home: Path) -> None:
    (home / "few.tsv").write_text(phrases(60))
    command = ["translate", "few.tsv", *TRANSLATE, "--epochs", "3", "--dropout", "0.2"]
    assert trained(*command, "--out", "whole", home=home).code == 0
    process = Training(*command, "--out", "halved", home=home)
    process.says("step 4")
    process.signal(2)
    assert process.end().code == 130
    assert len(history(home / "halved")) < len(history(home / "whole"))
    assert trained(*command, "--out", "halved", "--resume", home=home).code == 0
    for name in ("weights.safetensors", "model.onnx", "reader.onnx", "table.safetensors"):
        assert (home / "whole" / name).read_bytes() == (home / "halved" / name).read_bytes()
