"""`calmline lab serve`: the telephone network as a process beside the product."""

import errno
import signal
import socket
import threading
from contextlib import closing, suppress

import click

from config.settings import SettingsError
from ivr.cli.lab_site import account_of, lab_port, lab_settings, web_of
from ivr.cli.numbers import config_of
from ivr.cli.site_time import SiteTime
from ivr.lab.clocks import RealClock
from ivr.lab.exchange import Exchange, NotAtRestError
from routing.floor import open_floor

LAST_EVENTS_S = 2.0
LOOKS_EVERY_S = 1.0


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here; else TWILIO_API_URL's port.")
def serve(port: int | None) -> None:
    """Play Twilio for this site until stopped: telephones, calls, queues, conferences, and Twilio's REST.

    Set TWILIO_API_URL for the server too, so that what it asks of Twilio meets the same network; without it
    the lab listens at the port after the web server's. Its time is the site's (`calmline lab advance`).
    """
    from ivr.demo import end_with_demo
    from ivr.lab.lab import Lab

    stop = _stopped_by_a_signal()
    settings = lab_settings("`calmline lab serve` plays Twilio")
    port = port or lab_port(settings)
    _refuse_a_taken(port)
    floor = open_floor(settings)
    account = account_of(settings, config_of(floor))
    with (
        closing(SiteTime(lambda: floor.clock.now(floor.store))) as time,
        Lab(
            account,
            web=web_of(settings),
            public_url=settings.public_url,
            clock=RealClock(time.now),
            rest_port=port,
            threads=32,
        ) as lab,
    ):
        end_with_demo()
        click.echo(f"The lab answers at {lab.rest_url}, and calls {web_of(settings)}.")
        if settings.twilio_api_url != lab.rest_url:
            click.echo(f"Set TWILIO_API_URL={lab.rest_url} for the server and for `calmline …`.")
        while not stop.wait(LOOKS_EVERY_S):
            with lab.exchange:
                pass  # raises Mistake where the lab itself is wrong: ended and told why beats standing still
        _hang_up_everybody(lab.exchange)


def _stopped_by_a_signal() -> threading.Event:
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    return stop


def _refuse_a_taken(port: int) -> None:
    """Said here in a sentence; werkzeug would end the process with words of its own."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            reason = (
                "is taken" if refused.errno == errno.EADDRINUSE else f"cannot be used: {refused.strerror}"
            )
            raise SettingsError(
                f"Port {port} {reason}. Does a lab run already? Another one: --port, and TWILIO_API_URL."
            ) from None


def _hang_up_everybody(exchange: Exchange) -> None:
    """A call that ended with its network and told nobody would go on for ever on the line's side."""
    with exchange as network:
        for leg in list(network.legs.values()):
            network.switchboard.hang_up(leg, "is cut off: the lab ends")
    with suppress(NotAtRestError):
        exchange.settle(within_s=LAST_EVENTS_S)
