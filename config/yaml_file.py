"""Reading a YAML file that anybody may have written: small, flat, without tricks; places counted from 0."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from config.faults import ConfigError, Fault

Keys = Sequence[str | int]
MAX_BYTES = 1_000_000
MAX_DEPTH = 40
# An anchor (&name), an alias (*name) or a tag (!name) where a value begins; and what stands in quotes.
_TRICK = re.compile(rb"(?:^|[:\-\[{?])[ \t]*([&*!][^\s,\]}]+)")
_BRACKETS = re.compile(rb"[\[\]{}]")
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


class _DaysAsText(RoundTripConstructor):
    """A day stays text here, so that one that does not exist is refused with its line, like all else."""


_DaysAsText.add_constructor("tag:yaml.org,2002:timestamp", _DaysAsText.construct_scalar)


def parse(file: Path) -> CommentedMap:
    """The file as mappings and lists that know their places; raises ConfigError."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise ConfigError([_whole(file, "is larger than 1 MB; a routing config is not")])
        _refuse_bombs(file, text)
        yaml = YAML(typ="rt")
        yaml.Constructor = _DaysAsText
        document = yaml.load(text)
    except OSError as failed:
        raise ConfigError([_whole(file, f"cannot be read: {failed.strerror}")]) from failed
    except MarkedYAMLError as refused:
        raise ConfigError([_syntax_fault(file, refused)]) from None
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as refused:
        raise ConfigError([_whole(file, f"is not YAML: {refused}")]) from None
    if not isinstance(document, CommentedMap):
        raise ConfigError([_whole(file, "should hold keys such as `lines:` and `menus:`")])
    return document


def _syntax_fault(file: Path, refused: MarkedYAMLError) -> Fault:
    mark = refused.problem_mark or refused.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = (refused.problem or str(refused)).strip().splitlines()[0]
    return Fault(str(file), line, column, "", f"is not YAML: {problem}")


def _whole(file: Path, message: str) -> Fault:
    return Fault(str(file), 1, 1, "", message)


def _refuse_bombs(file: Path, text: bytes) -> None:
    """Names that stand for other parts can stand for each other a billion times; deep nesting takes minutes.

    Neither has a use here, so both are refused before the parser sees them.
    """
    depth = 0
    for number, written in enumerate(text.splitlines(), start=1):
        line = _QUOTED.sub(lambda quoted: b"x" * len(quoted[0]), written)
        line = b"" if line.lstrip().startswith(b"#") else line.partition(b" #")[0]
        if trick := _TRICK.search(line):
            said = trick[1].decode(errors="replace")
            message = f"{said[:40]}: YAML's anchors, aliases and tags are not known here; write the value out"
            raise ConfigError([Fault(str(file), number, trick.start(1) + 1, "", message)])
        deepest = depth
        for bracket in _BRACKETS.findall(line):
            depth += 1 if bracket in b"[{" else -1
            deepest = max(deepest, depth)
        if deepest > MAX_DEPTH or len(line) - len(line.lstrip(b" -")) > 2 * MAX_DEPTH:
            raise ConfigError(
                [Fault(str(file), number, 1, "", "is nested too deep; a routing config is not")]
            )


def place(document: CommentedMap, path: Keys) -> tuple[int, int]:
    """Line and column (from 0) of the deepest part of `path` that the file has."""
    node: Any = document
    place = (0, 0)
    for part in path:
        if isinstance(node, CommentedMap) and part in (node.lc.data or {}):  # not what `<<:` merged in
            place = node.lc.key(part)
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            place = node.lc.item(part)
        else:
            break
        node = node[part]
    return place
