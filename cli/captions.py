"""What the parts of a picture are called, in English and in Spanish, and how to read it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlpcell.inference.inspector import View


class Language(enum.StrEnum):
    """The language of the labels."""

    es = "es"
    en = "en"


NAMES = {
    Language.en: {
        "forget": "forget gate", "update": "update gate", "candidate": "candidate",
        "output": "output gate", "memory": "cell state", "hidden": "hidden state",
        "reset": "reset gate", "gender": "feminine", "number": "plural", "unit": "unit",
        "overwritten": "overwritten", "layer": "layer", "ahead": "left to right",
        "back": "right to left", "silenced": "silenced", "before": "before", "after": "after",
        "shift": "largest change of a probability", "next": "next character",
    },
    Language.es: {
        "forget": "puerta de olvido", "update": "puerta de actualización",
        "candidate": "candidato", "output": "puerta de salida", "memory": "estado de celda",
        "hidden": "estado oculto", "reset": "puerta de reinicio", "gender": "femenino",
        "number": "plural", "unit": "unidad", "overwritten": "se sobrescribe", "layer": "capa",
        "ahead": "de izquierda a derecha", "back": "de derecha a izquierda",
        "silenced": "silenciadas", "before": "antes", "after": "después",
        "shift": "mayor cambio de una probabilidad", "next": "siguiente carácter",
    },
}  # fmt: skip

READING = {
    Language.en: """\
How to read the picture: time runs from left to right, one column a word (a character for generate
models), and each row is one unit of the network. The cell state is what a unit remembers. At every
word the forget gate says how much of it stays (1: all, 0: nothing), the update gate how much of the
candidate is written, and the output gate how much the rest of the network sees. Memory is carried
where forget stays near 1, and overwritten, marked *, where forget is low and update high at the
same word; the row "overwritten" is the share of the units shown. The rows "feminine" and "plural"
are what a linear probe reads off all units: the probability, from 0 to 1, that the subject open at
this word is feminine, or plural. The units shown are those that move the probe most. A probe finds
what the state says, not what the network uses: --silence holds units at zero and shows what that
changes.
""",
    Language.es: """\
Cómo leer la imagen: el tiempo va de izquierda a derecha, una columna por palabra (por carácter en
los modelos generate), y cada fila es una unidad de la red. El estado de celda es lo que la unidad
recuerda. En cada palabra la puerta de olvido dice cuánto de ello queda (1: todo, 0: nada), la de
actualización cuánto del candidato se escribe y la de salida cuánto ve el resto de la red. La
memoria se conserva donde el olvido queda cerca de 1 y se sobrescribe, marcada con *, donde en la
misma palabra el olvido es bajo y la actualización alta; la fila «se sobrescribe» es la parte de las
unidades mostradas. Las filas «femenino» y «plural» son lo que una sonda lineal lee en todas las
unidades: la probabilidad, de 0 a 1, de que el sujeto abierto en esa palabra sea femenino, o plural.
Se muestran las unidades que más mueven la sonda. Una sonda halla lo que el estado dice, no lo que
la red usa: --silence pone unidades a cero y muestra qué cambia.
""",
}
PROBE = {
    Language.en: "{label}: the probe is right on {accuracy:.1%} of {words:,} held-out words; on an "
    "untrained network {untrained:.1%}, on the word vectors {embedding:.1%}, always the commoner "
    "answer {majority:.1%}",
    Language.es: "{label}: la sonda acierta en el {accuracy:.1%} de {words:,} palabras reservadas; "
    "en una red sin entrenar {untrained:.1%}, en los vectores de palabras {embedding:.1%}, siempre "
    "la respuesta más común {majority:.1%}",
}


def title(view: View, language: Language) -> str:
    """Cell, layer and direction in one line."""
    name = NAMES[language]
    kind = f"{view.cell.upper()}, {name['layer']} {view.strand.layer}"
    return f"{kind}, {name[view.strand.direction]}"


def probe_lines(view: View, language: Language) -> list[str]:
    """How good each probe is, and what it must beat."""
    name = NAMES[language]
    return [
        PROBE[language].format(label=name[one.probe.feature], **one.probe._asdict())
        for one in view.readings
    ]


def answer_lines(view: View, language: Language) -> list[str]:
    """What the silenced units change."""
    answer, name = view.answer, NAMES[language]
    if answer is None:
        return []
    both = [answer.plain, answer.silenced]
    if answer.guesses:
        both = [
            f"{name['next']}: " + ", ".join(f"{one!r} {chance:.2f}" for one, chance in guesses)
            for guesses in (answer.guesses, answer.silenced_guesses)
        ]
    units = ", ".join(map(str, view.silenced))
    return [
        f"{name['silenced']}: {units}",
        f"{name['before']}: {both[0]}",
        f"{name['after']}: {both[1]}",
        f"{name['shift']}: {answer.shift:.3f} ({view.tokens[answer.shifted]})",
    ]
