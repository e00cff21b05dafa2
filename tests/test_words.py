"""Words with their places, and edits that leave every other character alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcell.words import Edit, edited, words

LINES = st.text() | st.text(alphabet="aéñ \t'’-_¡!,.1\u0301\u00a0👩\u200d")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        (" \t\u00a0\u2028", []),
        ("La casa, ¿no?", ["La", "casa", ",", "¿", "no", "?"]),
        ("  it's  l’eau físico-químico ", ["it's", "l’eau", "físico-químico"]),
        ("-a- 'b'", ["-", "a", "-", "'", "b", "'"]),
        ("cafe\u0301 n\u0303u", ["cafe\u0301", "n\u0303u"]),
        ("3,5 %", ["3", ",", "5", "%"]),
        ("a\u2014b", ["a", "\u2014", "b"]),
    ],
)
def test_what_a_word_is(line: str, expected: list[str]) -> None:
    assert [word.text for word in words(line)] == expected


@given(LINES)
def test_words_stand_where_they_say_and_leave_white_space_only(line: str) -> None:
    place = 0
    for word in words(line):
        assert line[word.start : word.end] == word.text != ""
        assert line[place : word.start].strip() == ""
        assert not any(character.isspace() for character in word.text)
        place = word.end
    assert line[place:].strip() == ""


@given(LINES, st.data())
def test_edits_touch_nothing_else(line: str, data: st.DataObject) -> None:
    found = words(line)
    chosen = data.draw(st.sets(st.sampled_from(found))) if found else set()
    new = data.draw(st.text(max_size=4))
    expected, place = "", 0
    for word in found:
        expected += line[place : word.start] + (new if word in chosen else word.text)
        place = word.end
    expected += line[place:]
    edits = [Edit(word.start, word.end, new) for word in chosen]
    assert edited(line, reversed(edits)) == expected
    assert edited(line, []) == line


def test_an_edit_may_insert_or_remove() -> None:
    assert edited("el agua", [Edit(0, 0, "¡"), Edit(2, 7, ""), Edit(7, 7, "!")]) == "¡el!"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap at character 2"):
        edited("abcd", [Edit(2, 4, "y"), Edit(0, 3, "x")])
