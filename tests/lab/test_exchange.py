"""The network's driver: what goes wrong inside is raised where somebody looks, and never hangs."""

import time
from functools import partial

import pytest

from ivr.lab.clocks import Clock, ManualClock, RealClock
from ivr.lab.exchange import Mistake, NotAtRestError
from ivr.lab.lab import Lab
from tests.lab.sample_line import CALLER, NUMBER, SampleLine


def break_(lab: Lab) -> None:
    """From now on whoever is to hear a Say makes the lab fail."""

    def broken(leg, verb, page):
        yield leg.env.timeout(1)
        raise ZeroDivisionError("a mistake of the lab")

    with lab.exchange as network:
        network.switchboard.verbs = {**network.switchboard.verbs, "Say": broken}
        for leg in network.legs.values():
            leg.verbs = network.switchboard.verbs


@pytest.mark.parametrize("clock", [ManualClock(), RealClock()], ids=["moved", "real time"])
def test_a_mistake_inside_is_raised_with_the_story(line: SampleLine, clock: Clock) -> None:
    line.pages["/voice/incoming"] = "<Response><Say>Hello.</Say></Response>"
    began = time.monotonic()
    with line.lab(clock=clock) as lab:
        break_(lab)
        lab.phone(CALLER).calls(NUMBER)
        wait = partial(lab.exchange.wait, lambda: False) if isinstance(clock, RealClock) else lab.run
        with pytest.raises(Mistake, match=r"ZeroDivisionError in the network:\n.*calls") as raised:
            wait(20)
        assert isinstance(raised.value.__cause__, ZeroDivisionError)
        with pytest.raises(Mistake):
            lab.phone(CALLER)
    assert time.monotonic() - began < 5


def test_a_server_that_does_not_answer_is_told_with_the_story(line: SampleLine) -> None:
    line.pages["/voice/incoming"] = lambda _: str(time.sleep(0.5))
    with line.lab() as lab:
        lab.phone(CALLER).calls(NUMBER)
        with pytest.raises(NotAtRestError, match=r"1 requests without an answer:\n.*calls"):
            lab.exchange.settle(0.1)


def test_answers_take_effect_in_the_order_of_asking_however_fast_they_come(line: SampleLine) -> None:
    waits = {"+12125550160": 0.15, "+12125550161": 0.0}

    def slow(form: dict[str, str]) -> str:
        time.sleep(waits[form["From"]])
        return "<Response><Enqueue>general</Enqueue></Response>"

    line.pages["/voice/incoming"] = slow
    with line.lab() as lab:
        for number in waits:
            lab.phone(number).calls(NUMBER)
        lab.run(1)
        with lab.exchange as network:
            (queue,) = network.queues.values()
            assert [network.calls[sid].from_ for sid in queue.waiting] == list(waits)
