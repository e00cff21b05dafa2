"""A bundle back into torch: to score a text with its weights, or to learn on from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import torch
from torch import nn

from nlpcell import weights
from nlpcell.bundle import Bundle
from nlpcell.errors import BadModel, Problem
from nlpcell.settings import CorrectorSize, GeneratorSize, Layers

Size = TypeVar("Size", CorrectorSize, GeneratorSize)
Network = TypeVar("Network", bound=nn.Module)


def size(found: Bundle, kind: type[Size]) -> Size:
    """The shape of the network of a bundle. Raises BadModel where its settings tell none."""
    settings = dict(found.manifest.settings)
    settings.pop("confidence", None)  # of a corrector, tuned once the network was there
    try:
        return kind(**{**settings, "recurrent": Layers(**settings["recurrent"])})
    except (TypeError, KeyError, Problem) as error:
        what = f"its settings are not those of a model for {found.manifest.task} ({error})"
        raise BadModel(what, where=str(found.folder)) from None


def network(found: Bundle, build: Callable[[], Network]) -> Network:
    """What `build` gives, with the weights of a bundle. Raises BadModel where they do not fit."""
    where = str(found.folder)
    taken = weights.of(found)
    with torch.device("meta"):  # shapes without memory, until they are known to be right
        wanted = build().state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in wanted.items()}
    if shapes != {name: one.shape for name, one in taken.items()}:
        raise BadModel("its weights have other shapes than its settings say", where=where)
    made = build()
    made.load_state_dict({name: torch.tensor(one).float() for name, one in taken.items()})
    return made


def reshaped(asked: CorrectorSize, found: Bundle) -> CorrectorSize:
    """The shape of a bundle, with what `asked` says of hiding units and words while learning."""
    shape = size(found, CorrectorSize)
    recurrent = replace(shape.recurrent, dropout=asked.recurrent.dropout)
    return replace(asked, recurrent=recurrent, embedding=shape.embedding, buckets=shape.buckets)
