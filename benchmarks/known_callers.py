"""Fills Redis with callers that are known and have no offences, in the form that the server looks them up."""

import itertools
import time
from collections.abc import Callable, Iterable

import redis

from benchmarks.signed_calls import fictional_numbers
from routing.store.keys import Keys
from routing.store.standing import LAST_CONTACT

AT_ONCE = 5_000  # commands in one pipeline: far below the 0.25 s after which a webhook gives Redis up

Remember = Callable[["redis.client.Pipeline", str, str], None]  # pipeline, site, number


def remember_for_skeleton(pipeline: "redis.client.Pipeline", site: str, number: str) -> None:
    """The skeleton's form of a known caller."""
    del site  # it has one only
    pipeline.hset(f"skeleton:caller:{number}", mapping={"treatment": "normal"})


def remember_for_product(pipeline: "redis.client.Pipeline", site: str, number: str) -> None:
    """The product's: a standing with the moment of the last contact and nothing against the caller."""
    pipeline.hset(Keys(site).standing(number), mapping={LAST_CONTACT: int(time.time() * 1000)})


def fill_callers(floor: redis.Redis, site: str, numbers: Iterable[str], remember: Remember) -> int:
    """Store these callers; returns how many."""
    count, numbers = 0, iter(numbers)
    while chunk := list(itertools.islice(numbers, AT_ONCE)):
        pipeline = floor.pipeline(transaction=False)
        for number in chunk:
            remember(pipeline, site, number)
        pipeline.execute()
        count += len(chunk)
    return count


def first_numbers(count: int) -> tuple[str, ...]:
    """That many different valid numbers."""
    return tuple(itertools.islice(fictional_numbers(), count))
