"""A live floor without telephones: callers come and go, agents take them, time passes as it is told to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config.load import load_config
from config.now import milliseconds
from config.schema import RoutingConfig
from config.settings import PACKAGED_CONFIG
from routing import conversation, offers, shifts
from routing.floor import Floor
from routing.rules.agent_states import AgentState
from routing.rules.answers import Answer
from routing.rules.caller import Identity
from routing.rules.decisions import Because, Decision, Enqueue, PlayMenu, Rule
from routing.rules.legs import Ended as LegEnded
from routing.rules.legs import LegState
from routing.rules.selection import entry_for, skill_sets_of
from routing.store.conversations import CONNECT, WRAP_UP
from routing.store.line_ups import ELIGIBLE, RESTED
from routing.store.offers import DEADLINE as OFFER
from routing.store.offers import Accepted, Offer
from routing.store.step import LineUp, Step
from tests.routing.staff import a_person
from tests.twilio import LINE, a_call_sid

BECAUSE = Because(Rule.MENU, Identity.SURE, 0)
PHONE = "+14155550160"
LOG_DAYS = 90


@dataclass
class LiveFloor:
    """The floor of a test, and what a dispatcher would do there when moments come."""

    floor: Floor
    config: RoutingConfig = field(default_factory=lambda: packaged())
    is_due: Callable[[str, str], None] = lambda kind, id_: None  # told of each deadline, before it is done

    def agent(self, name: str = "ana", *, is_on_duty: bool = True, **special: Any) -> str:
        """Works here; serves the normal queue in every language unless said otherwise."""
        person = a_person(name, **({"phone": PHONE} | special))
        self.floor.people.add(person, by="tests")
        if is_on_duty:
            self.chooses(name, AgentState.AVAILABLE)
        return name

    def chooses(self, name: str, status: AgentState, *, reason: str = "") -> None:
        """An agent says what he does, with what he serves by the config of this floor."""
        person = self.floor.people.find(name)
        assert person is not None
        serves = skill_sets_of(person, self.config)
        self.floor.agents.set_status(name, status, reason=reason, serves=serves)

    def comes(self, queue: str = "general", language: str = "en", *, waited_s: float = 0) -> str:
        """Somebody calls and waits; the CallSid. `waited_s`: since when, as after an outage."""
        sid = a_call_sid()
        self.waits(sid, "incoming", queue, language, waited_s=waited_s)
        return sid

    def waits(
        self, sid: str, step: str, queue: str = "general", language: str = "en", *, waited_s: float = 0
    ) -> Answer:
        """A step of a call that makes it wait."""
        since = self.now_ms - round(waited_s * 1000) if waited_s else None
        line_up = LineUp(entry_for(queue, language, self.config), LINE)
        return self.step(
            sid, step, Enqueue(queue, BECAUSE), language, line_up=line_up, waiting_since_ms=since
        )

    def goes_to_the_menu(self, sid: str, step: str = "back") -> None:
        self.step(sid, step, PlayMenu("main", BECAUSE))

    def step(self, sid: str, name: str, decision: Decision, language: str = "en", **more: Any) -> Answer:
        """What it was answered; for a repeat what it was answered before."""
        visit = int(self.call(sid).get("visit", 0)) + 1
        answer = Answer(decision, language, "support", visit)
        return self.floor.calls.take_step(Step(sid, name, answer, number="+14155550142", caller="c", **more))

    def hangs_up(self, sid: str) -> bool:
        return self.floor.calls.end(sid, "completed", log_days=LOG_DAYS)

    def offer(self, sid: str) -> Offer:
        """The call's latest offer."""
        found = self.floor.offers.find(self.call(sid)["offer"])
        assert found is not None
        return found

    def rung_for(self, sid: str) -> str:
        """Whose telephone is to ring for a call; "" for nobody's."""
        return self.offer(sid).agent if "offer" in self.call(sid) else ""

    def takes(self, sid: str) -> Accepted:
        """Whoever is rung for it says yes."""
        offer = self.offer(sid)
        return self.floor.offers.accept(offer.id, offer.agent)

    def talks(self, sid: str) -> Offer:
        """From the offer to the conversation without a hitch."""
        offer = self.offer(sid)
        assert self.takes(sid) is Accepted.OK
        conference = self.floor.conversations.agent_ready(offer.id)
        assert conference
        assert self.floor.conversations.caller_joins(sid, conference, recorded=False)
        return offer

    def declines(self, sid: str) -> None:
        offer = self.offer(sid)
        offers.decline(self.floor, offer.id, offer.agent)

    def does_not_answer(self, sid: str) -> None:
        self.leg_ends(self.offer(sid), LegEnded.NO_ANSWER)

    def leg_ends(self, offer: Offer, how: LegEnded = LegEnded.COMPLETED) -> None:
        """Twilio tells that the agent's call is over, and a dispatcher hands that on."""
        self.leg_is(offer, LegState.ENDED, how)

    def leg_is(self, offer: Offer, state: LegState, how: LegEnded | None = None) -> None:
        self.floor.legs.change(offer.leg, state, call_sid=f"CA{offer.leg[2:].zfill(32)}", how=how)
        leg = self.floor.legs.read(offer.leg)
        assert leg is not None
        offers.leg_changed(self.floor, leg)

    def call(self, sid: str) -> dict[str, str]:
        return self.floor.conversations.of(sid)

    def status(self, name: str = "ana") -> AgentState:
        return self.floor.agents.read(name).status

    @property
    def now_ms(self) -> int:
        return milliseconds(self.floor.clock.now(self.floor.store))

    def passes(self, seconds: float) -> None:
        """Time passes; what is due on the way is done at its moment, the lab's clock put forward to it."""
        until, redis = self.now_ms + round(seconds * 1000), self.floor.store.client
        while True:
            first = redis.zrange(self.floor.keys.deadlines, 0, 0, withscores=True)
            at = min(int(first[0][1]), until) if first else until
            redis.incrby(self.floor.clock.offset_key, max(at - self.now_ms, 0))
            if not first or int(first[0][1]) > until:
                return
            redis.zrem(self.floor.keys.deadlines, first[0][0])
            kind, _, id_ = first[0][0].partition(":")
            self.is_due(kind, id_)
            self._does_what_is_due(kind, id_)

    def _does_what_is_due(self, kind: str, id_: str) -> None:
        if kind == OFFER:
            offers.look(self.floor, id_)
        elif kind == CONNECT:
            self.floor.conversations.not_connected(id_)  # Twilio says that the call lives
        elif kind == WRAP_UP:
            conversation.end_wrap_up(self.floor, id_)
        elif kind == ELIGIBLE:
            self.floor.line_ups.is_eligible(id_)
        elif kind == RESTED:
            self.floor.agents.has_rested(id_)
        # A leg's: nobody asks Twilio here.

    def effects(self, *verbs: str) -> list[tuple[str, str, Mapping[str, Any]]]:
        """What was left for dispatchers so far: verb, target, data; of these verbs, or all."""
        entries = self.floor.store.run(lambda redis: redis.xrange(self.floor.keys.effects))
        found = [(one["verb"], one["target"], json.loads(one["data"])) for _, one in entries]
        return [one for one in found if not verbs or one[0] in verbs]

    def events(self, kind: str) -> list[dict[str, Any]]:
        entries = self.floor.store.run(lambda redis: redis.xrange(self.floor.keys.events))
        return [json.loads(one["data"]) for _, one in entries if one["kind"] == kind]

    def standing_about(self) -> list[str]:
        """Keys that hold something only while somebody waits, is free, or is looked after."""
        redis, site = self.floor.store.client, self.floor.keys.site
        kinds = ("line_up:*", "idle:*", "queue:*", "deadlines", "waiting_seen", "signed_in")
        return sorted(key for kind in kinds for key in redis.scan_iter(f"{site}:{kind}"))

    def qualify_all(self) -> None:
        shifts.qualify_all(self.floor)


def with_conduct(**changed: Any) -> RoutingConfig:
    """The packaged config, its conduct policy's numbers changed."""
    conduct = packaged().conduct.model_copy(update=changed)
    return packaged().model_copy(update={"conduct": conduct})


@cache
def packaged() -> RoutingConfig:
    return load_config(PACKAGED_CONFIG)
