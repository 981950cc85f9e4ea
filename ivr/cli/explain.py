"""`calmline explain`: what the next call of a number would meet, and why."""

import getpass
import json

import click

from config.settings import load_settings
from ivr.cli.explained_conduct import conduct_lines, conduct_of
from ivr.cli.numbers import a_moment, config_of
from routing.floor import open_floor
from routing.intake import foresee
from routing.rules.decisions import Decision, as_json
from routing.scene import InboundCall


@click.command()
@click.argument("number")
@click.option("--to", help="The number dialled; without it the default line.")
@click.option(
    "--at", "at_text", metavar="ISO", help="At this time, such as 2026-11-23T10:00-05:00; else now."
)
@click.option("--stir-verstat", default="", help="What the carrier said of the number, in Twilio's words.")
@click.option("--json", "printed_as_json", is_flag=True, help="The decision as one JSON object.")
def explain(
    number: str, to: str | None, at_text: str | None, stir_verstat: str, printed_as_json: bool
) -> None:
    """Say what a call from NUMBER would meet, and why. Changes nothing; that you looked is audited.

    NUMBER may be anything Twilio sends as From: a number, `anonymous`, `sip:…`.
    """
    floor = open_floor(load_settings())
    config = config_of(floor)
    dialled = to or next(iter(config.lines[config.default_line].numbers), "")
    at = a_moment(at_text, hint="--at") if at_text is not None else None
    scene, decision = foresee(floor, InboundCall("", number, dialled, stir_verstat), at=at)
    conduct = conduct_of(floor, scene, by=getpass.getuser())
    if printed_as_json:
        click.echo(json.dumps(as_json(decision) | {"conduct": conduct}))
        return
    click.echo("\n".join([*_lines(decision, scene.line_id), *conduct_lines(conduct)]))


def _lines(decision: Decision, line: str) -> list[str]:
    because = decision.because
    return [
        f"{decision.do}: {decision.name}   (line {line})",
        f"because of the rule {because.rule}; identity {because.identity}; config {because.config_version}",
        *(f"  {'->' if asked.matched else '  '} {asked.rule:<18}{asked.why}" for asked in because.trace),
    ]
