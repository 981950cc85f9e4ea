"""A network of the lab on a clock that stands still, and a record of what REST asked of it."""

from typing import Any

from ivr.lab.account import Account
from ivr.lab.clocks import ManualClock
from ivr.lab.exchange import Exchange
from ivr.lab.network import Network
from ivr.lab.phone import ANSWERS
from ivr.lab.records import (
    Call,
    Callback,
    Conference,
    Move,
    NewCall,
    Number,
    Participant,
    ParticipantOptions,
    Queue,
    Recording,
)
from ivr.lab.sids import queue_sid
from ivr.lab.wire import Wire
from tests.twilio import ACCOUNT, CALLER, LINE, OFFICE, TOKEN

BEGAN = 1_790_000_000.0
KEY, SECRET = "SK" + "5" * 32, "the-secret-of-a-key"
URL = "https://line.example/voice/document?call=1"
AGENT = "+12125550177"
LONG_PAUSE = '<Response><Pause length="3600"/></Response>'
ANSWERED_S = 5.0  # every telephone here is answered after two


class WatchedNetwork(Network):
    """`done` is what was asked for, in order."""

    def __init__(self) -> None:
        numbers = (_number(1, LINE), _number(2, OFFICE))
        keys = {KEY: SECRET}
        super().__init__(Account(ACCOUNT, TOKEN, numbers, keys, calls_per_second=1000.0), began=BEGAN)
        self.done: list[tuple[Any, ...]] = []
        for number in (CALLER, AGENT, OFFICE):
            self.switchboard.phone(number, ANSWERS)

    def create_call(self, new: NewCall) -> Call:
        self.done.append(("create", new))
        return super().create_call(new)

    def move_call(self, call: Call, move: Move) -> None:
        super().move_call(call, move)
        self.done.append(("move", move))

    def end_call(self, call: Call, status: str) -> None:
        super().end_call(call, status)
        self.done.append(("end", status))

    def create_participant(self, conference: str, new: NewCall, options: ParticipantOptions) -> Participant:
        self.done.append(("add", conference, new, options))
        return super().create_participant(conference, new, options)

    def announce(
        self, conference: Conference, url: str, method: str, participant: Participant | None = None
    ) -> None:
        super().announce(conference, url, method, participant)
        self.done.append(("announce", url, method, participant.label if participant else "all"))

    def hold(self, conference: Conference, participant: Participant, on: bool, url: str, method: str) -> None:
        super().hold(conference, participant, on, url, method)
        self.done.append(("hold", on, url, method))

    def record(self, call: Call, channels: int, track: str, callback: Callback, trim: str) -> Recording:
        self.done.append(("record", channels, track, callback, trim))
        return super().record(call, channels, track, callback, trim)


class Bench:
    """The network with its desk, and what tests need to be there; nothing happens until time passes."""

    def __init__(self) -> None:
        self.clock = ManualClock(BEGAN)
        self.network = WatchedNetwork()
        wire = Wire(self.network.account, web="http://127.0.0.1:9", public_url="https://nobody.example")
        self.desk = Exchange(self.network, wire, self.clock, threads=1)

    def pass_time(self, seconds: float = ANSWERED_S) -> None:
        self.desk.run(seconds)

    def a_call(self, to: str = CALLER, from_: str = LINE, **changes: object) -> Call:
        """A call in Twilio's queue, with what the test wants to be on its record."""
        with self.desk as network:
            call = network.create_call(NewCall(from_, to, twiml=LONG_PAUSE))
        for name, value in changes.items():
            setattr(call, name, value)
        return call

    def talking(self) -> Call:
        """A call that was answered and hears a long silence."""
        call = self.a_call()
        self.pass_time()
        assert call.status == "in-progress"
        return call

    def a_room(self, name: str = "talk-1") -> Conference:
        """A caller and an agent in conversation."""
        with self.desk as network:
            for label, number in (("caller-1", CALLER), ("agent-1", AGENT)):
                network.create_participant(name, NewCall(LINE, number), ParticipantOptions(label=label))
        self.pass_time()
        [room] = [room for room in self.network.conferences.values() if room.name == name]
        assert len(room.participants) == 2
        return room

    def a_recording(self, call: Call | None = None) -> Recording:
        call = call or self.talking()
        with self.desk as network:
            return network.record(call, 2, "both", Callback(), "do-not-trim")

    def a_queue(self, name: str = "general") -> Queue:
        queue = Queue(queue_sid(ACCOUNT, name), ACCOUNT, name, BEGAN)
        return self.network.queues.setdefault(queue.sid, queue)

    def close(self) -> None:
        self.desk.close()


def _number(place: int, number: str) -> Number:
    return Number(f"PN{place:032x}", number, "https://line.example/voice/incoming", created=BEGAN)
