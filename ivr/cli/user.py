"""`calmline user …`: who works here, added, listed and disabled."""

import getpass
import json
from typing import Any

import click

from config.settings import load_settings
from ivr.cli.numbers import config_of
from routing.floor import Floor, open_floor
from routing.rules import people
from routing.rules.people import May, Person, PersonRefused, Role
from routing.store.people import UnknownPerson


@click.group()
def user() -> None:
    """People who work here: log-in, role, telephone, API key."""


@user.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--phone", default="", help="What rings: a number, client:NAME or sip:USER@HOST.")
@click.option("--email", default="", help="Where reports and alarms are sent.")
@click.option("--skills", default="", metavar="SKILL[:LEVEL],…", help="Such as general,billing:2.")
@click.option("--certified", is_flag=True, help="May take specialist calls; a supervisor said so.")
@click.option("--pin", default="", help="4 to 8 digits, to sign in by telephone.")
@click.option("--languages", default="", metavar="LANGUAGE,…", help="Such as en,es.")
@click.option("--alias", default="", help="What callers are told instead of the name.")
@click.option("--staff-number", default="", help="What callers may be told besides.")
@click.option("--manager", default="", metavar="NAME", help="Somebody who was added before.")
@click.option("--may", default="", metavar="RIGHT,…", help=f"Some of {','.join(May)}.")
@click.option("--api-key", "with_api_key", is_flag=True, help="Make an API key; it is shown this once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def add(name: str, role: str, pin: str, with_api_key: bool, as_json: bool, **told: Any) -> None:
    """Add NAME, which is unique, the log-in and the id."""
    floor = open_floor(load_settings())
    try:
        person = _person(floor, name, Role(role), **told)
        pin = people.checked_pin(pin) if pin else ""
        api_key = floor.people.add(person, pin=pin, with_api_key=with_api_key, by=getpass.getuser())
    except PersonRefused as refused:
        raise click.BadParameter(str(refused), param_hint=_hint(refused.field)) from None
    for skill in people.uncertified(person, config_of(floor)):
        click.echo(f"Note: the skill {skill} counts only with --certified.", err=True)
    if as_json:
        click.echo(json.dumps({"id": person.id, "role": person.role, "api_key": api_key or None}))
        return
    click.echo(f"{person.id}: {person.role}, added.")
    if api_key:
        click.echo(f"API key, shown this once: {api_key}")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_people(as_json: bool) -> None:
    """Everybody who was ever added, by name."""
    found = open_floor(load_settings()).people.everybody()
    if as_json:
        click.echo(json.dumps({"items": [_as_json(person) for person in found], "next": None}))
        return
    for person in found:
        rights = f"  may {', '.join(sorted(person.may))}" if person.may else ""
        off = "" if person.enabled else "  disabled"
        email = f"  {person.email}" if person.email else ""
        click.echo(f"{person.id:<20} {person.role:<10} {person.phone or 'no telephone'}{email}{rights}{off}")
    if not found:
        click.echo("Nobody was added yet.")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut NAME out: the API key stops working at once, no call is offered. The name stays taken."""
    floor = open_floor(load_settings())
    try:
        was_enabled = floor.people.disable(name, by=getpass.getuser(), at=floor.clock.now(floor.store))
    except UnknownPerson as unknown:
        raise click.BadParameter(str(unknown), param_hint="NAME") from None
    click.echo(f"{name}: {'disabled' if was_enabled else 'was disabled before'}.")


def _person(
    floor: Floor, name: str, role: Role, *, phone: str, skills: str, languages: str, may: str, **told: Any
) -> Person:
    """The person that the options describe; raises PersonRefused."""
    config = config_of(floor)
    person = Person(
        people.checked_name(name),
        role,
        floor.clock.now(floor.store),
        phone=people.phone_in(phone, config.lines[config.default_line].region) if phone else "",
        skills=people.skills_in(skills),
        languages=people.words_in(languages),
        may=people.rights_in(may),
        **told,
    )
    people.check(person, config)
    return person


def _hint(field: str) -> str:
    return "NAME" if field == "name" else f"--{field.replace('_', '-')}"


def _as_json(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "role": person.role,
        "phone": person.phone or None,
        "email": person.email or None,
        "skills": dict(person.skills),
        "certified": person.certified,
        "languages": list(person.languages),
        "alias": person.alias or None,
        "staff_number": person.staff_number or None,
        "manager": person.manager or None,
        "may": sorted(person.may),
        "enabled": person.enabled,
        "created": person.created.isoformat(),
    }
