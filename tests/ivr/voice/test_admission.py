"""Who gets past the door: what Twilio signed, whole, for our account and with the call's own token."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from ivr.voice.admission import MAX_BODY
from routing.floor import Floor
from routing.links import Route
from tests.ivr.voice.scenes import another_call, everything, post_pairs
from tests.twilio import Twilio

INCOMING, EVENTS = "/voice/incoming", "/voice/events"
FOREIGN = "AC000000000000000000000000000000ff"
CONFERENCE = {"ConferenceSid": "CF" + "0" * 32, "StatusCallbackEvent": "participant-join"}


def without(form: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in form.items() if name not in names}


def is_refused(answer: TestResponse) -> bool:
    """403, and not a word for whoever asked."""
    return (answer.status_code, answer.data) == (403, b"")


def test_every_webhook_but_the_fallback_refuses_what_is_not_signed(app: Flask, twilio: Twilio) -> None:
    paths = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/voice")}
    assert paths == {f"/voice{route}" for route in Route}
    for path in sorted(paths - {"/voice/fallback"}):
        assert is_refused(twilio.client.post(path)), path
        assert is_refused(twilio.client.post(path, data=twilio.form())), path
        assert twilio.client.get(path).status_code == 405, path


def test_nothing_answers_below_voice_but_the_webhooks(twilio: Twilio) -> None:
    for path in ("/voice", "/voice/", "/voice/incoming/", "/voice/incoming2", "/voice/../voice/incoming"):
        assert twilio.post(path, twilio.form()).status_code in (308, 404, 405), path


@pytest.mark.parametrize(
    ("path", "changes", "gone"),
    [
        (INCOMING, {"AccountSid": FOREIGN}, ()),
        (INCOMING, {"AccountSid": ""}, ()),
        (INCOMING, {}, ("AccountSid",)),
        (INCOMING, {}, ("CallSid",)),
        (INCOMING, {}, ("From",)),
        (INCOMING, {}, ("To",)),
        (INCOMING, {"CallSid": "CA" + "g" * 32}, ()),
        (INCOMING, {"CallSid": "CA" + "0" * 31}, ()),
        (INCOMING, {"CallSid": "CA" + "A" * 32}, ()),
        (INCOMING, {"CallSid": "CA" + "0" * 32 + "\n"}, ()),
        (INCOMING, {"CallSid": "CA" + "\u0660" * 32}, ()),
        (INCOMING, {"CallSid": ""}, ()),
        (EVENTS, {}, ("CallSid",)),
        (EVENTS, {}, ("AccountSid",)),
        (EVENTS, {"AccountSid": FOREIGN}, ()),
        (EVENTS, {"CallSid": "CA1"}, ()),
        (EVENTS, {"ConferenceSid": "CF1"}, ("CallSid",)),
        (EVENTS, {"StatusCallbackEvent": "conference-end"}, ("CallSid",)),
        (EVENTS, CONFERENCE, ("AccountSid",)),
        (EVENTS, CONFERENCE | {"AccountSid": FOREIGN}, ("CallSid",)),
        (EVENTS, CONFERENCE | {"CallSid": "CA1"}, ()),
        (EVENTS, {"RecordingSid": "RE1"}, ("AccountSid",)),
        (EVENTS, {"RecordingSid": "RE1", "CallSid": "CA1"}, ()),
        (INCOMING + "?bodySHA256=" + "0" * 64, {}, ()),
        (EVENTS + "?bodySHA256=", {}, ()),
    ],
)
def test_a_signed_request_that_is_not_whole_or_not_ours_is_refused(
    twilio: Twilio, floor: Floor, path: str, changes: dict[str, str], gone: tuple[str, ...]
) -> None:
    before = everything(floor)
    assert is_refused(twilio.post(path, without(twilio.form(**changes), *gone)))
    assert everything(floor) == before


@pytest.mark.parametrize(
    "event",
    [
        {"CallStatus": "completed"},
        CONFERENCE,
        {"RecordingSid": "RE1", "RecordingStatus": "completed"},
        {"CallStatus": "a-new-word"},
    ],
    ids=["call", "conference", "recording", "a word that we do not know"],
)
def test_events_are_taken_note_of(twilio: Twilio, event: dict[str, str]) -> None:
    needs_call = set(event) == {"CallStatus"}
    form = twilio.form(**event) if needs_call else without(twilio.form(**event), "CallSid", "From", "To")
    answer = twilio.post(EVENTS, form)
    assert (answer.status_code, answer.data) == (204, b"")


def test_an_empty_from_is_a_call_all_the_same(twilio: Twilio) -> None:
    assert twilio.calls(From="").verbs == ["Gather"]


@pytest.mark.parametrize("name", ["From", "CallSid", "AccountSid", "Unknown"])
@pytest.mark.parametrize("again", ["the same", "another"])
def test_a_parameter_twice_is_refused_although_signed(
    twilio: Twilio, floor: Floor, name: str, again: str
) -> None:
    pairs = list(twilio.form(Unknown="1").items())
    pairs.append((name, dict(pairs)[name] if again == "the same" else "+14155550199"))
    assert is_refused(post_pairs(twilio, INCOMING, pairs))
    assert everything(floor) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [("AccountSid", "ApiVersion"), ("CallSid", "CallStatus"), ("Direction", "From"), ("From", "To")],
)
def test_the_same_signed_letters_divided_otherwise_are_refused(
    twilio: Twilio, floor: Floor, first: str, second: str
) -> None:
    """Twilio signs names and values without marks between them: `From=+1To+2` reads as `From=+1&To=+2`."""
    form = twilio.form()
    swallowed = without(form, second) | {first: f"{form[first]}{second}{form[second]}"}
    assert sorted(form)[sorted(form).index(first) + 1] == second
    assert is_refused(twilio.post(INCOMING, swallowed))
    assert everything(floor) == {}


@pytest.mark.parametrize("name", ["AccountSid", "CallSid", "From", "To"])
def test_a_name_that_lost_a_letter_to_its_value_is_refused(twilio: Twilio, floor: Floor, name: str) -> None:
    form = twilio.form()
    assert is_refused(twilio.post(INCOMING, without(form, name) | {name[:-1]: name[-1] + form[name]}))
    assert everything(floor) == {}


def test_a_body_of_64_kb_is_read_and_a_longer_one_refused(twilio: Twilio, floor: Floor) -> None:
    length = len(urlencode(twilio.form()) + "&Padding=")
    whole = twilio.form(Padding="x" * (MAX_BODY - length))
    assert MAX_BODY == 65536
    assert twilio.post(INCOMING, whole).status_code == 200
    before = everything(floor)
    for more in (1, 1000, 1_000_000):
        form = another_call(twilio).form(Padding=whole["Padding"] + "x" * more)
        assert twilio.post(INCOMING, form).status_code == 413
    assert everything(floor) == before


@pytest.mark.parametrize(
    "body", [b"%ff" * 10, b"\xff\xfe", b"a=1&" * 300, b'{"CallSid": "CA1"}', b"=" * 50, b""]
)
def test_a_body_that_is_no_form_is_refused(twilio: Twilio, body: bytes) -> None:
    answer = twilio.client.post(INCOMING, data=body, headers={"X-Twilio-Signature": "x"})
    assert is_refused(answer)
