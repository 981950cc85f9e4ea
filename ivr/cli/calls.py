"""`calmline calls …` and `calmline voicemails`: what became of calls, and the messages callers left."""

import csv
import json
import sys
from datetime import datetime
from typing import Any

import click

from config.settings import load_settings
from ivr.cli.numbers import a_moment, a_number
from routing.call_history import Told, calls_since, voicemails
from routing.floor import open_floor

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "call",
    "began",
    "line",
    "caller",
    "identity",
    "treatment",
    "decision",
    "name",
    "rule",
    "config_version",
    "ended",
    "lasted_s",
    "waited_s",
)


@click.group()
def calls() -> None:
    """What was decided about calls, and how they ended."""


@calls.command("list")
@click.option("--since", metavar="ISO", help="Calls that began since then, such as 2026-11-23T00:00-05:00.")
@click.option("--caller", metavar="NUMBER", help="Calls of this number only.")
@click.option("--csv", "as_csv", is_flag=True, help="A table for spreadsheets.")
@_JSON
def list_calls(since: str | None, caller: str | None, as_csv: bool, as_json: bool) -> None:
    """Calls in the call log, oldest first. Callers are shown by a key, not by their number."""
    floor = open_floor(load_settings())
    key = floor.caller_key(a_number(floor, caller)) if caller else ""
    found = calls_since(floor, since=a_moment(since, hint="--since") if since else None, caller=key)
    rows = [row_of_call(told) for told in found]
    if as_json:
        click.echo(json.dumps({"items": rows, "next": None}))
    elif as_csv:
        table = csv.DictWriter(sys.stdout, COLUMNS)
        table.writeheader()
        table.writerows({name: _plain(cell) for name, cell in row.items()} for row in rows)
    else:
        for row in rows:
            click.echo(
                f"{row['began'][:19]}  {row['call']}  {row['line']:<10} {row['decision']} {row['name']}"
                f"  ({row['rule']})  {row['ended'] or 'going on'}"
            )


@calls.command()
@click.argument("call_sid", metavar="CALL")
@_JSON
def show(call_sid: str, as_json: bool) -> None:
    """Every decision about one CALL, by its SID."""
    floor = open_floor(load_settings())
    told = next((one for one in calls_since(floor) if one.call_sid == call_sid), None)
    if told is None:
        raise click.BadParameter(f"the call log has no call {call_sid}", param_hint="CALL")
    if as_json:
        steps = [{"at": step.at.isoformat(), **step.said} for step in told.steps]
        wrap_ups = [{"at": one.at.isoformat(), **one.said} for one in told.wrap_ups]
        click.echo(json.dumps(row_of_call(told) | {"steps": steps, "wrap_ups": wrap_ups}))
        return
    for step in told.steps:
        decision = step.said["decision"]
        click.echo(f"{step.at:%Y-%m-%d %H:%M:%S}  {step.said['step']}: {decision['do']} {decision['name']}")
        for line in decision["trace"]:
            click.echo(f"    {'->' if line['matched'] else '  '} {line['rule']:<18}{line['why']}")
    for wrote in told.wrap_ups:
        said = wrote.said
        click.echo(
            f"{wrote.at:%Y-%m-%d %H:%M:%S}  {said['agent']}: {said['disposition']}  {said['note']}".rstrip()
        )
    click.echo(f"{told.ended or 'going on'}, {_seconds(told.lasted_s)}, waited {_seconds(told.waited_s)}")


@click.command("voicemails")
@_JSON
def list_voicemails(as_json: bool) -> None:
    """Messages that callers left, newest first."""
    found = voicemails(open_floor(load_settings()))
    if as_json:
        items = [
            {
                "call": one.call_sid,
                "number": one.number,
                "line": one.line,
                "language": one.language,
                "recording": one.recording_sid,
                "seconds": one.seconds,
                "at": one.at.isoformat(),
            }
            for one in found
        ]
        click.echo(json.dumps({"items": items, "next": None}))
        return
    for one in found:
        caller = one.number or "number withheld"
        click.echo(
            f"{one.at:%Y-%m-%d %H:%M} UTC  {caller}  line {one.line}  {one.seconds} s  {one.recording_sid}"
        )
    if not found:
        click.echo("Nobody left a message.")


def row_of_call(told: Told) -> dict[str, Any]:
    first, decision = told.first, told.decision
    return {
        "call": told.call_sid,
        "began": _iso(told.began),
        "line": first["line"],
        "caller": first["caller"],
        "identity": first["identity"],
        "treatment": first["standing"]["treatment"],
        "decision": decision["do"],
        "name": decision["name"],
        "rule": decision["because"]["rule"],
        "config_version": decision["because"]["config_version"],
        "ended": told.ended,
        "lasted_s": told.lasted_s,
        "waited_s": told.waited_s,
    }


def _plain(cell: Any) -> Any:
    """A cell that a spreadsheet takes for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _seconds(count: int | None) -> str:
    return "-" if count is None else f"{count} s"
