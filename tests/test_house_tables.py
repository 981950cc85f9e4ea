"""What is named in two places is the same in both: webhooks, commands, decisions."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask

from ivr.cli import calmline
from routing.links import PREFIX, Route
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.decisions import (
    KINDS,
    Because,
    Decision,
    Enqueue,
    Exit,
    OfferCallback,
    PlayMenu,
    Rule,
    SayAndHangUp,
    TraceLine,
    Voicemail,
    as_json,
)
from tests.house import STOREYS

ROOT = Path(__file__).parents[1]


def test_every_webhook_of_the_app_is_in_the_table_of_links_and_the_other_way_round(app: Flask) -> None:
    served = {str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith(f"{PREFIX}/")}
    assert served == {f"{PREFIX}{route}" for route in Route}


@pytest.mark.parametrize("route", sorted(set(Route) - {Route.FALLBACK}))
def test_every_webhook_but_the_fallback_refuses_an_unsigned_request(app: Flask, route: Route) -> None:
    assert app.test_client().post(f"{PREFIX}{route}", data={"CallSid": "CA1"}).status_code == 403


def test_every_process_of_the_procfile_is_a_command() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    commands = [re.fullmatch(r"(\w+): calmline (\w+)", line) for line in lines]
    assert commands
    assert all(found and found[2] in calmline.commands for found in commands)


def test_people_and_ci_run_the_tests_by_the_same_command() -> None:
    command = (ROOT / ".ci/run").read_text().splitlines()[-1].removeprefix("exec ")
    assert command == "make test"
    readme = (ROOT / "README.md").read_text().splitlines()
    assert command in [line.split("#")[0].strip() for line in readme]


def test_every_kind_of_decision_can_be_shown_and_kept() -> None:
    assert set(KINDS.values()) == set(get_args(Decision))
    trace = (TraceLine(Rule.CLOSED, False, "the treatment is normal"), TraceLine(Rule.MENU, True, "last"))
    because = Because(Rule.MENU, Identity.SURE, 7, ("offence-1",), ("spoofed",), trace)
    plain = [(do, kind("somewhere", because)) for do, kind in KINDS.items()]
    exits = frozenset(Exit)
    with_more = [
        ("menu", PlayMenu("somewhere", because, attempt=2, after="wrong_key", confirm="1")),
        ("enqueue", Enqueue("somewhere", because, after="menu_otherwise")),
        ("say_and_hang_up", SayAndHangUp("somewhere", because, exits)),
        ("offer_callback", OfferCallback("somewhere", because, exits, accepted=True)),
        ("voicemail", Voicemail("somewhere", because, exits)),
    ]
    for do, decision in [*plain, *with_more]:
        answer = Answer(decision, "es", "support", 3, "outage", "2026-11-30T09:00:00-05:00")
        again = Answer.from_parts(json.loads(json.dumps(answer.parts())))
        assert again == answer
        assert again.decision.because.trace == trace
        assert as_json(again.decision)["because"]["hints"] == ["spoofed"]
        assert (as_json(again.decision)["do"], as_json(again.decision)["name"]) == (do, "somewhere")
        assert [line["rule"] for line in as_json(again.decision)["trace"]] == ["closed", "menu"]


def test_nothing_that_is_shipped_leads_out_of_the_project() -> None:
    outside = re.compile(r"\.\./" + r"shared|/[a-z]+/" + "shared")
    folders = [ROOT / name for name in (*STOREYS, "tests", "benchmarks", "docs", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix not in (".pyc", ".png")]
    files += [path for path in ROOT.iterdir() if path.suffix != ".lock"]
    texts = {path: path.read_text("utf-8") for path in files if path.is_file()}
    assert len(texts) > 100
    assert [path for path, text in texts.items() if outside.search(text)] == []
