"""What a caller is read when he is warned and when a call is ended for abuse, and what proves it."""

from typing import Any

import pytest

from config.connections import StoreAway
from routing import conduct, warnings
from routing.conduct import Account
from routing.floor import Floor
from routing.links import Route
from routing.rules.conduct_words import Category, Target
from routing.rules.people import Person
from routing.store.endings import CLOSING
from routing.store.warnings import WarningState
from tests.ivr.voice.scenes import in_queue, later
from tests.routing.on_duty import comes_in, talks
from tests.routing.staff import an_agent
from tests.twilio import ACCOUNT, Heard, Twilio

AT_ONCE = Account(Category.THREAT, Target.ADVISER, "I will find you.", immediate=True)
NAMES = {"alias": "Ada", "staff_number": "4711", "manager": "boss"}


@pytest.fixture
def conference(twilio: Twilio, floor: Floor) -> str:
    """Ana talks to the caller there."""
    an_agent(floor, "boss", role="supervisor", alias="Grace")
    comes_in(floor, **NAMES)
    in_queue(twilio)
    return talks(floor, twilio)


def ana(floor: Floor) -> Person:
    found = floor.people.find("ana")
    assert found
    return found


def announced(floor: Floor, twilio: Twilio, number: str, language: str = "en") -> str:
    """The URL of the warning that plays."""
    one = floor.warnings.of(twilio.call_sid)[-1]
    return floor.links.to(Route.WARNING, one.id, 0, warning=one.id, number=number, language=language)


def event(twilio: Twilio, conference: str, what: str, **more: str) -> None:
    form = {"AccountSid": ACCOUNT, "ConferenceSid": f"CF{'0' * 32}", "FriendlyName": conference}
    assert twilio.post("/voice/events", form | {"StatusCallbackEvent": what} | more).status_code == 204


def state(floor: Floor, twilio: Twilio) -> WarningState:
    return floor.warnings.of(twilio.call_sid)[-1].state


def warned(floor: Floor, twilio: Twilio) -> str:
    """A warning plays; its URL."""
    warnings.warn(floor, twilio.call_sid, "ana", spoken=False)
    return announced(floor, twilio, "1")


@pytest.mark.parametrize(
    ("number", "language", "words"),
    [
        ("1", "en", "This way of speaking is not acceptable on our line."),
        ("2", "en", "This is the second warning."),
        ("1", "es", "Esta forma de hablar no es aceptable en nuestra línea."),
        ("2", "es", "Esta es la segunda advertencia."),
        ("1", "", "This way of speaking is not acceptable on our line."),
    ],
)
def test_a_warning_has_the_same_words_every_time(
    twilio: Twilio, floor: Floor, number: str, language: str, words: str
) -> None:
    url = floor.links.to(Route.WARNING, "wa1", 0, warning="wa1", number=number, language=language)
    said: Heard = twilio.ask(url)
    assert [one.startswith(words) for one in said.says] == [True]
    assert said.verbs == ["Say"]


def test_a_warning_may_be_asked_for_without_a_call_and_by_nobody_else(twilio: Twilio, floor: Floor) -> None:
    url = floor.links.to(Route.WARNING, "wa1", 0, warning="wa1", number="1", language="en")
    assert twilio.post(url, {"AccountSid": ACCOUNT}).status_code == 200
    assert twilio.post(url.replace("number=1", "number=2"), {"AccountSid": ACCOUNT}).status_code == 403
    assert twilio.post(url.replace("warning=wa1", "warning=wa2"), {"AccountSid": ACCOUNT}).status_code == 403


def test_the_end_of_the_announcement_is_the_proof(twilio: Twilio, floor: Floor, conference: str) -> None:
    url = warned(floor, twilio)
    event(twilio, conference, "announcement-end", AnnounceUrl="https://elsewhere.example/?warning=other")
    event(twilio, conference, "announcement-end")
    event(twilio, "another", "announcement-end", AnnounceUrl=url)
    event(twilio, conference, "participant-leave", ParticipantLabel="agent-1")
    assert state(floor, twilio) is WarningState.PLAYING
    event(twilio, conference, "announcement-end", AnnounceUrl=url)
    assert state(floor, twilio) is WarningState.PLAYED
    event(twilio, conference, "announcement-fail", AnnounceUrl=url)
    assert state(floor, twilio) is WarningState.PLAYED


