"""Twilio may ask twice: a repeated webhook gets the same TwiML, byte for byte, and changes nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Barrier

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from callbacks.wishes import wishes
from routing.floor import Floor
from tests.ivr.voice.scenes import ends, everything, in_queue, later, presses_while_waiting, treat
from tests.twilio import Twilio

AT_ONCE = 6
Story = Callable[[Twilio, Floor], object]


@dataclass
class Remembering(Twilio):
    """Twilio, remembering what it asked and how it was answered."""

    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def post(self, url: str, form: dict[str, str], **how: str) -> TestResponse:  # type: ignore[override]
        answer = super().post(url, form, **how)
        self.asked.append((url, dict(form), answer.data))
        return answer


@pytest.fixture
def twilio(twilio: Twilio) -> Remembering:
    return Remembering(twilio.client, twilio.public_url)


def chooses_urgent(twilio: Twilio, floor: Floor) -> None:
    queued = in_queue(twilio)
    presses_while_waiting(twilio, twilio.waits(queued), "0")
    twilio.leaves(queued)


def is_handed_on(twilio: Twilio, floor: Floor) -> None:
    treat(floor, "team_leader")
    queued = twilio.calls()
    later(floor, seconds=120)
    twilio.leaves(queued)


def answers_message(key: str) -> Story:
    def story(twilio: Twilio, floor: Floor) -> None:
        treat(floor, "email_only")
        twilio.presses(twilio.calls(), key)

    return story


STORIES: dict[str, Story] = {
    "calls": lambda twilio, floor: twilio.calls(),
    "is closed out": lambda twilio, floor: (treat(floor, "closed"), twilio.calls()),
    "waits slowly": lambda twilio, floor: (treat(floor, "slow_queue"), twilio.calls()),
    "chooses an adviser": lambda twilio, floor: in_queue(twilio),
    "presses a wrong key": lambda twilio, floor: twilio.presses(twilio.calls(), "7"),
    "presses none": lambda twilio, floor: twilio.presses(twilio.calls(), ""),
    "chooses Spanish": lambda twilio, floor: twilio.presses(twilio.calls(), "2"),
    "wishes a call back": lambda twilio, floor: twilio.presses(twilio.calls(), "3"),
    "is urgent": lambda twilio, floor: twilio.presses(twilio.calls(), "0"),
    "is somebody else": answers_message("2"),
    "has nothing to add": answers_message(""),
    "presses 5 while waiting": lambda twilio, floor: presses_while_waiting(
        twilio, twilio.waits(in_queue(twilio)), "5"
    ),
    "presses 0 while waiting": lambda twilio, floor: presses_while_waiting(
        twilio, twilio.waits(in_queue(twilio)), "0"
    ),
    "leaves for the urgent queue": chooses_urgent,
    "waited too long": is_handed_on,
    "finds the queue full": lambda twilio, floor: twilio.leaves(in_queue(twilio), "queue-full"),
    "meets a fault": lambda twilio, floor: twilio.leaves(in_queue(twilio), "error"),
    "hangs up while waiting": lambda twilio, floor: twilio.leaves(in_queue(twilio), "hangup"),
    "has hung up": lambda twilio, floor: (in_queue(twilio), ends(twilio)),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_webhook_asked_again_is_answered_alike_and_changes_nothing(
    twilio: Remembering, floor: Floor, story: Story
) -> None:
    story(twilio, floor)
    url, form, answer = twilio.asked[-1]
    before = everything(floor, heard_of=False)
    for _ in range(3):
        later(floor, seconds=1)
        assert twilio.post(url, form).data == answer
    assert _without_clock(everything(floor, heard_of=False)) == _without_clock(before)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_whole_call_asked_again_after_it_is_over_is_answered_alike_and_changes_nothing(
    twilio: Remembering, floor: Floor, story: Story
) -> None:
    """But for the waiting documents: they say how it is now, which is "leave the queue"."""
    story(twilio, floor)
    ends(twilio)
    before = everything(floor)
    for url, form, answer in list(twilio.asked):
        again = twilio.post(url, form).data
        assert again == answer or "/voice/waiting?" in url, url
    assert everything(floor) == before


def _without_clock(held: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in held.items() if not key.endswith(":lab:offset_ms")}


def test_waiting_documents_are_reads(twilio: Remembering, floor: Floor) -> None:
    queued = in_queue(twilio)
    before = everything(floor, heard_of=False)
    assert len({twilio.waits(queued, QueueTime=str(time)).body for time in range(0, 200, 20)}) == 1
    assert everything(floor, heard_of=False) == before


def test_a_key_told_late_does_not_disturb_the_next_queue(twilio: Remembering, floor: Floor) -> None:
    queued = in_queue(twilio)
    waiting = twilio.waits(queued)
    chosen = presses_while_waiting(twilio, waiting, "0")
    urgent = twilio.leaves(queued)
    before = everything(floor, heard_of=False)
    assert presses_while_waiting(twilio, waiting, "0").body == chosen.body
    assert everything(floor, heard_of=False) == before
    assert twilio.waits(urgent).verbs == ["Gather"]


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_six_processes_asked_at_once_answer_alike(
    app: Flask, twilio: Remembering, floor: Floor, story: Story
) -> None:
    """Every step of the call is asked six times at the same moment, then the next one follows."""
    barrier = Barrier(AT_ONCE)

    def ask(number: int, url: str, form: dict[str, str]) -> bytes:
        one = replace(twilio, client=app.test_client(), asked=[])
        barrier.wait()
        return one.post(url, form).data

    class AtOnce(Remembering):
        def post(self, url: str, form: dict[str, str], **how: str) -> TestResponse:  # type: ignore[override]
            with ThreadPoolExecutor(AT_ONCE) as threads:
                answers = set(threads.map(lambda number: ask(number, url, form), range(AT_ONCE)))
            given = super().post(url, form, **how)
            assert answers == {given.data}, url
            return given

    story(AtOnce(twilio.client, twilio.public_url), floor)
    waiting = sum(floor.calls.waiting_in(queue) for queue in ("general", "urgent", "team_leader", "slow"))
    assert waiting <= 1
    assert len(wishes(floor)) == (story is STORIES["wishes a call back"])
