"""Recording: announced or asked for before the queue, once; who refuses is served unrecorded."""

from pathlib import Path

import pytest

from config.settings import Settings
from ivr.voice import agent_legs
from ivr.voice.exchange import exchange
from routing import conversation, offers
from routing.floor import Floor
from routing.store.effects import Verb
from tests.ivr.voice.scenes import at_config, in_queue, later, loses_everything, treat
from tests.routing.on_duty import comes_in, offer_of, talks
from tests.twilio import Heard, Twilio

ANNOUNCED = "Your conversation with an adviser is recorded."
ASKED = "Your conversation with an adviser is recorded. If you do not want that, press 8."
REFUSED = "Your conversation is not recorded. We are connecting you with the next free adviser."
CONNECTING = "We are connecting you with the next free adviser."
NEXT = "Thank you for waiting. You are next."


@pytest.fixture
def announcing(settings: Settings, tmp_path: Path) -> Twilio:
    return at_config(settings, tmp_path, ('consent: "off"', "consent: announce"))


@pytest.fixture
def asking(settings: Settings, tmp_path: Path) -> Twilio:
    return at_config(settings, tmp_path, ('consent: "off"', "consent: ask"))


def floor_of(call: Twilio) -> Floor:
    """As the call's own app sees it."""
    with call.client.application.app_context():
        return exchange().floor


def is_recorded(floor: Floor, call: Twilio) -> bool:
    effects = floor.store.client.xrange(floor.keys.effects)
    return (Verb.RECORD, call.call_sid) in {(fields["verb"], fields["target"]) for _, fields in effects}


def refuses(call: Twilio, queued: Heard, key: str = "8") -> Heard:
    return call.presses(queued, key)


def test_nothing_is_said_and_nothing_recorded_unless_the_line_wants_it(twilio: Twilio, floor: Floor) -> None:
    comes_in(floor)
    assert in_queue(twilio).says == [CONNECTING]
    talks(floor, twilio)
    assert not is_recorded(floor, twilio)
    assert conversation.briefing(floor, twilio.call_sid).recorded, "where nothing is, nothing is said of it"


def test_it_is_announced_before_the_queue_in_the_caller_s_language(announcing: Twilio) -> None:
    floor = floor_of(announcing)
    comes_in(floor)
    spanish = announcing.presses(announcing.presses(announcing.calls(), "2"), "1")
    assert spanish.verbs == ["Say", "Say", "Enqueue"]
    assert spanish.says[0] == "Su conversación con un asesor se graba."
    talks(floor, announcing)
    assert is_recorded(floor, announcing)


def test_it_is_said_once_and_not_after_an_overflow_again(announcing: Twilio) -> None:
    floor = floor_of(announcing)
    treat(floor, "team_leader")
    first = announcing.calls()
    assert first.says == [ANNOUNCED, CONNECTING]
    later(floor, seconds=120)
    announcing.waits(first)
    assert announcing.leaves(first).says == [CONNECTING]


def test_who_is_asked_and_presses_nothing_agrees(asking: Twilio) -> None:
    floor = floor_of(asking)
    queued = in_queue(asking)
    assert (queued.verbs, queued.says) == (["Gather", "Say", "Enqueue"], [ASKED, CONNECTING])
    asking.waits(queued)
    comes_in(floor)
    assert conversation.briefing(floor, asking.call_sid).recorded
    talks(floor, asking)
    assert is_recorded(floor, asking)


def test_who_refuses_is_served_unrecorded_and_the_agent_hears_so(asking: Twilio) -> None:
    floor = floor_of(asking)
    queued = refuses(asking, in_queue(asking))
    assert (queued.verbs, queued.says) == (["Say", "Enqueue"], [REFUSED])
    assert asking.waits(queued).says[0] == NEXT
    comes_in(floor)
    leg = floor.legs.read(floor.offers.find(offer_of(floor, asking)).leg)  # type: ignore[union-attr]
    assert leg is not None
    words = agent_legs.pressed(floor, leg, "1", 1)
    assert isinstance(words, conversation.Briefing)
    assert not words.recorded
    talks(floor, asking)
    assert not is_recorded(floor, asking)
    assert floor.conversations.of(asking.call_sid)["not_recorded"] == "1"


def test_a_repeat_of_the_refusal_and_a_late_yes_change_nothing(asking: Twilio) -> None:
    floor = floor_of(asking)
    question = in_queue(asking)
    first = refuses(asking, question)
    assert refuses(asking, question).body == first.body
    refuses(asking, question, "1")
    asking.waits(first)
    assert floor.conversations.of(asking.call_sid)["not_recorded"] == "1"


def test_another_key_is_no_refusal(asking: Twilio) -> None:
    floor = floor_of(asking)
    queued = refuses(asking, in_queue(asking), "5")
    assert (queued.verbs, queued.says) == (["Say", "Enqueue"], [CONNECTING])
    assert "not_recorded" not in floor.conversations.of(asking.call_sid)


def test_whom_an_agent_takes_before_the_question_is_over_is_not_recorded(asking: Twilio) -> None:
    floor = floor_of(asking)
    comes_in(floor)
    in_queue(asking)
    talks(floor, asking)
    assert not is_recorded(floor, asking)


def test_who_waits_again_after_a_lost_agent_is_not_asked_again(asking: Twilio) -> None:
    floor = floor_of(asking)
    queued = in_queue(asking)
    asking.waits(queued)
    comes_in(floor)
    offers.accept(floor, offer_of(floor, asking), "ana")
    assert floor.conversations.not_connected(asking.call_sid)
    again = asking.leaves(queued)
    assert (again.verbs, again.says) == (["Say", "Enqueue"], [CONNECTING])


def test_a_caller_whom_redis_forgot_was_told_of_nothing_that_counts(announcing: Twilio) -> None:
    floor = floor_of(announcing)
    queued = in_queue(announcing)
    loses_everything(floor)
    announcing.waits(queued)
    comes_in(floor)
    assert not conversation.briefing(floor, announcing.call_sid).recorded
    talks(floor, announcing)
    assert not is_recorded(floor, announcing)
