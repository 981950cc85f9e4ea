"""Calls, as the real client makes, reads and changes them."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.lab.records import Callback, Move, NewCall
from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import BEGAN, URL
from tests.twilio import ACCOUNT, CALLER, LINE, OFFICE

FALLBACK = "https://line.example/voice/fallback"
NOW = datetime.fromtimestamp(BEGAN, UTC)


def test_a_call_is_made_with_everything_that_we_send(rest: Rest) -> None:
    made = rest.client.calls.create(
        to=CALLER,
        from_=LINE,
        url=URL,
        method="GET",
        fallback_url=FALLBACK,
        fallback_method="GET",
        status_callback="https://line.example/voice/events?attempt=7",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
        timeout=25,
        send_digits="ww12#",
        time_limit=3600,
        record=True,
        call_reason="Your callback",
    )
    assert (made.status, made.direction, made.to_formatted) == ("queued", "outbound-api", "(415) 555-0142")
    [(_, new)] = rest.network.done
    events = frozenset({"initiated", "ringing", "answered", "completed"})
    assert new == NewCall(
        LINE,
        CALLER,
        url=URL,
        method="GET",
        fallback_url=FALLBACK,
        fallback_method="GET",
        status_callback=Callback("https://line.example/voice/events?attempt=7", "POST", events),
        timeout_s=25,
        send_digits="ww12#",
        time_limit_s=3600,
        record=True,
    )


def test_a_call_can_bring_its_document_along(rest: Rest) -> None:
    rest.client.calls.create(to="client:ana", from_=LINE, twiml="<Response/>")
    [(_, new)] = rest.network.done
    assert (new.twiml, new.url, new.status_callback.events) == ("<Response/>", "", {"completed"})


def test_with_both_a_url_and_a_document_the_url_counts(rest: Rest) -> None:
    rest.client.calls.create(to="sip:ana@example.com", from_=LINE, twiml="<Response/>", url=URL)
    [(_, new)] = rest.network.done
    assert (new.twiml, new.url) == ("", URL)


def test_a_finished_call_is_read_with_its_times(rest: Rest) -> None:
    call = rest.bench.a_call(queued_s=2.0, answered=BEGAN + 5, ended=BEGAN + 65.9, status="completed")
    found = rest.client.calls(call.sid).fetch()
    assert (found.status, found.duration, found.queue_time, found.price) == ("completed", "60", "2000", None)
    assert found.start_time == NOW + timedelta(seconds=2)
    assert found.end_time == NOW + timedelta(seconds=65)
    assert found.date_created == NOW
    assert found.phone_number_sid == rest.network.account.numbers[0].sid
    assert found.subresource_uris["recordings"].endswith(f"/Calls/{call.sid}/Recordings.json")


@pytest.mark.parametrize(
    ("status", "shown", "has_started"),
    [("queued", "queued", False), ("initiated", "queued", True), ("no-answer", "no-answer", True)],
)
def test_a_call_shows_twilios_states(rest: Rest, status: str, shown: str, has_started: bool) -> None:
    found = rest.client.calls(rest.bench.a_call(status=status).sid).fetch()
    assert (found.status, found.duration) == (shown, None)
    assert (found.start_time is not None) is has_started


def test_an_inbound_call_shows_who_forwarded_it(rest: Rest) -> None:
    call = rest.bench.a_call(
        to=OFFICE, from_=CALLER, direction="inbound", extra={"ForwardedFrom": "+12125550199"}
    )
    found = rest.client.calls(call.sid).fetch()
    assert (found.forwarded_from, found.caller_name) == ("+12125550199", None)
    assert found.phone_number_sid == rest.network.account.numbers[1].sid


def test_a_leg_is_sent_to_another_document(rest: Rest) -> None:
    call = rest.bench.talking()
    rest.client.calls(call.sid).update(url=URL, method="GET", fallback_url=FALLBACK, fallback_method="POST")
    rest.client.calls(call.sid).update(twiml="<Response/>")
    moves = [done[1] for done in rest.network.done if done[0] == "move"]
    assert moves == [Move(URL, "", "GET", FALLBACK, "POST"), Move("", "<Response/>", "POST", None, "POST")]


def test_a_new_document_may_come_with_a_new_status_callback(rest: Rest) -> None:
    call = rest.bench.talking()
    rest.client.calls(call.sid).update(url=URL, status_callback=FALLBACK, status_callback_method="GET")
    assert call.status_callback == Callback(FALLBACK, "GET", frozenset({"completed"}))


@pytest.mark.parametrize("status", ["completed", "canceled"])
def test_a_call_is_ended(rest: Rest, status: str) -> None:
    call = rest.bench.a_call()
    rest.client.calls(call.sid).update(status=status)
    assert rest.network.done[-1] == ("end", status)
    rest.bench.pass_time()
    assert rest.client.calls(call.sid).fetch().status == "canceled"


def test_a_refused_move_changes_nothing(rest: Rest) -> None:
    call = rest.bench.a_call()
    before = call.status_callback
    refused = rest.post(f"/Calls/{call.sid}.json", {"Url": URL, "StatusCallback": FALLBACK})
    assert (refused.status_code, refused.json()["code"]) == (400, 21220)
    assert call.status_callback == before


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "cba"),
        ({"to": CALLER}, "ca"),
        ({"from_": OFFICE}, "c"),
        ({"to": CALLER, "from_": LINE}, "a"),
        ({"status": "queued"}, "cb"),
        ({"parent_call_sid": "CA" + "f" * 32}, "b"),
        ({"start_time": NOW.date()}, "a"),
        ({"start_time_after": NOW}, "a"),
        ({"start_time_after": NOW + timedelta(seconds=1)}, ""),
        ({"start_time_before": NOW}, "a"),
        ({"start_time_before": NOW - timedelta(seconds=1)}, ""),
        ({"end_time_after": NOW, "end_time_before": NOW + timedelta(days=1)}, "a"),
    ],
)
def test_calls_are_found_by_filters(rest: Rest, filters: dict[str, object], found: str) -> None:
    calls = {
        "a": rest.bench.a_call(status="completed", answered=BEGAN, ended=BEGAN + 9),
        "b": rest.bench.a_call(to=OFFICE, parent_sid="CA" + "f" * 32),
        "c": rest.bench.a_call(from_=OFFICE),
    }
    names = {call.sid: name for name, call in calls.items()}
    if filters.get("start_time") == NOW.date():
        listed = rest.get(f"/Calls.json?StartTime={NOW.date()}").json()["calls"]
        assert "".join(names[call["sid"]] for call in listed) == found
    else:
        assert "".join(names[call.sid] for call in rest.client.calls.list(**filters)) == found


def test_a_call_carries_the_account(rest: Rest) -> None:
    found = rest.client.calls(rest.bench.a_call().sid).fetch()
    assert (found.account_sid, found.api_version) == (ACCOUNT, "2010-04-01")
