"""`calmline letters list|show|sent`: what people have to post."""

import json

import pytest

from callbacks import affairs
from callbacks.ledger import open_ledger
from config.settings import Settings
from routing.floor import Floor, open_floor
from routing.rules.conduct_events import NoticeSent
from routing.store.on_disk import OnDisk
from tests.callbacks import conduct
from tests.ivr.command_line import Run, calmline_at


@pytest.fixture
def run(settings: Settings) -> Run:
    return calmline_at(settings)


@pytest.fixture
def floor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)
    floor = open_floor(settings)
    conduct.staff(floor)
    return floor


def test_nothing_is_to_be_posted(run: Run, floor: Floor) -> None:
    assert run("letters", "list").stdout == "No letter is to be posted.\n"
    assert json.loads(run("letters", "list", "--json").stdout) == {"items": [], "next": None}
    for command in ("show", "sent"):
        wrong = run("letters", command, "notice-1")
        assert (wrong.exit_code, wrong.stderr) == (1, "Error: no letter notice-1 is to be posted.\n")


def test_a_letter_is_printed_posted_and_told_of(run: Run, floor: Floor) -> None:
    report, caller = conduct.upheld(floor)
    affairs.look(floor, open_ledger(floor), caller)
    [letter] = json.loads(run("letters", "list", "--json").stdout)["items"]
    assert (letter["report"], letter["of"]) == (report, "verdict")
    assert run("letters", "list").stdout == f"{letter['id']}  about report {report}  (verdict)\n"
    shown = run("letters", "show", letter["id"]).stdout
    assert shown.startswith("Your contact with")
    assert "Dear customer," in shown
    assert run("letters", "sent", letter["id"]).stdout == f"{letter['id']} was sent.\n"
    assert len(conduct.facts(floor, caller, NoticeSent)) == 1
    assert run("letters", "list").stdout == "No letter is to be posted.\n"
