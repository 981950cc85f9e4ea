"""A menu that listens: what is asked of Twilio, what words lead to, and how they are confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from ivr.app import create_app
from routing.floor import Floor
from tests.ivr.voice.scenes import a_config, at_config, everything
from tests.ivr.voice.served import Call, served
from tests.twilio import Heard, Twilio

LISTENS = (
    ("# speech: {confidence: 0.6}  ", "speech: {confidence: 0.6, hints: [invoice]}  #"),
    (
        "{queue: general, say: press_general}",
        "{queue: general, say: press_general, words: [adviser, a person]}",
    ),
    ("{language: es, say: press_language}", "{language: es, say: press_language, words: [español]}"),
    ("{queue: urgent, say: press_urgent}", "{queue: urgent, say: press_urgent, words: [emergency]}"),
    ('"9": {repeat: true', '"5": {answer: write_to, words: [e-mail]}\n      "9": {repeat: true'),
)
CONFIRM = "We understood: adviser. Is that right? Say yes, or press 1."
WELCOME, WRITE_TO = (
    "Thank you for calling Example Company.",
    "You can also write to us at support@example.com.",
)
NOT_UNDERSTOOD, NO_KEY = "We did not understand that.", "We did not notice a key."
STAY = "Please stay on the line. We are connecting you with an adviser."


@pytest.fixture
def twilio(settings: Settings, tmp_path: Path) -> Twilio:
    return at_config(settings, tmp_path, *LISTENS)


def led_to(heard: Heard) -> str:
    """The queue, or the first words of the menu."""
    return f"queue {heard.queue}" if "Enqueue" in heard.verbs else heard.says[0]


def test_twilio_is_told_which_language_and_words_to_expect(twilio: Twilio) -> None:
    wanted = {
        "input": "dtmf speech",
        "speechTimeout": "auto",
        "numDigits": "1",
        "actionOnEmptyResult": "true",
    }
    words = {"hints": "adviser, a person, español, emergency, e-mail, invoice"}
    english = twilio.calls()
    assert english.root[0].attrib | wanted | words | {"language": "en-US"} == english.root[0].attrib
    spanish = twilio.says(english, "español")
    assert spanish.root[0].attrib | wanted | words | {"language": "es-US"} == spanish.root[0].attrib
    assert spanish.says[0] == "Gracias por llamar a Example Company."


def test_a_menu_without_speech_takes_keys_only(settings: Settings, tmp_path: Path) -> None:
    twilio = at_config(settings, tmp_path)
    menu = twilio.calls()
    assert menu.root[0].get("input") == "dtmf"
    assert not {"hints", "speechTimeout", "language"} & set(menu.root[0].attrib)
    assert led_to(twilio.says(menu, "adviser")) == NO_KEY


@pytest.mark.parametrize(
    ("words", "confidence", "to"),
    [
        ("I want an adviser", "0.9", "queue general"),
        ("a person", "0.6", "queue general"),
        ("an emergency!", "0.9", "queue urgent"),
        ("what is your e mail", "0.9", WRITE_TO),
        ("adviser", "0.59", CONFIRM),
        ("adviser", "0", CONFIRM),
        ("adviser", "-3", CONFIRM),
        # no confidence that can be read is none at all
        ("adviser", "", "queue general"),
        ("adviser", "high", "queue general"),
        ("adviser", "NaN", "queue general"),
        ("adviser", "1e999", "queue general"),
        ("banana", "0.9", NOT_UNDERSTOOD),
        ("\x00\ufffd", "0.9", NOT_UNDERSTOOD),
        ("x" * 3000, "0.9", NOT_UNDERSTOOD),
        ("adviser or e-mail", "0.9", NOT_UNDERSTOOD),
        ("", "", NO_KEY),
    ],
)
def test_words_lead_where_their_key_does(twilio: Twilio, words: str, confidence: str, to: str) -> None:
    assert led_to(twilio.says(twilio.calls(), words, confidence)) == to


def test_words_without_a_confidence_and_a_form_without_words_are_answered(twilio: Twilio) -> None:
    menu = twilio.calls()
    assert led_to(twilio.ask(menu.url("Gather"))) == NO_KEY
    again = twilio.ask(menu.url("Gather"), SpeechResult="adviser")
    assert led_to(again) == NO_KEY, "the same visit was answered already"


@pytest.mark.parametrize(
    ("answer", "to"),
    [
        ({"Digits": "1"}, "queue general"),
        ({"SpeechResult": "yes please", "Confidence": "0.2"}, "queue general"),
        ({"SpeechResult": "sí", "Confidence": "0.9"}, "queue general"),
        ({"SpeechResult": "no", "Confidence": "0.9"}, NOT_UNDERSTOOD),
        ({"SpeechResult": "that is not right", "Confidence": "0.9"}, NOT_UNDERSTOOD),
        ({"Digits": "5"}, WRITE_TO),
        ({"Digits": "0"}, "queue urgent"),
        ({"Digits": "7"}, NOT_UNDERSTOOD),
        ({"Digits": "", "SpeechResult": ""}, NO_KEY),
    ],
    ids=["key 1", "yes", "sí", "no", "not right", "another key", "urgent", "a wrong key", "silence"],
)
def test_what_was_hardly_understood_is_asked_back(
    twilio: Twilio, floor: Floor, answer: dict[str, str], to: str
) -> None:
    asked = twilio.says(twilio.calls(), "adviser", "0.3")
    assert (asked.verbs, asked.says) == (["Gather"], [CONFIRM])
    assert asked.root[0].get("input") == "dtmf speech"
    heard = twilio.ask(asked.url("Gather"), **answer)
    assert led_to(heard) == to
    held = everything(floor)
    assert twilio.ask(asked.url("Gather"), **answer).body == heard.body
    assert everything(floor) == held, "a repeat changes nothing"


def test_words_that_nobody_understands_lead_to_somebody_in_the_end(twilio: Twilio) -> None:
    menu = twilio.calls()
    for _ in range(2):
        menu = twilio.says(menu, "banana")
        assert led_to(menu) == NOT_UNDERSTOOD
    queued = twilio.says(menu, "banana")
    assert (queued.says, queued.queue) == ([STAY], "general")


def test_an_answer_is_followed_by_the_menu_and_the_tries_begin_anew(twilio: Twilio) -> None:
    menu = twilio.says(twilio.says(twilio.calls(), "banana"), "banana")
    menu = twilio.presses(menu, "5")
    assert menu.says[:2] == [WRITE_TO, "To speak with an adviser, press 1."]
    assert twilio.says(menu, "banana").verbs == ["Gather"]


@pytest.fixture
def call(settings: Settings, tmp_path: Path) -> Iterator[Call]:
    """A caller of the line, which is at a real port."""
    listening = settings.model_copy(update={"calmline_config": a_config(tmp_path, *LISTENS)})
    with served(create_app(listening), settings.public_url) as calling:
        yield calling


@pytest.mark.parametrize(
    ("say", "queue"),
    [("an adviser, please", "general"), ("emergency", "urgent"), ("banana", "general")],
)
def test_the_lab_calls_and_says_it(call: Call, floor: Floor, say: str, queue: str) -> None:
    story = call(say=say)
    assert (story.ended, story.problems) == ("waiting", ())
    assert [heard.text for heard in story.heard if heard.verb == "speak"] == [say]
    assert floor.calls.answers(story.call_sid)[-1].decision.name == queue
