"""Which feature a correction changes: gender, number or both."""

from __future__ import annotations

from unicodedata import normalize

# Closed classes whose forms no ending explains.
FEATURES = {
    word: features
    for features, words in {
        "ms": "el un al del este ese aquel él algún ningún buen mal primer tercer lo",
        "fs": "la una esta esa aquella ella",
        "mp": "los unos estos esos aquellos ellos",
        "fp": "las unas estas esas aquellas ellas",
        "-s": "es fue era ha va da ve hizo dijo vino",
        "-p": "son fueron eran han van dan ven hicieron dijeron vinieron",
    }.items()
    for word in words.split()
}
PREPOSITIONS = frozenset([
    "a", "ante", "bajo", "con", "contra", "de", "desde", "en", "entre", "hacia", "hasta", "para",
    "por", "sin", "sobre", "tras",
])  # fmt: skip


def kind(old: str, new: str) -> str:
    """gender, number, gender+number, or form where it is neither.

    >>> [kind(*pair.split()) for pair in ("bonitos bonita", "el la", "luz luces", "juega juegan")]
    ['gender+number', 'gender', 'number', 'number']
    >>> [kind(*pair.split()) for pair in ("inglés inglesa", "al a-la", "es son", "por para")]
    ['gender', 'gender', 'number', 'form']
    """
    one, other = change(old, new) or ("--", "--")
    gender, number = turned(one, other), one[1] != other[1]
    return "+".join(["gender"] * gender + ["number"] * number) or "form"


def change(old: str, new: str) -> tuple[str, str] | None:
    """Gender and number of two forms of a word, where they differ in either.

    >>> change("bonitos", "bonita"), change("juega", "juegan"), change("por", "para")
    (('mp', 'fs'), ('fs', '-p'), None)
    """
    for stem, one in analyses(old):
        for other in [features for same, features in analyses(new) if same == stem]:
            if turned(one, other) or one[1] != other[1]:
                return one, other
    return None


def turned(one: str, other: str) -> bool:
    """Whether two forms differ in gender, as far as both have one."""
    return one[0] != other[0] and "-" not in (one[0], other[0])


def analyses(word: str) -> list[tuple[str, str]]:
    """What a word can be: stems without accents, with gender and number as the ending tells.

    >>> analyses("jóvenes")
    [('joven', '-p'), ('jovene', '-p'), ('jovenes', 'ms')]
    """
    small = normalize("NFC", word).lower()
    small = small.replace("-", " ").removeprefix("a ").removeprefix("de ")
    bare = "".join(one for one in normalize("NFD", small) if one.isalnum() or one == "\u0303")
    closed = [("", FEATURES[small])] if small in FEATURES else []
    by_ending = [
        (bare.removesuffix(ending) + with_what, features)
        for ending, with_what, features in ENDINGS
        if bare.endswith(ending) and len(bare) > len(ending)
    ]
    return [*closed, *by_ending, (bare, "ms")]  # masculine: "inglés", "hablador", "español"


# Longest first: ending, what stands there in the singular stem, gender and number.
ENDINGS = (
    ("ieron", "", "-p"), ("aron", "", "-p"), ("eron", "", "-p"), ("ces", "z", "-p"),
    ("an", "", "-p"), ("en", "", "-p"), ("os", "", "mp"), ("as", "", "fp"), ("es", "", "-p"),
    ("s", "", "-p"), ("o", "", "ms"), ("a", "", "fs"), ("e", "", "-s"),
)  # fmt: skip
