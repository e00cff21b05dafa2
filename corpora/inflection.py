"""Spanish endings: plurals, genders, participles and third-person verbs, by rule.

Sources: Nueva gramática de la lengua española (RAE and ASALE 2009), chapters 2, 3 and 4;
Ortografía (2010), chapter II on the accents that come and go with a syllable.
"""

from __future__ import annotations

BARE = str.maketrans("áéíóú", "aeiou")
ACUTE = dict(zip("aeiou", "áéíóú", strict=True))
VOWELS = "aeiouáéíóú"
STRONG = "aeoáéíóú"

IRREGULAR = {
    "es": "son", "era": "eran", "fue": "fueron", "ha": "han", "va": "van", "da": "dan",
    "iba": "iban", "ve": "ven", "hizo": "hicieron", "hace": "hacen", "dio": "dieron",
    "vio": "vieron", "sea": "sean", "vaya": "vayan", "haya": "hayan", "rio": "rieron",
}  # fmt: skip
NO_VERBS = frozenset(
    [
        "a",
        "acerca",
        "adonde",
        "allá",
        "cerca",
        "de",
        "donde",
        "e",
        "entre",
        "la",
        "nada",
        "para",
        "que",
        "se",
        "te",
    ]
)


def plural(word: str) -> str:
    """The plural of a noun or adjective, with its accents.

    >>> [plural(one) for one in "casa luz inglés joven canción lunes rubí árbol imagen".split()]
    ['casas', 'luces', 'ingleses', 'jóvenes', 'canciones', 'lunes', 'rubíes', 'árboles', 'imágenes']
    """
    last = word[-1]
    if last in "aeiouáéó":
        return word + "s"
    if last in "íú":
        return word + "es"
    if last == "z":
        return word[:-1] + "ces"
    if last in "sx" and (len(word) < 3 or word[-2] not in "áéíóú"):
        return word if len(syllables(word)) > 1 else word + "es"
    if word[-2:-1] in ("á", "é", "í", "ó", "ú") and last in "ns":
        return word[:-2] + word[-2].translate(BARE) + last + "es"
    if last == "n" and len(syllables(word)) > 1 and word.translate(BARE) == word:
        return accented(word, len(syllables(word)) - 2) + "es"
    return word + "es"


def syllables(word: str) -> list[int]:
    """Where the vowel that carries each syllable stands.

    >>> syllables("imagen"), syllables("ciudad"), syllables("país")
    ([0, 2, 4], [1, 4], [1, 2])
    """
    places: list[int] = []
    for place, letter in enumerate(word):
        if letter not in VOWELS:
            continue
        silent = letter == "u" and word[place - 1 : place] in ("q", "g")
        if silent and word[place + 1 : place + 2] in tuple("eiéí"):
            continue
        if places and places[-1] == place - 1:
            if letter not in STRONG:
                continue
            if word[place - 1] not in STRONG:
                places[-1] = place
                continue
        places.append(place)
    return places


def accented(word: str, syllable: int) -> str:
    """The word with an accent on one of its syllables, counted from 0."""
    place = syllables(word)[syllable]
    return word[:place] + ACUTE.get(word[place], word[place]) + word[place + 1 :]


def feminine(word: str) -> str:
    """The feminine of a masculine adjective or participle; the word itself where it has no other.

    >>> [feminine(one) for one in "bonito inglés hablador grande español cansados".split()]
    ['bonita', 'inglesa', 'habladora', 'grande', 'española', 'cansadas']
    """
    if word.endswith("os"):
        return word[:-2] + "as"
    if word.endswith("o"):
        return word[:-1] + "a"
    if word.endswith(("dor", "tor", "sor", "ñol")):
        return word + "a"
    if word.endswith(("és", "án", "ón", "ín")):
        return word[:-2] + word[-2].translate(BARE) + word[-1] + "a"
    return word


def participles(word: str) -> list[str]:
    """The four forms of a regular participle, masculine first, or none.

    >>> participles("cansadas")
    ['cansado', 'cansada', 'cansados', 'cansadas']
    """
    stem = word.removesuffix("s")
    if len(stem) < 5 or not stem.endswith(("ado", "ada", "ido", "ida", "ído", "ída")):
        return []
    return [stem[:-1] + ending for ending in ("o", "a", "os", "as")]


def third_persons(word: str) -> list[str]:
    """What the third person plural could be, were the word a third person singular.

    >>> third_persons("juega"), third_persons("habló"), third_persons("tuvo")
    (['juegan'], ['hablaron'], ['tuvieron'])
    """
    if word in IRREGULAR:
        return [IRREGULAR[word]]
    if word in NO_VERBS:
        return []
    if word.endswith(("a", "e", "á")):
        return [word + "n"]
    if word.endswith(("yó", "ió", "jo")):
        return [word[:-1] + "eron"]
    if word.endswith("ó"):
        return [word[:-1] + "aron"]
    if word.endswith(("uvo", "uso", "iso", "ino", "udo", "upo")):
        return [word[:-1] + "ieron"]
    return []
