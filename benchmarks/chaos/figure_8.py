"""Figure 8: the caller hangs up while the agent's telephone rings, or just when it is answered."""

import random
from dataclasses import dataclass, field

from benchmarks.chaos.hall import Hall, Offered, a_hall
from ivr.lab.phone import Ringing

ENDS_WITHIN_S, FREE_WITHIN_S, SILENCE_S = 2.0, 5.0, 1.5
_AGENTS = 25
# Some agents answer just when the caller hangs up.
_ANSWERS_AFTER_S = (1.0, 2.0, 3.0, 30.0)


@dataclass
class Abandoned:
    """One run. `ended_after_s`: from the hang-up to the end of the ringing; `free_after_s`: until the agent
    may be offered another call. `silent`: agents who answered and heard nothing."""

    callers: int
    rang: int = 0
    ended_after_s: list[float] = field(default_factory=list)
    free_after_s: list[float] = field(default_factory=list)
    answered: int = 0
    silent: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return (
            self.rang > 0
            and max(self.ended_after_s, default=0) <= ENDS_WITHIN_S
            and max(self.free_after_s, default=0) <= FREE_WITHIN_S
            and not self.silent
        )


def run(seed: int, callers: int) -> Abandoned:
    """In rounds: every agent is rung for a caller, who hangs up within three seconds of the ringing."""
    found, chance = Abandoned(callers), random.Random(seed)
    with a_hall() as hall:
        for after_s in _ANSWERS_AFTER_S:
            hall.hire(_AGENTS // len(_ANSWERS_AFTER_S) + 1, Ringing("answer", after_s))
        for first in range(0, callers, _AGENTS):
            _round(hall, range(first, min(first + _AGENTS, callers)), chance)
        _judge(hall, hall.offers(), found)
    return found


def _round(hall: Hall, indexes: range, chance: random.Random) -> None:
    phones = [hall.caller(index, None) for index in indexes]
    hall.line.lab.run(2.5)
    for phone in sorted(phones, key=lambda _: chance.random()):
        with hall.line.lab.exchange as network:
            network.switchboard.hang_up(phone.legs[-1], "hangs up")
        hall.line.lab.run(chance.uniform(0, 0.2))
    hall.until_all_is_over(120)
    hall.line.lab.run(6)
    hall.back_on_duty()


def _judge(hall: Hall, offers: list[Offered], found: Abandoned) -> None:
    calls = hall.line.lab.network.calls
    free = hall.free_again()
    for offer in offers:
        talked = "talking_ms" in hall.line.floor.conversations.of(offer.call)
        if offer.how != "caller_gone" or calls[offer.call].ended is None or talked:
            continue
        gone = calls[offer.call].ended or 0.0
        record = hall.line.floor.offers.find(offer.id)
        leg = hall.line.floor.legs.read(record.leg) if record else None
        if leg is None or not leg.call_sid:
            continue
        found.rang += 1
        found.free_after_s.append(
            next((at / 1000 - gone for at in free[offer.agent] if at / 1000 >= gone), 99.0)
        )
        call = calls[leg.call_sid]
        if call.answered is None:
            found.ended_after_s.append((call.ended or hall.line.lab.network.now) - gone)
        else:
            found.answered += 1
            _listen(hall, leg.call_sid, found)
    found.ended_after_s.sort()
    found.free_after_s.sort()


def _listen(hall: Hall, sid: str, found: Abandoned) -> None:
    """Whoever picked up hears words at once, and at the end why it is over."""
    leg = hall.line.lab.network.legs[sid]
    answered, ended = leg.call.answered or 0.0, leg.call.ended or 0.0
    words = [one.at for one in leg.phone.heard if one.verb == "Say" and answered <= one.at <= ended]
    first = min(words, default=ended) - answered
    if first > SILENCE_S:
        found.silent.append(f"{leg.call.to} heard nothing for {first:.1f} s")
