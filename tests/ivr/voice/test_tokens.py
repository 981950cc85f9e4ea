"""Every URL that we hand out works for its own call, step and visit only."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, everything, in_queue
from tests.twilio import Twilio


def is_refused(answer: TestResponse) -> bool:
    return (answer.status_code, answer.data) == (403, b"")


def changed(url: str, old: str, new: str) -> str:
    assert old in url
    return url.replace(old, new)


TOKENS = {
    "no token": lambda url, _: url[: url.index("&token=")],
    "an empty token": lambda url, _: url[: url.index("&token=")] + "&token=",
    "one letter more": lambda url, _: url + "A",
    "letters of the world": lambda url, _: url[: url.index("&token=")] + "&token=%C3%A9%F0%9F%99%82",
    "another visit": lambda url, _: changed(url, "visit=1", "visit=2"),
    "another language": lambda url, _: changed(url, "language=en", "language=es"),
    "another menu": lambda url, _: changed(url, "menu=main", "menu=other"),
    "something added": lambda url, _: url + "&again=1",
    "something empty added": lambda url, _: url + "&again=",
    "no visit": lambda url, _: changed(url, "&visit=1", ""),
    "two values in one": lambda url, _: changed(url, "language=en&menu=main", "language=en%0Amenu%3Dmain"),
    "of another step": lambda url, _: changed(url, "/voice/menu", "/voice/message"),
    "of another call": lambda _, other: other,
}


@pytest.mark.parametrize("change", TOKENS)
def test_a_step_needs_the_token_of_its_own_call_step_and_visit(
    twilio: Twilio, floor: Floor, change: str
) -> None:
    own, other = (call.calls().url("Gather") for call in (twilio, another_call(twilio)))
    before = everything(floor)
    assert is_refused(twilio.post(TOKENS[change](own, other), twilio.form(Digits="1")))
    assert everything(floor) == before
    assert twilio.ask(own, Digits="1").queue == "general"


def test_every_step_of_a_call_asks_for_its_token(app: Flask, twilio: Twilio) -> None:
    queued = in_queue(twilio)
    urls = [queued.url("Enqueue", "waitUrl"), queued.url("Enqueue"), twilio.waits(queued).url("Gather")]
    for url in urls:
        assert is_refused(another_call(twilio).post(url, another_call(twilio).form(QueueResult="leave"))), url
        assert is_refused(twilio.post(url.partition("?")[0], twilio.form(QueueResult="leave"))), url
