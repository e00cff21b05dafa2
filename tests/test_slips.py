"""Slips of haste: what is written stays about the same, and every word keeps its end."""

from __future__ import annotations

from difflib import SequenceMatcher

from nlpcell.corpora.slips import plain, slipped
from nlpcell.words import tokens

TEXT = "Las ventanas de la habitación estaban abiertas y se oían canciones antiguas por la calle."


def test_some_sentences_slip_and_the_others_stay_as_they_are() -> None:
    found = [slipped(TEXT, seed) for seed in range(2_000)]
    touched = [one for one in found if one != TEXT]
    assert 0.15 < len(touched) / len(found) < 0.25  # a slip may hit what cannot slip
    assert len(set(touched)) > 100
    assert all(SequenceMatcher(None, TEXT, one, False).ratio() > 0.8 for one in touched)


def test_the_ends_of_words_stay() -> None:
    ends = {plain(one[-2:]) for one in tokens(TEXT)}
    for seed in range(2_000):
        assert {plain(one[-2:]) for one in tokens(slipped(TEXT, seed))} <= ends


def test_all_kinds_of_slips_come_up() -> None:
    found = {slipped(TEXT, seed) for seed in range(2_000)}
    assert any("habitacion" in one for one in found)
    assert any(one.startswith("las") and not one.endswith(".") for one in found)
    assert any("ventanas la habitación" in one for one in found)
    assert any("ventaanas" in one or "vventanas" in one or "ventnaas" in one for one in found)


def test_seeds_repeat_and_any_text_is_taken() -> None:
    assert slipped(TEXT, 5) == slipped(TEXT, 5) != TEXT
    for text in ("", " ", ".", "a", "Sí.", "de la", "😀 y 12", "casas"):
        for seed in range(200):
            assert bool(slipped(text, seed)) == bool(text)
