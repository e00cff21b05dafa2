"""What a dictionary says for or against an edit."""

from __future__ import annotations

import numpy as np
import pytest

from nlpcell.cell import sigmoid
from nlpcell.inference.evidence import STRANGE, WANTED, evidence
from nlpcell.inference.secondlook import PLURAL, RARE, Proposal, Seen, hopeful, weighed
from nlpcell.lexicon import Lexicon, learnt
from nlpcell.words import words

FORMS = {
    "casa": "NCFS000", "casas": "NCFP000", "perro": "NCMS000", "perros": "NCMP000",
    "joven": "NCCS000", "vieja": "AQ0FS00", "viejo": "AQ0MS00", "viejas": "AQ0FP00",
    "verde": "AQ0CS00", "verdes": "AQ0CP00", "la": "DA0FS0", "el": "DA0MS0", "las": "DA0FP0",
    "los": "DA0MP0", "primer": "AO0MS00", "primera": "AO0FS00", "lunes": "NCMN000",
    "dos": "NCMN000",
}  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    found = learnt(FORMS.items())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "place", "new", "expected"),
    [
        ("las casa vieja", 0, "la", WANTED),
        ("la casa viejo", 2, "vieja", WANTED),
        ("la casa del perro es viejas", 5, "vieja", WANTED),  # the nearer noun depends on it
        ("la casa, perro es viejas", 4, "vieja", 0.0),
        ("el perro , es vieja", 4, "viejo", 0.0),  # a sign between
        ("la casa es viejo", 3, "vieja", WANTED),
        ("LA CASA ES VIEJO", 3, "VIEJA", WANTED),
        ("la casa vieja", 2, "viejo", 0.0),
        ("la casa verdes", 2, "verde", WANTED),
        ("la verde perro", 0, "el", WANTED),  # an adjective between
        ("la y perro", 0, "el", 0.0),
        ("la 350 casas", 0, "las", WANTED),  # numbers, quotation marks and determiners between
        ("los dos casas", 0, "las", WANTED),
        ("las dos casas", 0, "los", 0.0),
        ('la " perro "', 0, "el", WANTED),
        ("la los perros", 0, "los", WANTED),
        ("la primer vieja perro", 0, "el", WANTED),
        ("la , perro", 0, "el", 0.0),
        ("la los los los los perro", 0, "el", 0.0),  # too far away
        ("Voy al casa", 1, "a la", WANTED),
        ("el primera perro", 1, "primer", WANTED),
        ("el lunes pasada", 2, "pasado", WANTED),  # participles are known by their ending
        ("los lunes", 0, "el", 0.0),  # both go with it
        ("la joven", 0, "el", 0.0),
        ("la casa corren", 2, "corre", 0.0),  # of a verb the number is known
        ("la casa corre", 2, "corren", STRANGE),
        ("corren la casa", 0, "corre", STRANGE),  # what stands behind may be no subject
        ("la casas", 1, "casa", WANTED),  # a noun goes by what stands before it
        ("las casas", 1, "casa", STRANGE),
        ("casas", 0, "casa", STRANGE),
        ("Casa Rada", 1, "Rado", STRANGE),
        ("viejo", 0, "vieja", 0.0),
    ],
)
def test_what_speaks_for_an_edit(
    lexicon: Lexicon, text: str, place: int, new: str, expected: float
) -> None:
    assert evidence(lexicon, text.split(), place, new) == expected


def test_it_weighs_beside_what_the_network_says(lexicon: Lexicon) -> None:
    """The network finds each edit as likely as not; the dictionary knows better."""

    def read(text: str) -> Seen:
        found = words(text)
        return Seen(text, found, np.zeros((3, 1), np.int32), np.zeros((3, 2), np.float32))

    proposals = [Proposal(0, "la", 1), Proposal(2, "ríen", 1)]
    seen = read("las casa ríe")
    plain = weighed(seen, hopeful(seen, proposals, 0.0), read, least=0.0)
    expected = [sigmoid(RARE), sigmoid(RARE + PLURAL)]
    assert [one.score for one in plain] == pytest.approx(expected)
    (one,) = weighed(seen, hopeful(seen, proposals, 0.1, lexicon), read, least=0.1)
    assert one.new == "la" and one.score == pytest.approx(sigmoid(RARE + WANTED))
