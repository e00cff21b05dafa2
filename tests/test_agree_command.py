"""`nlpcell agree` as a process: it owns only its corrections."""

from __future__ import annotations

import json
import re
import stat
import subprocess
from pathlib import Path

from processes import Done, nlpcell, started, trained

WRONG, RIGHT = "la casa es bonitos", "la casa es bonita"


def agreed(home: Path, text: str | bytes, *more: str | Path, **extra: str) -> Done:
    given = text.encode() if isinstance(text, str) else text
    return nlpcell("agree", *more, home=home, stdin=given, **extra)


def test_explain_prefers_the_noun_to_the_verb(home: Path) -> None:
    for text in (WRONG, f"{WRONG.capitalize()}."):
        assert "agrees with «casa»" in agreed(home, text, "--explain").out.decode()


def test_every_other_byte_comes_back(home: Path) -> None:
    text = b"\xef\xbb\xbf  la casa\tes bonitos \r\n\r\n\xff\x00: la casa es bonitos\n"
    text += b"Hola.\rla casa es bonitos"
    done = agreed(home, text)
    assert done.out == text.replace(b"bonitos", b"bonita")
    assert (done.code, done.err) == (
        0,
        "warning: standard input:3: not UTF-8; kept\n",
    )


def test_decomposed_accents_stay_decomposed(home: Path) -> None:
    text = "la canción es bonitos\nel a\u0301rbol es bonitos"
    out = agreed(home, text).out.decode()
    assert out == "la canción es bonita\nel a\u0301rbol es bonito"


def test_a_line_that_is_too_long_is_copied(home: Path) -> None:
    text = b"x " * (1 << 20) + b"\r\n" + WRONG.encode() + b"\n"
    done = agreed(home, text)
    assert (done.code, done.out) == (3, text.replace(b"bonitos", b"bonita"))
    assert "error: standard input:1: longer than 1,048,576 bytes" in done.err
    [first, second] = agreed(home, text, "--json").out.splitlines()
    assert json.loads(first)["error"]["code"] == "line_too_long"
    assert json.loads(second)["output"] == RIGHT


def test_a_long_paragraph_is_cut_and_joined(home: Path) -> None:
    text = "El perro de la vecina es tranquilo. La casa es bonitos. " * 100
    assert agreed(home, text).out.decode() == text.replace("bonitos", "bonita")


def test_check_names_places_and_ends_with_one(home: Path) -> None:
    (home / "notas.txt").write_text(f"Hola.\n{WRONG}\n")
    done = agreed(home, "", "--check", "notas.txt")
    assert done.code == 1
    assert re.fullmatch(
        "notas.txt:2:12: gender\\+number: «bonitos» should be «bonita»"
        "( \\(agrees with «\\w+»\\))?\n",
        done.out.decode(),
    )
    assert agreed(home, "", "--check", "--exit-zero", "notas.txt").code == 0
    assert agreed(home, RIGHT, "--check") == (0, b"", "")


def test_json_has_offsets_and_why(home: Path) -> None:
    [line] = agreed(home, "mañana mi hermano está cansada\n", "--json").out.splitlines()
    answer = json.loads(line)
    assert list(answer) == ["line", "input", "output", "edits"]
    [edit] = answer["edits"]
    assert answer["input"][edit["start"] : edit["end"]] == edit["old"] == "cansada"
    assert (edit["new"], edit["kind"]) == ("cansado", "gender")
    assert 0 < edit["score"] <= 1 and edit["reason"] == "agrees with «hermano»"
    assert json.loads(agreed(home, "\n", "--json").out) == {
        "line": 1, "input": "", "output": "", "edits": [],
    }  # fmt: skip


def test_json_records_go_through(home: Path) -> None:
    record = json.dumps({"id": 7, "frase": WRONG}) + "\n"
    done = agreed(home, record, "--input-format", "jsonl", "--text-key", "frase", "--json")
    answer = json.loads(done.out)
    assert (answer["id"], answer["output"]) == (7, RIGHT)


def test_write_corrects_in_place_and_leaves_right_files_alone(home: Path) -> None:
    wrong, right = home / "wrong.txt", home / "right.txt"
    wrong.write_bytes(WRONG.encode() + b"\r\n\xff")
    right.write_text(RIGHT)
    wrong.chmod(0o640)
    before = right.stat().st_mtime_ns, right.stat().st_ino
    done = agreed(home, "", "--write", "wrong.txt", "right.txt")
    assert done.code == 0 and "wrong.txt: 1 correction\n" in done.err
    assert wrong.read_bytes() == RIGHT.encode() + b"\r\n\xff"
    assert stat.S_IMODE(wrong.stat().st_mode) == 0o640
    assert (right.stat().st_mtime_ns, right.stat().st_ino) == before
    assert sorted(one.name for one in home.glob("*.txt")) == ["right.txt", "text.txt", "wrong.txt"]


