"""From YAML's events to mappings and lists that know their places, without any of YAML's tricks."""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

# A routing config for twenty languages has 3,000 values, nested nine deep at most.
MAX_DEPTH = 20
MAX_PARTS = 9_000
Place = tuple[int, int]


class Refused(Exception):
    """The file cannot be used. Line and column count from 0."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message


class Block(dict[Any, Any]):
    """A mapping that knows where each of its keys stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[Any, Place] = {}


class Listing(list[Any]):
    """A list that knows where each of its items stands."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []


def build(events: Iterator[Any]) -> Any:
    """What the events say; raises Refused."""
    return _Builder(events).document()


class _Builder:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._parts = 0

    def document(self) -> Any:
        found, documents = None, 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refused(event, "is a second document; a routing config is one, without a `---`")
                found = self._value(next(self._events), 0)
        return found

    def _value(self, event: Any, depth: int) -> Any:
        """The value that begins with this event.

        Names that stand for other parts can stand for each other a billion times, and a tag can ask for
        objects; neither has a use here.
        """
        self._parts += 1
        if isinstance(event, AliasEvent) or event.anchor is not None or event.ctag is not None:
            said = "is one of YAML's anchors, aliases and tags, which are not known here; write the value out"
            raise _refused(event, f"{said}, in quotes if it is a text")
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            what = "nested too deep" if depth > MAX_DEPTH else "too much"
            raise _refused(event, f"is {what}; a routing config is not")
        if isinstance(event, ScalarEvent):
            return scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, MappingStartEvent):
            return self._block(depth)
        assert isinstance(event, SequenceStartEvent)
        return self._listing(depth)

    def _block(self, depth: int) -> Block:
        block = Block()
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent | AliasEvent):
                raise _refused(event, "should be a key: a word or a number in quotes")
            key = self._value(event, depth)
            if key in block:
                first = block.places[key][0] + 1
                raise _refused(event, f'the key "{str(key)[:60]}" stands here twice, first in line {first}')
            block.places[key] = _place(event)
            block[key] = self._value(next(self._events), depth + 1)
        return block

    def _listing(self, depth: int) -> Listing:
        listing = Listing()
        while not isinstance(event := next(self._events), SequenceEndEvent):
            listing.places.append(_place(event))
            listing.append(self._value(event, depth + 1))
        return listing


# Plain words as YAML 1.2 reads them; days stay text, and so does a number too long to mean anything.
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WORDS |= {written(word): value for word, value in _WORDS.items() for written in (str.title, str.upper)}
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_FRACTION = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}", re.ASCII)


def scalar(written: str) -> str | float | bool | None:
    """What a word without quotes stands for."""
    if written in _WORDS:
        return _WORDS[written]
    if _WHOLE.fullmatch(written):
        return int(written)
    return float(written) if _FRACTION.fullmatch(written) else written


def _place(event: Any) -> Place:
    return event.start_mark.line, event.start_mark.column


def _refused(event: Any, message: str) -> Refused:
    return Refused(*_place(event), message)
