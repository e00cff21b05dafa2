"""Options that several commands share, spelt once and handed to a command as one value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, get_type_hints

Command = Callable[..., None]


def spread(name: str, kind: type, usual: Mapping[str, Any]) -> Callable[[Command], Command]:
    """For Typer, turn a command's parameter `name` into the fields of `kind`, a dataclass.

    Every field has an Annotated type, as Typer wants it; `usual` has defaults that beat its own.
    """
    types = get_type_hints(kind, include_extras=True)
    by_name = inspect.Parameter.KEYWORD_ONLY
    fields = [
        inspect.Parameter(
            one, by_name, annotation=types[one], default=usual.get(one, getattr(kind, one))
        )
        for one in types
    ]

    def decorated(command: Command) -> Command:
        hints = get_type_hints(command, include_extras=True)
        parameters: list[inspect.Parameter] = []
        for one in inspect.signature(command).parameters.values():
            own = one.replace(kind=by_name, annotation=hints[one.name])
            parameters += fields if one.name == name else [own]

        @wraps(command)
        def called(**given: Any) -> None:
            value = kind(**{one: given.pop(one) for one in types})
            command(**given, **{name: value})

        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        called.__annotations__ = {one.name: one.annotation for one in parameters}
        return called

    return decorated
