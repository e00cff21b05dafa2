"""What `agree-es` makes of sentences, and what any corrector holds to: settled, whole, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import nlpcell as package
from nlpcell.corpora.catalogue import EMBEDDED
from nlpcell.inference.corrector import TOGETHER, Corrector

WRONG, RIGHT = "la casa es bonitos", "la casa es bonita"


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    found: Corrector = package.load("agree-es")
    return found


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (WRONG, RIGHT),
        ("Mi hermano está cansada.", "Mi hermano está cansado."),
        ("Las palabras son correctos.", "Las palabras son correctas."),
        ("los niños juega en el parque", "los niños juegan en el parque"),
        (
            "la casa es bonita y el perro es tranquila",
            "la casa es bonita y el perro es tranquilo",
        ),
    ],
)
@pytest.mark.parametrize("stop", ["", "."])
def test_sentences_that_started_it_all(
    corrector: Corrector, wrong: str, right: str, stop: str
) -> None:
    wrong, right = wrong.rstrip(".") + stop, right.rstrip(".") + stop
    for capitals in (str, str.capitalize, str.upper):
        assert corrector(capitals(wrong)).output == capitals(right)


def test_who_shouts_a_word_is_heard(corrector: Corrector) -> None:
    assert corrector("la casa es BONITOS").output == "la casa es BONITA"


def test_right_sentences_of_ours_stay(corrector: Corrector) -> None:
    texts = [one.text for one in EMBEDDED["right-es"].load("dev")][:300]
    changed = [text for text, one in zip(texts, corrector(texts), strict=True) if one.findings]
    assert len(changed) <= 12, changed


def test_written_difficulties(corrector: Corrector) -> None:
    pairs = EMBEDDED["agreement-es"].load("test")
    exact = [corrector(one.text).output == one.target for one in pairs]
    assert sum(exact) >= 0.7 * len(pairs)


def test_neighbours_windows_and_threads_change_nothing(corrector: Corrector) -> None:
    texts = [side for one in EMBEDDED["agreement-es"].load("test") for side in one][:400]
    texts = [*texts, " ".join(texts[:40]), "", "  "]
    alone = [corrector.answer(text) for text in texts]
    assert sum(bool(one.findings) for one in alone) > 30
    assert corrector(texts) == alone
    assert list(corrector(iter(reversed(texts)))) == alone[::-1]


def test_only_what_a_glance_doubts_is_read_alone(corrector: Corrector) -> None:
    pieces = ["La casa es bonita.", WRONG, "", "La casa es bonita."]
    assert corrector.glance(pieces) == [False, True, False, False]
    sizes: list[int] = []
    run = corrector.session

    def counting(inputs: dict[str, NDArray[np.int32]]) -> list[NDArray[np.float32]]:
        sizes.append(len(inputs["rows"]))
        return run(inputs)

    watched = Corrector(corrector.bundle, threads=1)
    watched.session = counting  # type: ignore[assignment]
    found = watched(["La casa es bonita."] * 9 + [WRONG])
    assert [one.output for one in found] == ["La casa es bonita."] * 9 + [RIGHT]
    assert sizes[:3] == [TOGETHER, TOGETHER, 2] and set(sizes[3:]) == {1} and len(sizes) <= 5


WORDS = [
    "la",
    "casas",
    "es",
    "bonito",
    "los",
    "niño",
    "y",
    "juega",
    "un",
    "gran",
    "agua",
    "fría",
    "EL",
    "a",
    "al",
    "playa,",
    "😀",
    "x́",
]
PIECES = st.sampled_from([*WORDS, "", ".\t¡"])


@settings(max_examples=60)
@given(text=st.lists(PIECES, max_size=25).map(" ".join))
def test_correcting_twice_is_correcting_once(corrector: Corrector, text: str) -> None:
    once = corrector(text)
    assert corrector(once.output).findings == []
    for one in once.findings:
        assert text[one.start : one.end] == one.old != one.new
    kept = [
        text[end.end : start.start]
        for end, start in zip(once.findings, once.findings[1:], strict=False)
    ]
    assert all(part in once.output for part in kept)


@given(data=st.binary(max_size=60))
@settings(max_examples=15)
def test_any_text_is_answered(corrector: Corrector, data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    assert isinstance(corrector(text).output, str)
