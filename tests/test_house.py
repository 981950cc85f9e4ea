"""The house defends itself: the product keeps the rules of its design, and each rule can say no."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import house_rules as house
from tests.house import File, read_house
from tests.house_rules import ENVIRONMENT, RULES, reads_environment

ROOT = Path(__file__).parents[1]
HOUSE = read_house(ROOT)
HouseRule = Callable[[list[File]], Iterator[str]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: HouseRule) -> None:
    assert list(rule(HOUSE)) == []


def test_the_walker_finds_every_storey() -> None:
    assert {"config/now.py", "routing/rules/route.py", "callbacks/wishes.py", "ivr/lab/twiml.py"} <= {
        file.path for file in HOUSE
    }


def test_no_permission_to_read_the_environment_outlives_its_use() -> None:
    assert {file.path for file in HOUSE if reads_environment(file)} == set(ENVIRONMENT)


SOUND = {
    "config/__init__.py": "",
    "config/schema.py": '"""Shape."""\nimport os\nclass A:\n    """A part."""\n    def one(self): return 1\n',
    "config/connections.py": '"""Redis."""\nimport redis\nfrom config import schema\n',
    "routing/rules/hours.py": '"""Pure."""\nfrom datetime import datetime\nfrom config.schema import Line\n',
    "routing/store/calls.py": '"""Calls."""\nfrom config import connections\nfrom redis import Redis\n',
    "ivr/lab/twiml.py": '"""A referee."""\nfrom ivr.lab import grammar\n',
    "ivr/lab/grammar.py": '"""TwiML."""\n',
    "ivr/cli/call.py": '"""Call."""\nfrom ivr.lab import twiml\nfrom routing.store import calls\n',
    "ivr/serving.py": '"""Serve."""\nimport os\nfrom flask import Flask\nos.environ\n',
}
BROKEN = [
    (
        house.imports_are_absolute,
        "routing/a.py",
        "from . import floor",
        "routing/a.py:2: ..floor is relative",
    ),
    (house.imports_are_absolute, "routing/a.py", "from .b import c", "routing/a.py:2: .b.c is relative"),
    (house.storeys_call_down, "config/a.py", "import routing.floor", "config/a.py:2: routing.floor"),
    (
        house.storeys_call_down,
        "config/a.py",
        "def f():\n    from ivr.app import x",
        "config/a.py:3: ivr.app.x",
    ),
    (
        house.storeys_call_down,
        "routing/a.py",
        "from callbacks import rules",
        "callbacks.rules is in a storey",
    ),
    (house.storeys_call_down, "callbacks/a.py", "if True:\n    import ivr", "callbacks/a.py:3: ivr is in"),
    (house.the_lab_stands_apart, "ivr/lab/a.py", "from config import now", "the lab imports config.now"),
    (house.the_lab_stands_apart, "ivr/lab/a.py", "import ivr.voice.twiml", "the lab imports ivr.voice.twiml"),
    (house.the_lab_stands_apart, "ivr/app.py", "from ivr import lab", "ivr/app.py:2: only the command line"),
    (house.libraries_have_their_place, "config/now.py", "from redis import Redis", "config/now.py:2: redis"),
    (house.libraries_have_their_place, "routing/a.py", "import rq.job", "routing/a.py:2: rq is imported in"),
    (house.libraries_have_their_place, "ivr/voice/menu.py", "import twilio", "ivr/voice/menu.py:2: twilio"),
    (
        house.libraries_have_their_place,
        "routing/a.py",
        "from flask import g",
        "flask is imported in ivr/ only",
    ),
    (
        house.libraries_have_their_place,
        "ivr/a.py",
        "import structlog",
        "ivr/a.py:2: structlog is imported in",
    ),
    (
        house.libraries_have_their_place,
        "ivr/a.py",
        "import prometheus_client",
        "prometheus_client is imported",
    ),
    (house.rules_are_pure, "routing/rules/a.py", "import time", "a rule does not import time"),
    (
        house.rules_are_pure,
        "routing/rules/a.py",
        "from random import choice",
        "does not import random.choice",
    ),
    (
        house.rules_are_pure,
        "routing/rules/a.py",
        "def f():\n    import secrets",
        "routing/rules/a.py:3: a rule",
    ),
    (
        house.rules_are_pure,
        "routing/rules/a.py",
        "from config.now import moment",
        "not import config.now.moment",
    ),
    (house.rules_are_pure, "callbacks/rules/a.py", "import requests", "callbacks/rules/a.py:2: a rule"),
    (
        house.rules_are_pure,
        "routing/rules/a.py",
        "import datetime\ndatetime.datetime.now()",
        "a.py:3: a rule",
    ),
    (house.rules_are_pure, "routing/rules/a.py", "def f(date): return date.today()", "ask the time (today)"),
    (
        house.rules_are_pure,
        "routing/rules/a.py",
        "f = lambda d: d.utcnow()",
        "does not ask the time (utcnow)",
    ),
    (house.the_environment_is_read_once, "ivr/a.py", "import os\nos.environ['X']", "ivr/a.py: reads the"),
    (house.the_environment_is_read_once, "ivr/a.py", "import os\nos.getenv('X')", "ivr/a.py: reads the"),
    (house.the_environment_is_read_once, "ivr/a.py", "from os import environ as e", "ivr/a.py: reads the"),
    (house.names_say_something, "ivr/utils.py", "", "ivr/utils.py: utils says nothing"),
    (house.names_say_something, "routing/common/a.py", "", "routing/common/a.py: common says nothing"),
    (
        house.files_and_classes_are_explained,
        "ivr/a.py",
        "class Door: pass",
        "ivr/a.py:2: Door has no docstring",
    ),
    (
        house.files_and_classes_are_explained,
        "config/a.py",
        "def f():\n    a = 1\n    return a",
        "2: f has no",
    ),
    (house.no_circles, "config/schema.py", "from config import connections", "config/connections.py: import"),
    (house.no_circles, "ivr/lab/grammar.py", "def f():\n    import ivr.lab.twiml", "ivr/lab/twiml.py"),
]


def a_house(root: Path, files: dict[str, str]) -> list[File]:
    for path, source in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(source)
    return read_house(root)


def test_a_sound_house_gets_no_complaint(tmp_path: Path) -> None:
    sound = a_house(tmp_path, SOUND)
    assert [complaint for rule in RULES for complaint in rule(sound)] == []


@pytest.mark.parametrize(("rule", "path", "source", "complaint"), BROKEN)
def test_a_broken_rule_is_found(
    tmp_path: Path, rule: HouseRule, path: str, source: str, complaint: str
) -> None:
    [found] = rule(a_house(tmp_path, SOUND | {path: f'"""A file."""\n{source}\n'}))
    assert complaint in found


def test_a_file_without_a_docstring_is_found(tmp_path: Path) -> None:
    broken = a_house(tmp_path, {"ivr/a.py": "x = 1\n"})
    assert list(house.files_and_classes_are_explained(broken)) == ["ivr/a.py: has no docstring"]


def test_every_rule_is_broken_by_some_example() -> None:
    assert {rule for rule, *_ in BROKEN} == set(RULES)
