"""The command line: `calmline …`."""

import sys

import click

from config.connections import StoreAway
from config.observe import configure_logging
from config.settings import SettingsError
from ivr.cli.call import call
from ivr.cli.callbacks import callbacks
from ivr.cli.callers import callers
from ivr.cli.calls import calls, list_voicemails
from ivr.cli.config import routing_config
from ivr.cli.demo import demo
from ivr.cli.doctor import doctor
from ivr.cli.explain import explain
from ivr.cli.figures import figures
from ivr.cli.lab import lab
from ivr.cli.ledger import ledger
from ivr.cli.letters import letters
from ivr.cli.processes import dispatcher, serve, worker
from ivr.cli.quarantine import quarantine
from ivr.cli.user import user


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="calmline")
def calmline() -> None:
    """Abuse-aware call routing and IVR for a support line on Twilio."""


for command in (
    call,
    callbacks,
    callers,
    calls,
    demo,
    dispatcher,
    doctor,
    explain,
    figures,
    lab,
    ledger,
    letters,
    list_voicemails,
    quarantine,
    routing_config,
    serve,
    user,
    worker,
):
    calmline.add_command(command)


def main() -> None:
    """The console script; what is wrong is said in a sentence, not in a traceback."""
    configure_logging("ERROR", sys.stderr)
    try:
        calmline()
    except SettingsError as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(2)
    except StoreAway as away:
        click.echo(f"Redis does not answer ({away}). Nothing was changed; try again.", err=True)
        sys.exit(1)
