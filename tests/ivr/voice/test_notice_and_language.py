"""What every caller hears first while something is down; and the language chosen on an earlier call."""

from pathlib import Path

import pytest

from config.settings import Settings
from routing.floor import Floor
from tests.ivr.voice.scenes import another_call, at_an_app, at_config, later, treat
from tests.twilio import CALLER, LINE, OFFICE, Heard, Twilio

DOWN, ABAJO = "Our shop is down. We are working on it.", "Nuestra tienda no funciona. Estamos en ello."
NOTICE = (
    ("    # notice: outage ", "    notice: outage #"),
    ("    hours: always\n", "    hours: always\n    notice: outage\n"),
    ("\nprompts:\n", f'\nprompts:\n  en: {{outage: "{DOWN}"}}\n  es: {{outage: "{ABAJO}"}}\n'),
)
ALWAYS = ("hours: weekdays", "hours: always")
NEVER = ('    open: "Mo-Fr 09:00-17:00"', '    open: "2020 Mo 09:00-17:00"')


def of_the_office(to: str) -> tuple[tuple[str, str], ...]:
    """An office that is never open and goes `to` there."""
    return (NEVER, ("after_hours: {message: closed_hours}", f"after_hours: {{{to}}}"))


FIRST_DOCUMENTS = {
    "the menu": ("", (ALWAYS,), ["Gather"]),
    "the specialists' queue": ("specialist", (ALWAYS,), ["Enqueue"]),
    "the slow queue": ("slow_queue", (ALWAYS,), ["Enqueue"]),
    "a team leader": ("team_leader", (ALWAYS,), ["Enqueue"]),
    "closed out": ("closed", (ALWAYS,), ["Gather"]),
    "e-mail only": ("email_only", (ALWAYS,), ["Gather"]),
    "a callback owed": ("owed", (ALWAYS,), ["Enqueue"]),
    "protected": ("protected", (ALWAYS,), ["Enqueue"]),
    "the state unreadable": ("unreadable", (ALWAYS,), ["Enqueue"]),
    "out of hours": ("", of_the_office("message: closed_hours"), ["Gather"]),
    "voicemail": ("", of_the_office("voicemail: leave_message"), ["Gather", "Record"]),
    "an offer to call back": ("", of_the_office("offer_callback: offer_callback"), ["Gather"]),
    "another menu": ("", of_the_office("menu: main"), ["Gather"]),
    "a queue": ("", of_the_office("queue: general"), ["Enqueue"]),
}


def stands(floor: Floor, state: str) -> None:
    """What the line knows of the caller."""
    at, key = floor.clock.now(floor.store), floor.keys.standing(CALLER)
    match state:
        case "owed":
            floor.store.client.hset(key, mapping={"callback_owner": "anna", "callback_id": "cb1"})
            floor.store.client.hset(floor.keys.agent("anna"), "status", "available")
        case "protected":
            floor.standings.protect(CALLER, True, need="", by="tests", at=at)
        case "unreadable":
            floor.store.client.hset(key, "treatment", "banished")
        case "":
            pass
        case treatment:
            treat(floor, treatment)


@pytest.mark.parametrize("first", FIRST_DOCUMENTS)
def test_the_notice_is_said_first_whatever_the_first_document_is(
    settings: Settings, floor: Floor, tmp_path: Path, first: str
) -> None:
    state, changes, verbs = FIRST_DOCUMENTS[first]
    stands(floor, state)
    call = another_call(at_config(settings, tmp_path, *changes, *NOTICE), dialled=OFFICE)
    heard = call.calls()
    assert (heard.verbs[0], heard.says[0], heard.says.count(DOWN)) == ("Say", DOWN, 1)
    assert [verb for verb in heard.verbs if verb not in ("Say", "Hangup")] == verbs
    assert call.calls().body == heard.body


def test_the_notice_is_said_once_in_a_call(settings: Settings, tmp_path: Path) -> None:
    call = another_call(at_config(settings, tmp_path, *NOTICE))
    menu = call.calls()
    again = call.presses(menu, "7")
    queued = call.presses(again, "1")
    rest: list[Heard] = [again, queued, call.waits(queued), call.leaves(queued), call.presses(menu, "2")]
    assert menu.says[0] == DOWN
    assert not [said for heard in rest for said in heard.says if said in (DOWN, ABAJO)]


