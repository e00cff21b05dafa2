"""Learning, from the command line, within seconds: toys that must be solved."""

from __future__ import annotations

import json
from pathlib import Path

from processes import history, nlpcell, trained
from toys import opinions, repeating

ONE = ["--threads", "1", "--device", "cpu"]


def test_sentiment_learns_the_adjective(judge: Path, home: Path) -> None:
    """Unseen combinations of seen words: all right, and calibrated enough to be sure."""
    (home / "unseen.tsv").write_text(opinions(100, seed=9))
    done = nlpcell("evaluate", "sentiment", "unseen.tsv", "-m", judge, "--json", home=home)
    scores = json.loads(done.out)["scores"]
    assert (scores["accuracy"], scores["macro-F1"]) == (1.0, 1.0)
    done = nlpcell("sentiment", "-m", judge, "--json", home=home, stdin=b"la cama es fea")
    assert json.loads(done.out)["scores"]["neg"] > 0.9


def test_generate_learns_a_text_that_repeats(home: Path) -> None:
    """0.1 bits a character; the letters alone, without order, would take 3.4."""
    size = ["--hidden", "48", "--layers", "1", "--embedding", "16", "--dropout", "0.1"]
    speed = ["--batch-size", "2", "--steps", "32", "--lr", "0.01", "--averaging", "0.9"]
    done = trained("generate", "text.txt", "--out", "m", *ONE, *size, *speed, "--epochs", "20",
                   "--patience", "99", home=home)  # fmt: skip
    assert done.code == 0, done.err
    assert history(home / "m")[-1]["nats/char"] < 0.1 * 0.693
    sentence = repeating(1)
    text = nlpcell("generate", "-m", "m", "--prompt", f"{sentence}la casa", "--temperature", "0",
                   "--length", "36", home=home).out.decode()  # fmt: skip
    assert text == sentence * 2


def test_generate_learns_the_next_station(home: Path) -> None:
    """Two lines that cross, both ways: where one came from tells where one goes.

    Of eight questions six must be right; who only knows which stations are neighbours gets four.
    """
    first, second = ["Sol", "Mar", "Paz", "Luz"], ["Rey", "Paz", "Pino", "Oca"]
    ways = [first, first[::-1], second, second[::-1]]
    journeys = [", ".join(way[start:]) for way in ways for start in range(3)]
    (home / "metro.txt").write_text("\n".join(journeys * 25) + "\n")
    size = ["--hidden", "96", "--layers", "1", "--embedding", "16", "--dropout", "0"]
    speed = ["--batch-size", "4", "--steps", "32", "--lr", "0.01", "--averaging", "0.9"]
    done = trained("generate", "metro.txt", "--by", "line", "--out", "m", *ONE, *size, *speed,
                   "--epochs", "24", "--patience", "99", home=home)  # fmt: skip
    assert done.code == 0, done.err
    asked = [", ".join(way[:known]) for way in ways for known in (2, 3)]
    answers = [way[known] for way in ways for known in (2, 3)]
    found = nlpcell("generate", "-m", "m", "--temperature", "0", "--json", home=home,
                    stdin="\n".join(asked).encode()).out  # fmt: skip
    said = [json.loads(line)["text"].strip(", ").split(",")[0] for line in found.splitlines()]
    assert sum(one == other for one, other in zip(said, answers, strict=True)) >= 6


def test_a_run_under_a_budget_ends_in_time(home: Path) -> None:
    endless = ["--epochs", "1000000"]
    done = trained("generate", "text.txt", "--out", "m", *ONE, "--hidden", "8", *endless,
                   "--budget", "1s", "--patience", "1000000", home=home)  # fmt: skip
    assert done.code == 0, done.err
    assert 1.0 <= history(home / "m")[-1]["seconds"] < 20
