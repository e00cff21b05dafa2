"""Other names in pairs of sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from processes import trained
from test_pairs import EXAMPLES, SUBWORDS, Alone
from toys import TRANSLATE

from nlpcell.corpora.naming import Naming
from nlpcell.example import Example
from nlpcell.training.pairs import Pairs

NAMING = Naming()
TOLD = Example("Tom's sister met Mary in Boston.", "La hermana de Tom conoció a Mary en Boston.")


def test_a_name_gives_way_on_both_sides_to_one_of_its_kind() -> None:
    found = [NAMING(TOLD, seed) for seed in range(400)]
    assert 120 < sum(one is TOLD for one in found) < 280
    men, women, places = set(), set(), set()
    for one in found:
        man, woman, place = (one.text.split()[at].split("'")[0].rstrip(".") for at in (0, 3, 5))
        assert one == Example(
            f"{man}'s sister met {woman} in {place}.",
            f"La hermana de {man} conoció a {woman} en {place}.",
        )
        men.add(man), women.add(woman), places.add(place)
    kinds = NAMING.kinds
    assert {kinds[one] for one in men} == {"man", "family"}
    assert {kinds[one] for one in women} == {"woman", "family"}
    assert {kinds[one] for one in places} == {"place"} and len(places) > 50


def test_what_stands_on_one_side_only_stays() -> None:
    for pair in (
        Example("John is here.", "Juan está aquí."),
        Example("No, mark it.", "No, márcalo."),
        Example("I am tired.", "Estoy cansado."),
    ):
        assert all(NAMING(pair, seed) is pair for seed in range(20))


def test_the_same_seed_gives_the_same_names() -> None:
    again = Naming()
    assert [NAMING(TOLD, seed) for seed in range(20)] == [again(TOLD, seed) for seed in range(20)]


def test_a_run_goes_on_with_names_as_it_began(home: Path) -> None:
    words = ["translate", "phrases.tsv", *TRANSLATE, "--epochs", "1", "--out", "run"]
    done = trained(*words, "--other-names", home=home)
    assert done.code == 0, done.err
    done = trained(*words, "--resume", home=home)
    assert done.code == 2 and "made with another naming" in done.err


def test_every_epoch_reads_other_names() -> None:
    count = len(EXAMPLES) + 40

    def read(seed: int, number: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        source = Pairs([*EXAMPLES, *[TOLD] * 40], SUBWORDS, 0.0, 600, seed, NAMING)
        pairs = source.reading(number)
        assert len(pairs) == count
        plan = source.epoch(number, Alone())
        assert sum(len(plan[place].source) for place in range(len(plan))) == count
        return sorted((tuple(one.source), tuple(one.target)) for one in pairs)

    plain = {tuple(SUBWORDS.read(side).ids) for side in TOLD}
    found = [read(1, number) for number in range(8)]
    assert all(found[0] == one for one in [read(1, 0)])
    assert len({tuple(one) for one in found}) > 1
    kept = [sum(source in plain for source, _ in one) for one in found]
    assert 0 < np.mean(kept) < 40
