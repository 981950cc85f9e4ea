"""What is refused, and in which of Twilio's words."""

import pytest

from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import URL
from tests.twilio import CALLER, LINE, OFFICE, TOKEN

CALL = {"To": CALLER, "From": LINE, "Url": URL}
INTO = {"To": CALLER, "From": LINE}
MESSAGE = {"To": CALLER, "From": LINE, "Body": "Hello"}
NOBODY = "CA" + "0" * 32
BAD_URLS = ["line.example", "/voice", "ftp://line.example/", "https://", "http://a_b.example/", "http://a b/"]


def without(form: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in form.items() if key != name}


NEW_CALLS = [
    (without(CALL, "To"), 21201),
    (CALL | {"To": ""}, 21201),
    (without(CALL, "From"), 21213),
    (CALL | {"To": "2125550142"}, 21211),
    (CALL | {"To": "+1 212 555 0142"}, 21211),
    (CALL | {"To": "+012125550142"}, 21211),
    (CALL | {"To": "+1234567890123456"}, 21211),
    (CALL | {"To": "client:"}, 21211),
    (CALL | {"From": "2125550142"}, 21212),
    (CALL | {"From": "client:ana"}, 21212),
    (CALL | {"From": "+12125550999"}, 21210),
    (without(CALL, "Url"), 21205),
    *((CALL | {"Url": url}, 21205) for url in BAD_URLS),
    (CALL | {"FallbackUrl": "nowhere"}, 21205),
    (CALL | {"StatusCallback": "nowhere"}, 21609),
    (CALL | {"Method": "PUT"}, 21209),
    (CALL | {"StatusCallbackEvent": "answered ended"}, 21626),
    (CALL | {"Timeout": "0"}, 21208),
    (CALL | {"Timeout": "601"}, 21208),
    (CALL | {"Timeout": "soon"}, 21208),
    (CALL | {"SendDigits": "12x"}, 21206),
    (CALL | {"SendDigits": "1" * 33}, 21206),
    (CALL | {"TimeLimit": "-1"}, 20001),
    (without(CALL, "Url") | {"Twiml": "x" * 4001}, 32018),
    (CALL | {"Record": "maybe"}, 20001),
]


