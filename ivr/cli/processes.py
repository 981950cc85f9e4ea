"""`calmline serve|worker|dispatcher`: the processes of the Procfile, each until it is stopped."""

import os
import signal

import click

from config.observe import configure_logging
from config.settings import Settings, load_settings


@click.command()
def serve() -> None:
    """Answer Twilio's webhooks on PORT until stopped."""
    from ivr.serving import serve as serve_until_stopped

    _end_with_demo()
    serve_until_stopped(load_settings())


@click.command()
def dispatcher() -> None:
    """Do what calls have made necessary, and what is due, until stopped. Any number may run."""
    from callbacks.dispatcher import Dispatcher
    from callbacks.duties import duties_of
    from callbacks.rq_queues import Carrier
    from routing.floor import open_patient_floor
    from routing.telephone import Telephone

    settings = _started()
    floor = open_patient_floor(settings)
    running = Dispatcher(floor, duties_of(floor, Carrier(settings), Telephone(settings)))
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: running.stop())
    running.run()


@click.command()
def worker() -> None:
    """Run jobs from the queue `jobs` until stopped. Any number may run."""
    from callbacks.jobs import JOBS, Workroom, work_in
    from callbacks.mail import post_of
    from callbacks.worker import Gate, work
    from config.connections import open_carrier
    from routing.floor import open_patient_floor

    settings = _started()
    floor = open_patient_floor(settings)
    work_in(Workroom(settings.calmline_site, floor, post_of(settings)))
    work(Gate(settings.calmline_site, JOBS, floor), open_carrier(settings))


def _started() -> Settings:
    _end_with_demo()
    settings = load_settings()
    configure_logging(settings.log_level)
    return settings


def _end_with_demo() -> None:
    if "CALMLINE_DEMO" in os.environ:
        from ivr.demo import end_with_demo

        end_with_demo()
