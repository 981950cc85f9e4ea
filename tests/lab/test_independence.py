"""The lab is a referee: it must not share a mistake with the product that it judges."""

import ast
from pathlib import Path

import pytest

import ivr.lab

ROOMS = sorted(Path(ivr.lab.__file__).parent.glob("*.py"))
OURS_AND_TWILIOS = {"routing", "callbacks", "config", "twilio", "flask", "redis"}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.stem)
def test_the_lab_imports_nothing_of_the_product(room: Path):
    tree = ast.parse(room.read_text())
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
    assert not {module.split(".")[0] for module in modules} & OURS_AND_TWILIOS
    assert all(module.startswith("ivr.lab") for module in modules if module.split(".")[0] == "ivr")
