"""`calmline demo`: the whole line on this machine."""

import sys

import click


@click.command()
def demo() -> None:
    """Run the whole line with sample callers until Ctrl-C. Needs no Twilio account."""
    from ivr.demo import run

    sys.exit(run(click.echo))
