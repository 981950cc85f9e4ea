"""The webhooks of legs that we made: what whoever picks up hears, and nothing of it before the key."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callbacks import dialling, reactions
from callbacks.ledger import Ledger, open_ledger
from callbacks.records import Callback, Dialling
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Kind, State, Step
from config.connections import StoreAway
from routing import moving_calls
from routing.floor import Floor
from routing.links import OF_LEGS, Route
from routing.rules.agent_states import AgentState
from routing.rules.legs import Ended, LegState
from routing.store.effects import Verb
from routing.store.legs import Leg
from tests.callbacks.promises import booked, now_in
from tests.ivr.voice.scenes import failed_open, set_clock
from tests.routing.staff import an_agent
from tests.twilio import Heard, Twilio, a_call_sid

MONDAY = datetime(2030, 11, 25, 15, 0, tzinfo=UTC)  # ten in New York
NIGHT = datetime(2030, 11, 26, 2, 30, tzinfo=UTC)
UNSPEAKABLE = ("Ruiz", "refund", "abus", "conduct", "incident", "complaint", "follow")


@pytest.fixture
def floor(floor: Floor) -> Iterator[Floor]:
    """On a Monday at ten in New York; what is written is on disk at once."""
    set_clock(floor, MONDAY)
    floor.store.client.config_set("appendfsync", "always")
    yield floor
    floor.store.client.config_set("appendfsync", "everysec")


@pytest.fixture
def ledger(floor: Floor) -> Ledger:
    return open_ledger(floor)


@pytest.fixture
def promise(floor: Floor, ledger: Ledger) -> Callback:
    """Due; Maria's telephone is to ring for it."""
    return rung(floor, ledger)


def rung(floor: Floor, ledger: Ledger, **special: object) -> Callback:
    person = special.pop("person", {})
    assert isinstance(person, dict)
    an_agent(floor, "maria", **({"phone": "+12125550190", "role": "supervisor", "alias": "Maria"} | person))
    floor.agents.set_status("maria", AgentState.AVAILABLE)
    found = booked(floor, ledger, **({"owner": "maria", "name": "Ana Ruiz", "due_at": MONDAY} | special))
    now_in(ledger, found.id, State.DUE)
    dialling.dial(floor, ledger, found.id)
    return now(ledger, found)


def now(ledger: Ledger, promise: Callback) -> Callback:
    found = ledger.find(promise.id)
    assert found
    return found


def leg_of(floor: Floor, leg_id: str) -> Leg:
    found = floor.legs.read(leg_id)
    assert found
    return found


def owner_leg(floor: Floor, ledger: Ledger, promise: Callback) -> Leg:
    under_way = now(ledger, promise).dialling
    assert under_way
    return leg_of(floor, under_way.owner_leg)


def customer_leg(floor: Floor, ledger: Ledger, promise: Callback) -> Leg:
    under_way = now(ledger, promise).dialling
    assert under_way
    return leg_of(floor, under_way.customer_leg)


def picks_up(twilio: Twilio, floor: Floor, leg: Leg) -> Heard:
    return twilio.ask(floor.links.to(Route.LEG, leg.id, 0, leg=leg.id))


def after(twilio: Twilio, heard: Heard) -> Heard:
    """What the document redirects to."""
    return twilio.ask(heard.url("Redirect", "text"))


def another(twilio: Twilio) -> Twilio:
    return replace(twilio, call_sid=a_call_sid())


def is_ready(twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback) -> Heard:
    """Maria took the call and is in the conference; the customer is to be called."""
    first = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    return after(twilio, twilio.presses(first, "1"))


def answers(twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback) -> Heard:
    """Somebody picks up the customer's telephone."""
    leg = customer_leg(floor, ledger, promise)
    floor.legs.post(leg.id, "tests")
    return picks_up(twilio, floor, leg)


def is_neutral(heard: Heard, name: str = "Maria") -> None:
    said = " ".join(heard.says)
    assert f"{name} tried to reach you." in said
    assert "1 2 1 2 5 5 5 0 1 0 0" in said
    assert not [word for word in UNSPEAKABLE if word in said]
    assert heard.verbs[-1] == "Hangup"


