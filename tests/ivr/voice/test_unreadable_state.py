"""A standing that cannot be read, or a rule that fails: the normal queue and an alarm (docs/policy.md 32)."""

import pytest

from routing import intake
from routing.floor import Floor
from routing.rules import choices
from tests.ivr.voice.scenes import failed_open, treat
from tests.twilio import CALLER, Twilio

NORMAL_QUEUE = "We are connecting you with the next free adviser."

GARBAGE = {
    "an unknown treatment": {"treatment": "banished"},
    "an override without an end": {"override_treatment": "closed"},
    "an override with a bad end": {"override_treatment": "closed", "override_until_ms": "soon"},
    "offences that are no list": {"offences": "7"},
    "offences that are no JSON": {"treatment": "closed", "offences": "{"},
    "a course that is no list": {"treatment": "closed", "course": "7"},
    "a course with an unknown treatment": {"course": '[[0, "banished", []]]'},
    "a course with half a phase": {"course": '[[0, "closed"]]'},
    "a course beyond all calendars": {"course": f'[[{"9" * 30}, "closed", []]]'},
    "a bad last contact": {"treatment": "closed", "last_contact_ms": "x"},
    "a last contact beyond all calendars": {"treatment": "closed", "last_contact_ms": "9" * 30},
}


@pytest.mark.parametrize("fields", GARBAGE.values(), ids=GARBAGE)
def test_a_standing_that_holds_garbage_leads_to_the_normal_queue(
    twilio: Twilio, floor: Floor, fields: dict[str, str]
) -> None:
    floor.store.client.hset(floor.keys.standing(CALLER), mapping=fields)
    alarms = failed_open(twilio.client, "standing_unreadable")
    assert twilio.calls().queue == "general"
    assert failed_open(twilio.client, "standing_unreadable") == alarms + 1
    assert floor.store.client.hgetall(floor.keys.standing(CALLER)) == fields


@pytest.mark.parametrize("kind", ["string", "list", "set", "sorted set"])
def test_something_else_under_a_number_leads_to_the_normal_queue(
    twilio: Twilio, floor: Floor, kind: str
) -> None:
    key, redis = floor.keys.standing(CALLER), floor.store.client
    {
        "string": lambda: redis.set(key, "closed"),
        "list": lambda: redis.rpush(key, "closed"),
        "set": lambda: redis.sadd(key, "closed"),
        "sorted set": lambda: redis.zadd(key, {"closed": 1}),
    }[kind]()
    alarms = failed_open(twilio.client, "standing_unreadable")
    queued = twilio.calls()
    assert queued.queue == "general"
    assert failed_open(twilio.client, "standing_unreadable") == alarms + 1
    assert twilio.waits(queued).says[0] == "Thank you for waiting. You are next."


def test_a_rule_that_raises_leads_to_the_normal_queue(
    twilio: Twilio, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    treat(floor, "closed")
    monkeypatch.setattr(intake, "route_new_call", raises)
    alarms = failed_open(twilio.client, "rule")
    queued = twilio.calls()
    assert (queued.queue, queued.says) == ("general", [NORMAL_QUEUE])
    assert failed_open(twilio.client, "rule") == alarms + 1
    assert twilio.waits(queued).says[0] == "Thank you for waiting. You are next."


def test_a_rule_that_raises_for_a_key_leads_to_the_normal_queue_too(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu = twilio.calls()
    monkeypatch.delattr(choices, "_chosen")
    alarms = failed_open(twilio.client, "rule")
    assert twilio.presses(menu, "2").queue == "general"
    assert failed_open(twilio.client, "rule") == alarms + 1


def test_a_config_version_that_is_no_number_is_an_alarm_for_operators_and_nothing_for_callers(
    twilio: Twilio, floor: Floor
) -> None:
    floor.store.client.set(floor.keys.config_version, "the latest")
    assert twilio.calls().says[0] == "Thank you for calling Example Company."
    assert twilio.client.get("/readyz").json["config"] != "ok"