@pytest.mark.parametrize(
    ("what", "more"),
    [("announcement-fail", {}), ("participant-leave", {"ParticipantLabel": "caller-1"})],
)
def test_what_fails_or_is_not_heard_does_not_count(
    twilio: Twilio, floor: Floor, conference: str, what: str, more: dict[str, str]
) -> None:
    url = warned(floor, twilio)
    event(twilio, conference, what, AnnounceUrl=url, **more)
    event(twilio, conference, "announcement-end", AnnounceUrl=url)
    assert state(floor, twilio) is WarningState.FAILED


def reason(floor: Floor, twilio: Twilio, language: str = "en") -> str:
    """Where a caller is sent whose call was ended."""
    return floor.links.to(Route.ENDED, twilio.call_sid, 1, language=language, at_once="1")


def test_the_reason_names_adviser_and_manager_and_is_proven(
    twilio: Twilio, floor: Floor, conference: str
) -> None:
    assert conference
    conduct.end(floor, twilio.call_sid, ana(floor), AT_ONCE)
    said: Heard = twilio.ask(reason(floor, twilio))
    assert said.says[1:3] == [
        "You spoke with Ada, staff number 4 7 1 1.",
        "The manager responsible is Grace.",
    ]
    assert said.says[0].startswith("We are ending this call now")
    assert said.verbs[-1] == "Redirect"
    heard: Heard = twilio.ask(said.url("Redirect", "text"))
    assert heard.verbs == ["Hangup"]
    told = [one["what"] for one in floor.conversations.timeline(twilio.call_sid)]
    assert told.count("reason_heard") == 1
    assert "Ada" not in said.url("Redirect", "text")


def test_who_has_no_alias_is_told_by_his_first_name(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    in_queue(twilio)
    talks(floor, twilio)
    conduct.end(floor, twilio.call_sid, ana(floor), AT_ONCE)
    said: Heard = twilio.ask(reason(floor, twilio, "es"))
    assert said.says[0].startswith("Terminamos ahora esta llamada")
    assert said.says[1] == "Le atendió Ana."
    assert not any("responsable" in words for words in said.says)


def test_the_reason_is_told_while_the_store_is_away(
    twilio: Twilio, floor: Floor, conference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert conference
    conduct.end(floor, twilio.call_sid, ana(floor), AT_ONCE)

    def away(*_: Any) -> None:
        raise StoreAway("gone")

    for name in ("is_read_out", "is_heard"):
        monkeypatch.setattr(conduct, name, away)
    said: Heard = twilio.ask(reason(floor, twilio))
    assert said.says[0].startswith("We are ending this call now")
    heard: Heard = twilio.ask(said.url("Redirect", "text"))
    assert heard.verbs == ["Hangup"]


def due(floor: Floor, kind: str) -> list[str]:
    return [one.id for one in floor.deadlines.claim_due(50, 1) if one.kind == kind]


def effects(floor: Floor, verb: str) -> int:
    return sum(fields["verb"] == verb for _, fields in floor.store.client.xrange(floor.keys.effects))


def test_a_caller_who_does_not_ask_for_the_reason_is_sent_again_and_then_off_the_line(
    twilio: Twilio, floor: Floor, conference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert conference
    conduct.end(floor, twilio.call_sid, ana(floor), AT_ONCE)
    monkeypatch.setattr(conduct, "is_over_at_twilio", lambda *_: False)
    assert due(floor, CLOSING) == []
    for sent in range(2, 7):
        later(floor, seconds=13)
        assert due(floor, CLOSING) == [twilio.call_sid]
        conduct.look_at_closing(floor, None, twilio.call_sid)  # type: ignore[arg-type]
        assert effects(floor, "tell_reason") == sent
    assert effects(floor, "end") == 0
    conduct.look_at_closing(floor, None, twilio.call_sid)  # type: ignore[arg-type]
    assert (effects(floor, "tell_reason"), effects(floor, "end")) == (6, 1)


def test_a_leg_whose_end_was_never_told_is_over_in_the_end(
    twilio: Twilio, floor: Floor, conference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert conference
    conduct.end(floor, twilio.call_sid, ana(floor), AT_ONCE)
    twilio.ask(twilio.ask(reason(floor, twilio)).url("Redirect", "text"))
    later(floor, seconds=13)
    assert due(floor, CLOSING) == [twilio.call_sid]
    monkeypatch.setattr(conduct, "is_over_at_twilio", lambda *_: True)
    conduct.look_at_closing(floor, None, twilio.call_sid)  # type: ignore[arg-type]
    assert floor.conversations.of(twilio.call_sid)["state"] == "ended"
    conduct.look_at_closing(floor, None, twilio.call_sid)  # type: ignore[arg-type]
    assert effects(floor, "end") == 0