def test_without_redis_the_notice_is_said_all_the_same(settings: Settings, tmp_path: Path) -> None:
    config = at_config(settings, tmp_path, *NOTICE)
    away = at_an_app(
        settings, calmline_config=tmp_path / "support-line.yaml", redis_url="redis://127.0.0.1:1"
    )
    assert another_call(config).calls().says[0] == another_call(away).calls().says[0] == DOWN


def greeting(call: Twilio, **more: str) -> str:
    """The language of a new call's first words."""
    return another_call(call).calls(**more).languages[0]


def test_the_language_chosen_greets_at_the_next_call_until_another_is_chosen(twilio: Twilio) -> None:
    assert greeting(twilio) == "en-US"
    spanish = twilio.presses(twilio.calls(), "2")
    assert greeting(twilio) == "es-US"
    assert greeting(another_call(twilio, caller="(415) 555-0142")) == "es-US"
    assert greeting(another_call(twilio, caller="+14155550143")) == "en-US"
    twilio.presses(spanish, "*")
    assert greeting(twilio) == "en-US"


def test_the_notice_is_said_in_the_language_chosen_before(settings: Settings, tmp_path: Path) -> None:
    call = at_config(settings, tmp_path, *NOTICE)
    call.presses(call.calls(), "2")
    heard = another_call(call).calls()
    assert (heard.says[0], heard.languages[0]) == (ABAJO, "es-US")


@pytest.mark.parametrize(
    ("state", "verification", "language"),
    [
        ("", "", "es-US"),
        ("a treatment", "", "es-US"),
        ("shared", "", "en-US"),
        ("", "TN-Validation-Failed-C", "en-US"),
        ("lapsed", "", "en-US"),
        ("unreadable", "", "en-US"),
    ],
    ids=["sure", "under a treatment", "shared", "spoofed", "link lapsed", "unreadable"],
)
def test_a_caller_who_may_be_somebody_else_is_greeted_in_the_lines_first_language(
    twilio: Twilio, floor: Floor, state: str, verification: str, language: str
) -> None:
    twilio.presses(twilio.calls(), "2")
    if state == "a treatment":
        treat(floor, "specialist")
    elif state == "shared":
        floor.standings.share(CALLER, True, by="tests", at=floor.clock.now(floor.store))
    elif state == "lapsed":
        later(floor, days=91)
    elif state:
        stands(floor, state)
    assert greeting(twilio, **({"StirVerstat": verification} if verification else {})) == language


@pytest.mark.parametrize(
    ("caller", "state", "verification"),
    [("anonymous", "", ""), (CALLER, "shared", ""), (CALLER, "", "TN-Validation-Failed-A")],
    ids=["withheld", "shared", "spoofed"],
)
def test_a_choice_is_not_kept_for_whom_we_do_not_know(
    twilio: Twilio, floor: Floor, caller: str, state: str, verification: str
) -> None:
    if state:
        floor.standings.share(caller, True, by="tests", at=floor.clock.now(floor.store))
    call = another_call(twilio, caller=caller)
    spanish = call.presses(call.calls(**({"StirVerstat": verification} if verification else {})), "2")
    assert spanish.languages[0] == "es-US"
    assert floor.store.client.hget(floor.keys.standing(CALLER), "language") is None
    assert not floor.store.client.exists(floor.keys.standing(""))


def test_only_a_language_that_the_line_speaks_greets(
    settings: Settings, floor: Floor, tmp_path: Path
) -> None:
    spanish = another_call(at_an_app(settings), dialled=LINE)
    spanish.presses(spanish.calls(), "2")
    english_only = ("    languages: [en, es]\n", "    languages: [en]\n")
    office = at_config(settings, tmp_path, ("    languages: [en, es]            #", "    languages: [en] #"))
    assert greeting(office) == "en-US"
    assert greeting(another_call(office, dialled=OFFICE)) in ("es-US",)
    assert greeting(another_call(at_config(settings, tmp_path, english_only), dialled=OFFICE)) == "en-US"
