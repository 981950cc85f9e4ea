"""From a YAML file to the frozen routing config; a refusal says file, line, column, key and what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from config import meaning, prompts, references
from config.schema import RoutingConfig

Keys = Sequence[str | int]
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a config file. Line and column count from 1."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}:{self.column}: {key}{self.message}"


class _DaysAsText(RoundTripConstructor):
    """A day stays text here, so that one that does not exist is refused with its line, like all else."""


_DaysAsText.add_constructor("tag:yaml.org,2002:timestamp", _DaysAsText.construct_scalar)


class ConfigError(Exception):
    """The routing config cannot be used; `faults` says why, each with its place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


def load_config(file: Path) -> RoutingConfig:
    """The routing config in `file`, prompts of its languages included. Raises ConfigError."""
    document = _parse(file)
    try:
        config = RoutingConfig.model_validate(document)
    except ValidationError as refused:
        raise ConfigError([_fault(file, document, *_said(error)) for error in refused.errors()]) from None
    config = prompts.complete(config)
    if findings := references.check(config):
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config


def check_config(file: Path) -> RoutingConfig:
    """The same, refusing also what is written correctly and cannot be meant. Raises ConfigError.

    The server does without this: a menu that nothing leads to must not keep callers from the rest.
    """
    config = load_config(file)
    if findings := meaning.check(config):
        document = _parse(file)
        raise ConfigError([_fault(file, document, path, said) for path, said in findings])
    return config


def _parse(file: Path) -> CommentedMap:
    try:
        with file.open("rb") as opened:
            text = opened.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise ConfigError([Fault(str(file), 1, 1, "", "is larger than 1 MB; a routing config is not")])
        yaml = YAML(typ="rt")
        yaml.Constructor = _DaysAsText
        document = yaml.load(text)
    except OSError as failed:
        raise ConfigError([Fault(str(file), 1, 1, "", f"cannot be read: {failed.strerror}")]) from failed
    except MarkedYAMLError as refused:
        raise ConfigError([_syntax_fault(file, refused)]) from None
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as refused:
        raise ConfigError([Fault(str(file), 1, 1, "", f"is not YAML: {refused}")]) from None
    if not isinstance(document, CommentedMap):
        raise ConfigError([Fault(str(file), 1, 1, "", "should hold keys such as `lines:` and `menus:`")])
    return document


def _syntax_fault(file: Path, refused: MarkedYAMLError) -> Fault:
    mark = refused.problem_mark or refused.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = (refused.problem or str(refused)).strip().splitlines()[0]
    return Fault(str(file), line, column, "", f"is not YAML: {problem}")


def _said(error: Any) -> tuple[Keys, str]:
    """Pydantic's refusal in the words of somebody who edits the file."""
    path = [part for part in error["loc"] if part != "[key]"]
    match error["type"]:
        case "extra_forbidden":
            return path, "is not a key that Calmline knows here; check its spelling and its indentation"
        case "missing":
            return path, "is missing; it has to be given here"
        case "value_error":
            return path, str(error["ctx"]["error"])
        case "string_pattern_mismatch":
            return (
                path,
                f'"{error["input"]}" is not written as it should be (pattern {error["ctx"]["pattern"]})',
            )
        case _:
            return path, f"{error['msg']}; here: {str(error['input'])[:60]}"


def _fault(file: Path, document: CommentedMap, path: Keys, message: str) -> Fault:
    line, column = _place(document, path)
    return Fault(str(file), line + 1, column + 1, ".".join(map(str, path)), message)


def _place(document: CommentedMap, path: Keys) -> tuple[int, int]:
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
