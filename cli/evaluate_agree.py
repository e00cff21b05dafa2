"""`nlpcell evaluate agree`: how well errors are found, and how often there were none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

import nlpcell
from nlpcell.bundle import Bundle
from nlpcell.errors import BadInput, WrongUse
from nlpcell.example import Example
from nlpcell.kinds import kind
from nlpcell.outcomes import Change, changes
from nlpcell.scoring import EditScore, Report, Score, Signature
from nlpcell.words import Edit, edited, words

from . import data, options, report
from .agree import DEFAULT
from .choice import chosen

if TYPE_CHECKING:
    from nlpcell.inference.corrector import Correction

CURVE = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


class Outcome(NamedTuple):
    """A sentence, what should become of it, and what does."""

    example: Example
    output: str
    correction: Correction | None = None  # whence the output, when a model was asked

    @property
    def made(self) -> set[Change]:
        return changes(self.example.text, self.output)

    @property
    def wanted(self) -> set[Change]:
        return changes(*self.example)

    def at(self, least: float) -> Outcome:
        """The same with only those corrections made that are at least so probable."""
        assert self.correction is not None
        found = [one for one in self.correction.findings if one.score >= least]
        edits = [Edit(one.start, one.end, one.new) for one in found]
        return self._replace(output=edited(self.example.text, edits))


def agree(
    files: report.Files,
    model: options.Model = DEFAULT,
    source_key: options.SourceKey = "source",
    target_key: options.TargetKey = "target",
    text_key: options.TextKey = "text",
    right: Annotated[
        bool,
        typer.Option(
            "--right",
            envvar="NLPCELL_RIGHT",
            help="The files hold right text only: every correction is a false alarm.",
        ),
    ] = False,
    curve: Annotated[
        bool,
        typer.Option("--curve", envvar="NLPCELL_CURVE", help="Also at other confidences."),
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            show_default=False,
            help="Column of the files by whose values sentence accuracy is split; repeatable.",
        ),
    ] = None,
    least: options.MinConfidence = None,
    answers: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_ANSWERS",
            show_default=False,
            help="Score the sentences in this file, a line each, instead of asking the model.",
        ),
    ] = None,
    lexicon: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_LEXICON",
            show_default=False,
            help="Table with the columns form, lemma and tag (EAGLES), for parts of speech.",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    threads: options.Threads = None,
    as_json: report.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Precision, recall and F0.5 by kind and part of speech; false alarms on right text."""
    if answers and (curve or least is not None):
        raise WrongUse("--answers have no confidences", hint="leave --curve, --min-confidence out")
    columns = data.Columns(source_key, target_key, encoding)
    if right:
        columns = data.Columns(text_key, None, encoding)
    found = [one for name in files for one in data.examples("agree", name, columns, report.SPLIT)]
    if not found:
        raise BadInput("no examples", where=files[0])
    found = [one._replace(target=one.text) for one in found] if right else found
    if answers:
        said = report.given(answers, len(found))
        outcomes = [Outcome(*both) for both in zip(found, said, strict=True)]
        name, how = answers, ""
    else:
        bundle = chosen(model, "agree")
        name = f"{bundle.name}@{bundle.checksum}"
        outcomes, how = asked(bundle, found, threads, CURVE[0] if curve else least)
    signature = Signature(",".join(files), len(found), name, nlpcell.__version__, decoding=how)
    part = parts([one.target for one in found], lexicon, encoding)
    tables = {
        "by kind": by_group(outcomes, lambda one: kind(one.old, one.new)),
        "by part of speech": by_group(outcomes, part),
    }
    for column in by or []:
        values = column_of(files, columns._replace(target=column))
        tables[f"by {column}"] = by_value(outcomes, values)
    if curve:
        tables["by confidence"] = by_confidence(outcomes)
    report.tell(Report(scores(outcomes), signature, tables), as_json)


def asked(
    bundle: Bundle, found: Sequence[Example], threads: int | None, least: float | None
) -> tuple[list[Outcome], str]:
    """What a model makes of the sentences, and at which confidence."""
    from nlpcell.inference.corrector import Corrector

    corrector = Corrector(bundle, threads, least)
    made = zip(found, corrector([one.text for one in found]), strict=True)
    outcomes = [Outcome(one, correction.output, correction) for one, correction in made]
    return outcomes, f"confidence:{corrector.confidence}"


