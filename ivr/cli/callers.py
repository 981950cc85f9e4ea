"""`calmline callers …`: looked at and marked by hand; every look and every mark is audited."""

import getpass
import json
from datetime import datetime, timedelta

import click

from config.settings import load_settings
from ivr.cli.caller_papers import erase, export
from ivr.cli.caller_sheet import as_json, lines
from ivr.cli.found_callers import a_caller, an_address, refusals
from ivr.cli.numbers import a_number, config_of, end_of
from routing import caller_marks
from routing import callers as known
from routing.floor import Floor, open_floor
from routing.rules.caller import Treatment

LONGEST = timedelta(days=30)


@click.group()
def callers() -> None:
    """Look at callers and mark them. NUMBER may also be an e-mail address, chat:HANDLE or customer:ID."""


@callers.command()
@click.argument("number")
@click.option("--json", "printed_as_json", is_flag=True, help="One JSON object.")
def show(number: str, printed_as_json: bool) -> None:
    """The standing of NUMBER, and why."""
    floor = open_floor(load_settings())
    address = an_address(floor, number)
    with refusals():
        shown = as_json(floor, known.look_up(floor, address, by=getpass.getuser()))
    click.echo(json.dumps(shown) if printed_as_json else "\n".join(lines(shown)))


@callers.command("set")
@click.argument("number")
@click.option(
    "--treatment",
    required=True,
    type=click.Choice([*(str(treatment) for treatment in Treatment), "derived"]),
    help="What the line does with this caller; `derived` goes back to what the policy says.",
)
@click.option("--reason", default="set by hand", show_default=True, help="Why; kept with the treatment.")
@click.option("--until", help="Its last day (2026-12-01) or a time with zone; at most 30 days ahead.")
def set_treatment(number: str, treatment: str, reason: str, until: str | None) -> None:
    """Give NUMBER a treatment by hand, for at most 30 days."""
    floor, by = open_floor(load_settings()), getpass.getuser()
    with refusals():
        seen = a_caller(floor, number)
        if treatment == "derived":
            caller_marks.lift_treatment(floor, seen, by=by)
            click.echo(f"{seen.address}: back to the treatment that the policy gives.")
            return
        ends = _until(floor, until, seen.at)
        caller_marks.set_treatment(floor, seen, Treatment(treatment), until=ends, why=reason, by=by)
    click.echo(f"{seen.address}: {treatment} until {ends:%Y-%m-%d %H:%M} UTC. {_effect(treatment)}")


@callers.command()
@click.argument("number")
@click.option("--off", is_flag=True, help="Take the mark away.")
def share(number: str, off: bool) -> None:
    """Mark NUMBER as used by several people: it carries no treatment then."""
    floor = open_floor(load_settings())
    found, at = a_number(floor, number), floor.clock.now(floor.store)
    floor.standings.share(found, not off, by=getpass.getuser(), at=at)
    click.echo(f"{found}: {'no longer marked as shared' if off else 'shared; no treatment is applied'}.")


@callers.command()
@click.argument("number")
@click.option("--off", is_flag=True, help="Take the mark away.")
@click.option("--need", default="", help='What helps, such as "allow extra time"; never a diagnosis.')
def protect(number: str, off: bool, need: str) -> None:
    """Mark NUMBER as protected, with consent: it always reaches the urgent queue."""
    floor, by = open_floor(load_settings()), getpass.getuser()
    with refusals():
        seen = a_caller(floor, number)
        if off:
            caller_marks.end_protection(floor, seen, by=by)
        else:
            caller_marks.protect(floor, seen, need=need, by=by)
    click.echo(f"{seen.address}: {'no longer protected' if off else 'protected; always the urgent queue'}.")


@callers.command("link")
@click.argument("number")
@click.argument("address")
@click.option("--off", is_flag=True, help="It is not this caller's any more.")
def link_address(number: str, address: str, off: bool) -> None:
    """Say that ADDRESS (a number, an e-mail address, chat:HANDLE, customer:ID) is the caller's of NUMBER."""
    floor, by, other = open_floor(load_settings()), getpass.getuser(), ""
    with refusals():
        seen, other = a_caller(floor, number), an_address(floor, address, hint="ADDRESS")
        if not off:
            caller_marks.link(floor, seen, [other], by=by)
        elif not caller_marks.unlink(floor, seen, other, by=by):
            raise click.BadParameter(f"{other} is not linked to {seen.address}.", param_hint="ADDRESS")
    click.echo(f"{seen.address}: {other} is {'no longer' if off else 'now'} the same caller's.")


callers.add_command(export)
callers.add_command(erase)


def _until(floor: Floor, until: str | None, at: datetime) -> datetime:
    if until is None:
        return at + LONGEST
    config = config_of(floor)
    ends = end_of(until, config.lines[config.default_line].zone, hint="--until")
    # A last day counts to its midnight, so that a day 30 days ahead is still within the limit.
    if not at < ends <= at + LONGEST + timedelta(days=1):
        raise click.BadParameter(
            f"{until} is not within the next 30 days; the last day may be {at + LONGEST:%Y-%m-%d}.",
            param_hint="--until",
        )
    return ends


def _effect(treatment: str) -> str:
    return (
        "The next call is treated so." if treatment != Treatment.NORMAL else "The next call is a normal one."
    )
