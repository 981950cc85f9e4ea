"""`calmline ledger …`: is the conduct ledger whole, and is everything as it follows from it?"""

import getpass
import json
import sys
from typing import NoReturn

import click

from config.observe import masked
from config.settings import SettingsError, load_settings
from routing import conduct_ledger
from routing.floor import Floor, open_patient_floor
from routing.store.dossiers import LedgerBroken
from routing.store.ledger_checks import Checked
from routing.store.ledger_rebuild import Rebuilt

_WHAT = {
    "standing": "the standing under {of}",
    "address": "whose address {of} is",
    "entries": "the list of entries about caller {of}",
    "id": "the number of the entry {of}",
}


@click.group()
def ledger() -> None:
    """The conduct ledger: what callers did and what was decided, provably as it was written."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(as_json: bool) -> None:
    """Read the whole ledger and say where it is broken first, if it is. Changes nothing.

    Exit status 1 when it is broken.
    """
    checked = _checked(_opened())
    click.echo(json.dumps(_as_json(checked)) if as_json else "\n".join(_lines(checked)))
    sys.exit(1 if checked.fault else 0)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rebuild(as_json: bool) -> None:
    """Make every standing anew from the ledger, and put right what differs. Refuses a broken ledger."""
    floor = _opened()
    if fault := _checked(floor).fault:
        _refuse(fault.said)
    try:
        now = floor.clock.now(floor.store)
        rebuilt = conduct_ledger.rebuild(floor, by=getpass.getuser(), at=now)
    except LedgerBroken as broken:
        _refuse(str(broken))
    click.echo(json.dumps(_rebuilt_as_json(rebuilt)) if as_json else "\n".join(_rebuilt_lines(rebuilt)))


def _opened() -> Floor:
    return open_patient_floor(load_settings())


def _checked(floor: Floor) -> Checked:
    try:
        return conduct_ledger.verify(floor)
    except OSError as failed:
        anchor = floor.offences.anchor.file
        raise SettingsError(f"The anchor {anchor} cannot be read: {failed.strerror}.") from failed


def _refuse(why: str) -> NoReturn:
    click.echo(f"{why} Nothing was changed; `calmline ledger verify` says more.", err=True)
    sys.exit(1)


def _lines(checked: Checked) -> list[str]:
    if checked.fault is not None:
        return [
            f"BROKEN: {checked.fault.said}",
            'What to do is in docs/operations.md, "The conduct ledger".',
        ]
    if not checked.entries:
        return ["The ledger is empty."]
    return [
        f"The ledger is whole; its last entry is {checked.entries}.",
        f"This host's anchor vouches for what is written up to entry {checked.anchored}.",
    ]


def _as_json(checked: Checked) -> dict[str, object]:
    fault = checked.fault
    return {
        "ok": fault is None,
        "entries": checked.entries,
        "anchored": checked.anchored,
        "fault": {"entry": fault.seq, "what": fault.what.value, "message": fault.said} if fault else None,
    }


def _rebuilt_lines(rebuilt: Rebuilt) -> list[str]:
    callers = f"{rebuilt.callers} caller{'' if rebuilt.callers == 1 else 's'}"
    looked = f"{callers}, {rebuilt.addresses} address{'' if rebuilt.addresses == 1 else 'es'}"
    if not rebuilt.differences:
        return [f"{looked}: everything is as the ledger has it. Nothing was changed."]
    put_right = [f"  put right: {_WHAT[one.what].format(of=masked(one.of))}" for one in rebuilt.differences]
    return [f"{looked}: not everything agreed with the ledger.", *put_right]


def _rebuilt_as_json(rebuilt: Rebuilt) -> dict[str, object]:
    return {
        "callers": rebuilt.callers,
        "addresses": rebuilt.addresses,
        "differences": [{"what": one.what, "of": masked(one.of)} for one in rebuilt.differences],
    }
