"""A caller is erased whole, at once or on a day, and the ledger stays provable."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from callbacks import erasure
from callbacks.booking import Wanted, book
from callbacks.ledger import open_ledger
from callbacks.rules.states import Kind, State
from config.now import milliseconds, moment
from routing import caller_marks, callers, conduct_ledger
from routing.erasure import de_identify, de_identify_the_next
from routing.floor import Floor
from routing.rules.caller import Treatment
from routing.rules.conduct_events import Erased
from routing.store.on_disk import OnDisk
from tests.routing.reported import NUMBER, a_report, upheld

MAIL = "dora@example.com"


@pytest.fixture(autouse=True)
def _without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDisk, "wait", lambda *_: None)


@pytest.fixture
def caller(floor: Floor) -> str:
    """Of whom everything is kept that can be; the id."""
    report = a_report(floor, note="He sells cars.")
    upheld(floor, report, note="Clearly abuse of a person.")
    seen = callers.known_as(floor, report.caller)
    caller_marks.link(floor, seen, [MAIL], by="sam")
    caller_marks.write_down(
        floor, seen, report.caller, {"name": "Dora Diaz", "need": "speak slowly"}, by="sam"
    )
    until = seen.at + timedelta(days=3)
    caller_marks.set_treatment(
        floor, seen, Treatment.SPECIALIST, until=until, why="was rude to Ana", by="sam"
    )
    floor.standings.share(NUMBER, True, by="sam", at=seen.at)
    floor.standings.share(NUMBER, False, by="sam", at=seen.at)
    book(
        floor,
        open_ledger(floor),
        Wanted(number=NUMBER, kind=Kind.PROMISED, brief="the refund", note="a car dealer", name="Dora"),
        by="ana",
    )
    floor.store.client.xadd(floor.keys.voicemails, {"call": "CA9", "number": NUMBER, "left": "{}"})
    return report.caller


def everything(floor: Floor) -> str:
    """All that the site's Redis holds, as one text; what a call leaves for its own days is not in it."""
    redis: Any = floor.store.client
    read = {
        "hash": redis.hgetall,
        "list": lambda key: redis.lrange(key, 0, -1),
        "stream": redis.xrange,
        "string": redis.get,
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        "set": redis.smembers,
    }
    keys = sorted(redis.scan_iter(f"{floor.keys.site}:*"))
    return "\n".join(f"{key} {read[redis.type(key)](key)}" for key in keys)


PERSONAL = (
    NUMBER,
    MAIL,
    "Dora",
    "fool",
    "cars",
    "Clearly abuse",
    "speak slowly",
    "rude to Ana",
    "the refund",
    "car dealer",
    "CA9",
)


def test_nothing_of_a_caller_is_left_but_that_he_was_there(floor: Floor, caller: str) -> None:
    before = everything(floor)
    assert [word for word in PERSONAL if word not in before] == []
    ledger = open_ledger(floor)
    [promised] = ledger.all()
    seen = callers.find(floor, NUMBER)
    gone = erasure.erase(floor, ledger, seen, by="ops", why="asked for it")
    assert (gone.reports, gone.left) == (1, 1)
    assert gone.parts > 4
    after = everything(floor)
    assert [word for word in PERSONAL if word in after] == []
    [fact] = floor.offences.dossiers.known(caller).facts
    assert isinstance(fact, Erased)
    assert (fact.by, fact.why) == ("ops", "asked for it")
    left = ledger.find(promised.id)
    assert left is not None
    assert (left.state, left.number, left.brief) == (State.CANCELLED, "", "")
    assert conduct_ledger.verify(floor).fault is None
    now = floor.clock.now(floor.store)
    assert conduct_ledger.rebuild(floor, by="ops", at=now).differences == ()
    assert callers.find(floor, NUMBER).caller == ""
    assert floor.standings.read(NUMBER).treatment_at(now) is Treatment.NORMAL


def test_erasing_again_finds_nothing_more(floor: Floor, caller: str) -> None:
    seen = callers.find(floor, NUMBER)
    erasure.erase(floor, open_ledger(floor), seen, by="ops", why="asked for it")
    again = erasure.erase(floor, open_ledger(floor), callers.known_as(floor, caller), by="ops", why="again")
    assert (again.parts, again.reports, again.left) == (0, 0, 0)
    assert conduct_ledger.verify(floor).fault is None