@pytest.mark.parametrize(("form", "code"), NEW_CALLS)
def test_a_call_is_refused(rest: Rest, form: dict[str, str], code: int) -> None:
    answer = rest.post("/Calls.json", form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert rest.network.calls == {}


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (without(MESSAGE, "To"), 21604),
        (MESSAGE | {"To": "ana"}, 21211),
        (without(MESSAGE, "From"), 21603),
        (MESSAGE | {"From": "+12125550999"}, 21606),
        (without(MESSAGE, "Body"), 21602),
        (MESSAGE | {"Body": "x" * 1601}, 21617),
        (MESSAGE | {"StatusCallback": "nowhere"}, 21609),
    ],
)
def test_a_message_is_refused(rest: Rest, form: dict[str, str], code: int) -> None:
    answer = rest.post("/Messages.json", form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert rest.network.messages == {}


NOT_COVERED = [
    ("/Calls.json", CALL | {"MachineDetection": "Enable"}, "the parameter MachineDetection"),
    ("/Calls.json", CALL | {"ApplicationSid": "AP" + "0" * 32}, "the parameter ApplicationSid"),
    ("/Calls.json", CALL | {"CallToken": "%7B%7D"}, "the parameter CallToken"),
    ("/Calls.json", CALL | {"CallerId": LINE}, "the parameter CallerId"),
    ("/Calls.json", CALL | {"Urll": URL}, "the parameter Urll"),
    ("/Calls.json", [*CALL.items(), ("To", OFFICE)], "To sent more than once"),
    ("/Calls.json?To=1", CALL, "parameters in the query of a POST"),
    ("/Messages.json", MESSAGE | {"MediaUrl": URL}, "the parameter MediaUrl"),
    (
        "/Messages.json",
        MESSAGE | {"MessagingServiceSid": "MG" + "0" * 32},
        "the parameter MessagingServiceSid",
    ),
    ("/Calls/{call}.json", {"TimeLimit": "9"}, "the parameter TimeLimit"),
    ("/Calls/{call}.json", {"Status": "completed", "Url": URL}, "Status together with Url or Twiml"),
    ("/Calls/{call}.json", {"Twiml": "<Response/>", "Url": URL}, "Url and Twiml together"),
    ("/Calls/{call}/Recordings.json", {"RecordingConfigurationId": "1"}, "RecordingConfigurationId"),
    ("/Calls/{call}/Recordings/{recording}.json", {"Status": "paused", "PauseBehavior": "skip"}, "=skip"),
    ("/Conferences/{room}.json", {}, "neither or both of Status and AnnounceUrl"),
    ("/Conferences/{room}.json", {"Status": "completed", "AnnounceUrl": URL}, "neither or both"),
    ("/Conferences/{room}/Participants.json", INTO | {"Coaching": "true"}, "the parameter Coaching"),
    ("/Conferences/{room}/Participants.json", INTO | {"Record": "true"}, "the parameter Record"),
    ("/Conferences/{room}/Participants/agent-1.json", {"HoldUrl": URL}, "HoldUrl without Hold=true"),
    ("/Conferences/{room}/Participants/agent-1.json", {"BeepOnExit": "true"}, "the parameter BeepOnExit"),
    ("/Queues/{queue}.json", {"FriendlyName": "other"}, "the parameter FriendlyName"),
    ("/IncomingPhoneNumbers/{number}.json", {"VoiceApplicationSid": "AP1"}, "VoiceApplicationSid"),
]
REFUSED = [
    ("/Calls/{call}.json", {}, 21205),
    ("/Calls/{call}.json", {"Status": "busy"}, 20001),
    ("/Calls/{call}.json", {"Status": ""}, 20001),
    ("/Calls/{call}.json", {"Url": "nowhere"}, 21205),
    ("/Calls/{call}.json", {"Status": "canceled"}, 21220),
    ("/Calls/{queued}.json", {"Url": URL}, 21220),
    ("/Calls/{queued}/Recordings.json", {}, 21220),
    ("/Calls/{call}/Recordings.json", {"RecordingChannels": "three"}, 20001),
    ("/Calls/{call}/Recordings.json", {"RecordingStatusCallback": "nowhere"}, 21609),
    ("/Calls/{call}/Recordings.json", {"RecordingStatusCallbackEvent": "started"}, 21626),
    ("/Calls/{call}/Recordings/{recording}.json", {}, 20001),
    ("/Calls/{call}/Recordings/{recording}.json", {"Status": "completed"}, 20001),
    ("/Conferences/{room}.json", {"Status": "init"}, 20001),
    ("/Conferences/{room}.json", {"AnnounceUrl": "nowhere"}, 21205),
    ("/Conferences/{room}/Participants.json", INTO | {"Label": "a/b"}, 16024),
    ("/Conferences/{room}/Participants.json", INTO | {"Label": "x" * 129}, 16024),
    ("/Conferences/{room}/Participants.json", INTO | {"Label": NOBODY}, 16024),
    ("/Conferences/{room}/Participants.json", INTO | {"Label": "agent-1"}, 16026),
    ("/Conferences/{room}/Participants.json", INTO | {"ConferenceStatusCallbackEvent": "x"}, 21626),
    ("/Conferences/{room}/Participants/agent-1.json", {"Muted": "yes"}, 20001),
    ("/Conferences/{room}/Participants/agent-1.json", {"Hold": "true", "HoldUrl": "x"}, 21205),
    ("/Queues/{queue}.json", {"MaxSize": "5001"}, 20001),
    ("/Queues/{queue}.json", {"MaxSize": "0"}, 20001),
    ("/IncomingPhoneNumbers/{number}.json", {"VoiceUrl": "nowhere"}, 21402),
    ("/IncomingPhoneNumbers/{number}.json", {"VoiceMethod": "PUT"}, 21403),
]
NOT_THERE = [
    f"/Calls/{NOBODY}.json",
    f"/Calls/{NOBODY}/Recordings.json",
    "/Calls/{call}/Recordings/RE" + "0" * 32 + ".json",
    "/Conferences/CF" + "0" * 32 + ".json",
    "/Conferences/talk.json",
    "/Conferences/CF" + "0" * 32 + "/Participants.json",
    "/Conferences/{room}/Participants/nobody.json",
    "/Queues/general.json",
    "/Recordings/RE" + "0" * 32 + ".json",
    "/Recordings/RE" + "0" * 32 + ".wav",
    "/Messages/SM" + "0" * 32 + ".json",
    "/IncomingPhoneNumbers/PN" + "9" * 32 + ".json",
]


def filled(rest: Rest, path: str) -> str:
    """A path with the SIDs of a call, a call that waits to be made, a conference, a queue …"""
    room = rest.bench.a_room("talk")
    call = rest.bench.talking()
    return path.format(
        call=call.sid,
        queued=rest.bench.a_call().sid,
        recording=rest.bench.a_recording(call).sid,
        room=room.sid,
        queue=rest.bench.a_queue().sid,
        number=rest.network.account.numbers[0].sid,
    )


@pytest.mark.parametrize(("path", "form", "what"), NOT_COVERED)
def test_what_the_lab_does_not_cover_is_said_aloud(rest: Rest, path: str, form: object, what: str) -> None:
    answer = rest.post(filled(rest, path), form)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert answer.json()["message"].startswith("The lab does not cover ")
    assert what in answer.json()["message"]


@pytest.mark.parametrize(("path", "form", "code"), REFUSED)
def test_a_change_is_refused(rest: Rest, path: str, form: dict[str, str], code: int) -> None:
    answer = rest.post(filled(rest, path), form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("path", NOT_THERE)
def test_what_is_not_there_is_not_found(rest: Rest, path: str) -> None:
    path = filled(rest, path)
    answer = rest.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)
    where = f"{rest.account}{path}".removeprefix(rest.url)
    assert answer.json()["message"] == f"The requested resource {where} was not found"


def test_nobody_is_added_to_a_conference_that_is_not_there(rest: Rest) -> None:
    room = rest.bench.a_room("talk")
    with rest.bench.desk as network:
        network.end_conference(room)
    for sid in (room.sid, "CF" + "0" * 32):
        answer = rest.post(f"/Conferences/{sid}/Participants.json", INTO)
        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/Applications.json", 404),
        ("GET", "/Calls", 404),
        ("GET", "/Calls.xml", 404),
        ("POST", f"/Calls/{NOBODY}/Streams.json", 404),
        ("DELETE", f"/Calls/{NOBODY}.json", 405),
        ("POST", "/Queues.json", 405),
        ("PUT", "/Calls.json", 405),
        ("OPTIONS", "/Calls.json", 405),
    ],
)
def test_a_resource_that_the_lab_has_not_got_is_named(
    rest: Rest, method: str, path: str, status: int
) -> None:
    answer = rest.http.request(method, rest.account + path, timeout=5)
    assert answer.status_code == status
    assert answer.json()["message"].startswith(f"The lab does not cover {method} /2010-04-01/Accounts/AC")


@pytest.mark.parametrize("query", ["Foo=1", "StartTime=yesterday", "Status=initiated", "To=1&To=2"])
def test_a_filter_that_the_lab_has_not_got_is_refused(rest: Rest, query: str) -> None:
    assert rest.get(f"/Calls.json?{query}").status_code == 400


def test_a_body_that_is_no_form_is_refused(rest: Rest) -> None:
    answer = rest.http.post(f"{rest.account}/Calls.json", json=CALL, timeout=5)
    assert "The lab does not cover a body that is not form-urlencoded" in answer.json()["message"]


def test_a_mistake_of_the_lab_is_answered_and_written_down(
    rest: Rest, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest.network, "create_call", lambda new: 1 // 0)
    answer = rest.post("/Calls.json", CALL)
    assert (answer.status_code, answer.json()["code"]) == (500, 20500)
    assert "ZeroDivisionError" in answer.json()["message"]
    assert "The lab failed at" in caplog.text
    assert TOKEN not in caplog.text
