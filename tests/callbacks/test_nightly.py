"""Once a day the ledger is verified by one dispatcher, and a fault is told to whoever can act on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from callbacks import nightly
from routing.floor import Floor
from routing.store.on_disk import OnDisk
from tests.routing.reported import a_report
from tests.routing.staff import a_person


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


def test_a_fault_is_told_once_a_day(floor: Floor, logged: Callable[[], list[dict[str, Any]]]) -> None:
    a_report(floor)
    floor.store.client.hset(floor.keys.ledger_contents, "2", "salt:something else")
    nightly.look(floor)
    nightly.look(floor)
    assert floor.counts()[nightly.BROKEN] == 1
    [said] = [line for line in logged() if line["event"] == nightly.BROKEN]
    assert (said["level"], said["entry"]) == ("error", 2)
    assert [one.data["state"] for one in floor.events.after("0-0", 100)][-1] == nightly.BROKEN


def test_a_whole_ledger_is_no_news(floor: Floor, logged: Callable[[], list[dict[str, Any]]]) -> None:
    a_report(floor)
    nightly.look(floor)
    assert nightly.BROKEN not in floor.counts()
    assert [line for line in logged() if line["level"] == "error"] == []


def test_admins_with_an_address_are_written_to(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithEmail:
        """Stands for people until everybody has an address."""

        def __init__(self, person: Any, email: str) -> None:
            self.role, self.enabled, self.email = person.role, person.enabled, email

    admin, agent = a_person("adam", "admin"), a_person("ana")
    everybody = [WithEmail(admin, "adam@example.com"), WithEmail(agent, "ana@example.com"), admin]
    written: list[str] = []
    monkeypatch.setattr(type(floor.people), "everybody", lambda _: everybody)
    monkeypatch.setattr(type(floor.mails), "write", lambda _, to, *__: written.append(to))
    a_report(floor)
    floor.store.client.hdel(floor.keys.ledger_contents, "2")
    nightly.look(floor)
    assert written == ["adam@example.com"]
    assert replace(admin) == admin


def test_what_fails_is_left_for_tomorrow_and_the_rest_is_done(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def fails(_: Floor) -> None:
        raise ValueError

    monkeypatch.setattr(nightly, "verify_ledger", fails)
    monkeypatch.setattr(nightly, "forget_spent", lambda _: done.append("forgotten"))
    nightly.look(floor)
    assert done == ["forgotten"]


def test_a_broken_ledger_is_counted_for_prometheus(app: Flask, floor: Floor) -> None:
    a_report(floor)
    floor.store.client.hdel(floor.keys.ledger_contents, "2")
    nightly.look(floor)
    text = app.test_client().get("/metrics").text
    assert "calmline_ledger_broken_total 1.0" in text
