"""`calmline letters …`: notices to customers that people have to post."""

import getpass
import json
from dataclasses import asdict

import click

from callbacks import letters as kept
from callbacks.letters import Letter, NoSuchLetter
from config.settings import load_settings
from routing.floor import open_floor
from routing.store.on_disk import NotKept

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.group()
def letters() -> None:
    """Notices to customers without an e-mail address: print them, post them, say so."""


@letters.command("list")
@_JSON
def list_letters(as_json: bool) -> None:
    """What nobody has posted yet."""
    found = kept.to_post(open_floor(load_settings()))
    if as_json:
        click.echo(json.dumps({"items": [asdict(one) for one in found], "next": None}))
        return
    for one in found:
        click.echo(f"{one.id}  about report {one.report}  ({one.of})")
    if not found:
        click.echo("No letter is to be posted.")


@letters.command()
@click.argument("letter_id", metavar="ID")
@_JSON
def show(letter_id: str, as_json: bool) -> None:
    """One letter, as it is to be printed."""
    found = _found(letter_id)
    click.echo(json.dumps(asdict(found)) if as_json else f"{found.subject}\n\n{found.body}")


@letters.command()
@click.argument("letter_id", metavar="ID")
def sent(letter_id: str) -> None:
    """A letter was posted: the conduct ledger has it from here on."""
    floor = open_floor(load_settings())
    try:
        kept.is_posted(floor, letter_id, by=getpass.getuser())
    except NoSuchLetter as no:
        raise click.ClickException(f"{no}.") from no
    except NotKept as not_kept:
        raise click.ClickException(f"{not_kept}; say it again.") from not_kept
    click.echo(f"{letter_id} was sent.")


def _found(letter_id: str) -> Letter:
    for one in kept.to_post(open_floor(load_settings())):
        if one.id == letter_id:
            return one
    raise click.ClickException(f"no letter {letter_id} is to be posted.")
