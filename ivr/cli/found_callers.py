"""Callers as somebody at the command line names them, and refusals as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from callbacks.erasure import IsHeld
from callbacks.refusals import TooLate
from ivr.cli.numbers import a_number
from routing import callers as known
from routing.callers import Seen
from routing.floor import Floor
from routing.rules.addresses import NoAddress, address_in
from routing.rules.conduct_refusals import FactRefused
from routing.store.dossiers import LedgerBroken
from routing.store.on_disk import NotKept


def an_address(floor: Floor, text: str, *, hint: str = "NUMBER") -> str:
    """An address as the ledger has it; raises click.BadParameter."""
    try:
        found = address_in(text)
    except NoAddress as wrong:
        if hint != "NUMBER" and not any(sign.isdigit() for sign in text):
            raise click.BadParameter(f"{text}: {wrong}.", param_hint=hint) from None
        found = ""
    return found if found and not known.is_number(found) else a_number(floor, text)


def a_caller(floor: Floor, text: str) -> Seen:
    """Whoever has this address; raises click.BadParameter, and what `callers.find` raises."""
    return known.find(floor, an_address(floor, text))


@contextmanager
def refusals() -> Iterator[None]:
    """What the ledger refuses is said in a sentence; exit status 1."""
    try:
        yield
    except LedgerBroken as broken:
        raise click.ClickException(f"{broken} `calmline ledger verify` says more.") from None
    except NotKept:
        raise click.ClickException(
            "It is not certain that this is on disk. Look whether it is there before you try again."
        ) from None
    except (FactRefused, IsHeld, TooLate) as refused:
        raise click.ClickException(str(refused)) from None
