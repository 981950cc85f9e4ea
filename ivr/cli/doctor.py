"""`calmline doctor`: is everything as it should be, and if not, what to do."""

import json
import sys
from dataclasses import asdict

import click

from ivr.diagnosis import examine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def doctor(as_json: bool) -> None:
    """Look at settings, Redis, clock, routing config, PUBLIC_URL and the Twilio account.

    Exit status 1 when something is wrong.
    """
    findings = examine()
    if as_json:
        click.echo(json.dumps({"items": [asdict(finding) for finding in findings], "next": None}))
    else:
        for finding in findings:
            click.echo(f"{'ok   ' if finding.ok else 'WRONG'}  {finding.what}: {finding.said}")
            if finding.to_do:
                click.echo(f"         {finding.to_do}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
