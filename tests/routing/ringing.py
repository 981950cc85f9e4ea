"""A site with the lab as Twilio: its REST, and a web server that only hears how the calls of legs stand."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask, request
from werkzeug.serving import WSGIRequestHandler, make_server

from config.settings import Settings
from ivr.lab.account import Account, a_line
from ivr.lab.clocks import RealClock
from ivr.lab.faults import Faults
from ivr.lab.lab import Lab
from routing import calling, lost_replies
from routing.floor import Floor, open_patient_floor
from routing.pacer import Pacer
from routing.rules.legs import Role
from routing.store.effects import Effect, Verb
from routing.store.legs import Leg, new_leg_id
from routing.telephone import Telephone
from tests.ivr.voice.scenes import a_config
from tests.journeys.places import wait_until
from tests.twilio import ACCOUNT, CALLER, LINE, TOKEN

MINUTE = timedelta(minutes=1)
_DOCUMENTS = {
    "conference": "<Response><Dial><Conference beep='false'>room-1</Conference></Dial></Response>",
    "warning": "<Response><Say>Please keep to the point.</Say></Response>",
}


@dataclass
class Ringing:
    """The site, its telephone and the network. `is_told`: whether its web server takes note of events.

    `events` are the legs and statuses of those; `asked` the URLs of documents.
    """

    settings: Settings
    floor: Floor
    telephone: Telephone
    lab: Lab
    pacer: Pacer
    is_told: bool = True
    events: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def intends(self, to: str = CALLER, from_: str = LINE) -> Leg:
        """A leg that is to be made."""
        leg = Leg(new_leg_id(), Role.CUSTOMER, "callback:cb1", to, from_, rings_s=30, priority=2)
        self.floor.legs.intend(leg)
        return leg

    def effect(self, verb: Verb, target: str, **data: Any) -> Effect:
        """As a dispatcher is handed it."""
        return Effect("1-1", verb, target, data, 2**50)

    def create(self, leg: Leg) -> None:
        calling.create(self.floor, self.telephone, self.pacer, self.effect(Verb.CREATE, leg.id))

    def look_for(self, leg: Leg) -> None:
        lost_replies.look_for(self.floor, self.telephone, leg.id)

    def leg(self, leg: Leg) -> Leg:
        """How it stands now."""
        found = self.floor.legs.read(leg.id)
        assert found
        return found

    def rings(self, number: str) -> None:
        """Waits until Twilio has dialled it, also where nobody tells us."""
        wait_until(lambda: self.lab.phone(number).status == "ringing", 5)

    def rung(self) -> Counter[str]:
        """How many calls Twilio made, by number."""
        with self.lab.exchange as network:
            return Counter(call.to for call in network.calls.values())

    def effects(self) -> list[tuple[str, str]]:
        """What was written for dispatchers: verb and target."""
        entries = self.floor.store.run(lambda redis: redis.xrange(self.floor.keys.effects))
        return [(fields["verb"], fields["target"]) for _, fields in entries]


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def ringing(settings: Settings, folder: Path, faults: Faults | None = None) -> Iterator[Ringing]:
    """Everything runs in real time; the account may place a thousand calls a second."""
    app = Flask("web")
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    account = Account(ACCOUNT, TOKEN, (a_line(url, LINE),), calls_per_second=1000)
    config = a_config(folder, ("calls_per_second: 1", "calls_per_second: 1000"))
    with Lab(account, web=url, clock=RealClock(), faults=faults) as lab:
        ours = {"public_url": url, "twilio_api_url": lab.rest_url, "calmline_config": config}
        settings = settings.model_copy(update=ours)
        floor, telephone = open_patient_floor(settings), Telephone(settings)
        here = Ringing(settings, floor, telephone, lab, Pacer(floor))
        app.add_url_rule("/voice/<path:path>", "heard", lambda path: _heard(here, path), methods=["POST"])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield here
        finally:
            telephone.close()
            server.shutdown()
            thread.join()
            server.server_close()


def _heard(here: Ringing, path: str) -> Any:
    if path == "events" and here.is_told:
        leg_id, status = request.args["leg"], request.form["CallStatus"]
        calling.leg_event(here.floor, leg_id, request.form["CallSid"], status)
        here.events.append((leg_id, status))
    if path == "events":
        return "", 204
    here.asked.append(request.url)
    return _DOCUMENTS.get(path, "<Response><Pause length='60'/></Response>"), {"Content-Type": "text/xml"}
