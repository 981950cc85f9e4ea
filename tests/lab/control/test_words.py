"""What is shown of a telephone and of its news."""

from typing import Any

import pytest

from ivr.lab.control.words import in_words, of_phone

LINE, CALLER = "+12125550100", "+12125550160"


def heard(verb: str, text: str) -> dict[str, Any]:
    return {"what": "heard", "verb": verb, "text": text, "language": "en-US"}


def status(status: str, direction: str = "inbound") -> dict[str, Any]:
    return {"what": "status", "status": status, "direction": direction, "from": LINE, "to": CALLER}


@pytest.mark.parametrize(
    ("news", "words"),
    [
        (heard("Say", "Hello"), "[en-US] Hello"),
        (heard("voice", "Hello"), 'hears "Hello"'),
        (heard("Play", "/a.mp3"), "(Play /a.mp3)"),
        (heard("press", "1"), "presses 1"),
        (heard("speak", "Help"), 'says "Help"'),
        (status("ringing", "outbound-api"), f"rings: {LINE} calls"),
        (status("in-progress", "outbound-api"), "answers"),
        (status("in-progress"), "is connected"),
        (status("completed"), "the call is over"),
        (status("no-answer", "outbound-dial"), "the call is over (no-answer)"),
    ],
)
def test_news_are_a_line(news: dict[str, Any], words: str) -> None:
    assert in_words(news) == words


def call(status: str, direction: str, **more: Any) -> dict[str, Any]:
    of = {"status": status, "direction": direction, "from": LINE, "to": CALLER}
    return {"talking_with": [], "call": of | {"is_over": False} | more}


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ({"call": None}, "no call"),
        (call("completed", "inbound", is_over=True), "no call"),
        (call("ringing", "outbound-api"), f"rings: {LINE} calls"),
        (call("ringing", "inbound"), f"calls {CALLER} (ringing)"),
        (call("in-progress", "outbound-api"), f"was called by {LINE} (in-progress)"),
    ],
)
def test_a_telephone_is_a_line(phone: dict[str, Any], words: str) -> None:
    assert of_phone(phone) == words


def test_whom_it_talks_with_is_told() -> None:
    phone = call("in-progress", "inbound") | {"talking_with": ["+12125550199"]}
    assert of_phone(phone) == f"calls {CALLER} (in-progress), talks with +12125550199"
