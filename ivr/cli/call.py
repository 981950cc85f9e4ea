"""`calmline call`: a simulated call through the running server, printed as a person would hear it."""

import json
import sys
from typing import Any

import click
from rich.console import Console

from config.connections import StoreAway
from config.settings import Settings, SettingsError
from ivr.cli.lab_site import account_of, lab_settings, running_lab, web_of
from ivr.cli.numbers import config_of
from ivr.lab.caller import CallStory, place_call
from ivr.lab.control.client import LabError
from ivr.lab.phone import checked
from ivr.lab.story import Heard
from routing.floor import Floor, open_floor
from routing.rules.answers import Answer
from routing.rules.decisions import as_json


@click.command()
@click.argument("from_", metavar="FROM")
@click.option("--to", help="The number dialled; without it the default line's.")
@click.option("--press", default="", help="Keys by comma, one item for each prompt that takes keys: 1,2.")
@click.option("--say", help="What the caller says to the first prompt that takes speech.")
@click.option("--wait", default=0.0, type=click.FloatRange(0, 7200), help="Seconds to stay in the queue.")
@click.option(
    "--stir-verstat", help="What the carrier says of the number: TN-Validation-Failed-C is spoofed."
)
@click.option("--json", "printed_as_json", is_flag=True, help="The whole call as one JSON object.")
def call(
    from_: str,
    to: str | None,
    press: str,
    say: str | None,
    wait: float,
    stir_verstat: str | None,
    printed_as_json: bool,
) -> None:
    """Call the line from FROM: a number, or what Twilio sends instead of one (anonymous).

    Needs CALMLINE_LAB=1 and a running `calmline serve` (or `calmline demo`). Goes through the network of
    `calmline lab serve` when TWILIO_API_URL names it, else through one of its own.
    """
    settings = lab_settings("`calmline call` simulates a caller")
    floor = open_floor(settings)
    console = Console(highlight=False)
    story = _place(
        settings,
        from_=from_,
        to=to or _default_number(floor),
        press=_items(press),
        say=say,
        wait_s=wait,
        stir_verstat=stir_verstat,
        on_heard=None if printed_as_json else lambda heard: _print(console, heard),
    )
    answers = _answers(floor, story)
    if printed_as_json:
        click.echo(json.dumps(_as_json(story, answers)))
    else:
        _print_end(console, story, answers)
    sys.exit(1 if story.ended == "error" else 0)


def _answers(floor: Floor, story: CallStory) -> list[Answer]:
    """What was decided; unknown while Redis is away, as the call itself may well have been heard."""
    try:
        return floor.calls.answers(story.call_sid)
    except StoreAway:
        return []


def _items(press: str) -> list[str]:
    """Raises click.BadParameter for a key that no telephone has."""
    try:
        return [checked(item.strip()) for item in press.split(",")] if press else []
    except ValueError as refused:
        raise click.BadParameter(f"{refused}.", param_hint="--press") from None


def _place(settings: Settings, **how: Any) -> CallStory:
    """The same call by either way; raises click.ClickException when the lab goes away under it."""
    lab = running_lab(settings)
    if lab is None:
        return place_call(account_of(settings), web=web_of(settings), public_url=settings.public_url, **how)
    try:
        return lab.place_call(**how)
    except LabError as refused:
        raise click.ClickException(str(refused)) from None


def _default_number(floor: Floor) -> str:
    config = config_of(floor)
    numbers = config.lines[config.default_line].numbers
    if not numbers:
        raise SettingsError("The default line has no number; say which one is dialled with --to.")
    return numbers[0]


def _as_json(story: CallStory, answers: list[Answer]) -> dict[str, Any]:
    decisions, decisive = [as_json(answer.decision) for answer in answers], _decisive(story, answers)
    return {
        "call_sid": story.call_sid,
        "heard": [
            {"verb": heard.verb, "text": heard.text, "language": heard.language} for heard in story.heard
        ],
        "decision": as_json(decisive.decision) if decisive else None,
        "decisions": decisions,
        "ended": story.ended,
        "problems": list(story.problems),
    }


def _decisive(story: CallStory, answers: list[Answer]) -> Answer | None:
    """What the caller's last words or keys led to; for one who gave none, what was decided first.

    A goodbye follows from what was said before it and decides nothing.
    """
    if not any(heard.verb in _DONE for heard in story.heard):
        return answers[0] if answers else None
    return next((one for one in reversed(answers) if one.decision.name != "goodbye"), None)


def _print(console: Console, heard: Heard) -> None:
    match heard.verb:
        case "Say":
            console.print(f"  line   [{heard.language}] {heard.text}", markup=False, soft_wrap=True)
        case "press" | "speak":
            console.print(f"  caller {_DONE[heard.verb]} {heard.text}", markup=False, soft_wrap=True)
        case _:
            console.print(f"         ({heard.verb} {heard.text})", markup=False, soft_wrap=True)


_DONE = {"press": "presses", "speak": "says"}
_ENDED = {
    "hung_up": "The line ended the call.",
    "waiting": "The caller was waiting in the queue, and hung up.",
    "rings": "A telephone rings.",
    "voicemail": "The caller was asked to leave a message.",
    "error": "The call failed: the caller heard an error.",
}


def _print_end(console: Console, story: CallStory, answers: list[Answer]) -> None:
    console.print(f"\n{_ENDED[story.ended]}")
    for problem in story.problems:
        console.print(f"  problem: {problem}", markup=False, soft_wrap=True)
    for answer in answers:
        decision = answer.decision
        console.print(
            f"  decided: {decision.do} {decision.name}, rule {decision.because.rule}, "
            f"identity {decision.because.identity}",
            markup=False,
        )
