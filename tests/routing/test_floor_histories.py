"""Whatever happens on the live floor in whatever order: every change is one that the tables allow."""

import json
import random
from collections.abc import Callable

from config.settings import Settings
from routing.floor import Floor, open_patient_floor
from routing.rules import agent_states, call_states
from routing.rules.agent_states import OWN_CHOICE, AgentState
from routing.rules.call_states import CallState
from routing.rules.reports import ReportKind, Statement
from routing.rules.selection import skill_sets_of
from routing.store.agents import Forced
from routing.store.endings import Care, Ending, SaidToEnding
from routing.store.reports import new_report_id
from routing.store.warnings import Warn
from tests.ivr.voice.scenes import later
from tests.routing.live_floor import LiveFloor
from tests.routing.staff import CREATED, an_agent

AGENTS = ("ana", "ben", "cyd")
STEPS = 250
SEEDS = range(10)
WHY = ("no_answer", "declined", "busy", "failed", "completed")


class History:
    """One history: each step is drawn, and may find nothing to do."""

    def __init__(self, floor: Floor, seed: int) -> None:
        self.floor, self.live, self.dice = floor, LiveFloor(floor), random.Random(seed)
        self.calls: list[str] = []
        for name, skills in zip(AGENTS, ({"general": 1}, {"general": 2, "urgent": 1}, {}), strict=True):
            an_agent(floor, name, skills=skills)

    def run(self) -> None:
        steps: list[Callable[[], object]] = [
            *(self.comes,) * 3,
            *(self.says,) * 2,
            *(self.rings, self.accepts, self.ready, self.joins) * 3,
            self.forced,
            *(self.misses,) * 2,
            self.hangs_up,
            self.finishes,
            self.holds,
            *(self.warns, self.ends) * 2,
            self.recovers,
            self.cares,
            self.not_connected,
            self.writes,
            self.time_passes,
            self.stays,
            self.begins_anew,
            self.promised,
            self.answered_by_owner,
            self.qualified,
        ]
        for _ in range(STEPS):
            self.dice.choice(steps)()

    def agent(self) -> str:
        return self.dice.choice(AGENTS)

    def call(self) -> str:
        """Mostly one that goes on."""
        return self.dice.choice(self.going_on() or self.calls or [self.comes()])

    def going_on(self) -> list[str]:
        return [sid for sid in self.calls[-12:] if self.live.state(sid) != "ended"]

    def offer(self) -> str:
        """Mostly one that is open."""
        held = [self.floor.agents.read(name).offer for name in AGENTS]
        return self.dice.choice([one for one in held if one] or [self.live.offer(self.call())])

    def whose(self, sid: str) -> str:
        """Mostly the one who has the call."""
        return self.floor.conversations.of(sid).get("agent") or self.agent()

    def comes(self) -> str:
        if len(self.going_on()) > 5:
            return self.call()
        self.calls.append(self.live.call(self.dice.choice(["general", "urgent", "slow"])))
        return self.calls[-1]

    def says(self) -> None:
        self.live.says(self.agent(), self.dice.choice([AgentState.AVAILABLE, *sorted(OWN_CHOICE)]))

    def forced(self) -> None:
        status = self.dice.choice(sorted(OWN_CHOICE))
        self.floor.agents.set_status(self.agent(), status, forced=Forced("sam", CREATED))

    def rings(self) -> None:
        self.floor.offers.rings(self.offer())

    def accepts(self) -> None:
        offer = self.floor.offers.find(self.offer())
        if offer:
            self.floor.offers.accept(offer.id, self.dice.choice([offer.agent, offer.agent, self.agent()]))

    def ready(self) -> None:
        self.floor.conversations.agent_ready(self.offer())

    def joins(self) -> None:
        for sid in self.going_on():
            conference = self.floor.conversations.of(sid).get("conference", "")
            self.floor.conversations.caller_joins(sid, conference, recorded=self.dice.random() < 0.5)

    def misses(self) -> None:
        self.floor.offers.end(self.offer(), self.dice.choice(WHY), missed=True)

    def hangs_up(self) -> None:
        self.live.hangs_up(self.call())

    def finishes(self) -> None:
        sid = self.call()
        self.floor.conversations.finish(sid, self.whose(sid))

    def holds(self) -> None:
        act = self.dice.choice([self.floor.conversations.hold, self.floor.conversations.resume])
        sid = self.call()
        act(sid, self.whose(sid))

    def warns(self) -> None:
        sid = self.call()
        wanted = Warn(sid, self.whose(sid), f"wa{self.dice.random()}", self.dice.random() < 0.5, 0, [0, 0], 0)
        self.floor.warnings.warn(wanted)
        if self.dice.random() < 0.7:
            self.floor.warnings.is_over(sid, played=self.dice.random() < 0.7)
        self.floor.warnings.has_expired(self.call())

    def ends(self) -> None:
        sid = self.call()
        adviser = self.whose(sid)
        statement = Statement(ReportKind.ABUSE, sid, adviser, immediate=self.dice.random() < 0.2)
        by = self.dice.choice([adviser, adviser, "sam"])
        said, report = self.floor.endings.end(Ending(by, new_report_id(), statement, 0, 0, 1000, 1000))
        assert (said is SaidToEnding.OK) is bool(report)

    def recovers(self) -> None:
        agent = self.agent()
        self.floor.endings.end_recovery(agent, early=self.dice.random() < 0.3)
        self.floor.endings.extend_recovery(agent, by="sam", ms=2000)

    def cares(self) -> None:
        sid = self.call()
        what = self.dice.choice([Care.HELP, Care.HELP, Care.HELP, Care.SAFETY])
        self.floor.endings.ask_for_care(sid, self.whose(sid), what, leads=False)

    def not_connected(self) -> None:
        self.floor.conversations.not_connected(self.call())

    def writes(self) -> None:
        agent = self.agent()
        sid = self.floor.agents.read(agent).call or self.call()
        self.floor.conversations.write_up(sid, agent, {}, logged={}, keep_log_ms=1000)

    def time_passes(self) -> None:
        later(self.floor, seconds=self.dice.choice([1, 10, 61, 700]))
        self.floor.conversations.end_wrap_up(self.agent())
        self.floor.endings.end_recovery(self.agent())
        self.floor.line_ups.is_eligible(self.call())
        self.floor.agents.has_rested(self.agent())

    def stays(self) -> None:
        sid = self.call()
        if self.live.state(sid) == CallState.AGENT_GONE:
            self.live.stays(sid)

    def begins_anew(self) -> None:
        """After a failure the call's document sends it to the beginning."""
        sid = self.call()
        if self.live.state(sid) not in (CallState.ENDED, CallState.CLOSING):
            self.live.stays(sid)

    def promised(self) -> None:
        agent = self.agent()
        if not self.floor.agents.reserve(agent, "cb1") or self.dice.random() < 0.5:
            to = self.dice.choice([AgentState.AVAILABLE, AgentState.NOT_ANSWERING, AgentState.WRAP_UP])
            self.floor.agents.release(agent, "cb1", to=to)

    def answered_by_owner(self) -> None:
        self.floor.calls.talk(self.call())

    def qualified(self) -> None:
        person = self.floor.people.find(self.agent())
        assert person
        serves = skill_sets_of(person, self.floor.configs.in_force())
        self.floor.agents.qualify(person.id, self.dice.choice([serves, serves[:1]]))


