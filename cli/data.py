"""What was typed after `train` or `evaluate` to examples: files, datasets, embedded corpora."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from nlpcell.errors import BadInput, WrongUse
from nlpcell.example import Example

if TYPE_CHECKING:
    from nlpcell.training.corpus import Corpus


class Columns(NamedTuple):
    """How to read the files."""

    text: str = "text"
    target: str | None = None  # None: only texts are wanted
    encoding: str = "utf-8"
    records: bool = True  # every record is a text of its own; else all is one running text
    names: Mapping[str, str] = {}  # label in the file: label of the model


def corpus(
    task: str,
    files: Sequence[str],
    dev: Sequence[str],
    columns: Columns,
    seed: int,
    limit: int | None,
) -> Corpus:
    """Training and dev data; without a dev file a part of the training data is held back."""
    from nlpcell.corpora.catalogue import DEFAULT, EMBEDDED
    from nlpcell.training.corpus import Corpus, held_back

    names = list(files) or [DEFAULT[task]]
    train = [one for name in names for one in examples(task, name, columns, "train")]
    if not train:
        raise BadInput("no examples", where=names[0])
    if limit is not None:
        train = train[:limit]
    if dev:
        return Corpus(train, [one for name in dev for one in examples(task, name, columns, "dev")])
    given = [one for name in names if name in EMBEDDED for one in EMBEDDED[name].load("dev")]
    return Corpus(train, given) if given else held_back(train, seed)


def corrections(
    files: Sequence[str],
    pairs: Sequence[str],
    dev: Sequence[str],
    dev_pairs: Sequence[str],
    columns: Columns,
    sides: tuple[str, str],
    seed: int,
    limit: int | None,
) -> Corpus:
    """Right sentences, whose target is empty, and sentences with their corrections."""
    from nlpcell.training.corpus import Corpus, held_back

    two = columns._replace(text=sides[0], target=sides[1])
    found = Corpus([], [])
    if files or not pairs:
        found = corpus("agree", files, dev, columns, seed, limit)
    if pairs:
        train = [one for name in pairs for one in examples("agree", name, two, "train")]
        given = [one for name in dev_pairs for one in examples("agree", name, two, "dev")]
        both = Corpus(train, given) if given else held_back(train, seed)
        found = Corpus([*found.train, *both.train], [*found.dev, *both.dev])
    return found


def pairs(
    files: Sequence[str],
    parallel: Sequence[tuple[str, str]],
    dev: Sequence[str],
    dev_parallel: Sequence[tuple[str, str]],
    columns: Columns,
    seed: int,
    limit: int | None,
) -> Corpus:
    """Training and dev pairs of files with two columns, and of two files with a side each."""
    from nlpcell.corpora.catalogue import EMBEDDED
    from nlpcell.training.corpus import Corpus, held_back

    train = [one for name in files for one in examples("translate", name, columns, "train")]
    train += [one for names in parallel for one in side_by_side(*names, columns.encoding)]
    if not train:
        raise BadInput("no examples", where=(*files, *map("/".join, parallel), "nothing given")[0])
    train = train[:limit]
    held = [one for name in dev for one in examples("translate", name, columns, "dev")]
    held += [one for names in dev_parallel for one in side_by_side(*names, columns.encoding)]
    if not held:
        held = [one for name in files if name in EMBEDDED for one in EMBEDDED[name].load("dev")]
    return Corpus(train, held) if held else held_back(train, seed)


def side_by_side(source: str, target: str, encoding: str) -> list[Example]:
    """The lines of two files, paired by their place."""
    from nlpcell.corpora.readers import examples as read

    left, right = (read(name, encoding=encoding) for name in (source, target))
    if len(left) != len(right):
        what = f"{len(left):,} lines, but {len(right):,} in {target}"
        raise BadInput(what, where=source, hint="line N of one must belong to line N of the other")
    return [Example(a.text, b.text) for a, b in zip(left, right, strict=True)]


def examples(task: str, name: str, columns: Columns, split: str) -> list[Example]:
    """The examples of one file, dataset or embedded corpus."""
    from nlpcell.corpora.catalogue import EMBEDDED
    from nlpcell.corpora.readers import examples as read
    from nlpcell.corpora.readers import texts

    if name in EMBEDDED:
        if EMBEDDED[name].task != task:
            raise WrongUse(f"the corpus {name} is for {EMBEDDED[name].task}, not for {task}")
        return EMBEDDED[name].load(split)
    if columns.records:
        try:
            found = read(name, text=columns.text, target=columns.target, encoding=columns.encoding)
        except BadInput as problem:
            if task in ("agree", "translate") and columns.target is not None:
                problem.hint = problem.hint.replace("--text-", "--source-")
                problem.hint = problem.hint.replace("--label-", "--target-")
            raise
        return [one._replace(target=columns.names.get(one.target, one.target)) for one in found]
    running = "\n".join(texts(name, text=columns.text, encoding=columns.encoding))
    return [Example(running)] if running else []


def names(labels: str | None) -> dict[str, str]:
    """What `--labels 0=neg,1=pos` says.

    >>> names("0=neg,1=pos")
    {'0': 'neg', '1': 'pos'}
    """
    pairs = [pair.partition("=") for pair in labels.split(",")] if labels else []
    if not all(equals and spelt and label for spelt, equals, label in pairs):
        raise WrongUse(f'"{labels}" does not rename labels', hint="write it like 0=neg,1=pos")
    return {spelt: label for spelt, _, label in pairs}


def described(task: str, files: Sequence[str]) -> list[str]:
    """The data a model card names."""
    from nlpcell.corpora.catalogue import DEFAULT, EMBEDDED

    return [
        EMBEDDED[name].about if name in EMBEDDED else name
        for name in list(files) or [DEFAULT[task]]
    ]


def raw_texts(files: Sequence[str], encoding: str) -> list[str]:
    """Sentences without labels: the lines of text files, the texts of other ones."""
    from nlpcell.corpora.readers import examples as read

    return [one.text for name in files for one in read(name, encoding=encoding) if one.text.strip()]
