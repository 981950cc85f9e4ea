"""`calmline callers …`: the standing under a number, shown and set by hand."""

import getpass
import json
from datetime import datetime, timedelta
from typing import Any

import click

from config.settings import load_settings
from ivr.cli.numbers import a_number, config_of, end_of
from routing.floor import Floor, open_floor
from routing.rules.caller import Override, Standing, Treatment

LONGEST = timedelta(days=30)


@click.group()
def callers() -> None:
    """Look at callers and mark them."""


@callers.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(number: str, as_json: bool) -> None:
    """The standing under NUMBER."""
    floor = open_floor(load_settings())
    found = a_number(floor, number)
    standing = floor.standings.read(found)
    seen = _as_json(found, standing, floor.clock.now(floor.store))
    click.echo(json.dumps(seen) if as_json else "\n".join(_lines(seen)))


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
    floor = open_floor(load_settings())
    found, at, by = a_number(floor, number), floor.clock.now(floor.store), getpass.getuser()
    if treatment == "derived":
        floor.standings.lift_override(found, by=by, at=at)
        click.echo(f"{found}: back to the treatment that the policy gives.")
        return
    ends = _until(floor, until, at)
    floor.standings.override(found, Override(Treatment(treatment), ends, reason, by), at=at)
    click.echo(f"{found}: {treatment} until {ends:%Y-%m-%d %H:%M} UTC. {_effect(treatment)}")


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
    """Mark NUMBER as protected: it always reaches the urgent queue."""
    floor = open_floor(load_settings())
    found, at = a_number(floor, number), floor.clock.now(floor.store)
    floor.standings.protect(found, not off, need=need, by=getpass.getuser(), at=at)
    click.echo(f"{found}: {'no longer protected' if off else 'protected; always the urgent queue'}.")


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


def _as_json(number: str, standing: Standing, at: datetime) -> dict[str, Any]:
    standing, override = standing.as_of(at), standing.override
    running = override is not None and at < override.until
    return {
        "number": number,
        "treatment": standing.treatment_at(at).value,
        "derived": standing.treatment.value,
        "override": {
            "treatment": override.treatment.value,
            "until": override.until.isoformat(),
            "reason": override.reason,
            "by": override.by,
        }
        if override is not None and running
        else None,
        "protected": standing.is_protected,
        "support_need": standing.support_need,
        "shared": standing.is_shared,
        "offences": list(standing.offences),
        "callback_owner": standing.callback_owner,
        "last_contact": standing.last_contact.isoformat() if standing.last_contact else None,
    }


def _lines(seen: dict[str, Any]) -> list[str]:
    lines = [f"{seen['number']}  treatment: {seen['treatment']}"]
    if override := seen["override"]:
        lines.append(f"  by hand ({override['by']}) until {override['until']}: {override['reason']}")
    if seen["protected"]:
        lines.append(f"  protected{': ' + seen['support_need'] if seen['support_need'] else ''}")
    if seen["shared"]:
        lines.append("  shared by several people: no treatment is applied")
    if seen["last_contact"]:
        lines.append(f"  last contact {seen['last_contact']}")
    return lines
