"""Booking: whom we promise a call, for when, and every reason why not."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callbacks import refusals
from callbacks.booking import Wanted, book
from callbacks.ledger import AlreadyOpen, Ledger
from callbacks.outcome import Told, tell
from callbacks.records import Callback
from callbacks.rules import dialable
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State
from routing.floor import Floor
from routing.rules.people import May
from tests.callbacks.promises import CUSTOMER, now_in
from tests.callbacks.rules.test_dialable import hostile
from tests.ivr.voice.scenes import set_clock
from tests.routing.staff import CREATED, an_agent

FRIDAY = datetime(2030, 11, 22, 21, 0, tzinfo=UTC)  # 16:00 in New York
MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)  # 10:00 there
HOUR = timedelta(hours=1)
MANHATTAN, LOS_ANGELES, NOWHERE = CUSTOMER, "+13105550142", "+16005550100"


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """On a Friday afternoon, with people of every kind."""
    set_clock(floor, FRIDAY)
    an_agent(floor, "boss", role="supervisor")
    an_agent(floor, "ana", manager="boss")
    an_agent(floor, "cara", may=frozenset({May.FOLLOW_UP}))
    an_agent(floor, "mute", phone="")
    an_agent(floor, "gone")
    floor.people.disable("gone", by="tests", at=CREATED)
    return floor


def wanted(**special: Any) -> Wanted:
    return replace(Wanted(CUSTOMER, Kind.PROMISED, "The refund of order 17."), **special)


def booked(floor: Floor, ledger: Ledger, by: str = "ana", **special: Any) -> Callback:
    return book(floor, ledger, wanted(**special), by=by, booker=floor.people.find(by), why="tests")


@pytest.mark.parametrize(
    ("special", "due"),
    [
        ({}, MONDAY),
        ({"kind": Kind.FOLLOW_UP}, MONDAY),
        ({"kind": Kind.CORRECTION}, MONDAY),
        ({"kind": Kind.FOLLOW_UP, "number": LOS_ANGELES}, MONDAY + 3 * HOUR),
        ({"kind": Kind.REQUESTED}, FRIDAY),
        ({"at": FRIDAY + HOUR}, FRIDAY + HOUR),
        ({"at": FRIDAY - HOUR}, FRIDAY),
        ({"at": FRIDAY + 8 * HOUR}, datetime(2030, 11, 23, 13, 0, tzinfo=UTC)),
        ({"at": FRIDAY + 8 * HOUR, "kind": Kind.FOLLOW_UP}, MONDAY - 2 * HOUR),
        ({"same_day": True}, FRIDAY + 4 * HOUR),
    ],
    ids=[
        "a promise without a time: tomorrow",
        "a follow-up: the next business day at ten",
        "a correction: the same",
        "on the customer's own clock",
        "who asked for a call gets it now",
        "at the promised time",
        "a time that has passed: now",
        "a time at night: when the window opens",
        "a time at night before a day of rest",
        "the same day after four hours",
    ],
)
def test_a_call_is_booked_for_its_hour(
    floor: Floor, ledger: Ledger, special: dict[str, Any], due: datetime
) -> None:
    promise = booked(floor, ledger, **special)
    if special == {}:
        due = datetime(2030, 11, 23, 15, 0, tzinfo=UTC)  # the line opens every day
    assert promise.state is State.BOOKED
    assert promise.due_at is not None
    assert abs(promise.due_at - due) < timedelta(seconds=5)
    assert ledger.find(promise.id) == promise
    deadline = floor.store.client.zscore(floor.keys.deadlines, f"callback:{promise.id}")
    assert deadline == pytest.approx(promise.due_at.timestamp() * 1000, abs=1)


def test_who_and_why_are_kept_and_texts_are_made_plain(floor: Floor, ledger: Ledger) -> None:
    promise = booked(
        floor,
        ledger,
        number="(212) 555-0142",
        brief="  Order\x0017\nis\u202e late \ud800 ",
        name="Ms\tLee" + "e" * 200,
        exclude=("BOSS", "boss"),
    )
    assert (promise.number, promise.line, promise.language) == (CUSTOMER, "support", "en")
    assert promise.caller == floor.caller_key(CUSTOMER)
    assert (promise.brief, len(promise.name), promise.exclude) == ("Order 17 is late", 80, ("boss",))
    assert (promise.booked_by, promise.owner) == ("ana", "ana")
    assert [entry.why for entry in ledger.history(promise.id)] == ["tests"]


def test_the_language_is_the_one_the_customer_chose(floor: Floor, ledger: Ledger) -> None:
    floor.store.client.hset(floor.keys.standing(CUSTOMER), "language", "es")
    assert booked(floor, ledger).language == "es"


@pytest.mark.parametrize(
    ("special", "by", "owner"),
    [
        ({}, "ana", "ana"),
        ({}, "operator", ""),
        ({}, "mute", ""),
        ({"owner": "CARA"}, "ana", "cara"),
        ({"exclude": ("ana",)}, "ana", "boss"),
        ({"kind": Kind.FOLLOW_UP}, "ana", "boss"),
        ({"kind": Kind.FOLLOW_UP}, "cara", "cara"),
        ({"kind": Kind.FOLLOW_UP}, "boss", "boss"),
        ({"kind": Kind.FOLLOW_UP, "exclude": ("boss",)}, "ana", ""),
        ({"kind": Kind.FOLLOW_UP, "owner": "cara", "exclude": ("ana",)}, "ana", "cara"),
    ],
)
def test_the_owner_is_whoever_may(
    floor: Floor, ledger: Ledger, special: dict[str, Any], by: str, owner: str
) -> None:
    assert booked(floor, ledger, by, **special).owner == owner


@pytest.mark.parametrize(
    ("special", "field", "said"),
    [
        ({"number": "911"}, "number", dialable.TOO_SHORT),
        ({"number": "+19005550100"}, "number", "premium"),
        ({"number": "+442079460123"}, "number", "country"),
        ({"number": "+12125550142,,1"}, "number", dialable.DIALS_ON),
        ({"number": "sip:ann@example.com"}, "number", dialable.AN_ADDRESS),
        ({"number": f" {CUSTOMER}"}, "number", dialable.NOT_A_NUMBER),
        ({"number": "anonymous"}, "number", dialable.NOT_A_NUMBER),
        ({"owner": "nobody"}, "owner", "nobody"),
        ({"owner": "gone"}, "owner", "gone"),
        ({"owner": "mute"}, "owner", "no telephone"),
        ({"owner": "cara", "exclude": ("cara",)}, "owner", "is excluded"),
        ({"owner": "ana", "kind": Kind.FOLLOW_UP}, "owner", "may not make follow-up calls"),
        ({"exclude": ("nobody",)}, "exclude", "nobody"),
        ({"brief": " \x00\n"}, "brief", "what the call is about"),
        ({"brief": "x" * 2000}, "brief", "at most"),
        ({"line": "nowhere"}, "line", "no line nowhere"),
        ({"at": FRIDAY + timedelta(days=400)}, "at", "year"),
        ({"at": FRIDAY + HOUR, "same_day": True}, "at", "not both"),
    ],
)
def test_what_cannot_be_promised_has_its_reason(
    floor: Floor, ledger: Ledger, special: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(refusals.BookingRefused) as refused:
        booked(floor, ledger, **special)
    assert (refused.value.field, list(refused.value.fields)) == (field, [field])
    assert said in str(refused.value)
    assert ledger.listed().items == ()


def test_a_time_without_a_zone_is_a_fault(floor: Floor, ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        booked(floor, ledger, at=datetime(2030, 11, 25, 10, 0))  # noqa: DTZ001


def test_a_number_that_several_people_share_is_not_called(floor: Floor, ledger: Ledger) -> None:
    floor.standings.share(CUSTOMER, True, by="tests", at=FRIDAY)
    with pytest.raises(refusals.NumberRefused, match="shared"):
        booked(floor, ledger)


def test_a_number_that_says_nothing_of_its_clock_is_shown_to_a_person(
    floor: Floor, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.booking.zones_of", lambda _: ())
    promise = booked(floor, ledger, at=MONDAY)
    assert (promise.state, promise.due_at) == (State.NEEDS_PERSON, None)
    assert promise.because
    assert floor.deadlines.next() is None


def test_one_of_a_kind_and_three_in_all_are_open_for_a_customer(floor: Floor, ledger: Ledger) -> None:
    first = booked(floor, ledger)
    with pytest.raises(AlreadyOpen) as refused:
        booked(floor, ledger)
    assert refused.value.existing == first.id
    booked(floor, ledger, kind=Kind.CORRECTION)
    booked(floor, ledger, kind=Kind.FOLLOW_UP)
    with pytest.raises(refusals.TooManyOpen):
        booked(floor, ledger, kind=Kind.REQUESTED)
    with pytest.raises(AlreadyOpen):
        booked(floor, ledger)
    assert len(ledger.listed().items) == 3


def test_who_wants_no_calls_gets_none_but_those_he_asks_for(floor: Floor, ledger: Ledger) -> None:
    promise = booked(floor, ledger)
    now_in(ledger, promise.id, State.REACHED)
    tell(floor, ledger, promise.id, Told(Result.REACHED, do_not_call=True), by="ana")
    for kind in (Kind.PROMISED, Kind.FOLLOW_UP, Kind.CORRECTION):
        with pytest.raises(refusals.WantsNoCalls):
            booked(floor, ledger, kind=kind)
    assert booked(floor, ledger, kind=Kind.REQUESTED).state is State.BOOKED
    assert booked(floor, ledger, number=LOS_ANGELES).state is State.BOOKED


@pytest.mark.parametrize("seed", [4, 5])
def test_of_two_thousand_hostile_numbers_none_is_booked(floor: Floor, ledger: Ledger, seed: int) -> None:
    for number in hostile(random.Random(seed), 2000):
        with pytest.raises(refusals.NumberRefused):
            booked(floor, ledger, number=number)
    assert ledger.listed().items == ()
    assert floor.store.client.keys(f"{floor.keys.site}:*callback*") == []