def test_a_mark_that_several_people_use_a_number_outlives_one_of_them(floor: Floor, caller: str) -> None:
    floor.standings.share(NUMBER, True, by="sam", at=floor.clock.now(floor.store))
    erasure.erase(floor, open_ledger(floor), callers.find(floor, NUMBER), by="ops", why="asked for it")
    standing = floor.standings.read(NUMBER)
    assert (standing.is_shared, standing.support_need, standing.last_contact) == (True, "", None)
    assert floor.offences.dossiers.known(caller).addresses == ()


def test_an_erasure_that_is_held_is_done_on_its_day(floor: Floor, caller: str) -> None:
    ledger, seen = open_ledger(floor), callers.find(floor, NUMBER)
    until = seen.at + timedelta(days=40)
    erasure.hold(floor, seen, until=until, by="ops", why="asked for it")
    assert floor.deadlines.moment_of("erase", caller) == moment(milliseconds(until))
    with pytest.raises(erasure.IsHeld, match="Held until"):
        erasure.look(floor, ledger, caller)
    assert callers.find(floor, NUMBER).profile.name == "Dora Diaz"
    held = floor.callers.held(caller)
    assert held is not None
    floor.callers.hold(caller, replace(held, until_ms=milliseconds(seen.at)))
    erasure.look(floor, ledger, caller)
    erasure.look(floor, ledger, caller)
    assert [type(fact) for fact in floor.offences.dossiers.known(caller).facts] == [Erased]
    assert floor.callers.held(caller) is None


def test_somebody_whom_the_ledger_does_not_know_can_be_erased(floor: Floor) -> None:
    seen = callers.look_up(floor, NUMBER, by="ana")
    floor.standings.note_need(NUMBER, "speak slowly", by="ana", at=seen.at)
    gone = erasure.erase(floor, open_ledger(floor), seen, by="ops", why="asked for it")
    assert (gone.parts, gone.audited) == (0, 1)
    assert "speak slowly" not in everything(floor)
    assert conduct_ledger.verify(floor).entries == 0


@pytest.mark.parametrize(("days", "is_gone"), [(394, False), (396, True)])
def test_words_go_a_month_after_an_offence_is_spent_and_nothing_else(
    floor: Floor, days: int, is_gone: bool
) -> None:
    report = a_report(floor, days_ago=days)
    upheld(floor, report, note="Clearly abuse.")
    fresh = a_report(floor, call="CA2", words="Still live.")
    de_identify_the_next(floor)
    de_identify_the_next(floor)
    dossiers = floor.offences.dossiers
    assert dossiers.words(report.id) == ("" if is_gone else "You are a fool.")
    assert dossiers.words(f"v-{report.id}") == ("" if is_gone else "Clearly abuse.")
    assert (floor.reports.find(report.id) is None) is is_gone
    assert dossiers.words(fresh.id) == "Still live."
    facts = dossiers.known(report.caller).facts
    assert sum(isinstance(fact, Erased) for fact in facts) == int(is_gone)
    assert report.id in [fact.id for fact in facts]
    assert conduct_ledger.verify(floor).fault is None
    now = floor.clock.now(floor.store)
    assert conduct_ledger.rebuild(floor, by="ops", at=now).differences == ()


def test_what_is_held_or_open_is_looked_at_again(floor: Floor) -> None:
    waits = a_report(floor, days_ago=500)
    de_identify_the_next(floor)
    assert floor.reports.find(waits.id) is not None
    later = floor.deadlines.moment_of("forget", waits.id)
    assert later is not None
    upheld(floor, waits)
    seen = callers.find(floor, NUMBER)
    until = seen.at + timedelta(days=90)
    erasure.hold(floor, seen, until=until, by="ops", why="a case at court")
    de_identify(floor, waits.id)
    assert floor.reports.find(waits.id) is not None
    assert floor.deadlines.moment_of("forget", waits.id) == moment(milliseconds(until))
