"""`calmline callbacks …`: calls that we promised to customers, and who asked to be called back."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from callbacks import endings, refusals
from callbacks.booking import Wanted, book
from callbacks.ledger import AlreadyOpen, Ledger, open_ledger
from callbacks.records import Callback
from callbacks.rules.states import Kind, State
from callbacks.script_arguments import Entry
from callbacks.wishes import Wish, wishes
from config.settings import load_settings
from ivr.api.callback_rows import row_of
from ivr.cli.numbers import a_moment
from routing.floor import open_floor
from routing.rules.people import words_in
from routing.store.on_disk import NotKept

SAME_DAY = "same-day"
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
_REFUSED = (
    AlreadyOpen,
    refusals.TooManyOpen,
    refusals.WantsNoCalls,
    refusals.TooLate,
)


@click.group()
def callbacks() -> None:
    """Calls that we promised, and customers who asked to be called back."""


@callbacks.command("list")
@click.option("--state", type=click.Choice([str(state) for state in State]), help="Only these.")
@click.option("--since", metavar="ISO", help="Only those due since then, such as 2026-11-23T00:00-05:00.")
@click.option("--wishes", "only_wishes", is_flag=True, help="Only callers who asked to be called back.")
@_JSON
def list_callbacks(state: str | None, since: str | None, only_wishes: bool, as_json: bool) -> None:
    """Promised calls by when they are due, then callers who asked the menu to be called back."""
    floor = open_floor(load_settings())
    from_ = a_moment(since, hint="--since") if since else None
    ledger = open_ledger(floor)
    promised = [] if only_wishes else list(ledger.all(State(state) if state else None, from_))
    wished = [] if state or since else wishes(floor)
    if as_json:
        items = [*map(row_of, promised), *map(_wish_row, wished)]
        click.echo(json.dumps({"items": items, "next": None}))
        return
    for callback in promised:
        click.echo(_line(callback))
    for wish in wished:
        click.echo(f"{wish.at:%Y-%m-%d %H:%M} UTC  {wish.number}  line {wish.line}  asked to be called back")
    if not promised and not wished:
        click.echo("No call is promised.\nNobody asked to be called back.")


@callbacks.command()
@click.argument("callback_id", metavar="ID")
@_JSON
def show(callback_id: str, as_json: bool) -> None:
    """One promised call, and every change of it with who and why."""
    ledger = open_ledger(open_floor(load_settings()))
    found = _found(ledger, callback_id)
    history = ledger.history(found.id)
    if as_json:
        click.echo(json.dumps(row_of(found) | {"history": [_entry_row(entry) for entry in history]}))
        return
    click.echo(_line(found))
    for name in ("name", "brief", "note", "because"):
        if text := getattr(found, name):
            click.echo(f"  {name}: {text}")
    for attempt in found.attempts:
        what = attempt.result or ("posted" if attempt.posted else "not posted")
        click.echo(f"  attempt {attempt.began:%Y-%m-%d %H:%M:%S} UTC by {attempt.speaker}: {what}")
    for entry in history:
        click.echo(f"  {entry.at:%Y-%m-%d %H:%M:%S} UTC  {_place(entry):<28}{entry.by}  {entry.why}".rstrip())


@callbacks.command("book")
@click.argument("number")
@click.option("--kind", type=click.Choice([str(kind) for kind in Kind]), default=Kind.PROMISED.value)
@click.option("--at", metavar="ISO|same-day", help="When; without it, as its kind has it.")
@click.option("--owner", default="", metavar="NAME", help="Who speaks; without one, who may --may follow_up.")
@click.option("--exclude", default="", metavar="NAME,…", help="Who is never asked: the adviser involved.")
@click.option("--brief", default="", help="What the speaker hears before the call.")
@click.option("--name", default="", help="The customer's name, which only the speaker hears.")
@click.option("--note", default="", help="For people; not spoken.")
@click.option(
    "--line", default="", metavar="LINE", help="The line that promises; without it, the default one."
)
@_JSON
def book_call(number: str, kind: str, at: str | None, exclude: str, as_json: bool, **told: str) -> None:
    """Promise NUMBER a call."""
    floor, user = open_floor(load_settings()), getpass.getuser()
    told["brief"] = told["brief"] or f"Booked by {user}."
    wanted = Wanted(
        number,
        Kind(kind),
        told["brief"],
        at=a_moment(at, hint="--at") if at and at != SAME_DAY else None,
        same_day=at == SAME_DAY,
        owner=told["owner"],
        exclude=words_in(exclude),
        name=told["name"],
        note=told["note"],
        line=told["line"],
    )
    with _said_plainly():
        booked = book(floor, open_ledger(floor), wanted, by=user, why="calmline callbacks book")
    click.echo(json.dumps(row_of(booked)) if as_json else _line(booked))
    if booked.because and not as_json:
        click.echo(f"  {booked.because}")


@callbacks.command()
@click.argument("callback_id", metavar="ID")
@click.option("--reason", default="", help="Why; kept with it.")
@_JSON
def cancel(callback_id: str, reason: str, as_json: bool) -> None:
    """Call off a promised call, while the customer's telephone does not ring yet."""
    ledger = open_ledger(open_floor(load_settings()))
    with _said_plainly():
        after = endings.cancel(ledger, _found(ledger, callback_id).id, by=getpass.getuser(), why=reason)
    click.echo(json.dumps(row_of(after)) if as_json else _line(after))


@contextmanager
def _said_plainly() -> Iterator[None]:
    """A refusal is a sentence: 2 for what was written wrongly, 1 for what cannot be done."""
    try:
        yield
    except refusals.BookingRefused as refused:
        hint = "NUMBER" if refused.field == "number" else f"--{refused.field}"
        raise click.BadParameter(str(refused), param_hint=hint) from None
    except _REFUSED as refused:
        raise click.ClickException(str(refused)) from None
    except NotKept as lost:
        raise click.ClickException(
            f"It is not certain that this is on disk ({lost}); look at the list."
        ) from None


def _found(ledger: Ledger, callback_id: str) -> Callback:
    found = ledger.find(callback_id)
    if found is None:
        raise click.BadParameter(f"nothing was promised under {callback_id}", param_hint="ID")
    return found


def _line(callback: Callback) -> str:
    due = f"{callback.due_at:%Y-%m-%d %H:%M} UTC" if callback.due_at else "no time is known   "
    where = f"{callback.state}/{callback.step}" if callback.step else callback.state
    owner = callback.owner or "nobody yet"
    return f"{due}  {callback.number}  {where}  {callback.kind}  owner {owner}  {callback.id}"


def _place(entry: Entry) -> str:
    return f"{entry.state}/{entry.step}" if entry.step else entry.state


def _entry_row(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "why": entry.why,
        "from": {"state": entry.was or None, "step": entry.was_step or None},
        "to": {"state": entry.state, "step": entry.step or None},
    }


def _wish_row(wish: Wish) -> dict[str, Any]:
    """Not promised yet, so it has no id."""
    return {
        "id": None,
        "state": "wish",
        "call": wish.call_sid,
        "number": wish.number,
        "line": wish.line,
        "at": wish.at.isoformat(),
    }
