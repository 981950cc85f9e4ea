"""The product's files as the house rules see them: path, syntax, and every import, wherever it stands."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

STOREYS = ("config", "routing", "callbacks", "ivr")  # each may call those before it


@dataclass(frozen=True, slots=True)
class File:
    """A product file: its path from the root, its syntax, and what it imports, anywhere in it, by line."""

    path: str
    tree: ast.Module
    imports: tuple[tuple[int, str], ...]

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def read_house(root: Path) -> list[File]:
    """All files of the four storeys below `root`."""
    found = [path for storey in STOREYS for path in sorted((root / storey).rglob("*.py"))]
    trees = [(path, ast.parse(path.read_text("utf-8"))) for path in found]
    return [File(path.relative_to(root).as_posix(), tree, tuple(_imports(tree))) for path, tree in trees]


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def is_in(name: str, places: Sequence[str], mark: str) -> bool:
    """True when `name` is one of the places, or below one (`mark` parts the levels)."""
    return any(name == place or name.startswith(place.rstrip(mark) + mark) for place in places)
