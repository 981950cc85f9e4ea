"""The live floor as a naive person would run it: looks through everybody each time, and has no Redis."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.rules.agent_states import BUSY, AgentState
from routing.rules.selection import Serves
from routing.store.floor_scripts import MOST_MISSED

AVAILABLE, CONNECTING, NOT_ANSWERING, ON_CALL, RESERVED, WRAP_UP = (
    AgentState.AVAILABLE,
    AgentState.CONNECTING,
    AgentState.NOT_ANSWERING,
    AgentState.ON_CALL,
    AgentState.RESERVED,
    AgentState.WRAP_UP,
)


@dataclass
class Agent:
    """`free_since` counts turns; `call` is what he is asked for, talks to or writes up."""

    name: str
    serves: tuple[Serves, ...]
    status: AgentState
    free_since: int = 0
    asked: AgentState | None = None
    missed: int = 0
    in_a_row: int = 0
    rests: bool = False
    call: str = ""

    def level(self, skill_set: str) -> int:
        """How well he may serve it now; 0: not at all."""
        return next(
            (
                one.level
                for one in self.serves
                if one.skill_set == skill_set and not (self.rests and one.special)
            ),
            0,
        )


@dataclass
class Call:
    """`is_open`: it may be offered; `rank` as written down when it came.

    `not_met`: how often it did not come to an agent since it was last heard of.
    """

    sid: str
    skill_set: str
    rank: int
    rest_after: int
    is_open: bool
    state: str = "waiting"
    agent: str = ""
    agent_in: bool = False
    not_met: int = 0

    @property
    def can_be_offered(self) -> bool:
        return self.state == "waiting" and self.is_open and not self.agent and self.not_met < 2


@dataclass
class Oracle:
    """All calls that go on and all agents."""

    agents: dict[str, Agent] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    turn: int = 0

    def waiting(self) -> Iterator[Call]:
        """Whoever could be offered now."""
        return (call for call in self.calls.values() if call.can_be_offered)

    def free(self) -> Iterator[Agent]:
        return (agent for agent in self.agents.values() if agent.status is AVAILABLE)

    def comes(self, call: Call) -> None:
        self.calls[call.sid] = call
        self._look_for_agent(call)

    def opens(self, sid: str) -> None:
        """The least wait of its queue is over."""
        call = self.calls.get(sid)
        if call and call.state == "waiting" and not call.agent:
            call.is_open = True
            self._look_for_agent(call)

    def asks(self, sid: str) -> None:
        """It was heard of, in the waiting room."""
        self.calls[sid].not_met = 0
        self._look_for_agent(self.calls[sid])

    def hangs_up(self, sid: str) -> None:
        call = self.calls.pop(sid)
        if call.agent and call.state in ("waiting", "connecting"):
            self._is_done(self.agents[call.agent])
        elif call.state == "talking":
            self._writes_up(self.agents[call.agent])

    def accepts(self, sid: str) -> None:
        call = self.calls[sid]
        call.state, call.agent_in = "connecting", False
        self.agents[call.agent].status, self.agents[call.agent].missed = CONNECTING, 0

    def misses(self, sid: str, *, counts: bool = True) -> None:
        """Whoever was asked, or had said yes and was not connected, is out; the caller is where he was."""
        call = self.calls[sid]
        agent, call.agent, call.state = self.agents[call.agent], "", "waiting"
        call.not_met += not counts
        self._look_for_agent(call)
        if counts:
            agent.missed += 1
        if counts and agent.missed >= MOST_MISSED and not agent.asked:
            agent.status, agent.missed, agent.call = NOT_ANSWERING, 0, ""
        else:
            self._is_done(agent)

    def talks(self, sid: str) -> bool:
        """True if the agent is spared special calls from now on."""
        call = self.calls[sid]
        agent = self.agents[call.agent]
        call.state, agent.status = "talking", ON_CALL
        agent.in_a_row = agent.in_a_row + 1 if call.rest_after else 0
        if call.rest_after and agent.in_a_row >= call.rest_after:
            agent.in_a_row, agent.rests = 0, True
        return agent.rests

    def loses_agent(self, sid: str) -> None:
        call = self.calls[sid]
        self._writes_up(self.agents[call.agent])
        call.state, call.agent = "agent_gone", ""

    def waits_again(self, sid: str) -> None:
        self.calls[sid].state = "waiting"
        self._look_for_agent(self.calls[sid])

    def finishes(self, sid: str) -> None:
        call = self.calls[sid]
        self._writes_up(self.agents[call.agent])
        call.state = "closing"

    def has_written_up(self, name: str) -> None:
        if self.agents[name].status is WRAP_UP:
            self._is_done(self.agents[name])

    def has_rested(self, name: str) -> None:
        self.agents[name].rests = False
        if self.agents[name].status is AVAILABLE:
            self._look_for_call(self.agents[name])

    def chooses(self, name: str, status: AgentState) -> None:
        agent = self.agents[name]
        if agent.status in BUSY:
            agent.asked = status
        elif agent.status is not status:
            agent.missed, agent.status = 0, status
            self._is_free(agent)

    def nobody_waits_in_vain(self) -> bool:
        """Nobody is free while somebody he serves waits and is offered to nobody."""
        return not any(agent.level(call.skill_set) for agent in self.free() for call in self.waiting())

    def _writes_up(self, agent: Agent) -> None:
        agent.status = WRAP_UP

    def _is_done(self, agent: Agent) -> None:
        agent.status, agent.asked, agent.call = agent.asked or AVAILABLE, None, ""
        self._is_free(agent)

    def _is_free(self, agent: Agent) -> None:
        self.turn += 1
        agent.free_since = self.turn
        if agent.status is AVAILABLE:
            self._look_for_call(agent)

    def _look_for_agent(self, call: Call) -> None:
        if not call.can_be_offered:
            return
        able = [agent for agent in self.free() if agent.level(call.skill_set)]
        if able:
            best = min(able, key=lambda one: (-one.level(call.skill_set), one.free_since, one.name))
            self._look_for_call(best)

    def _look_for_call(self, agent: Agent) -> None:
        theirs = [call for call in self.waiting() if agent.level(call.skill_set)]
        if theirs:
            first = min(theirs, key=lambda one: (one.rank, one.skill_set, one.sid))
            first.agent, agent.call, agent.status = agent.name, first.sid, RESERVED
