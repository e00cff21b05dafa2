"""`nlpcell train agree`: a corrector from right sentences, from corrections, or from both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlpcell.bundle import Bundle, find
from nlpcell.errors import WrongUse
from nlpcell.example import Example
from nlpcell.settings import CORRECTING, REHEARSING, CorrectorSize, Layers, seconds

from . import data, learning, options, runs, train_probes
from .course import Course, taught

if TYPE_CHECKING:
    from nlpcell.corpora.paradigms import Entry

SIZE = CorrectorSize()
LSTM, FORGET_ONE = learning.Cell.lstm, learning.Start.forget_one  # as in settings.Layers


@taught(CORRECTING)
def agree(
    files: learning.Data = None,
    out: learning.Out = None,
    dev: learning.Dev = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option(
            "--pairs",
            show_default=False,
            help="Files of sentences and their corrections, learnt from last; repeatable.",
        ),
    ] = None,
    dev_pairs: Annotated[
        list[str] | None,
        typer.Option("--dev-pairs", show_default=False, help="Corrections to judge by."),
    ] = None,
    tagged: train_probes.Tagged = None,
    text_key: options.TextKey = "text",
    source_key: options.SourceKey = "source",
    target_key: options.TargetKey = "target",
    lexicon: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_LEXICON",
            show_default=False,
            help="Table with the columns form, lemma and tag (EAGLES) to take errors from, and "
            "words that the sentences lack, and kept in the model; by rule if not given.",
        ),
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(
            "--teacher",
            show_default=False,
            help="A trained model to learn from as well, what it says of every word; repeatable.",
        ),
    ] = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--start-from",
            envvar="NLPCELL_START_FROM",
            show_default=False,
            help="A trained model to go on from: its shape, its edits and its weights.",
        ),
    ] = None,
    encoding: options.Encoding = "utf-8",
    cell: learning.CellName = LSTM,
    hidden: learning.Hidden = SIZE.recurrent.hidden,
    layers: learning.Depth = SIZE.recurrent.layers,
    embedding: learning.Embedding = SIZE.embedding,
    buckets: Annotated[
        int, typer.Option(min=100, envvar="NLPCELL_BUCKETS", help="Rows of the table of words.")
    ] = SIZE.buckets,
    dropout: learning.Dropout = SIZE.recurrent.dropout,
    init: learning.GateStart = FORGET_ONE,
    first_epochs: Annotated[
        int,
        typer.Option(
            min=1,
            envvar="NLPCELL_FIRST_EPOCHS",
            help="With --pairs: passes over the right sentences before.",
        ),
    ] = REHEARSING.epochs,
    first_budget: Annotated[
        str | None,
        typer.Option(
            envvar="NLPCELL_FIRST_BUDGET",
            show_default=False,
            help="Time at most for those passes, like 30m.",
        ),
    ] = None,
    *,
    course: Course,
) -> None:
    """Train a corrector of gender and number, on right sentences, corrections or both."""
    teachers = [find(one, "agree") for one in teacher or []]
    start = find(start_from, "agree") if start_from else None
    first = seconds(first_budget) if first_budget else None
    rehearsing = replace(
        REHEARSING, epochs=first_epochs, budget=first, batch=course.batch_size, seed=course.seed
    )
    layer = Layers(cell.value, hidden, layers, dropout, init.value)
    size = replace(SIZE, recurrent=layer, embedding=embedding, buckets=buckets)
    size = size if dropout else replace(size, embedding_dropout=0.0, name_dropout=0.0)
    names, own = files or [], pairs or []
    cards = course.corpus or [*(data.described("agree", names) if names or not own else []), *own]
    here = runs.begun(out or Path("my-agree"), course.training(CORRECTING), course, cards)
    from nlpcell.corpora import paradigms
    from nlpcell.lexicon import kept, learnt
    from nlpcell.training.agree import train_agree

    sentences = train_probes.read(tagged or [])
    if sentences and here.weights == "none":
        raise WrongUse("--tagged needs the weights in the model; leave out --weights none")
    columns = data.Columns(text_key, None, encoding)
    sides = source_key, target_key
    found = data.corrections(
        names, own, dev or [], dev_pairs or [], columns, sides, course.seed, course.limit
    )
    entries = paradigms.lexicon(lexicon, encoding) if lexicon else []
    corrupt = corruptor([one.target or one.text for one in found.train], entries)
    known = learnt((one.form, one.tag) for one in entries) or (kept(start) if start else None)
    steps = train_agree(
        found, here, size, corrupt=corrupt, lexicon=known, rehearsing=rehearsing,
        teachers=teachers, start=start,
    )  # fmt: skip
    runs.carried_out("agree", here, steps)
    if sentences and runs.leads():
        train_probes.fitted(Bundle.load(here.out), sentences, course.seed)


def corruptor(texts: Sequence[str], entries: Sequence[Entry] = ()) -> Callable[[str, int], Example]:
    """What puts errors into right sentences: with the words of these texts, or of a lexicon."""
    from nlpcell.corpora.agreement import Corruptor
    from nlpcell.corpora.growing import Growing
    from nlpcell.corpora.nonce import Nonce
    from nlpcell.corpora.paradigms import Paradigms
    from nlpcell.corpora.wordstock import Wordstock

    known = Paradigms(texts, entries)
    stock = Wordstock(entries, known.met)
    put, exchange, grow = Corruptor(known), Nonce(stock), Growing(stock)

    def wrong(text: str, seed: int) -> Example:
        right = grow(exchange(text, seed), seed)
        return Example(put(right, seed).text, right)

    return wrong
