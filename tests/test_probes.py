"""Treebanks to probes: what is marked, how good they are, and how they are kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from treebanks import HEAD, HIDDEN, conllu, line, own_bundle

from nlpcell import probes
from nlpcell.bundle import Bundle
from nlpcell.corpora.treebank import marked
from nlpcell.errors import BadInput, BadModel
from nlpcell.probes import Marked, Probe, Subject
from nlpcell.training.probes import added

torch.set_num_threads(1)


def read(folder: Path, text: str) -> list[Marked]:
    path = folder / "some.conllu"
    path.write_text(text, encoding="utf-8")
    return marked(str(path))


def tree(*rows: str, text: str = "") -> str:
    return "\n".join([*([HEAD + text] if text else []), *rows]) + "\n\n"


FEMININE = "Gender=Fem|Number=Sing"


def test_a_subject_is_marked_from_its_noun_to_its_predicate(tmp_path: Path) -> None:
    """*del* is two words of the tree and one of ours; so everything after it moves."""
    (found,) = read(
        tmp_path,
        tree(
            line(1, "La", "DET", "_", 2, "det"),
            line(2, "casa", "NOUN", FEMININE, 6, "nsubj:pass"),
            line(3, "de", "ADP", "_", 5, "case").replace("3\tde", "3-4\tdel", 1),
            line(3, "de", "ADP", "_", 5, "case"),
            line(4, "el", "DET", "_", 5, "det"),
            line(5, "rey", "NOUN", "Gender=Masc|Number=Sing", 2, "nmod"),
            line(6, "construida", "VERB", "_", 0, "root"),
            text="La casa del rey construida.",
        ),
    )
    assert found == Marked("La casa del rey construida.", [Subject(1, 4, "Fem", "Sing")])


def test_what_is_no_single_noun_before_its_predicate_is_left_out(tmp_path: Path) -> None:
    rows = {
        "joined": [
            line(1, "pan", "NOUN", FEMININE, 4, "nsubj"),
            line(2, "y", "CCONJ", "_", 3, "cc"),
            line(3, "sal", "NOUN", FEMININE, 1, "conj"),
            line(4, "faltan", "VERB", "_", 0, "root"),
        ],
        "after": [
            line(1, "Llega", "VERB", "_", 0, "root"),
            line(2, "gente", "NOUN", FEMININE, 1, "nsubj"),
        ],
        "pronoun": [
            line(1, "Ella", "PRON", FEMININE, 2, "nsubj"),
            line(2, "llega", "VERB", "_", 0, "root"),
        ],
        "bare": [
            line(1, "gente", "NOUN", "_", 2, "nsubj"),
            line(2, "llega", "VERB", "_", 0, "root"),
        ],
    }
    for words in rows.values():
        with pytest.raises(BadInput, match="no subject with gender or number"):
            read(tmp_path, tree(*words))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1\tcasa\n", "some.conllu:1: not CoNLL-U: 2 columns, not 10"),
        (tree(line(1, "a", "X", "_", 0, "root").replace("0\troot", "x\troot")), "no number"),
        ("", "no subject"),
    ],
)
def test_a_file_that_is_no_treebank(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput) as found:
        read(tmp_path, text)
    assert words in str(found.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.conllu").write_bytes(b"# text = ni\xf1o\n")
    with pytest.raises(BadInput, match=r"not UTF-8 \(byte 12\)"):
        marked(str(tmp_path / "latin.conllu"))
    with pytest.raises(BadInput, match="no such file"):
        marked(str(tmp_path / "none.conllu"))


def test_probes_read_what_the_words_do_not_say(tmp_path: Path) -> None:
    """Half of the nouns are feminine, half plural, and every word after them is said of either:
    the vectors can only guess, the state remembers two words back."""
    found = added(own_bundle(tmp_path / "own", layers=2), read(tmp_path, conllu()))
    assert [(one.feature, one.layer) for one in found] == [
        ("gender", 1), ("gender", 2), ("number", 1), ("number", 2),
    ]  # fmt: skip
    for one in found:
        assert one.accuracy > 0.9 and one.embedding < 0.7 and one.majority < 0.7, one
        assert 50 < one.words < 110  # two words after the noun in about a fifth of 200 sentences
        assert 0.5 <= one.untrained <= 1
    after = Bundle.load(tmp_path / "own")
    assert {"probes.json", "weights.safetensors"} <= set(after.manifest.files)
    again = probes.from_bytes(after.read("probes.json"), HIDDEN, 2, "here")
    for one, kept in zip(found, again, strict=True):
        np.testing.assert_allclose(kept.weights, one.weights, rtol=1e-5)
        assert kept._replace(weights=0, spread=0) == one._replace(weights=0, spread=0)  # type: ignore[arg-type]


def test_held_out_sentences_play_no_part(tmp_path: Path) -> None:
    """Words that never come back, with answers at random: what was fitted is known by heart, and
    no probe can be right on the rest."""
    draw = np.random.default_rng(6)
    sentences = []
    for _ in range(150):
        text = " ".join("".join(draw.choice(list("abcdefghij"), 6)) for _ in range(4))
        gender, number = draw.integers(2, size=2)
        subject = Subject(1, 3, ["Masc", "Fem"][gender], ["Sing", "Plur"][number])
        sentences.append(Marked(text, [subject]))
    for one in added(own_bundle(tmp_path / "own", hidden=200), sentences):
        assert one.accuracy < 0.65, one


def test_too_little_to_fit_on(tmp_path: Path) -> None:
    own = own_bundle(tmp_path / "own")
    few = read(tmp_path, conllu(5))
    with pytest.raises(BadInput, match="5 sentences with subjects; probes need 20"):
        added(own, few)
    same = [Marked("la casa es mía", [Subject(1, 3, "Fem", "Sing")])] * 60
    with pytest.raises(BadInput, match="do not show both values of gender"):
        added(own, same)


def a_probe(**changes: object) -> dict[str, object]:
    whole = Probe("gender", 1, np.ones(2), 0.0, np.ones(2), 0.9, 0.6, 0.5, 0.5, 10)
    (row,) = json.loads(probes.as_bytes([whole]))
    return {**row, **changes}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[1]", b"{}x", b'[{"feature": "gender"}]', b"[" * 100_000,
        *(
            json.dumps([a_probe(**change)]).encode()
            for change in (
                {"weights": [1.0]}, {"weights": [1.0, float("nan")]}, {"feature": "case"},
                {"layer": 2}, {"layer": 0}, {"bias": float("inf")}, {"accuracy": "much"},
            )
        ),
    ],
)  # fmt: skip
def test_damaged_probes_are_refused(content: bytes) -> None:
    with pytest.raises(BadModel, match="does not hold probes for this network"):
        probes.from_bytes(content, hidden=2, layers=1, where="here")


def test_the_strongest_units_move_the_answer_most() -> None:
    probe = Probe(
        "gender", 1, np.array([1.0, -5.0, 3.0]), 0.0, np.array([1.0, 0.1, 2.0]), 1, 1, 1, 1, 1
    )
    assert probe.strongest() == [2, 0, 1]  # 1 * 1, 5 * 0.1, 3 * 2
    assert probe.read(np.array([[1.0, 0.0, 1.0]])) == pytest.approx(1 / (1 + np.exp(-4)))
