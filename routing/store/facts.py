"""Facts of the conduct ledger as text, and back."""

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from config.now import milliseconds, moment
from routing.rules.conduct_events import FACTS, Fact

_KINDS = {kind: name for name, kind in FACTS.items()}


class UnreadableFact(ValueError):
    """What stands in the ledger is no fact that this version knows."""


def kind_of(fact: Fact) -> str:
    """Its name in the ledger."""
    return _KINDS[type(fact)]


def to_text(fact: Fact) -> str:
    """The fact with its kind, as JSON; moments in milliseconds."""
    said = {field.name: _plain(getattr(fact, field.name)) for field in dataclasses.fields(fact)}
    return json.dumps({"kind": kind_of(fact), **said}, separators=(",", ":"))


def from_text(text: str) -> Fact:
    """Raises UnreadableFact."""
    try:
        said: dict[str, Any] = json.loads(text)
        name = said.pop("kind")
        hints = _hints(name)
        return FACTS[name](**{name: _typed(hints[name], value) for name, value in said.items()})
    except Exception as wrong:  # anything may stand there
        raise UnreadableFact(f"not a fact: {type(wrong).__name__}") from wrong


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return milliseconds(value)
    return list(value) if isinstance(value, tuple) else value


def _typed(hint: Any, value: Any) -> Any:
    if get_origin(hint) is types.UnionType:
        [hint] = [one for one in get_args(hint) if one is not type(None)]
        if value is None:
            return None
    if hint is datetime:
        return moment(value)
    if get_origin(hint) is tuple:
        return tuple(value)
    if issubclass(hint, StrEnum):
        return hint(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {hint}")
    return value


@cache
def _hints(name: str) -> Mapping[str, Any]:
    return get_type_hints(FACTS[name])
