"""Random floors, step by step beside a naive oracle: the same people are paired, and nobody waits in vain."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from config.schema import RoutingConfig
from config.settings import Settings
from routing.floor import open_patient_floor
from routing.rules.agent_states import OWN_CHOICE, AgentState
from routing.rules.selection import entry_for, skill_sets_of
from routing.store.floor_scripts import BRIEF_MS, CONNECT_MS, REST_MS
from routing.store.offers import Accepted
from tests.routing.crowded_floor import LiveFloor, with_conduct
from tests.routing.floor_oracle import Agent, Call, Oracle
from tests.routing.staff import a_person

STEPS = 400  # for each of the seeds: 2,000 in all, and every call ended after them
MOST_CALLS = 25
QUEUES = ("general", "general", "general", "specialist", "specialist", "slow", "team_leader", "urgent")
# Moments that fall between two commands must not be close to each other.
APART_S = 0.5


@dataclass
class Beside:
    """The store's floor and the oracle's, told the same."""

    live: LiveFloor
    chance: random.Random
    oracle: Oracle = field(default_factory=Oracle)
    told: list[str] = field(default_factory=list)

    def hire(self, count: int) -> None:
        for index in range(count):
            name = f"agent{index:02d}"
            skills = self.chance.sample(sorted(self.live.config.skills), self.chance.randint(1, 3))
            special: dict[str, Any] = {
                "skills": {skill: self.chance.randint(1, 3) for skill in skills},
                "certified": self.chance.random() < 0.6,
                "languages": self.chance.choice([("en",), ("es",), ()]),
            }
            self.live.agent(name, is_on_duty=False, **special)
            serves = skill_sets_of(a_person(name, phone="+1", **special), self.live.config)
            self.oracle.agents[name] = Agent(name, serves, AgentState.OFFLINE)
            self.chooses(name, AgentState.AVAILABLE)

    def step(self) -> None:
        """One thing happens that may happen."""
        does = self.chance.choices(*zip(*self._possible(), strict=True))[0]
        does()
        self.live.passes(self.chance.uniform(0.6, 6))
        while self._soon():
            self.live.passes(2 * APART_S)

    def _possible(self) -> list[tuple[Callable[[], None], int]]:
        by_state: dict[str, list[str]] = {}
        for call in self.oracle.calls.values():
            state = "offered" if call.state == "waiting" and call.agent else call.state
            state = "ready" if state == "connecting" and call.agent_in else state
            by_state.setdefault(state, []).append(call.sid)
        writing = [one.name for one in self.oracle.agents.values() if one.status is AgentState.WRAP_UP]
        possible: list[tuple[Callable[[], None], int]] = [(self.changes_status, 4), (self.time_passes, 3)]
        if len(self.oracle.calls) < MOST_CALLS:
            possible.append((self.comes, 14))
        for state, does, often in (
            ("waiting", self.asks, 2),
            ("offered", self.accepts, 14),
            ("offered", self.declines, 4),
            ("offered", self.does_not_answer, 3),
            ("connecting", self.is_ready, 14),
            ("connecting", self.dies, 1),
            ("ready", self.joins, 14),
            ("ready", self.dies, 1),
            ("talking", self.finishes, 4),
            ("talking", self.loses_agent, 3),
            ("agent_gone", self.waits_again, 6),
            *((state, self.hangs_up, 2) for state in by_state),
            ("talking", self.hangs_up, 6),
            ("closing", self.hangs_up, 9),
        ):
            if sids := by_state.get(state):
                possible.append((lambda does=does, sids=sids: does(self.chance.choice(sids)), often))
        if writing:
            possible.append((lambda: self.writes_up(self.chance.choice(writing)), 6))
        return possible

    def comes(self) -> None:
        queue, language = self.chance.choice(QUEUES), self.chance.choice(("en", "es"))
        sid = self.live.comes(queue, language)
        self.told.append(f"{sid} comes into {queue}.{language}")
        entry, rank = entry_for(queue, language, self.live.config), int(self.live.call(sid)["rank_ms"])
        assert abs(rank - self.live.now_ms - entry.rank_shift_ms) < 5000
        self.oracle.comes(Call(sid, entry.skill_set, rank, entry.rest_after, entry.min_wait_ms == 0))

    def asks(self, sid: str) -> None:
        self.told.append(f"{sid} asks for something to hear")
        self.live.floor.calls.look_at_wait(sid)
        self.oracle.asks(sid)

    def accepts(self, sid: str) -> None:
        self.told.append(f"{self.live.rung_for(sid)} accepts {sid}")
        assert self.live.takes(sid) is Accepted.OK
        self.oracle.accepts(sid)

    def declines(self, sid: str) -> None:
        self.told.append(f"{self.live.rung_for(sid)} declines {sid}")
        self.live.declines(sid)
        self.oracle.misses(sid)

    def does_not_answer(self, sid: str) -> None:
        self.told.append(f"{self.live.rung_for(sid)} does not answer for {sid}")
        self.live.does_not_answer(sid)
        self.oracle.misses(sid)

    def is_ready(self, sid: str) -> None:
        self.told.append(f"the agent of {sid} is ready")
        assert self.live.floor.conversations.agent_ready(self.live.offer(sid).id)
        self.oracle.calls[sid].agent_in = True

    def joins(self, sid: str) -> None:
        self.told.append(f"{sid} joins")
        room = self.live.call(sid)["conference"]
        assert self.live.floor.conversations.caller_joins(sid, room, recorded=False)
        self.oracle.talks(sid)

    def dies(self, sid: str) -> None:
        self.told.append(f"the agent's telephone dies before {sid} joins")
        self.live.leg_ends(self.live.offer(sid))
        self.oracle.misses(sid)

    def loses_agent(self, sid: str) -> None:
        self.told.append(f"{sid} loses the agent")
        self.live.leg_ends(self.live.offer(sid))
        self.oracle.loses_agent(sid)

    def waits_again(self, sid: str) -> None:
        self.told.append(f"{sid} waits again")
        skill_set = self.oracle.calls[sid].skill_set
        self.live.waits(sid, f"reconnect:{len(self.told)}", *skill_set.split("."))
        self.oracle.waits_again(sid)

    def finishes(self, sid: str) -> None:
        self.told.append(f"the agent of {sid} says goodbye")
        self.live.floor.conversations.finish(sid, self.oracle.calls[sid].agent)
        self.oracle.finishes(sid)

    def hangs_up(self, sid: str) -> None:
        self.told.append(f"{sid} hangs up")
        assert self.live.hangs_up(sid)
        self.oracle.hangs_up(sid)

    def writes_up(self, name: str) -> None:
        self.told.append(f"{name} has written up")
        sid = self.live.floor.agents.read(name).call
        self.live.floor.conversations.write_up(sid, name, {}, logged={}, keep_log_ms=1000)
        self.oracle.has_written_up(name)

    def changes_status(self) -> None:
        self.chooses(self.chance.choice(sorted(self.oracle.agents)), self.chance.choice(sorted(OWN_CHOICE)))

    def chooses(self, name: str, status: AgentState) -> None:
        self.told.append(f"{name} chooses {status}")
        self.live.chooses(name, status)
        self.oracle.chooses(name, status)

    def time_passes(self) -> None:
        self.told.append("time passes")
        self.live.passes(self.chance.choice([30, 60, 300]))

    def is_due(self, kind: str, id_: str) -> None:
        """What the site does by itself when a moment comes."""
        self.told.append(f"{kind} of {id_} is due")
        if kind == "eligible":
            self.oracle.opens(id_)
        elif kind == "wrap_up":
            self.oracle.has_written_up(id_)
        elif kind == "rested":
            self.oracle.has_rested(id_)
        elif kind == "connect" and self.oracle.calls[id_].state == "connecting":
            self.oracle.misses(id_, counts=False)

    def _soon(self) -> bool:
        """Whether a moment is so near that the next command might come before or after it."""
        following = self.live.floor.deadlines.next()
        at = self.live.floor.clock.now(self.live.floor.store)
        return following is not None and (following - at).total_seconds() < APART_S

    def compare(self) -> None:
        """Everybody is where the oracle has him; and everything that should happen one day has its moment."""
        found = _seen(self.live, self.oracle, self.live.config)
        wanted = _known(self.oracle, self.live.config)
        assert found == wanted, "\n".join(self.told[-12:])
        assert self.oracle.nobody_waits_in_vain(), "\n".join(self.told[-12:])
        self._everything_has_its_moment()

    def _everything_has_its_moment(self) -> None:
        redis, now = self.live.floor.store.client, self.live.now_ms
        due = dict(redis.zrange(self.live.floor.keys.deadlines, 0, -1, withscores=True))
        for call in self.oracle.calls.values():
            if call.state == "waiting" and not call.is_open:
                assert due[f"eligible:{call.sid}"] >= now
            elif call.state == "connecting":
                assert now <= due[f"connect:{call.sid}"] <= now + (CONNECT_MS if call.agent_in else BRIEF_MS)
        for agent in self.oracle.agents.values():
            if agent.status is AgentState.WRAP_UP:
                assert now <= due[f"wrap_up:{agent.name}"] <= now + 60_000
            if agent.rests:
                assert now <= due[f"rested:{agent.name}"] <= now + REST_MS


def _skill_sets(config: RoutingConfig) -> list[str]:
    return [f"{queue}.{language}" for queue in config.queues for language in ("en", "es")]


def _known(oracle: Oracle, config: RoutingConfig) -> dict[str, object]:
    known: dict[str, object] = {sid: (call.state, call.agent) for sid, call in oracle.calls.items()}
    known |= {name: (agent.status, agent.asked) for name, agent in oracle.agents.items()}
    for skill_set in _skill_sets(config):
        known[f"line_up {skill_set}"] = {one.sid for one in oracle.waiting() if one.skill_set == skill_set}
        known[f"idle {skill_set}"] = {one.name for one in oracle.free() if one.level(skill_set)}
    return known


def _seen(live: LiveFloor, oracle: Oracle, config: RoutingConfig) -> dict[str, object]:
    """The same, read from Redis in one go. An agent has one call at most, and a call one agent."""
    keys, sets = live.floor.keys, _skill_sets(config)
    with live.floor.store.client.pipeline(transaction=False) as pipe:
        for sid in oracle.calls:
            pipe.hmget(keys.call(sid), "state", "offer", "agent")
        for name in oracle.agents:
            pipe.hmget(keys.agent(name), "status", "next_status", "offer")
        for skill_set in sets:
            pipe.zrange(keys.line_up(skill_set), 0, -1)
            pipe.zrange(keys.idle(skill_set), 0, -1)
        answers = iter(pipe.execute())
    calls = {sid: next(answers) for sid in oracle.calls}
    agents = {name: next(answers) for name in oracle.agents}
    rung = {offer: name for name, (_, _, offer) in agents.items() if offer}
    assert len(rung) == sum(1 for _, _, offer in agents.values() if offer)
    seen: dict[str, object] = {}
    for sid, (state, offer, agent) in calls.items():
        seen[sid] = (state, agent if state in ("talking", "connecting", "closing") else rung.get(offer, ""))
    for name, (status, asked, _) in agents.items():
        seen[name] = (AgentState(status), AgentState(asked) if asked else None)
    for skill_set in sets:
        seen[f"line_up {skill_set}"] = set(next(answers))
        seen[f"idle {skill_set}"] = set(next(answers))
    return seen


@pytest.mark.parametrize("seed", range(5))
def test_a_random_floor_pairs_the_same_people_as_the_oracle(
    settings: Settings, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Forgetting has tests of its own: here not everybody asks in time.
    monkeypatch.setattr("routing.store.calls.FORGOTTEN_AFTER_MS", 10**12)
    chance = random.Random(seed)
    live = LiveFloor(open_patient_floor(settings), with_conduct(specialist_calls_in_a_row=1 + seed % 2))
    beside = Beside(live, chance)
    live.is_due = beside.is_due
    beside.hire(chance.randint(2, 9))
    beside.compare()
    for _ in range(STEPS):
        beside.step()
        beside.compare()
    for sid in list(beside.oracle.calls):
        beside.hangs_up(sid)
        beside.compare()
