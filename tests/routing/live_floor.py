"""The live floor without Twilio: calls that wait, agents who take them, step by step in Redis."""

from dataclasses import dataclass
from typing import Any

from routing import shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.decisions import Because, Enqueue, Rule
from routing.rules.selection import entry_for
from routing.store.step import LineUp, Step
from tests.routing.staff import an_agent
from tests.twilio import CALLER, LINE, a_call_sid


@dataclass
class LiveFloor:
    """Callers and agents of one site."""

    floor: Floor

    def agent(self, name: str = "ana", **special: Any) -> str:
        """Somebody who is signed in and free."""
        an_agent(self.floor, name, **special)
        self.says(name, AgentState.AVAILABLE)
        return name

    def says(self, name: str, status: AgentState, reason: str = "") -> None:
        person = self.floor.people.find(name)
        assert person
        shifts.choose(self.floor, person, status, reason=reason)

    def call(
        self, queue: str = "general", *, number: str = CALLER, identity: Identity = Identity.SURE
    ) -> str:
        """Somebody waits in a queue; the CallSid."""
        sid = a_call_sid()
        self._waits(sid, queue, number=number, identity=identity)
        return sid

    def _waits(
        self,
        sid: str,
        queue: str,
        *,
        visit: int = 0,
        number: str = CALLER,
        identity: Identity = Identity.SURE,
    ) -> None:
        line_up = LineUp(entry_for(queue, "en", self.floor.configs.in_force()), LINE)
        decision = Enqueue(queue, Because(Rule.MENU, identity, 0))
        answer = Answer(decision, "en", "support", visit + 1, consent="announce")
        step = Step(sid, f"incoming:{visit}", answer, number=number, caller="c1", line_up=line_up)
        self.floor.calls.take_step(step)

    def offer(self, sid: str) -> str:
        """The id of the offer of a call; "" for none."""
        return self.floor.conversations.of(sid).get("offer", "")

    def accepts(self, sid: str) -> str:
        """Whoever is asked takes the call; the conference."""
        offer = self.floor.offers.find(self.offer(sid))
        assert offer
        self.floor.offers.accept(offer.id, offer.agent)
        return self.floor.conversations.agent_ready(offer.id)

    def talks(self, sid: str, *, recorded: bool = False) -> str:
        """They talk; the agent."""
        conference = self.accepts(sid)
        assert self.floor.conversations.caller_joins(sid, conference, recorded=recorded)
        return self.floor.conversations.of(sid)["agent"]

    def stays(self, sid: str) -> None:
        """The agent has gone; the caller waits again."""
        self._waits(sid, "general", visit=int(self.floor.conversations.of(sid)["visit"]) + 1)

    def hangs_up(self, sid: str) -> None:
        self.floor.calls.end(sid, "completed", log_days=90)

    def state(self, sid: str) -> str:
        return self.floor.conversations.of(sid)["state"]

    def status(self, name: str = "ana") -> AgentState:
        return self.floor.agents.read(name).status

    def effects(self) -> list[tuple[str, str]]:
        """What was written for dispatchers: verb and target."""
        entries = self.floor.store.run(lambda redis: redis.xrange(self.floor.keys.effects))
        return [(fields["verb"], fields["target"]) for _, fields in entries]
