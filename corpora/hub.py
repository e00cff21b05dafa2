"""A dataset of the Hugging Face Hub by its name, or a clear refusal within seconds.

`datasets` asks six times before it gives up: 23 s without a network, a minute where packets are
swallowed. So we ask once ourselves, with a deadline; without an answer only its cache is looked at.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

from nlpcell.errors import BadInput, SystemTrouble
from nlpcell.example import Example

from .reading import Reading, first_line
from .tables import dataset, needs_extra

DEADLINE = 5  # seconds; `import datasets` before and a look into its cache after take 1 to 2 more
NAME = re.compile(r"[\w.-]+/[\w.-]+(:[^:/\\]+){0,2}")


class Name(NamedTuple):
    """Which part of which dataset."""

    dataset: str  # owner/name
    config: str | None  # None: the only one, or the default
    split: str


def is_name(source: str) -> bool:
    """Whether this can be `owner/name`, with `:split` or `:config:split` after it.

    >>> is_name("stanfordnlp/imdb"), is_name("nyu-mll/glue:sst2:train"), is_name("a/b/c")
    (True, True, False)
    """
    return NAME.fullmatch(source) is not None


def parsed(source: str) -> Name:
    """A name in its parts; the split is `train` where none is named.

    >>> parsed("nyu-mll/glue:sst2:test")
    Name(dataset='nyu-mll/glue', config='sst2', split='test')
    """
    name, *rest = source.split(":")
    return Name(name, rest[0] if len(rest) == 2 else None, rest[-1] if rest else "train")


def hub(reading: Reading) -> Iterator[Example]:
    """The records of a dataset, from the Hub or from the cache of an earlier time."""
    return dataset(reading, fetched(reading.source))


def fetched(source: str) -> Any:
    """A `datasets.Dataset`. Raises BadInput if there is none, SystemTrouble if none can be had."""
    try:
        import datasets
    except ImportError:
        raise needs_extra(source) from None
    name = parsed(source)
    offline = bool(datasets.config.HF_HUB_OFFLINE)
    silence = "asked to stay offline" if offline else why_silent(name.dataset)
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        with cache_only() if silence else nullcontext():
            return datasets.load_dataset(name.dataset, name.config, split=name.split)
    except Exception as error:  # what httpx, fsspec and the disk raise has no common ancestor
        raise in_our_words(error, source, silence) from None


def in_our_words(error: Exception, source: str, silence: str) -> BadInput | SystemTrouble:
    """What `datasets` says went wrong: either with the name and the data, or on the way to them."""
    from datasets.exceptions import DatasetGenerationError, DatasetNotFoundError, DatasetsError

    if isinstance(error, DatasetGenerationError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, DatasetNotFoundError):
        what = "no such file, and no such dataset on the Hugging Face Hub (or it needs a login)"
        return BadInput(what, where=source)
    if isinstance(error, ValueError | RuntimeError | DatasetsError):
        # An unknown split or configuration, a dataset that is a program, data that do not fit.
        return BadInput(first_line(error), where=source, hint="owner/name:config:split")
    why = silence or first_line(error)
    what = f"no such file, and the Hugging Face Hub does not give it ({why})"
    hint = "give a file; a dataset that was fetched once is found again without the Hub"
    return SystemTrouble(what, where=source, hint=hint)


def why_silent(name: str) -> str:
    """Ask the Hub once about a dataset: empty when it answers, else why not, by the DEADLINE.

    A thread, because a look-up of a host name has no time limit of its own.
    """
    reasons = [f"no answer within {DEADLINE} s"]
    asking = threading.Thread(target=lambda: reasons.append(asked(name)), daemon=True)
    asking.start()
    asking.join(DEADLINE)
    return reasons[-1]


def asked(name: str) -> str:
    """Why the Hub could not be asked about a dataset; empty when it answered, if only with a no."""
    import datasets
    from huggingface_hub import HfApi
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        HfApi(endpoint=datasets.config.HF_ENDPOINT).dataset_info(name, timeout=DEADLINE)
    except RepositoryNotFoundError:
        return ""
    except Exception as error:  # a network has many ways to fail, and each means: not now
        return first_line(error)
    return ""


@contextmanager
def cache_only() -> Iterator[None]:
    """While inside, `datasets` does as if HF_HUB_OFFLINE had been set: no retries, only its cache.

    The variable itself is read when the library is imported, and it is imported already.
    """
    import datasets
    import huggingface_hub

    places: tuple[Any, Any] = (datasets.config, huggingface_hub.constants)
    before = [place.HF_HUB_OFFLINE for place in places]
    for place in places:
        place.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.HF_HUB_OFFLINE = value
