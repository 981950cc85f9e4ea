"""What callers hear when a webhook itself fails: sorry, another try, and after five goodbye."""

from pathlib import Path

from config.settings import Settings
from routing.floor import Floor
from tests.ivr.voice.scenes import a_config, at_an_app, failed_open

SORRY = "We are sorry, something on our side is not working. Please stay on the line; we are trying again."


def test_a_config_that_cannot_be_read_is_said_to_callers_and_operators(
    settings: Settings, tmp_path: Path
) -> None:
    broken = a_config(tmp_path, ("  main:\n    greeting: welcome", "  main:\n    greting: welcome"))
    twilio = at_an_app(settings, calmline_config=broken)
    sorry = twilio.calls()
    assert (sorry.verbs, sorry.says) == (["Say", "Pause", "Redirect"], [SORRY])
    assert sorry.url("Redirect", "text").endswith("/voice/incoming?again=1")
    ready = twilio.client.get("/readyz")
    assert ready.status_code == 503
    assert "greting" in ready.json["config"]
    assert ready.json["redis"] == "ok"


def test_after_five_tries_without_a_config_the_caller_hears_goodbye(
    settings: Settings, tmp_path: Path
) -> None:
    twilio = at_an_app(settings, calmline_config=tmp_path / "missing.yaml")
    heard = twilio.calls()
    tries = 0
    while "Redirect" in heard.verbs:
        tries += 1
        assert tries <= 5
        heard = twilio.ask(heard.url("Redirect", "text"))
    assert (tries, heard.verbs) == (5, ["Say", "Hangup"])
    assert heard.says == [
        "We are sorry, we cannot take your call at the moment. Please call again in a few minutes."
    ]


def test_a_document_that_cannot_be_made_is_an_apology_and_another_try(
    settings: Settings, tmp_path: Path, floor: Floor
) -> None:
    """A call was answered by a process whose config has the menu `vip`; its repeat meets one without it."""
    vip = a_config(
        tmp_path,
        ("    menu: main\n", "    menu: vip\n"),
        ("menus:\n", 'menus:\n  vip: {keys: {"1": {queue: general, say: press_general}}}\n'),
    )
    twilio = at_an_app(settings, calmline_config=vip)
    assert twilio.calls().verbs == ["Gather"]
    twilio.client = at_an_app(settings).client
    alarms = failed_open(twilio.client, "fault")
    sorry = twilio.calls()
    assert (sorry.verbs, sorry.says) == (["Say", "Pause", "Redirect"], [SORRY])
    assert failed_open(twilio.client, "fault") == alarms + 1
    again = twilio.ask(sorry.url("Redirect", "text"))
    assert again.says[0] == "Thank you for calling Example Company."
