"""Callers found by address and marked by hand: whose number it is, and since when."""

from datetime import timedelta

import pytest

from config.now import milliseconds
from routing import caller_marks, callers
from routing.floor import Floor
from routing.rules.caller import Identity, Treatment
from routing.store.on_disk import OnDisk
from tests.routing.reported import NUMBER, a_report


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


def lapses(floor: Floor, number: str) -> None:
    long_ago = floor.clock.now(floor.store) - timedelta(days=91)
    key = floor.keys.standing(number)
    floor.store.client.hset(key, "last_contact_ms", milliseconds(long_ago))


def test_a_treatment_for_a_number_that_lapsed_is_for_whoever_has_it_now(floor: Floor) -> None:
    before = a_report(floor).caller
    lapses(floor, NUMBER)
    seen = callers.find(floor, NUMBER)
    assert (seen.caller, seen.identity) == (before, Identity.LINK_LAPSED)
    until = seen.at + timedelta(days=3)
    caller_marks.set_treatment(floor, seen, Treatment.SPECIALIST, until=until, why="rude", by="ops")
    now = callers.find(floor, NUMBER)
    assert now.caller not in ("", before)
    assert (now.identity, now.treatment) == (Identity.SURE, Treatment.SPECIALIST)
    assert callers.override_reason(floor, now) == "rude"
    assert callers.known_as(floor, before).links == ()


def test_a_mark_on_a_caller_does_not_renew_a_link_that_lapsed(floor: Floor) -> None:
    caller = a_report(floor).caller
    lapses(floor, NUMBER)
    caller_marks.write_down(
        floor, callers.known_as(floor, caller), caller, {"need": "speak slowly"}, by="sam"
    )
    caller_marks.share(floor, callers.known_as(floor, caller), True, by="sam")
    [link] = callers.known_as(floor, caller).links
    assert link.is_lapsed


def test_a_caller_nobody_knows_is_found_again_by_what_the_lookup_gave(floor: Floor) -> None:
    seen = callers.look_up(floor, NUMBER, by="ana")
    assert callers.known_as(floor, seen.id).address == NUMBER
    with pytest.raises(callers.NoSuchCaller):
        callers.known_as(floor, seen.id + "0")


def test_what_is_no_standing_marks_nobody(floor: Floor) -> None:
    floor.store.client.hset(floor.keys.standing(NUMBER), "treatment", "nonsense")
    assert callers.find(floor, NUMBER).treatment is Treatment.NORMAL
