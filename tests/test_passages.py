"""Long texts in pieces: nothing lost, nothing too long, cut where a reader would pause."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlpcell.passages import passages

TEXTS = st.text(alphabet="ab ,.!?¿\n\u00a0é…", max_size=200)


@given(text=TEXTS, longest=st.integers(1, 40))
def test_pieces_are_the_text(text: str, longest: int) -> None:
    pieces = passages(text, longest)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= longest for piece in pieces[:-1]) and len(pieces[-1]) <= longest


def test_sentences_before_clauses_before_spaces() -> None:
    assert passages("Uno dos tres. Cuatro, cinco seis", 20) == [
        "Uno dos tres. ",
        "Cuatro, cinco seis",
    ]
    assert passages("uno, dos tres", 9) == ["uno, dos ", "tres"]
    assert passages("unodostres", 4) == ["unod", "ostr", "es"]
