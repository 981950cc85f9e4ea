"""Figure 6: events come twice, late and out of order, instructions twice; all ends as if none had.

A history is one caller's story with two agents, told once as it happens and once as a network tells it. What
is asked in order stays in order (Twilio asks for a document after it had the one before); a repeat of it may
come at any later moment. What is only told (how a leg stands) may come late, and behind what followed it.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chaos.floor_site import a_floor
from routing import conversation, offers
from routing.rules.legs import Ended, LegState
from routing.store.offers import Offer
from tests.routing.crowded_floor import LiveFloor
from tests.twilio import a_call_sid

AGENTS = ("ana", "ben")
MOST_REPEATS = 4
# May come late: nothing follows from them that something else does not bring about too.
_ONLY_TOLD = {"rings", "picks_up"}
# The network may tell the end of both sides of a conversation in either order.
_ENDS = {"hangs_up", "leg_over"}

# `:1` is the caller's first offer, and so on.
_TALK_1 = "rings:1 picks_up:1 takes:1 ready:1 joins:1"
_TALK_2 = "rings:2 picks_up:2 takes:2 ready:2 joins:2"
STORIES = {
    "caller ends it": f"comes {_TALK_1} hangs_up leg_over:1 writes_up:1",
    "agent ends it": f"comes {_TALK_1} finishes:1 leg_over:1 hangs_up writes_up:1",
    "on hold": f"comes {_TALK_1} holds:1 resumes:1 hangs_up leg_over:1",
    "gives up while it rings": "comes rings:1 hangs_up cancelled:1",
    "gives up at the brief": "comes rings:1 picks_up:1 takes:1 hangs_up leg_over:1",
    "no answer": f"comes rings:1 no_answer:1 {_TALK_2} hangs_up leg_over:2",
    "declined": f"comes rings:1 picks_up:1 declines:1 leg_over:1 {_TALK_2} hangs_up",
    "nobody answers": "comes rings:1 no_answer:1 rings:2 no_answer:2 rings:3 no_answer:3 rings:4 no_answer:4",
    "agent lost": f"comes {_TALK_1} leg_over:1 waits_again {_TALK_2} hangs_up leg_over:2 writes_up:2",
    "agent lost at the brief": f"comes rings:1 picks_up:1 takes:1 leg_over:1 {_TALK_2} finishes:2 leg_over:2 "
    "hangs_up",
    "never met": f"comes rings:1 picks_up:1 takes:1 ready:1 not_met leg_over:1 {_TALK_2} hangs_up leg_over:2",
    "changes the queue": "comes rings:1 changes_queue cancelled:1 hangs_up",
}


@dataclass
class Histories:
    """One run. `wrong`: histories that ended otherwise than in order, or did something twice."""

    seed: int
    done: int = 0
    messages: int = 0
    repeats: int = 0
    late: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return not self.wrong and self.done > 0 < self.repeats


def run(seed: int, histories: int) -> Histories:
    """On a Valkey of its own, emptied between the histories."""
    found, chance = Histories(seed), random.Random(seed)
    with a_floor() as floor:
        in_order = {name: _ending(LiveFloor(floor), story.split()) for name, story in STORIES.items()}
        for _ in range(histories):
            name = chance.choice(sorted(STORIES))
            told = _as_told(STORIES[name].split(), chance, found)
            ending = _ending(LiveFloor(floor), told)
            if difference := _difference(in_order[name], ending):
                found.wrong.append(f"{name}: {' '.join(told)}: {difference}")
            found.done += 1
    return found


def _as_told(story: list[str], chance: random.Random, found: Histories) -> list[str]:
    """The same story with repeats, late news, and both ends in either order."""
    told = list(story)
    for index in range(len(told) - 1):
        both = {told[index].partition(":")[0], told[index + 1].partition(":")[0]}
        is_joined = any(one.startswith("joins") for one in told[:index])
        if both == _ENDS and is_joined and chance.random() < 0.5:
            told[index : index + 2] = reversed(told[index : index + 2])
            found.late += 1
    for one in story:
        if one.partition(":")[0] in _ONLY_TOLD and chance.random() < 0.4:
            at = told.index(one)
            told.insert(chance.randrange(at, len(told)), told.pop(at))
            found.late += 1
    for one in story:
        for _ in range(chance.choice((0, 0, 1, 2, MOST_REPEATS))):
            at = told.index(one)
            # Who holds and resumes by hand does it at once again, or means it.
            until = at + 1 if one.startswith(("holds", "resumes")) else len(told)
            told.insert(chance.randint(at + 1, max(until, at + 1)), one)
            found.repeats += 1
    found.messages += len(told)
    return told


@dataclass
class _Scene:
    """One history on an empty floor; its offers are known by their number."""

    live: LiveFloor
    sid: str = ""
    offers: list[Offer] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)

    def is_told(self, message: str) -> None:
        what, _, number = message.partition(":")
        does: Callable[..., object] = getattr(self, what)
        if number:
            self.look_for_offers()
            if int(number) > len(self.offers):
                raise AssertionError(f"{message}: only {len(self.offers)} offers were made")
            does(self.offers[int(number) - 1])
        else:
            does()

    def look_for_offers(self) -> None:
        known = {one.id for one in self.offers}
        for entry in self.live.floor.conversations.timeline(self.sid):
            if entry["what"] == "offer" and entry["state"] == "made" and entry["offer"] not in known:
                made = self.live.floor.offers.find(entry["offer"])
                assert made is not None
                self.offers.append(made)

    def comes(self) -> None:
        self.sid = self.sid or a_call_sid()
        self._waits("incoming", "general")

    def rings(self, offer: Offer) -> None:
        self.live.leg_is(offer, LegState.RINGING)

    def picks_up(self, offer: Offer) -> None:
        self.live.leg_is(offer, LegState.ANSWERED)

    def takes(self, offer: Offer) -> None:
        self.live.floor.offers.accept(offer.id, offer.agent)

    def declines(self, offer: Offer) -> None:
        offers.decline(self.live.floor, offer.id, offer.agent)

    def no_answer(self, offer: Offer) -> None:
        self.live.leg_ends(offer, Ended.NO_ANSWER)

    def cancelled(self, offer: Offer) -> None:
        self.live.leg_ends(offer, Ended.CANCELLED)

    def leg_over(self, offer: Offer) -> None:
        self.live.leg_ends(offer, Ended.COMPLETED)

    def ready(self, offer: Offer) -> None:
        room = self.live.floor.conversations.agent_ready(offer.id)
        first = self.answers.setdefault(f"ready {offer.id}", room)
        assert room in (first, ""), "a repeat hears of the same conference, or that it is over"

    def joins(self, offer: Offer) -> None:
        room = self.answers[f"ready {offer.id}"]
        assert isinstance(room, str)
        conversation.caller_joins(self.live.floor, self.sid, room)

    def holds(self, offer: Offer) -> None:
        self.live.floor.conversations.hold(self.sid, offer.agent)

    def resumes(self, offer: Offer) -> None:
        self.live.floor.conversations.resume(self.sid, offer.agent)

    def finishes(self, offer: Offer) -> None:
        self.live.floor.conversations.finish(self.sid, offer.agent)

    def writes_up(self, offer: Offer) -> None:
        self.live.floor.conversations.write_up(self.sid, offer.agent, {}, logged={}, keep_log_ms=1000)

    def waits_again(self) -> None:
        self._waits("reconnect", "general")

    def changes_queue(self) -> None:
        self._waits("left-waiting", "urgent")

    def _waits(self, step: str, queue: str) -> None:
        answer = self.live.waits(self.sid, step, queue)
        assert answer == self.answers.setdefault(step, answer), "a repeat is answered the same"

    def not_met(self) -> None:
        if "not_met" not in self.answers:  # a deadline is handed out anew only after it was set anew
            self.answers["not_met"] = self.live.floor.conversations.not_connected(self.sid)

    def hangs_up(self) -> None:
        self.live.hangs_up(self.sid)


def _ending(live: LiveFloor, told: list[str]) -> dict[str, Any]:
    """Who and what is where after it, and what was to be done in the world; names instead of ids."""
    live.floor.store.client.flushdb()
    for name in AGENTS:
        live.agent(name)
        live.passes(1)
    scene = _Scene(live)
    for message in told:
        scene.is_told(message)
    scene.look_for_offers()
    names = {scene.sid: "caller"} | {one.leg: f"leg {n}" for n, one in enumerate(scene.offers, 1)}
    call, redis, keys = live.call(scene.sid), live.floor.store.client, live.floor.keys
    agents = [live.floor.agents.read(name) for name in AGENTS]
    final = [live.floor.offers.find(one.id) for one in scene.offers]
    return {
        "call": (call["state"], call["queue"], call.get("agent"), "offer" in call),
        "agents": [(one.status, one.reason, one.next_status, bool(one.offer)) for one in agents],
        "missed": [redis.hget(keys.agent(name), "missed") for name in AGENTS],
        "offers": [(one.agent, one.state, one.how) for one in final if one],
        "lists": [key.partition(":")[2] for key in live.standing_about() if not key.endswith("deadlines")],
        "figures": sorted(
            (name, count)
            for key in redis.scan_iter(f"{keys.figures('')}*")
            for name, count in redis.hgetall(key).items()
            if not name.startswith("waited_ms")
        ),
        "effects": Counter(
            f"{verb} {names[target]} {data.get('route', data.get('why', ''))} {data.get('visit', '')}"
            for verb, target, data in live.effects()
            if verb != "leg_changed"
        ),
    }


def _difference(wanted: dict[str, Any], found: dict[str, Any]) -> str:
    """What is otherwise; of what was to be done, only what was done twice or not at all.

    Whose end is told first decides what follows for the other: he is sent away, or hears that the agent is
    gone, which does nothing to a call that is over.
    """
    of_ends = ("send_away", "redirect caller agent_gone")
    for what, value in wanted.items():
        if what == "effects":
            more = [f"{each} × {n}" for each, n in found[what].items() if n > max(value[each], 1)]
            less = [each for each in value if not found[what][each] and not each.startswith(of_ends)]
            new = [each for each in found[what] if each not in value and not each.startswith(of_ends)]
            if more or less or new:
                return f"twice {more}, not {less}, new {new}"
        elif what == "offers":
            if [one[:2] for one in found[what]] != [one[:2] for one in value]:
                return f"{what}: {found[what]} instead of {value}"
        elif found[what] != value:
            return f"{what}: {found[what]} instead of {value}"
    return ""
