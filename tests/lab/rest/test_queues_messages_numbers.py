"""Queues, messages and the account's numbers, as the real client reads and changes them."""

import pytest

from ivr.lab.rest.messages import segments
from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import BEGAN
from tests.twilio import CALLER, LINE, OFFICE

URL = "https://line.example/voice/incoming"


def test_a_queue_tells_its_size_and_its_wait(rest: Rest) -> None:
    queue = rest.bench.a_queue("general")
    queue.waiting = {"CA" + "1" * 32: BEGAN - 30, "CA" + "2" * 32: BEGAN - 11}
    found = rest.client.queues(queue.sid).fetch()
    assert (found.friendly_name, found.current_size, found.average_wait_time) == ("general", 2, 20)
    empty = rest.bench.a_queue("urgent")
    assert [one.sid for one in rest.client.queues.list()] == [empty.sid, queue.sid]


def test_a_queue_is_made_larger(rest: Rest) -> None:
    queue = rest.bench.a_queue("general")
    assert rest.client.queues(queue.sid).update(max_size=5000).max_size == 5000
    assert queue.max_size == 5000


def test_a_message_is_sent_and_read(rest: Rest) -> None:
    sent = rest.client.messages.create(to=CALLER, from_=LINE, body="Hello 👍", status_callback=URL)
    assert (sent.status, sent.body, sent.num_segments, sent.date_sent) == ("queued", "Hello 👍", "1", None)
    assert rest.network.messages[sent.sid].status_callback.url == URL
    rest.bench.pass_time()
    found = rest.client.messages(sent.sid).fetch()
    assert (found.status, found.direction) == ("delivered", "outbound-api")
    assert found.date_sent is not None


@pytest.mark.parametrize(
    ("body", "count"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("ä" * 70, 1), ("ä" * 71, 2), ("", 1)],
)
def test_a_long_message_goes_in_segments(body: str, count: int) -> None:
    assert segments(body) == count


def test_numbers_are_listed_and_found(rest: Rest) -> None:
    numbers = rest.client.incoming_phone_numbers
    assert [one.phone_number for one in numbers.list()] == [OFFICE, LINE]
    [office] = numbers.list(phone_number=OFFICE)
    assert numbers(office.sid).fetch().voice_url == URL
    assert office.capabilities == {"voice": True, "sms": True, "mms": False, "fax": False}


def test_a_number_is_set_up_and_taken_down(rest: Rest) -> None:
    [line] = rest.client.incoming_phone_numbers.list(phone_number=LINE)
    line.update(
        voice_url="https://new.example/voice/incoming",
        voice_method="GET",
        voice_fallback_url="https://new.example/voice/fallback",
        voice_fallback_method="GET",
        status_callback="https://new.example/voice/events",
        status_callback_method="POST",
        friendly_name="support",
    )
    record = rest.network.account.numbers[0]
    assert (record.voice_url, record.voice_method) == ("https://new.example/voice/incoming", "GET")
    assert (record.fallback_url, record.fallback_method) == ("https://new.example/voice/fallback", "GET")
    assert (record.status_callback, record.friendly_name) == ("https://new.example/voice/events", "support")
    assert line.update(voice_url="").voice_url == ""
    assert record.fallback_url == "https://new.example/voice/fallback"


def test_the_record_for_any_number_is_no_number_of_the_account(rest: Rest) -> None:
    rest.network.account.numbers[0].number = ""
    assert [one.phone_number for one in rest.client.incoming_phone_numbers.list()] == [OFFICE]
