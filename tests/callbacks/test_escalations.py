"""What was left undone is brought before those who lead: each once, nobody else, nothing personal."""

from dataclasses import dataclass

import pytest

from callbacks import escalations
from routing.floor import Floor
from routing.rules.people import Role
from routing.store.people import People


@dataclass(frozen=True)
class Somebody:
    """Of a person what an escalation looks at."""

    id: str
    role: Role
    email: str = ""
    enabled: bool = True


STAFF = [
    Somebody("mona", Role.SUPERVISOR, "mona@example.com"),
    Somebody("ada", Role.ADMIN, "ada@example.com"),
    Somebody("mo", Role.SUPERVISOR),
    Somebody("gone", Role.SUPERVISOR, "gone@example.com", enabled=False),
    Somebody("ana", Role.AGENT, "ana@example.com"),
]


def test_it_is_told_once_to_those_who_lead(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(People, "everybody", lambda _: STAFF)
    before = floor.events.latest_id()
    told = [
        escalations.escalate(
            floor, "remedy-rp1", report="rp1", state="remedy_overdue", what="A remedy is overdue."
        )
        for _ in range(3)
    ]
    assert told == [True, False, False]
    redis = floor.store.client
    mails = [redis.hgetall(key) for key in redis.scan_iter(floor.keys.mail("*"))]
    assert sorted(mail["to"] for mail in mails) == ["ada@example.com", "mona@example.com"]
    assert {mail["subject"] for mail in mails} == {"Calmline: A remedy is overdue."}
    [event] = floor.events.after(before, 10)
    assert (event.kind, event.data) == ("report", {"id": "rp1", "state": "remedy_overdue"})
    assert floor.counts()["escalations:remedy_overdue"] == 1


def test_killed_after_the_mails_it_is_told_again_without_a_second_mail(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(People, "everybody", lambda _: STAFF)
    for _ in range(2):
        escalations.escalate(floor, "a", report="rp1", state="remedy_overdue", what="Overdue.")
        floor.store.client.delete(floor.keys.escalated)
    redis = floor.store.client
    assert len(list(redis.scan_iter(floor.keys.mail("*")))) == 2
