"""Figure 10: the agent's call ends first, because it is lost or because all is said."""

import random
from dataclasses import dataclass, field

from benchmarks.chaos.hall import CallersPhone, Hall, a_hall

HEARD_WITHIN_S = 5.0
ADVISER_LEFT = "Your adviser has left the call"
_AGENTS = 20


@dataclass
class AgentsGone:
    """One run. `heard_after_s`: from the end of the agent's call until the caller heard us.

    `not_reconnected`: lost callers who met nobody again; `rung_through`: done callers for whom a second agent
    was rung.
    """

    lost: int = 0
    done: int = 0
    heard_after_s: list[float] = field(default_factory=list)
    not_reconnected: list[str] = field(default_factory=list)
    rung_through: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return (
            self.lost > 0
            and self.done > 0
            and max(self.heard_after_s, default=99) <= HEARD_WITHIN_S
            and not self.not_reconnected
            and not self.rung_through
        )


def run(seed: int, each: int) -> AgentsGone:
    """`each` callers whose agent is lost, and as many who hang up when they hear that the agent has left."""
    found, chance = AgentsGone(), random.Random(seed)
    with a_hall() as hall:
        hall.hire(_AGENTS)
        kinds = [True] * each + [False] * each
        chance.shuffle(kinds)
        for first in range(0, len(kinds), _AGENTS // 2):
            _round(hall, first, kinds[first : first + _AGENTS // 2], chance, found)
    found.heard_after_s.sort()
    return found


def _round(hall: Hall, first: int, lost: list[bool], chance: random.Random, found: AgentsGone) -> None:
    phones = [hall.caller(first + index, None) for index in range(len(lost))]
    hall.line.until(lambda: all(phone.joined for phone in phones), 120)
    gone = {}
    for phone, is_lost in zip(phones, lost, strict=True):
        gone[phone.number] = _agent_leaves(hall, phone, is_lost)
        hall.line.lab.run(chance.uniform(0, 1))
    hall.line.lab.run(4)
    for phone, is_lost in zip(phones, lost, strict=True):
        if not is_lost:
            with hall.line.lab.exchange as network:
                network.switchboard.hang_up(phone.legs[-1], "hangs up")
    stayed = [phone for phone, is_lost in zip(phones, lost, strict=True) if is_lost]
    hall.line.lab.run(60)
    _judge(hall, phones, lost, gone, found)
    for phone in stayed:
        with hall.line.lab.exchange as network:
            network.switchboard.hang_up(phone.legs[-1], "hangs up")
    hall.until_all_is_over(60)
    hall.line.lab.run(10)
    hall.back_on_duty()


def _agent_leaves(hall: Hall, phone: CallersPhone, is_lost: bool) -> float:
    agent = hall.line.floor.conversations.of(phone.legs[-1].call.sid)["agent"]
    with hall.line.lab.exchange as network:
        leg = network.phones[hall.number_of(agent)].legs[-1]
        network.switchboard.hang_up(leg, "is cut off" if is_lost else "hangs up")
        return network.now


def _judge(
    hall: Hall, phones: list[CallersPhone], lost: list[bool], gone: dict[str, float], found: AgentsGone
) -> None:
    offers = hall.offers()
    for phone, is_lost in zip(phones, lost, strict=True):
        heard = [one.at for one in phone.heard if ADVISER_LEFT in one.text]
        found.heard_after_s.append(heard[0] - gone[phone.number] if heard else 99.0)
        if is_lost:
            found.lost += 1
            if len(phone.joined) < 2:
                found.not_reconnected.append(phone.number)
        else:
            found.done += 1
            if sum(offer.call == phone.legs[-1].call.sid for offer in offers) > 1:
                found.rung_through.append(phone.number)