def test_the_first_words_say_nothing_of_who_or_why(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    heard = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    assert heard.verbs == ["Gather"]
    assert heard.says == [
        "Example Company, a call from the support line. To take it, press 1. To pass it on, press 2."
    ]
    assert not [word for word in UNSPEAKABLE if word in heard.body]


def test_1_brings_the_brief_then_the_conference(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    first = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    brief = twilio.presses(first, "1")
    assert brief.says[:2] == ["You will speak with Ana Ruiz.", "It is about this: The refund of order 17."]
    assert brief.verbs[-1] == "Redirect"
    assert now(ledger, promise).step is Step.OWNER_RINGING, "nobody is called while he listens"
    joined = after(twilio, brief)
    assert joined.verbs == ["Dial"]
    assert now(ledger, promise).step is Step.OWNER_READY
    assert customer_leg(floor, ledger, promise).to == promise.number
    assert owner_leg(floor, ledger, promise).state is LegState.JOINED


@pytest.mark.parametrize(
    ("kind", "more"),
    [(Kind.FOLLOW_UP, "Listen first"), (Kind.CORRECTION, "not right. Say so first"), (Kind.PROMISED, "")],
)
def test_the_brief_says_what_to_keep_in_mind(
    twilio: Twilio, floor: Floor, ledger: Ledger, kind: Kind, more: str
) -> None:
    promise = rung(floor, ledger, kind=kind, name="")
    brief = twilio.presses(picks_up(twilio, floor, owner_leg(floor, ledger, promise)), "1")
    assert brief.says[0] == "You will speak with a customer."
    assert more in " ".join(brief.says)
    assert len(brief.says) == (4 if more else 3)


@pytest.mark.parametrize("keys", [["2"], ["", ""], ["7", "9"]], ids=["passed on", "no key", "wrong keys"])
def test_whoever_does_not_take_it_is_thanked_and_the_customer_is_not_called(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback, keys: list[str]
) -> None:
    heard = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    for key in keys:
        heard = twilio.presses(heard, key)
    assert (heard.says, heard.verbs[-1]) == (["Thank you, somebody else is asked. Goodbye."], "Hangup")
    assert now(ledger, promise).step is Step.OWNER_RINGING


def test_a_softphone_answers_the_offer_by_answering(twilio: Twilio, floor: Floor, ledger: Ledger) -> None:
    promise = rung(floor, ledger, person={"phone": "client:maria"})
    heard = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    assert "You will speak with Ana Ruiz." in heard.says


def test_a_second_call_of_one_attempt_is_hung_up(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    leg = owner_leg(floor, ledger, promise)
    first = picks_up(twilio, floor, leg)
    second = picks_up(another(twilio), floor, leg)
    assert (second.verbs, second.says) == (["Hangup"], [])
    assert leg_of(floor, leg.id).call_sid == twilio.call_sid
    assert picks_up(twilio, floor, leg).body == first.body


@pytest.mark.parametrize("route", sorted(OF_LEGS))
def test_the_token_of_another_leg_is_refused(twilio: Twilio, floor: Floor, route: Route) -> None:
    ours = floor.links.to(route, "lg1", 0, leg="lg1", asked="1")
    assert twilio.post(ours.replace("leg=lg1", "leg=lg2"), twilio.form()).status_code == 403
    other = floor.links.to(Route.LEG if route is not Route.LEG else Route.LEG_KEY, "lg1", 0, leg="lg1")
    moved = other.replace(other.split("?")[0], ours.split("?")[0])
    assert twilio.post(moved, twilio.form()).status_code == 403


def test_an_unknown_leg_is_hung_up_with_an_apology_and_counted(twilio: Twilio, floor: Floor) -> None:
    counted = failed_open(twilio.client, "fault")
    heard = twilio.ask(floor.links.to(Route.LEG, "lgnone", 0, leg="lgnone"))
    assert heard.verbs == ["Say", "Hangup"]
    assert failed_open(twilio.client, "fault") == counted + 1


def test_every_repeat_gets_the_same_document_and_changes_nothing(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    leg = owner_leg(floor, ledger, promise)
    first = picks_up(twilio, floor, leg)
    brief = twilio.presses(first, "1")
    assert twilio.presses(first, "1").body == brief.body
    joined = after(twilio, brief)
    version = now(ledger, promise).version
    assert after(twilio, brief).body == joined.body
    assert now(ledger, promise).version == version
    person = another(twilio)
    talking = answers(person, floor, ledger, promise)
    version = now(ledger, promise).version
    assert answers(person, floor, ledger, promise).body == talking.body
    assert now(ledger, promise).version == version
    assert now(ledger, promise).step is Step.TALKING


def test_the_customer_joins_the_same_conference_with_the_same_attributes(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    joined = is_ready(twilio, floor, ledger, promise)
    heard = answers(another(twilio), floor, ledger, promise)
    assert heard.says == []
    rooms = [next(one.root.iter("Conference")) for one in (joined, heard)]
    assert rooms[0].text == rooms[1].text
    own = [{name: value for name, value in room.items() if name != "participantLabel"} for room in rooms]
    assert own[0] == own[1]
    assert {room.get("participantLabel") for room in rooms} == {"agent-1", "caller-1"}
    assert now(ledger, promise).attempts[-1].posted is not None


def test_the_customer_answers_when_the_speaker_has_gone(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    is_ready(twilio, floor, ledger, promise)
    leg = owner_leg(floor, ledger, promise)
    floor.legs.change(leg.id, LegState.ENDED, call_sid=twilio.call_sid, how=Ended.COMPLETED)
    is_neutral(answers(another(twilio), floor, ledger, promise))
    assert now(ledger, promise).step is Step.CUSTOMER_RINGING
    assert now(ledger, promise).attempts[-1].posted is not None


def test_the_customer_answers_when_the_hour_has_passed(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    is_ready(twilio, floor, ledger, promise)
    set_clock(floor, NIGHT)
    is_neutral(answers(another(twilio), floor, ledger, promise))


def test_the_hour_passes_while_the_speaker_hears_the_brief(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    brief = twilio.presses(picks_up(twilio, floor, owner_leg(floor, ledger, promise)), "1")
    set_clock(floor, NIGHT)
    heard = after(twilio, brief)
    assert heard.says == ["This is not the hour to call this customer. The call stays on our list. Goodbye."]
    found = now(ledger, promise)
    assert (found.state, found.dialling) == (State.BOOKED, None)
    assert after(twilio, brief).body != "", "a repeat is answered too"


def test_a_call_that_was_taken_care_of_meanwhile(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    leg = owner_leg(floor, ledger, promise)
    now_in(ledger, promise.id, State.CANCELLED, dialling=None)
    assert picks_up(twilio, floor, leg).says == ["Thank you, this call has been taken care of. Goodbye."]


def test_after_the_conversation_the_speaker_says_who_answered(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    joined = is_ready(twilio, floor, ledger, promise)
    person = another(twilio)
    talking = answers(person, floor, ledger, promise)
    is_neutral(person.ask(talking.url("Dial"), DialCallStatus="completed"))
    asked = twilio.ask(joined.url("Dial"), DialCallStatus="completed")
    assert "If a voicemail answered, press 1" in asked.says[0]
    thanked = twilio.presses(asked, "2")
    assert thanked.says == ["Thank you. Please write down what came of the call. Goodbye."]
    under_way = now(ledger, promise).dialling
    assert under_way
    assert under_way.said is Result.WRONG_PERSON
    assert twilio.presses(asked, "2").body == thanked.body


@pytest.mark.parametrize("language", ["es", "en"])
def test_customers_hear_their_language_and_speakers_theirs(
    twilio: Twilio, floor: Floor, ledger: Ledger, language: str
) -> None:
    spoken = {"es": "en", "en": "es"}[language]
    promise = rung(floor, ledger, language=language, person={"languages": (spoken,)})
    first = picks_up(twilio, floor, owner_leg(floor, ledger, promise))
    assert set(first.languages) == {f"{spoken}-US"}
    after(twilio, twilio.presses(first, "1"))
    set_clock(floor, NIGHT)
    heard = answers(another(twilio), floor, ledger, promise)
    assert set(heard.languages) == {f"{language}-US"}
    assert "Maria" in " ".join(heard.says)


@pytest.mark.parametrize("route", sorted(OF_LEGS))
def test_when_redis_is_away_whoever_we_called_hears_an_apology_and_no_way_back(
    twilio: Twilio, floor: Floor, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = floor.links.to(route, "lg1", 0, leg="lg1", asked="1")
    monkeypatch.setattr(type(floor.legs), "read", _fails)
    heard = twilio.ask(url)
    assert heard.verbs == ["Say", "Hangup"]
    assert heard.says == [
        "We are sorry, something on our side is not working. We will try again later. Goodbye."
    ]


def test_one_who_rang_in_hears_the_callers_apology(
    twilio: Twilio, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = floor.links.to(Route.CALLED_IN, twilio.call_sid, 0, callback="cb1")
    monkeypatch.setattr(Ledger, "find", _fails)
    heard = twilio.ask(url)
    assert heard.verbs == ["Say", "Pause", "Redirect"]
    assert "/voice/incoming" in heard.url("Redirect", "text")


def test_one_who_rang_in_for_a_call_that_nobody_makes_any_more_begins_anew(
    twilio: Twilio, floor: Floor, ledger: Ledger, promise: Callback
) -> None:
    heard = twilio.ask(floor.links.to(Route.CALLED_IN, twilio.call_sid, 0, callback=promise.id))
    assert heard.verbs == ["Redirect"]
    assert "Thank you for calling" in twilio.ask(heard.url("Redirect", "text")).says[0]


def test_one_who_rang_in_and_is_left_alone_in_the_conference_hears_goodbye(
    twilio: Twilio, floor: Floor, promise: Callback
) -> None:
    under_way = Dialling("at1", "maria", Step.TALKING, "lg1", "at1", inbound_call=twilio.call_sid)
    reactions._send_away(floor, promise.id, under_way)
    effect = next(one for one in floor.effects.take("tests", 9) if one.verb == Verb.REDIRECT)
    heard = twilio.ask(moving_calls._document(floor, effect))
    assert (heard.verbs, heard.says) == (["Say", "Hangup"], ["Thank you. Goodbye."])


def _fails(*_: object) -> None:
    raise StoreAway("tests")


def test_of_a_customer_who_keeps_his_place_the_speaker_hears_that_he_waited(
    twilio: Twilio, floor: Floor, ledger: Ledger
) -> None:
    promise = rung(floor, ledger, kind=Kind.REQUESTED, skill_set="general.en", name="")
    heard = twilio.presses(picks_up(twilio, floor, owner_leg(floor, ledger, promise)), "1")
    assert heard.says[:2] == [
        "You will speak with a customer.",
        "The customer waited in the queue and asked to be called back.",
    ]
