"""The live floor while its processes are killed and events get lost: nothing is lost with a process."""

import signal
from collections.abc import Callable, Iterator

import pytest

from ivr.lab.handset import Handset
from ivr.lab.phone import BY_HAND
from tests.journeys.live_floor import Hall, open_hall
from tests.journeys.places import wait_until
from tests.journeys.whole_line import Person, WholeLine

pytestmark = pytest.mark.processes

Moment = Callable[[Hall, Person, Handset], None]


@pytest.fixture
def hall(line: WholeLine) -> Iterator[Hall]:
    with open_hall(line) as hall:
        yield hall


def kill(line: WholeLine, name: str) -> None:
    """-9, with all that it started."""
    process = line.processes[name]
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    for child in line.here.processes("spawn_main") if name == "serve" else []:
        child.kill()


def start(line: WholeLine, name: str) -> None:
    line.start(name)
    wait_until(line.web.answers, 20, f"the web server; its log: {line.here.log}")
    line.was_touched()


def _rings(hall: Hall, ana: Person, _caller: Handset) -> None:
    hall.until_status(ana, "offered", seconds=10)


def _hears_first_words(hall: Hall, ana: Person, _caller: Handset) -> None:
    _rings(hall, ana, _caller)
    ana.phone.answers()
    hall.until_heard(ana.phone, "To take it, press 1", 5)


def _hears_who_is_coming(hall: Hall, ana: Person, caller: Handset) -> None:
    _hears_first_words(hall, ana, caller)
    ana.phone.presses("1")
    hall.until_heard(ana.phone, "A caller from the queue", 5)


def _talks(hall: Hall, ana: Person, caller: Handset) -> None:
    _hears_who_is_coming(hall, ana, caller)
    hall.until_talking(ana, caller)


_MOMENTS = [_rings, _hears_first_words, _hears_who_is_coming, _talks]


_EACH = [(name, moment) for name in ("serve", "dispatcher") for moment in _MOMENTS]
_KILLED = [*_EACH, ("worker", _hears_who_is_coming)]


@pytest.mark.parametrize(("name", "moment"), _KILLED, ids=[f"{name}{at.__name__}" for name, at in _KILLED])
def test_a_process_that_is_killed_costs_nobody_the_call(hall: Hall, name: str, moment: Moment) -> None:
    """Killed at this moment and started again, as a process runner does."""
    ana = hall.agent("ana", BY_HAND, presses="")
    caller = hall.caller()
    moment(hall, ana, caller)
    kill(hall.line, name)
    start(hall.line, name)
    if moment is _rings:
        ana.phone.answers()
        hall.until_heard(ana.phone, "To take it, press 1", 10)
    if moment in (_rings, _hears_first_words):
        ana.phone.presses("1")
    hall.until_talking(ana, caller, 90)
    assert hall.rang(ana) == 1
    caller.hangs_up()
    hall.until_status(ana, "wrap_up", seconds=10)
    hall.line.until(lambda: not hall.line.going_on(), 15)


@pytest.mark.parametrize("who", ["caller", "agent"])
def test_an_end_that_nobody_heard_of_for_a_while_is_told_in_the_end(hall: Hall, who: str) -> None:
    """The dispatcher is away when one of the two hangs up."""
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    kill(hall.line, "dispatcher")
    (caller if who == "caller" else ana.phone).hangs_up()
    start(hall.line, "dispatcher")
    if who == "agent":
        hall.until_heard(caller, "Your adviser has left the call", 15)
        caller.hangs_up()
    hall.until_status(ana, "wrap_up", seconds=15)
    hall.line.until(lambda: not hall.line.going_on(), 30)


def test_a_caller_who_hangs_up_while_nobody_does_effects_frees_the_agent(hall: Hall) -> None:
    ana = hall.agent("ana", BY_HAND)
    caller = hall.caller()
    hall.until_status(ana, "offered", seconds=10)
    kill(hall.line, "dispatcher")
    caller.hangs_up()
    wait_until(lambda: ana.status == "available", 10, "which takes a web server only")
    start(hall.line, "dispatcher")
    hall.line.until(lambda: not hall.line.going_on(), 30)


def test_events_that_are_lost_late_and_doubled_change_nothing(hall: Hall) -> None:
    ana, ben = hall.agent("ana"), hall.agent("ben")
    faults = hall.line.lab.faults
    for fault in ("duplicate", "delay"):
        faults.next(fault, 4)
    caller = hall.caller()
    hall.line.until(lambda: bool(caller.is_talking_with()), 60)
    for fault in ("duplicate", "delay"):
        faults.next(fault, 4)
    caller.hangs_up()
    hall.line.until(lambda: not hall.line.going_on(), 30)
    assert sorted([hall.rang(ana), hall.rang(ben)]) == [0, 1]


def test_an_agent_whose_end_twilio_never_tells_is_missed_by_asking(hall: Hall) -> None:
    ana = hall.agent()
    caller = hall.caller()
    hall.until_talking(ana, caller)
    hall.line.lab.faults.next("lose", 4)
    ana.phone.drops()
    hall.until_heard(caller, "Your adviser has left the call", 90)
    caller.hangs_up()


def test_a_caller_whose_end_nobody_told_is_not_offered_again(hall: Hall) -> None:
    ana = hall.agent("ana", BY_HAND)
    caller = hall.caller()
    hall.until_status(ana, "offered", seconds=10)
    hall.line.lab.faults.next("lose", 4)
    caller.drops()
    ana.phone.answers()
    hall.until_over(caller, 60)
    hall.until_status(ana, "available", seconds=20)
    assert hall.rang(ana) == 1
