"""Row G: from an agent's yes to the requests that move his leg and the caller's, by a real dispatcher.

Two spans. The yes by desk (a key on the telephone needs no request: its answer is the next document) → the
POST that sends the agent's leg on; and the agent's coming into the conference → the POST that sends the
caller after him. What lies between is spoken. Twilio's REST is a stand-in that notes the moment of each.
"""

import json
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ruamel.yaml import YAML

from benchmarks.product import Product
from benchmarks.report import Figure
from benchmarks.servers import BIN, Server, launch
from benchmarks.sizes import Sizes
from benchmarks.valkey import own_valkey
from benchmarks.yardsticks import new_folder
from config.observe import configure_logging
from config.settings import PACKAGED_CONFIG, load_settings
from routing import conversation, offers
from routing.floor import Floor, open_patient_floor
from routing.rules.legs import LegState
from tests.journeys.places import REQUIRED
from tests.routing.crowded_floor import LiveFloor
from tests.twilio import ACCOUNT, TOKEN, a_call_sid

P99_MS = 50.0
PATIENCE_S = 10.0
_ONE_CALL = re.compile(r"/Calls/(CA\w+)\.json$")


class StandIn:
    """Twilio's REST as far as this row goes: places calls, moves them, and remembers when."""

    def __init__(self) -> None:
        self.placed: list[str] = []
        self._moved: dict[str, float] = {}
        self._news = threading.Condition()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                at = time.perf_counter()
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = json.dumps({"sid": stand_in.asked(self.path, at), "status": "queued"}).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def asked(self, path: str, at: float) -> str:
        """The CallSid that the request is about."""
        with self._news:
            if one := _ONE_CALL.search(path):
                self._moved.setdefault(one[1], at)
                self._news.notify_all()
                return one[1]
            self.placed.append(a_call_sid())
            return self.placed[-1]

    def moved(self, call_sid: str) -> float:
        """When the first request to move this call came; waits for it."""
        with self._news:
            if not self._news.wait_for(lambda: call_sid in self._moved, PATIENCE_S):
                raise TimeoutError(f"nobody moved {call_sid}")
            return self._moved.pop(call_sid)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def measure(product: Product, sizes: Sizes) -> list[Figure]:
    """One conversation after the other."""
    if product.is_control:
        return []
    configure_logging("ERROR")
    with new_folder() as folder, _running(folder) as (floor, rest):
        live = LiveFloor(floor)
        live.agent()
        spans = [_conversation(live, rest) for _ in range(sizes.conversations + 5)][5:]
    return [
        _figure("an agent's yes → the POST that sends his leg on", [one for one, _ in spans]),
        _figure("the agent is there → the POST that sends the caller after him", [two for _, two in spans]),
    ]


def _figure(what: str, took_ms: list[float]) -> Figure:
    p99 = sorted(took_ms)[min(int(len(took_ms) * 0.99), len(took_ms) - 1)]
    told = f"p99 {p99:.1f} ms, median {statistics.median(took_ms):.1f} ms, most {max(took_ms):.1f} ms"
    return Figure("G", f"{what} ({len(took_ms)} calls)", told, "", f"p99 ≤ {P99_MS:.0f} ms", p99 <= P99_MS)


def _conversation(live: LiveFloor, rest: StandIn) -> tuple[float, float]:
    """Milliseconds of both spans."""
    floor, sid = live.floor, live.comes()
    _wait_for(lambda: live.rung_for(sid), "rang the agent")  # he has put the telephone down
    offer = live.offer(sid)
    call_sid = _placed(floor, offer.leg)
    floor.legs.change(offer.leg, LegState.ANSWERED, call_sid=call_sid)

    began = time.perf_counter()
    offers.accept_by_desk(floor, offer.id, offer.agent)
    sent_on = rest.moved(call_sid) - began

    began = time.perf_counter()
    room = conversation.agent_ready(floor, offer.id, offer.leg)
    fetched = rest.moved(sid) - began

    conversation.caller_joins(floor, sid, room)
    live.hangs_up(sid)
    rest.moved(call_sid)
    floor.legs.change(offer.leg, LegState.ENDED, call_sid=call_sid)
    floor.conversations.write_up(sid, offer.agent, {}, logged={}, keep_log_ms=1000)
    return sent_on * 1000, fetched * 1000


def _placed(floor: Floor, leg_id: str) -> str:
    def call_sid() -> str:
        leg = floor.legs.read(leg_id)
        return leg.call_sid if leg else ""

    return _wait_for(call_sid, f"placed the call of {leg_id}")


def _wait_for(what: Callable[[], str], told: str) -> str:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.005)
    raise TimeoutError(f"nobody {told}")


@contextmanager
def _running(folder: Path) -> Iterator[tuple[Floor, StandIn]]:
    """A dispatcher as an operator starts it, the floor it works for, and whom it asks."""
    rest = StandIn()
    with own_valkey(folder) as socket:
        given = {
            "redis_url": f"unix://{socket}",
            "calmline_lab": "1",
            "calmline_config": str(_config(folder)),
            "twilio_api_url": rest.url,
        }
        environment = REQUIRED | {name.upper(): value for name, value in given.items()}
        process = launch(folder, [str(BIN / "calmline"), "dispatcher"], environment)
        own = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "calmline_data": folder / "var"}
        try:
            yield open_patient_floor(load_settings(**own, **given)), rest
        finally:
            Server("dispatcher", 0, folder, process, socket).stop()
            rest.close()


def _config(folder: Path) -> Path:
    """The packaged config, which may place a thousand calls a second."""
    yaml = YAML(typ="safe", pure=True)
    config = yaml.load(PACKAGED_CONFIG.read_text("utf-8"))
    config["twilio"] = {"calls_per_second": 1000}
    with (file := folder / "quick.yaml").open("w") as out:
        yaml.dump(config, out)
    return file
