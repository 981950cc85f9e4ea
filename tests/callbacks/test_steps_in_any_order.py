"""Whatever is told of a promised call, in any order: the tables are kept, and nobody is called twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from callbacks import customer_steps, steps
from callbacks.allowed import check
from callbacks.records import Callback, Change
from callbacks.rules.outcomes import Result
from callbacks.rules.states import Step
from tests.callbacks.under_way import AT, LATER, a_promise


@dataclass(frozen=True)
class Told:
    """Something that is told of a call; `stray`: of a leg that has nothing to do with it (any more)."""

    name: str
    stray: bool
    flag: bool
    how: str
    person: str
    number: int

    def event(self, it: Callback) -> Change | None:
        now, flag = it.dialling, self.flag
        owner = now.owner_leg if now and not self.stray else "lg-old"
        leg = (now.customer_leg if now and not self.stray else "") or "lg-old"
        call = self._call(it)
        match self.name:
            case "begun":
                inbound = call if flag and self.stray else ""
                at = {"attempt": f"at{self.number}", "owner_leg": f"lg{self.number}", "inbound_call": inbound}
                return steps.begun(it, AT, speaker=self.person, **at)
            case "accepted":
                return steps.accepted(it, self.person, AT)
            case "owner_ready":
                return steps.owner_ready(it, owner, AT, customer_leg=f"lc{self.number}")
            case "put_off":
                return steps.put_off(it, owner, LATER)
            case "customer_is_busy":
                return steps.customer_is_busy(it, owner, AT)
            case "customer_posted":
                return customer_steps.customer_posted(it, leg, AT)
            case "customer_ringing":
                return customer_steps.customer_ringing(it, leg, AT)
            case "customer_joins":
                return customer_steps.customer_joins(
                    it, call if now and now.inbound_call and flag else leg, AT
                )
            case "rings_in":
                return customer_steps.rings_in(it, call, AT)
            case "hung_up_waiting":
                return customer_steps.hung_up_waiting(
                    it, call, AT, posted=AT if now and now.customer_leg else None
                )
            case "speaker_gone":
                return steps.speaker_gone(it, owner, AT, others_may_speak=flag)
            case "customer_gone":
                told = {"how": self.how, "was_posted": flag, "others_may_speak": flag}
                return customer_steps.customer_gone(
                    it, call if now and now.inbound_call and flag else leg, AT, **told
                )
            case "reply_lost":
                return customer_steps.reply_lost(it, leg, AT)
            case "said":
                return steps.said(it, self.person, Result.VOICEMAIL, AT)
            case _:
                raise AssertionError(self.name)

    def _call(self, it: Callback) -> str:
        known = it.dialling.inbound_call if it.dialling else ""
        return known if known and self.flag else f"CA{self.number % 2}"


# What leads on is told more often, so that stories come to their end.
_ON = ["begun", "owner_ready", "customer_posted", "customer_ringing", "customer_joins"]
_REST = [
    "accepted",
    "put_off",
    "customer_is_busy",
    "rings_in",
    "hung_up_waiting",
    "speaker_gone",
    "customer_gone",
    "reply_lost",
]
_HOW = ["busy", "no_answer", "failed", "completed", "cancelled", "refused", "lost"]


def a_story(seed: int) -> Iterator[Told]:
    """Not drawn one by one: hypothesis then mostly tells the beginning again and again."""
    chance = Random(seed)
    for number in range(80):
        name = chance.choice([*_ON, *_ON, *_ON, *_REST, "said"])
        stray, flag = chance.random() < 0.2, chance.random() < 0.5
        yield Told(name, stray, flag, chance.choice(_HOW), chance.choice(["maria", "tom"]), number + 2)


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_in_any_order_the_tables_are_kept_and_nobody_is_called_twice_in_an_attempt(seed: int) -> None:
    now = a_promise()
    created: Counter[str] = Counter()
    counted: set[str] = set()
    for told in a_story(seed):
        before, change = now, told.event(now)
        if change is None:
            continue
        check(before, change.after)
        now = change.after
        if told.name != "begun":
            created.update(_attempt(before) for do in change.effects if do.verb == "create")
        assert max(created.values(), default=0) <= 1
        posted = {one.id for one in now.attempts if one.posted}
        assert counted <= posted, "what counted goes on counting"
        if posted - counted:
            assert before.dialling is not None
            assert before.dialling.customer_leg, "only who was called counts"
        counted = posted
        if told.name != "speaker_gone":
            assert _is_told(before, change), "a speaker who waits alone is told or ended"


def _attempt(callback: Callback) -> str:
    return callback.dialling.attempt if callback.dialling else ""


def _is_told(before: Callback, change: Change) -> bool:
    """Once the attempt is over whose speaker waited in the conference, something happens to his leg."""
    was = before.dialling
    if was is None or change.after.dialling or was.step in (Step.OWNER_RINGING, Step.TALKING):
        return True
    return any(do.target == was.owner_leg and do.verb in ("redirect", "end") for do in change.effects)
