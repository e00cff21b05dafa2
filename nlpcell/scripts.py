"""Edit scripts: what becomes of the end of a word, learnt by counting (Chrupała 2006).

"o>a" puts -a in the place of a final -o, whatever the word; "=el>la" turns the whole word *el* into
*la*. So one decision serves thousands of words, and what is not decided on is never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from nlpcell.words import Edit, Word, words

KEEP = "keep"
CONTRACTED = {"a": "al", "de": "del"}  # with a following *el*


class Script(NamedTuple):
    """Put `new` in the place of `old` at the end of a word, or of the word as a whole."""

    old: str
    new: str
    whole: bool

    def __str__(self) -> str:
        return f"{'=' if self.whole else ''}{self.old}>{self.new}"


@lru_cache(4_096)
def parsed(label: str) -> Script:
    """The script that a label names.

    >>> parsed("=el>la"), parsed("os>a")
    (Script(old='el', new='la', whole=True), Script(old='os', new='a', whole=False))
    """
    old, arrow, new = label.removeprefix("=").partition(">")
    if not arrow or old == new:
        raise ValueError(f"no edit script: {label}")
    return Script(old, new, label.startswith("="))


def between(old: str, new: str) -> Script:
    """The script that turns one word into another; capitals do not count.

    >>> str(between("bonitos", "bonita")), str(between("El", "La")), str(between("al", "a la"))
    ('os>a', '=el>la', '=al>a la')
    """
    old, new = (normalize("NFC", word).lower() for word in (old, new))
    pairs = enumerate(zip(old, new, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))
    if same == 0 or " " in new:
        return Script(old, new, True)
    return Script(old[same:], new[same:], False)


def applied(script: Script, word: str) -> str | None:
    """The word after the script, its capitals and its way of writing accents kept.

    None where the script does not fit.

    >>> applied(parsed("os>a"), "BONITOS"), applied(parsed("=el>la"), "El")
    ('BONITA', 'La')
    >>> applied(parsed("os>a"), "bonita") is None
    True
    """
    whole = normalize("NFC", word)
    small = whole.lower()
    stem = len(small) - len(script.old)
    fits = small == script.old if script.whole else stem > 0 and small.endswith(script.old)
    if not fits or len(small) != len(whole):
        return None
    kept = whole[:stem] if not script.whole else ""
    result = kept + capitals(whole, script.new, begins=not kept)
    return result if is_normalized("NFC", word) else normalize("NFD", result)


def capitals(old: str, new: str, begins: bool = True) -> str:
    """`new` with the capitals of `old`; `begins`: whether it starts where `old` does.

    >>> capitals("AL", "a la"), capitals("El", "la"), capitals("A", "o")
    ('A LA', 'La', 'O')
    """
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[0].upper() + new[1:] if begins and old[0].isupper() else new


def edits(line: str, found: Sequence[Word], new: Mapping[int, str]) -> list[Edit]:
    """The edits that give the words of a line, by their places, new texts.

    Where one writes *el* behind *a* or *de*, the two become *al* or *del*.

    >>> edits("Voy a la parque.", words("Voy a la parque."), {2: "el"})
    [Edit(start=4, end=8, new='al')]
    """
    result: list[Edit] = []
    for place, text in sorted(new.items()):
        word = found[place]
        before = found[place - 1] if place and place - 1 not in new else None
        joined = CONTRACTED.get(before.text.lower()) if before and text in ("el", "EL") else None
        if before and joined and line[before.end : word.start] == " ":
            end = joined[1:].upper() if text.isupper() else joined[1:]
            result.append(Edit(before.start, word.end, before.text[0] + end))
        else:
            result.append(Edit(word.start, word.end, text))
    return result


def decisions(source: str, target: str) -> tuple[list[Word], dict[int, str]] | None:
    """The words of a sentence, and which of them get which label so that it becomes the other.

    None where whole words come, go or move: no script says that.

    >>> decisions("Voy a la parque bonita", "Voy al parque bonito")[1]
    {2: '=la>el', 4: 'a>o'}
    """
    before, after = words(source), words(target)
    labels: dict[int, str] = {}
    here = there = 0
    while here < len(before) and there < len(after):
        one, other = before[here].text, after[there].text
        pair = [word.text.lower() for word in (*before[here : here + 2], *after[there : there + 2])]
        if CONTRACTED.get(pair[0]) == other.lower() and one.lower() != other.lower():
            if before[here + 1].text.lower() == "el":
                return None
            labels[here + 1] = str(between(before[here + 1].text, "el"))
            here += 1
        elif CONTRACTED.get(other.lower()) == one.lower() and len(pair) == 4:
            labels[here] = str(between(one, f"{pair[-2]} {pair[-1]}"))
            there += 1
        elif one != other:
            script = between(one, other)
            if script.old == script.new:
                return None
            labels[here] = str(script)
        here, there = here + 1, there + 1
    return (before, labels) if here == len(before) and there == len(after) else None


def learnt(labels: Iterable[str], most: int, least: int = 2) -> list[str]:
    """KEEP and the commonest scripts, most used first.

    >>> learnt(["o>a", "a>o", "o>a", "s>"], most=3, least=1)
    ['keep', 'o>a', 'a>o']
    """
    counts = Counter(labels)
    return [KEEP, *(label for label, n in counts.most_common(most - 1) if n >= least)]
