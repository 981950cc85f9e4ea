"""Out of hours: when the line opens next, in words, and the offer to be called back."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callbacks.wishes import wishes
from config.settings import Settings
from routing import intake
from routing.floor import Floor
from routing.rules.route import Load, route_new_call
from tests.ivr.voice.scenes import another_call, at_an_app, at_config, set_clock
from tests.twilio import CALLER, OFFICE, Twilio

CLOSED = "Our office is closed at the moment."
WRITE_TO = "You can also write to us at support@example.com."
URGENT = "If this is urgent, press 0."
GOODBYE = "Thank you for calling. Goodbye."
NOBODY = "Nobody can take your call at the moment."
CALL_ME_BACK = "If you would rather be called back, press 1."
NOTED = "We have noted that you would like to be called back at the number you are calling from."
OPENS_MONDAY = "We open again on Monday, January 6, at 9:00 AM."
SATURDAY = datetime(2031, 1, 4, 17, 0, tzinfo=UTC)  # noon in New York
CLOSURE = ("    closures:\n", "    closures: [{name: Stocktaking, from: 2031-01-06, to: 2031-01-07}]\n")
LONG = ("    closures:\n", "    closures: [{name: Rebuilding, from: 2031-01-01, to: 2032-12-31}]\n")
LAST_SEASON = ('    open: "Mo-Fr 09:00-17:00"', '    open: "2030 Mo-Fr 09:00-17:00"')
OFFER = ("after_hours: {message: closed_hours}", "after_hours: {offer_callback: offer_callback}")
NOBODY_OFFER = (
    "nobody_signed_in: {message: nobody_signed_in}",
    "nobody_signed_in: {voicemail: leave_message}",
)


def at(folder: Path, settings: Settings, floor: Floor, *changes: tuple[str, str]) -> Twilio:
    """A call to the office on a Saturday at noon."""
    set_clock(floor, SATURDAY)
    return another_call(at_config(settings, folder, *changes), dialled=OFFICE)


@pytest.mark.parametrize(
    ("now", "changes", "english", "spanish"),
    [
        ((1, 4, 17, 0), (), "Monday, January 6, at 9:00 AM", "lunes 6 de enero a las 9:00"),
        ((1, 7, 1, 0), (), "Tuesday, January 7, at 9:00 AM", "martes 7 de enero a las 9:00"),
        ((1, 7, 13, 59), (), "Tuesday, January 7, at 9:00 AM", "martes 7 de enero a las 9:00"),
        ((11, 26, 23, 0), (), "Friday, November 28, at 9:00 AM", "viernes 28 de noviembre a las 9:00"),
        ((11, 27, 17, 0), (), "Friday, November 28, at 9:00 AM", "viernes 28 de noviembre a las 9:00"),
        ((10, 12, 17, 0), (), "Monday, October 13, at 9:00 AM", "lunes 13 de octubre a las 9:00"),
        ((1, 4, 17, 0), (CLOSURE,), "Wednesday, January 8, at 9:00 AM", "miércoles 8 de enero a las 9:00"),
        ((3, 8, 17, 0), (), "Monday, March 10, at 9:00 AM", "lunes 10 de marzo a las 9:00"),
        ((1, 4, 17, 0), (LONG,), "", ""),
    ],
    ids=[
        "weekend",
        "Monday evening",
        "a minute before",
        "the eve of Thanksgiving",
        "Thanksgiving",
        "a holiday that is worked",
        "a closure",
        "the change to summer time",
        "nothing within a year",
    ],
)
def test_a_closed_line_says_when_it_opens_again(
    settings: Settings,
    floor: Floor,
    tmp_path: Path,
    now: tuple[int, int, int, int],
    changes: tuple[tuple[str, str], ...],
    english: str,
    spanish: str,
) -> None:
    office = at(tmp_path, settings, floor, *changes)
    set_clock(floor, datetime(2031, *now, tzinfo=UTC))
    heard = office.calls()
    opens = [f"We open again on {english}."] if english else []
    assert (heard.verbs, heard.says) == (["Gather"], [CLOSED, *opens, WRITE_TO, URGENT])
    floor.store.client.hset(floor.keys.standing(CALLER), "language", "es")
    opens = [f"Volvemos a abrir el {spanish}."] if spanish else []
    heard = another_call(office).calls()
    assert (heard.says[1:-2], set(heard.languages)) == (opens, {"es-US"})


def test_hours_that_are_over_for_good_are_answered_at_once(
    settings: Settings, floor: Floor, tmp_path: Path
) -> None:
    office = at(tmp_path, settings, floor, LAST_SEASON)
    began = time.monotonic()
    assert office.calls().says == [CLOSED, WRITE_TO, URGENT]
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("code", ["xx-XX", "en-GB-WLS"])
def test_in_a_language_whose_days_we_cannot_name_the_rest_is_said(
    settings: Settings, floor: Floor, tmp_path: Path, code: str
) -> None:
    heard = at(tmp_path, settings, floor, ("en: {code: en-US}", f"en: {{code: {code}}}")).calls()
    assert heard.says == [CLOSED, WRITE_TO, URGENT]


@pytest.mark.parametrize(
    ("key", "says", "queue"),
    [
        ("1", [NOTED, GOODBYE], ""),
        ("0", ["You are on our urgent line. Somebody will be with you as soon as possible."], "urgent"),
        ("", [GOODBYE], ""),
        ("2", [GOODBYE], ""),
    ],
    ids=["1 call me back", "0 urgent", "no key", "a key not offered"],
)
def test_out_of_hours_a_line_may_offer_to_call_back(
    settings: Settings, floor: Floor, tmp_path: Path, key: str, says: list[str], queue: str
) -> None:
    office = at(tmp_path, settings, floor, OFFER)
    offered = office.calls()
    assert (offered.verbs, offered.says) == (["Gather"], [NOBODY, OPENS_MONDAY, CALL_ME_BACK, URGENT])
    heard = office.presses(offered, key)
    assert (heard.says, heard.queue if queue else heard.verbs[-1]) == (says, queue or "Hangup")
    assert [(wish.number, wish.line) for wish in wishes(floor)] == [(CALLER, "office")] * (key == "1")
    assert office.presses(offered, key).body == heard.body
    assert len(wishes(floor)) == (key == "1")


@pytest.mark.parametrize("caller", ["anonymous", "", "client:x", CALLER], ids=lambda it: it or "empty")
def test_nobody_is_offered_a_call_that_we_could_not_make(
    settings: Settings, floor: Floor, tmp_path: Path, caller: str
) -> None:
    office = another_call(at(tmp_path, settings, floor, OFFER), caller=caller)
    heard = office.calls(StirVerstat="TN-Validation-Failed-A")
    assert heard.says == [NOBODY, OPENS_MONDAY, URGENT]
    assert office.presses(heard, "1").says == [GOODBYE]
    assert wishes(floor) == []


def test_a_wish_that_cannot_be_written_down_is_not_promised_out_of_hours_either(
    settings: Settings, floor: Floor, tmp_path: Path
) -> None:
    office = at(tmp_path, settings, floor, OFFER)
    offered = office.calls()
    office.client = at_an_app(settings, redis_url="redis://127.0.0.1:1").client
    assert office.presses(offered, "1").queue == "general"
    assert wishes(floor) == []


def test_while_nobody_is_signed_in_the_line_does_what_its_config_says(
    settings: Settings, floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Users come with a later step; until then the load is told to the rules by hand."""

    def with_nobody(caller: object, **known: object) -> object:
        return route_new_call(caller, **(known | {"load": Load({}, agents=2, signed_in=0)}))  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "route_new_call", with_nobody)
    monday = datetime(2031, 1, 6, 17, 0, tzinfo=UTC)
    set_clock(floor, monday)
    message = another_call(at_config(settings, tmp_path), dialled=OFFICE).calls()
    assert message.says == [
        "Nobody is here to take your call at the moment. Please call again later.",
        WRITE_TO,
        URGENT,
    ]
    voicemail = another_call(at_config(settings, tmp_path, NOBODY_OFFER), dialled=OFFICE).calls()
    assert voicemail.verbs == ["Say", "Gather", "Record", "Say", "Hangup"]
    assert voicemail.says[0].startswith("Nobody can take your call at the moment. Please leave your name")