def test_a_diff_can_be_applied(home: Path) -> None:
    lines = [f"Línea número {number}." for number in range(20)]
    lines[3] = lines[19] = WRONG
    (home / "a.txt").write_text("\n".join(lines))
    done = agreed(home, "", "--diff", "a.txt")
    assert done.code == 1
    subprocess.run(["patch", "-p0", "-s"], input=done.out, cwd=home, check=True)
    assert (home / "a.txt").read_text() == "\n".join(lines).replace(WRONG, RIGHT)
    assert agreed(home, "", "--diff", "a.txt").out == b""


def test_other_programs_formats(home: Path) -> None:
    (home / "a,b.txt").write_text(WRONG)
    done = agreed(home, "", "--format", "github", "a,b.txt")
    assert done.code == 1
    assert done.out.startswith(b"::warning file=a%2Cb.txt,line=1,col=12,endColumn=19,title=gender")
    done = agreed(home, "", "--format", "sarif", "a,b.txt")
    [run] = json.loads(done.out)["runs"]
    [result] = run["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 12, "endColumn": 19}
    assert done.code == 1


def test_explain_names_the_word(home: Path) -> None:
    done = agreed(home, "mi hermano está cansada", "--explain")
    assert done.out.decode().startswith(
        "mi hermano está cansado\n    gender: «cansada» should be «cansado»"
    )
    assert "agrees with «hermano»" in done.out.decode()


def test_a_sentence_can_be_an_argument(home: Path) -> None:
    assert agreed(home, "", WRONG).out.decode() == f"{RIGHT}\n"
    assert agreed(home, "", "nofile.txt").code == 3


def test_confidence_is_the_users(home: Path) -> None:
    assert agreed(home, WRONG, "--min-confidence", "1").out.decode() == WRONG
    assert agreed(home, WRONG, "--min-confidence", "2").code == 2


def test_forms_exclude_each_other(home: Path) -> None:
    for more in (["--check", "--diff"], ["--write", "--json"], ["--write"], ["--write", "-"]):
        assert agreed(home, WRONG, *more).code == 2


def test_an_answer_comes_before_the_next_line(home: Path) -> None:
    with started("agree", home=home) as process:
        assert process.stdin and process.stdout
        process.stdin.write(WRONG.encode() + b"\n")
        process.stdin.flush()
        assert process.stdout.readline().decode() == f"{RIGHT}\n"
        process.stdin.close()
        assert process.wait(20) == 0


def test_training_on_right_sentences_and_pairs(home: Path) -> None:
    right = [
        f"{thing}.\n" for thing in ("La casa es blanca", "El perro es negro") for _ in "x" * 30
    ]
    (home / "right.txt").write_text("".join(right))
    pairs = "source\ttarget\n" + "La casa es blanco.\tLa casa es blanca.\n" * 30
    (home / "pairs.tsv").write_text(pairs)
    small = ["--hidden", "16", "--embedding", "16", "--buckets", "500", "--threads", "1"]
    quick = ["--epochs", "30", "--first-epochs", "2", "--batch-size", "8", "--dropout", "0"]
    quick += ["--lr", "0.02", "--out", "own"]
    done = trained("agree", "right.txt", "--pairs", "pairs.tsv", *small, *quick, home=home)
    assert done.code == 0, done.err
    assert agreed(home, "La casa es blanco.", "-m", "own").out == b"La casa es blanca."
    report = json.loads(
        nlpcell("evaluate", "agree", "pairs.tsv", "-m", "own", "--json", home=home).out
    )
    assert report["scores"]["F0.5"] == 1
    assert nlpcell("models", "verify", "own", home=home).code == 0


def test_nothing_to_learn_is_said(home: Path) -> None:
    (home / "right.txt").write_text("ir\n" * 40)
    done = trained("agree", "right.txt", "--out", "own", "--threads", "1", home=home)
    assert done.code == 3 and "nothing in these sentences can be corrected" in done.err


def test_evaluation_tells_what_was_found_and_what_was_not(home: Path) -> None:
    rows = [("La casa es blanco.", "La casa es blanca.", "near"), ("Hola.", "Hola.", "none")]
    text = "source\ttarget\twhere\n" + "".join("\t".join(row) + "\n" for row in rows)
    (home / "pairs.tsv").write_text(text)
    asked = ["pairs.tsv", "--by", "where", "--curve", "--json"]
    report = json.loads(nlpcell("evaluate", "agree", *asked, home=home).out)
    assert report["scores"] == {
        "precision": 1, "recall": 1, "F0.5": 1, "sentence accuracy": 1,
        "false alarms per 1,000 words of right sentences": 0,
    }  # fmt: skip
    assert report["by kind"][1][:4] == ["gender", "1.0000", "1.0000", "1.0000"]
    assert report["by where"][1:] == [["near", "1.0000", "1"], ["none", "1.0000", "1"]]
    assert [row[0] for row in report["by confidence"][1:3]] == ["0.30", "0.40"]
    (home / "right.txt").write_text("La casa es blanca.\nEl perro es blanca.\n")
    done = nlpcell("evaluate", "agree", "right.txt", "--right", "--json", home=home)
    scores = json.loads(done.out)["scores"]
    assert scores["sentence accuracy"] == 0.5
    assert scores["false alarms per 1,000 words of right sentences"] == 100
    assert nlpcell("evaluate", "agree", "agreement-es", "--by", "x", home=home).code == 2
