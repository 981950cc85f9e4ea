"""Reading a YAML file that anybody may have written: small, flat, without tricks; places counted from 0."""

import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from config.faults import ConfigError, Fault
from config.yaml_parts import Block, Listing, Refused, build

Keys = Sequence[str | int]
MAX_BYTES = 150_000
# Longer lines and more brackets in one keep the scanner, which looks ahead for a key, busy for seconds.
MAX_LINE = 20_000
MAX_BRACKETS = 200
_BRACKETS = re.compile(r"[\[{]|[-?:] (?=[-?:] )")

# What usually lies behind the parser's words.
_IN_WORDS = {
    "mapping values": "; a text that holds a colon stands in quotes, and a key begins its line",
    "<block end>": "; check the indentation, whether the line above has a value already, and quotes",
    "could not find expected ':'": "; a key ends in a colon, and a text of several lines is indented",
    "'\\t'": "; indent with spaces, not with tabs",
    "expected ',' or": "; a bracket, a brace or a quote is not closed, or a comma is missing",
    "end of stream": "; a quote, a bracket or a brace is not closed",
}


def parse(file: Path) -> Block:
    """The file as mappings and lists that know their places; raises ConfigError."""
    try:
        text = _text(file)
        _refuse_long_lines(text)
        document = build(YAML(typ="safe", pure=True).parse(text))
    except OSError as failed:
        raise ConfigError([_fault(file, 0, 0, f"cannot be read: {failed.strerror}")]) from failed
    except Refused as refused:
        raise ConfigError([_fault(file, refused.line, refused.column, refused.message)]) from None
    except MarkedYAMLError as refused:
        raise ConfigError([_syntax_fault(file, refused)]) from None
    except ReaderError as refused:
        line, column = _counted(text[: refused.position])
        said = f"holds a character that no text has (number {refused.character}); take it out"
        raise ConfigError([_fault(file, line, column, said)]) from None
    except (YAMLError, ValueError) as refused:
        raise ConfigError([_fault(file, 0, 0, f"is not YAML: {refused}")]) from None
    if not isinstance(document, Block):
        raise ConfigError([_fault(file, 0, 0, "should hold keys such as `lines:` and `menus:`")])
    return document


def _text(file: Path) -> str:
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a pipe would wait for its other end
        raise Refused(0, 0, "is no file but a device or a pipe")
    with file.open("rb") as opened:
        read = opened.read(MAX_BYTES + 1)
    if len(read) > MAX_BYTES:
        raise Refused(0, 0, f"is larger than {MAX_BYTES // 1000} kB; a routing config is not")
    try:
        return read.decode("utf-8-sig")  # editors on Windows write the mark
    except UnicodeDecodeError as wrong:
        before = read[: wrong.start].decode(errors="replace")
        raise Refused(*_counted(before), "is not text in UTF-8; save the file in that encoding") from None


def _refuse_long_lines(text: str) -> None:
    for number, line in enumerate(text.split("\n")):
        if len(line) > MAX_LINE or len(_BRACKETS.findall(line)) > MAX_BRACKETS:
            raise Refused(number, 0, "is too long a line; break it up")


def _counted(before: str) -> tuple[int, int]:
    """The place after a text."""
    return before.count("\n"), len(before) - before.rfind("\n") - 1


def _syntax_fault(file: Path, refused: MarkedYAMLError) -> Fault:
    mark = refused.problem_mark or refused.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    problem = (refused.problem or str(refused)).strip().splitlines()[0]
    advice = next((said for words, said in _IN_WORDS.items() if words in problem), "")
    return _fault(file, line, column, f"is not YAML: {problem}{advice}")


def _fault(file: Path, line: int, column: int, message: str) -> Fault:
    return Fault(str(file), line + 1, column + 1, "", message)


def place(document: Block, path: Keys) -> tuple[int, int]:
    """Line and column (from 0) of the deepest part of `path` that the file has."""
    node: Any = document
    found = (0, 0)
    for part in path:
        known = isinstance(node, Block) and part in node
        if not known and not (isinstance(node, Listing) and isinstance(part, int) and part < len(node)):
            break
        found, node = node.places[part], node[part]
    return found
