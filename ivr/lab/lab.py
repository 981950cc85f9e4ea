"""The lab: a network with its clock and its REST running, and telephones to pick up.

with Lab(account, web="http://127.0.0.1:8000") as lab:
    customer, agent = lab.phone("+14155550142"), lab.phone("+12125550199", ANSWERS)
    agent.on_hearing("press 1", press="1")
    customer.calls("+12125550100")
    lab.run(30)
    assert customer.is_talking_with() == {agent.number}
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from ivr.lab.account import Account
from ivr.lab.clocks import Clock, ManualClock, RealClock
from ivr.lab.control.app import control
from ivr.lab.exchange import Exchange, Idle
from ivr.lab.faults import Faults
from ivr.lab.handset import Handset
from ivr.lab.network import Network
from ivr.lab.phone import Ringing
from ivr.lab.rest.app import rest_app
from ivr.lab.rest.serving import serve_rest
from ivr.lab.story import Bridge, Story
from ivr.lab.wire import Wire


class Lab:
    """A whole telephone network for one account, whose web server is at `web`.

    On a clock that can be moved time stands still between `run`s; in real time it flows by itself.
    `rest_port` is where Twilio's REST is served (0: any free one), and beside it `/lab/…`, by which other
    processes hold the telephones (ivr/lab/control). `idle`, `grain_s`: see ivr/lab/exchange.py.
    """

    def __init__(
        self,
        account: Account,
        *,
        web: str,
        public_url: str = "",
        clock: Clock | None = None,
        faults: Faults | None = None,
        rest_port: int = 0,
        threads: int = 8,
        idle: Idle | None = None,
        grain_s: float = 0.0,
    ) -> None:
        self.clock = clock or ManualClock()
        self.network = Network(account, began=self.clock.now(), faults=faults)
        wire = Wire(account, web=web, public_url=public_url)
        self.exchange = Exchange(self.network, wire, self.clock, threads=threads, idle=idle, grain_s=grain_s)
        app = rest_app(self.exchange)
        app.register_blueprint(control(self.exchange, web=web))
        self._rest = serve_rest(app, rest_port)
        if isinstance(self.clock, RealClock):
            self.exchange.run_in_real_time()

    @property
    def rest_url(self) -> str:
        """What TWILIO_API_URL names."""
        return self._rest.url

    @property
    def story(self) -> Story:
        """Everything that happened; `print(lab.story)` to read it."""
        return self.network.story

    @property
    def faults(self) -> Faults:
        return self.network.faults

    def phone(self, number: str, ringing: Ringing | None = None) -> Handset:
        """The telephone of this number, and what it does when it rings."""
        with self.exchange as network:
            return Handset(self.exchange, network.switchboard.phone(number, ringing))

    def run(self, seconds: float) -> None:
        """So much time passes, and everything comes to rest."""
        self.exchange.run(seconds)

    def run_until(self, is_so: Callable[[], object], within_s: float, step_s: float = 1.0) -> None:
        """Time passes until it is so; fails with the whole story after `within_s` seconds."""
        until = self.clock.now() + within_s
        self.exchange.settle()
        while not is_so():
            if self.clock.now() >= until:
                raise AssertionError(f"not within {within_s} s:\n{self.story}")
            self.run(step_s)

    def bridges(self) -> Mapping[frozenset[str], Bridge]:
        """Who can hear whom at this moment."""
        with self.exchange as network:
            return {bridge.people: bridge for bridge in network.story.bridges if bridge.until is None}

    def close(self) -> None:
        self._rest.close()
        self.exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
