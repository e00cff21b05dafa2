"""What a dictionary knows of words: kept in a model, and read by the network."""

from __future__ import annotations

import json
import random
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import torch
from processes import nlpcell, trained
from safetensors.numpy import save
from toys import AGREE

from nlpcell import lexicon
from nlpcell.bundle import LEXICON, Bundle
from nlpcell.errors import BadModel, WrongUse
from nlpcell.features import NAMED, PADDING, SLOTS, Features
from nlpcell.lexicon import Lexicon, from_bytes, learnt
from nlpcell.modules.words import WordVectors
from nlpcell.training.teaching import Teachers

FORMS = [
    ("casa", "NCFS000"),
    ("casas", "NCFP000"),
    ("lunes", "NCMN000"),
    ("joven", "NCCS000"),
    ("joven", "AQ0CS00"),
    ("Árbol", "NCMS000"),
    ("la", "DA0FS0"),
]


@pytest.fixture
def known() -> Lexicon:
    found = learnt(FORMS)
    assert found is not None
    return found


def test_forms_have_gender_and_number(known: Lexicon) -> None:
    assert len({known(one) for one in ("casa", "casas", "lunes", "joven", "la", "perro")}) == 6
    assert known("perro") == 0


def test_networks_are_told_of_nouns_and_adjectives_alone(known: Lexicon) -> None:
    assert known("la") and not known.named("la")
    both = learnt([*FORMS, ("la", "NCMS000")])
    alone = learnt([("la", "NCMS000")])
    assert both is not None and alone is not None
    assert both.named("la") == alone("la") != both("la")
    assert known.named("joven") == known("joven")


def test_accents_may_be_written_in_two_ways(known: Lexicon) -> None:
    assert known("árbol") == known(normalize("NFD", "árbol")) != 0


def test_what_no_dictionary_has() -> None:
    assert learnt([("corre", "VMIP3S0")]) is None
    found = learnt([("raro", "NC"), ("otro", "AQ0XX00")])
    assert found is not None and found("raro") == found("otro") == 0


def test_it_comes_back_from_its_bytes(known: Lexicon) -> None:
    again = from_bytes(known.as_bytes(), "here")
    assert again.checksum == known.checksum != learnt(FORMS[:2]).checksum  # type: ignore[union-attr]
    assert [again(form.lower()) for form, _ in FORMS] == [known(form.lower()) for form, _ in FORMS]


HASHES, CODES = np.array([1, 5, 9], np.uint32), np.array([1, 2, 3], np.uint8)


@pytest.mark.parametrize(
    "content",
    [
        b"nothing",
        save({"hashes": HASHES}),
        save({"hashes": HASHES, "codes": CODES[:2]}),
        save({"hashes": HASHES[::-1].copy(), "codes": CODES}),
        save({"hashes": HASHES.astype(np.float32), "codes": CODES}),
        save({"hashes": HASHES[None], "codes": CODES[None]}),
    ],
)
def test_a_damaged_one_is_refused(content: bytes) -> None:
    assert from_bytes(save({"hashes": HASHES, "codes": CODES}), "here").hashes[0] == 1
    with pytest.raises(BadModel):
        from_bytes(content, "here")


def test_one_more_row_stands_for_a_word(known: Lexicon) -> None:
    plain, more = Features(1000).rows(["casa", "corre"]), Features(1000, known)
    rows = more.rows(["casa", "corre"])
    assert rows.shape == (2, SLOTS + 1) == (2, more.slots)
    assert (rows[:, :SLOTS] == plain).all()
    assert rows[0, -1] != PADDING and rows[1, -1] == PADDING
    assert more.rows(["CASA"])[0, -1] == rows[0, -1] != more.rows(["casas"])[0, -1]
    assert (more.hidden(1)[0, 1:] == PADDING).all()


def test_who_does_not_see_the_name_does_not_see_what_is_known_of_it(known: Lexicon) -> None:
    rows = torch.tensor(Features(50, known).rows(["casa", "lunes"]))[None]
    vectors = WordVectors(buckets=50, width=6, hide_word=0.0, hide_name=1.0).train()
    seen = vectors.partly_hidden(rows)
    assert (seen[..., :NAMED] == PADDING).all() and (seen[..., -1] == PADDING).all()
    assert torch.equal(seen[..., NAMED:SLOTS], rows[..., NAMED:SLOTS])


SYLLABLES = ["bla", "cre", "dri", "flo", "gru", "mal", "nes", "pir", "sol", "tun"]


def invented(count: int) -> list[tuple[str, str]]:
    """Nouns that look alike, of which only a dictionary knows the gender."""
    draw = random.Random(1)
    words = dict.fromkeys("".join(draw.choices(SYLLABLES, k=3)) + "e" for _ in range(count))
    return [(word, draw.choice("MF")) for word in words]


def test_the_network_reads_it(home: Path) -> None:
    """Nouns that no sentence had and no ending gives away: half would be right by chance."""
    nouns = invented(500)
    met, unmet = nouns[60:], nouns[:60]
    lines = [f"{'el' if sex == 'M' else 'la'} {noun}" for noun, sex in met for _ in range(2)]
    Path(home / "right.txt").write_text("\n".join(lines), "utf-8")
    table = "".join(
        f"{noun}{ending}\t{noun}\tNC{sex}{number}000\n"
        for noun, sex in nouns
        for ending, number in (("", "S"), ("s", "P"))
    )
    Path(home / "forms.tsv").write_text("form\tlemma\ttag\n" + table, "utf-8")
    words = ["agree", "right.txt", "--lexicon", "forms.tsv", *AGREE, "--epochs", "25"]
    done = trained(*words, "--lr", "0.01", "--batch-size", "32", "--out", "made", home=home)
    assert done.code == 0, done.err
    wrong = [f"{'la' if sex == 'M' else 'el'} {noun}" for noun, sex in unmet]
    right = [f"{'el' if sex == 'M' else 'la'} {noun}" for noun, sex in unmet]
    # So small a network is seldom sure; what it has read shows in which of both articles it takes.
    asked = ["agree", "-m", "made", "--min-confidence", "0.1"]
    mended = nlpcell(*asked, home=home, stdin="\n".join(wrong).encode()).out.decode().splitlines()
    kept = nlpcell(*asked, home=home, stdin="\n".join(right).encode()).out.decode().splitlines()
    assert np.mean([a == b for a, b in zip(mended, right, strict=True)]) > 0.8, mended
    assert np.mean([a == b for a, b in zip(kept, right, strict=True)]) > 0.8, kept
    refuse_what_does_not_fit(home)


def refuse_what_does_not_fit(home: Path) -> None:
    """Its files say how words are read; without the lexicon the graph is another model's."""
    made = Bundle.load(home / "made")
    known = lexicon.kept(made)
    assert known is not None
    with pytest.raises(WrongUse, match="another lexicon"):
        Teachers([made], made.manifest.labels, Features(500, learnt(FORMS)))
    Teachers([made], made.manifest.labels, Features(500, known))
    manifest = json.loads((home / "made" / "bundle.json").read_text("utf-8"))
    del manifest["files"][LEXICON]
    (home / "made" / "bundle.json").write_text(json.dumps(manifest), "utf-8")
    done = nlpcell("agree", "-m", "made", home=home, stdin=b"la casa")
    assert done.code == 4 and "reads words otherwise" in done.err
