"""Figure 7: many offers, three in ten to agents whose telephone is dead."""

from dataclasses import dataclass, field

from benchmarks.chaos.hall import Hall, Offered, a_hall, out_of_order
from ivr.lab.phone import ANSWERS, FAILED, NO_ANSWER

HELD_BY_PHONE_S, HELD_BY_SOFTPHONE_S = 35.0, 15.0
_TALKS_S, _EVERY_S = 20.0, 3.0


@dataclass
class DeadAgents:
    """One run. `held_*`: for how long an agent who did not take it held a call, in seconds, sorted."""

    callers: int
    offers: int = 0
    missed: int = 0
    held_by_phone: list[float] = field(default_factory=list)
    held_by_softphone: list[float] = field(default_factory=list)
    not_served: int = 0
    out_of_place: list[str] = field(default_factory=list)

    @property
    def is_passed(self) -> bool:
        return (
            self.missed > 0
            and max(self.held_by_phone, default=0) <= HELD_BY_PHONE_S
            and max(self.held_by_softphone, default=0) <= HELD_BY_SOFTPHONE_S
            and not self.not_served
            and not self.out_of_place
        )


def run(callers: int) -> DeadAgents:
    """Seven of ten agents answer; the others' telephones ring out or fail, and they come back each time."""
    found = DeadAgents(callers)
    with a_hall() as hall:
        hall.hire(3, NO_ANSWER)
        hall.hire(1, FAILED)
        soft = set(hall.hire(2, NO_ANSWER, soft=True, name="soft"))
        hall.hire(10, ANSWERS)
        hall.hire(4, ANSWERS, soft=True)
        phones = []
        for index in range(callers):
            phones.append(hall.caller(index, _TALKS_S))
            hall.line.lab.run(_EVERY_S)
            if index % 5 == 0:
                hall.back_on_duty()
        hall.until_all_is_over(600)
        found.not_served = sum(not phone.joined for phone in phones)
        _judge(hall, hall.offers(), soft, found)
    return found


def _judge(hall: Hall, offers: list[Offered], soft: set[str], found: DeadAgents) -> None:
    missed = [one for one in offers if one.accepted is None]
    found.offers, found.missed = len(offers), len(missed)
    found.held_by_phone = sorted(one.held_s for one in missed if one.agent not in soft)
    found.held_by_softphone = sorted(one.held_s for one in missed if one.agent in soft)
    found.out_of_place = out_of_order(hall)
