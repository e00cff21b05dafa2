"""Text to ids and back, losing nothing, whatever the text."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcell.tokenizer import END, PAD, SPACE_MARK, START, UNKNOWN, Kind, Tokenizer

TEXTS = [
    "La casa es bonita y el perro es tranquilo.\n\tSí, señora: ¡qué día más largo!",
    "Un gato duerme en la ventana de la cocina, y nadie lo despierta.",
    "<s> <unk> <0x41> <label:pos> \u2581 no son más que letras",
] * 20
LABELS = ["pos", "neg"]
KINDS: list[Kind] = ["char", "unigram"]
ODD = [
    "",
    "está ñandú Übung",
    "e\u0301 n\u0303 decomposed",
    "\ttab\t\ttabs\t",
    "  two  spaces  ",
    " ",
    "👩‍👩‍👧‍👦 👍🏽 🇪🇸",
    SPACE_MARK,
    f"a{SPACE_MARK}{SPACE_MARK} b{SPACE_MARK}",
    "\0",
    "nul\0inside",
    *("<s>", "</s>", "<unk>", "<pad>", "<0x41>", "<label:pos>", "a<s>b <0x0A><0xFF>"),
    "one\r\ntwo\n\nthree\r",
    "\ufeffbom",
    "\u2047 \ufffd \u00a0\u3000\u0085\u2028",
    "\U0010ffff\ud7ff中文",
]
ANY = st.text(st.characters(exclude_categories=["Cs"]))


@cache
def learnt(kind: Kind) -> Tokenizer:
    return Tokenizer.learn(TEXTS, kind, 400, LABELS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ODD)
def test_odd_texts_come_back(kind: Kind, text: str) -> None:
    assert learnt(kind).decode(learnt(kind).encode(text)) == text


@pytest.mark.parametrize("kind", KINDS)
@given(text=ANY | st.lists(st.sampled_from([*ODD, *"aeo <>▁_"])).map("".join))
def test_any_text_comes_back(kind: Kind, text: str) -> None:
    assert learnt(kind).decode(learnt(kind).encode(text)) == text


@given(text=ANY | st.sampled_from(TEXTS + ODD), alpha=st.sampled_from([0.01, 0.1, 1.0]))
def test_a_sampled_segmentation_comes_back(text: str, alpha: float) -> None:
    tokenizer = learnt("unigram")
    assert tokenizer.decode(tokenizer.encode_sampled(text, alpha)) == text


def test_sampling_finds_several_segmentations() -> None:
    tokenizer = learnt("unigram")
    assert len({tuple(tokenizer.encode_sampled(TEXTS[0], 0.1)) for _ in range(20)}) > 1


@pytest.mark.parametrize("kind", KINDS)
@given(text=ANY | st.sampled_from(ODD) | st.sampled_from([f"<label:{one}>" for one in LABELS]))
def test_no_text_spells_a_reserved_id(kind: Kind, text: str) -> None:
    tokenizer = learnt(kind)
    reserved = {PAD, UNKNOWN, START, END, *map(tokenizer.label, LABELS)}
    assert reserved.isdisjoint(tokenizer.encode(text))


@pytest.mark.parametrize("kind", KINDS)
def test_labels_have_ids_of_their_own_and_leave_no_text(kind: Kind) -> None:
    tokenizer = learnt(kind)
    pos, neg = tokenizer.label("pos"), tokenizer.label("neg")
    assert pos is not None and neg is not None and pos != neg
    assert tokenizer.label("other") is None
    assert tokenizer.decode([START, pos, *tokenizer.encode("casa"), neg, END]) == "casa"


def test_char_pieces_are_single_characters() -> None:
    tokenizer = learnt("char")
    assert len(tokenizer.encode("la casa\n\tes")) == len("la casa\n\tes")


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_within_the_vocabulary(kind: Kind) -> None:
    tokenizer = learnt(kind)
    assert 4 + len(LABELS) + 256 < len(tokenizer) <= 400
    assert max(max(tokenizer.encode(text), default=0) for text in ODD) < len(tokenizer)


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_stand_for_what_the_alphabet_lacks(kind: Kind) -> None:
    tokenizer = learnt(kind)
    found = [tokenizer.byte(one) for one in tokenizer.encode("中")]
    assert [byte for byte in found if byte is not None] == list("中".encode())
    assert tokenizer.byte(START) is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_texts_give_the_same_model(kind: Kind) -> None:
    assert Tokenizer.learn(iter(TEXTS), kind, 400, LABELS).model == learnt(kind).model
    assert Tokenizer.learn(TEXTS[:-2], kind, 400).model != learnt(kind).model


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_read_again_is_the_same(kind: Kind) -> None:
    again = Tokenizer(learnt(kind).model)
    assert [again.encode(text) for text in ODD] == [learnt(kind).encode(text) for text in ODD]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("texts", [[], [""], ["", "\n"], ["\0"]])
def test_nothing_to_learn_from_is_refused(kind: Kind, texts: list[str]) -> None:
    with pytest.raises(ValueError, match="no tokenizer"):
        Tokenizer.learn(texts, kind, 400)
