"""Whatever is sent: an answer of Twilio's kind, and never an accepted request that is wrong."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.lab.rest.app import rest_app
from tests.lab.rest.referee import Description, Referee
from tests.lab.rest.watched import URL, Bench
from tests.twilio import ACCOUNT, CALLER, LINE, OFFICE, TOKEN

KNOWN = {
    "To": [CALLER, OFFICE, "client:ana", "sip:a@b.example", "+1", ""],
    "From": [LINE, "client:ana", "+19995550000"],
    "Url": [URL, "x", ""],
    "Twiml": ["<Response/>", "x" * 4001],
    "Method": ["GET", "POST", "get"],
    "StatusCallback": [URL, "//x"],
    "StatusCallbackEvent": ["ringing", "answered completed", "x"],
    "Timeout": ["5", "600", "-1", "1e3", "５"],
    "Status": ["completed", "canceled", "paused", "stopped", "in-progress", ""],
    "Muted": ["true", "false", "True", "1"],
    "Hold": ["true", "false"],
    "HoldUrl": [URL],
    "AnnounceUrl": [URL, "http://[::1"],
    "MaxSize": ["1", "5000", "0"],
    "Body": ["Hello", "x" * 1601],
    "VoiceUrl": [URL, ""],
    "Label": ["agent-1", "b", "a/b", "%2F"],
    "RecordingChannels": ["dual", "mono", "stereo"],
    "PageSize": ["1", "1000", "1001"],
    "Page": ["0", "1"],
    "PageToken": ["PA", "PB", "PACA1"],
    "StartTime>": ["2026-01-01", "2026-13-01", "2026-01-01T00:00:00Z"],
    "Foo": ["bar"],
}
NASTY = st.one_of(
    st.sampled_from(["\x00", "http://a:99999/", "http://[", "\ud7ff", "٣", "+1٢", "true\n"]),
    st.text(max_size=40),
)


@st.composite
def forms(draw: st.DrawFn) -> list[tuple[str, str]]:
    names = draw(st.lists(st.one_of(st.sampled_from(sorted(KNOWN)), st.text(max_size=8)), max_size=6))
    return [(name, draw(st.one_of(st.sampled_from(KNOWN.get(name, [""])), NASTY))) for name in names]


PATHS = [
    "/Calls.json",
    "/Calls/{call}.json",
    "/Calls/{call}/Recordings.json",
    "/Calls/{call}/Recordings/Twilio.CURRENT.json",
    "/Conferences.json",
    "/Conferences/{room}.json",
    "/Conferences/talk/Participants.json",
    "/Conferences/{room}/Participants/agent-1.json",
    "/Queues.json",
    "/Queues/{queue}.json",
    "/Recordings.json",
    "/Messages.json",
    "/IncomingPhoneNumbers.json",
    "/IncomingPhoneNumbers/{number}.json",
]


@pytest.fixture(scope="module")
def judged(description: Description) -> Iterator[tuple[FlaskClient, Referee, dict[str, str]]]:
    bench = Bench()
    room, call = bench.a_room("talk"), bench.talking()
    bench.a_recording(call)
    sids = {"call": call.sid, "room": room.sid, "queue": bench.a_queue().sid}
    app = rest_app(bench.desk)
    referee = Referee(app.wsgi_app, description)
    app.wsgi_app = referee  # type: ignore[method-assign]
    yield app.test_client(), referee, sids | {"number": bench.network.account.numbers[0].sid}
    bench.close()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PATHS), st.sampled_from(["GET", "POST", "DELETE"]), forms())
def test_whatever_is_sent_is_answered_in_twilios_way(
    judged: tuple[FlaskClient, Referee, dict[str, str]], path: str, method: str, form: list[tuple[str, str]]
) -> None:
    client, referee, sids = judged
    referee.objections = []
    where = f"/2010-04-01/Accounts/{ACCOUNT}{path.format(**sids)}"
    pairs: dict[str, list[str]] = {}
    for name, value in form:
        pairs.setdefault(name, []).append(value)
    sent = {"data": pairs} if method == "POST" else {"query_string": pairs}
    answer = client.open(where, method=method, auth=(ACCOUNT, TOKEN), **sent)
    assert answer.status_code in {200, 201, 204, 400, 404, 405}
    assert referee.objections == []