def column_of(files: Sequence[str], columns: data.Columns) -> list[str]:
    """What a column of the files says of each example."""
    from nlpcell.corpora.catalogue import EMBEDDED

    if embedded := [name for name in files if name in EMBEDDED]:
        raise WrongUse(f"--by needs a file; {embedded[0]} is an embedded corpus")
    return [
        one.target for name in files for one in data.examples("agree", name, columns, report.SPLIT)
    ]


def scores(outcomes: Sequence[Outcome]) -> list[Score]:
    """The figures over everything; precision and recall only where something was wrong."""
    found = counted(outcomes)
    right = [one for one in outcomes if one.example.text == one.example.target]
    alarms = sum(len(one.made) for one in right)
    read = sum(len(words(one.example.text)) for one in right)
    exact = sum(one.output == one.example.target for one in outcomes) / len(outcomes)
    edits = [
        Score("precision", found.precision),
        Score("recall", found.recall),
        Score("F0.5", found.f05),
    ]
    exactly = Score("sentence accuracy", exact)
    found_in_right = 1_000 * alarms / max(1, read)
    alarm = Score("false alarms per 1,000 words of right sentences", found_in_right, "lower")
    return [*(edits if found.wanted else []), exactly, *([alarm] if right else [])]


def counted(outcomes: Iterable[Outcome]) -> EditScore:
    """Changes made, wanted, and both."""
    pairs = [(one.made, one.wanted) for one in outcomes]
    return EditScore(
        sum(len(made & wanted) for made, wanted in pairs),
        sum(len(made) for made, _ in pairs),
        sum(len(wanted) for _, wanted in pairs),
    )


def by_group(outcomes: Sequence[Outcome], group: Callable[[Change], str]) -> list[list[str]]:
    """A table with the scores of each group of changes, the largest first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in outcomes:
        made, wanted = one.made, one.wanted
        for place, some in enumerate((made & wanted, made, wanted)):
            for change in some:
                counts[group(change)][place] += 1
    order = sorted(counts, key=lambda name: -counts[name][2])
    return [HEADS, *([name, *row(EditScore(*counts[name]))] for name in order)]


def by_value(outcomes: Sequence[Outcome], values: Sequence[str]) -> list[list[str]]:
    """A table with the sentence accuracy at each value of a column of the file."""
    exact: dict[str, list[bool]] = defaultdict(list)
    for one, value in zip(outcomes, values, strict=True):
        exact[value].append(one.output == one.example.target)
    heads = ["", "sentence accuracy", "sentences"]
    rows = sorted(exact.items(), key=lambda both: (len(both[0]), both[0]))
    return [heads, *([name, f"{sum(some) / len(some):.4f}", str(len(some))] for name, some in rows)]


def by_confidence(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """A table with the scores at several confidences: the precision-recall curve."""
    heads = ["confidence", *HEADS[1:]]
    return [
        heads,
        *([f"{least:.2f}", *row(counted(one.at(least) for one in outcomes))] for least in CURVE),
    ]


HEADS = ["", "precision", "recall", "F0.5", "right", "proposed", "wanted"]


def row(score: EditScore) -> list[str]:
    """A score as cells of a table."""
    ratios = [f"{one:.4f}" for one in (score.precision, score.recall, score.f05)]
    return [*ratios, *map(str, score)]


def parts(texts: Sequence[str], lexicon: str | None, encoding: str) -> Callable[[Change], str]:
    """What tells the part of speech of a changed word."""
    from nlpcell.corpora import paradigms

    entries = paradigms.lexicon(lexicon, encoding) if lexicon else []
    known = paradigms.Paradigms(texts, entries)

    def part(change: Change) -> str:
        word = change.new.lower().split()[-1:] or [""]
        kinds = {one.kind for one in known.readings(word[0])}
        order = ("det", "pron", "verb", "participle", "adj", "noun")
        return next((one for one in order if one in kinds), "other")

    return part