def changes(floor: Floor, kind: str, state: str) -> list[tuple[str, str, str]]:
    """Every change that was told: of what, from, to."""
    was: dict[str, str] = {}
    found = []
    for _, fields in floor.store.client.xrange(floor.keys.events):
        said = json.loads(fields["data"])
        if fields["kind"] == kind and not {"warning", "help", "safety"} & set(said):
            of = said.get("call") or said["id"]
            found.append((of, was.get(of, ""), said[state]))
            was[of] = said[state]
    return found


def test_agents_and_calls_change_only_as_their_tables_allow(settings: Settings) -> None:
    seen: set[str] = set()
    for seed in SEEDS:
        own = {"calmline_site": f"{settings.calmline_site}-{seed}"}
        floor = open_patient_floor(settings.model_copy(update=own))
        History(floor, seed).run()
        for name, was, now in changes(floor, "agent", "status"):
            before = AgentState(was or "offline")
            assert AgentState(now) in agent_states.MAY_BECOME[before], (seed, name, was, now)
            seen.add(now)
        for sid, was, now in changes(floor, "call", "state"):
            begun = CallState(was or "new")
            assert CallState(now) in call_states.MAY_BECOME[begun], (seed, sid, was, now)
            seen.add(now)
    assert seen >= set(AgentState)
    assert seen >= set(CallState) - {CallState.NEW, CallState.MENU, CallState.LEAVING}
