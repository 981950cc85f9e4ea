"""Promised calls in pages, in the order in which they are due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from callbacks.encoding import from_text
from callbacks.keys import CallbackKeys
from callbacks.records import Callback
from callbacks.rules.states import State
from config.connections import Store
from config.now import milliseconds

MOST = 200
_AT_A_TIME = 100
# Whoever sees few of them gets a short page instead of waiting for all of them to be read.
_MOST_READ = 1000
_Place = tuple[int, str]


class UnknownPlace(ValueError):
    """Not the `next` of any page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some promised calls; `next` is where the rest begins, None when there is no rest."""

    items: tuple[Callback, ...]
    next: str | None


def page(
    store: Store,
    keys: CallbackKeys,
    *,
    state: State | None,
    since: datetime | None,
    after: str | None,
    limit: int,
    only: Callable[[Callback], bool],
) -> Page:
    """The first `limit` (at most MOST) of those that are due from `since` on, after the place `after`.

    One without a due moment stands where it was booked. A page may be short, and is the last only when
    `next` is None. Raises StoreAway and UnknownPlace.
    """
    place = _place(after) if after is not None else (milliseconds(since) if since else 0, "")
    key, limit = keys.every if state is None else keys.in_state(state), min(limit, MOST)
    items: list[Callback] = []
    for _ in range(_MOST_READ // _AT_A_TIME):
        found = store.run(partial(_read, keys=keys, key=key, place=place))
        for place, record in found:
            if record and only(callback := from_text(record)) and state in (None, callback.state):
                items.append(callback)
            if len(items) == limit:
                return Page(tuple(items), _text(place))
        if len(found) < _AT_A_TIME:
            return Page(tuple(items), None)
    return Page(tuple(items), _text(place))


def _read(redis: Any, keys: CallbackKeys, key: str, place: _Place) -> list[tuple[_Place, str | None]]:
    """The next ones beyond a place; many may be due at the same moment, in the order of their ids."""
    ms, id_ = place
    rank = redis.zcount(key, "-inf", f"({ms}")
    ids: list[_Place] = []
    while len(ids) < _AT_A_TIME:
        some = redis.zrange(key, rank, rank + _AT_A_TIME - 1, withscores=True)
        ids += [(int(score), one) for one, score in some if (int(score), one) > (ms, id_)]
        rank += _AT_A_TIME
        if len(some) < _AT_A_TIME:
            break
    ids = ids[:_AT_A_TIME]
    with redis.pipeline(transaction=False) as pipe:
        for _, one in ids:
            pipe.hget(keys.callback(one), "record")
        return list(zip(ids, pipe.execute(), strict=True))


def _text(place: _Place) -> str:
    return f"{place[0]}.{place[1]}"


def _place(text: str) -> _Place:
    ms, dot, id_ = text.partition(".")
    if not dot or not ms.isascii() or not ms.isdigit() or len(ms) > 15:
        raise UnknownPlace("not the `next` of a page")
    return int(ms), id_
