"""The customer rings in while a call to him is promised: at every state of it and every step of dialling."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest

from callbacks.rules.outcomes import Result
from callbacks.rules.states import State, Step
from ivr.lab.handset import Handset
from ivr.lab.phone import BY_HAND
from tests.journeys.places import wait_until
from tests.journeys.promising_office import Office
from tests.journeys.whole_line import WholeLine
from tests.twilio import LINE

pytestmark = pytest.mark.processes

ABOUT_TO_CALL = "We were about to call you ourselves"
NORMAL_WAY = "Thank you for calling"


def words(one: Handset) -> str:
    return " ".join(one.heard())


def speaks_to_maria(office: Office, customer: Handset, booked: str, *, called: int = 0) -> None:
    """Connected without being called (again); after it the call is reached and nothing more happens."""
    assert ABOUT_TO_CALL in words(customer)
    office.until_talking(office.maria.phone, customer)
    assert "Ana Ruiz" in words(office.maria.phone)
    assert [one.status for one in office.line.calls_to(customer.number) if not one.is_over] == []
    customer.hangs_up()
    office.until_state(booked, State.REACHED)
    assert office.now(booked).attempts[-1].result is Result.REACHED
    office.line.lab.run(600)
    assert office.times_called(customer) == called
    assert "voicemail answered, press 1" not in words(office.maria.phone)


def goes_the_normal_way(customer: Handset) -> None:
    assert NORMAL_WAY in words(customer)
    assert ABOUT_TO_CALL not in words(customer)


@contextmanager
def meanwhile(office: Office, booked: str, step: Step, do: Callable[[], object]) -> Iterator[None]:
    """Something happens at a step that takes no time by the site's clock: Twilio refuses for a second."""

    def act() -> None:
        wait_until(lambda: office.now(booked).step is step, 30)
        do()

    actor = Thread(target=act)
    actor.start()
    yield
    actor.join()


def test_booked_and_the_owner_is_free(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    customer.calls(LINE)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked)
    [attempt] = office.now(booked).attempts
    assert attempt.posted is None, "he was not called"
    line.advance_to(office.next_morning())
    line.lab.run(60)
    assert office.times_called(customer) == 0


def test_who_waits_on_our_line_is_not_called_when_his_own_call_falls_due(
    line: WholeLine, office: Office
) -> None:
    customer, other = office.customer(), office.customer()
    first, booked = office.promise(other), office.promise(customer)
    line.advance_to(office.next_morning() - timedelta(minutes=5))
    office.maria.goes_off_duty()
    customer.calls(LINE)
    line.lab.run(1)
    goes_the_normal_way(customer)
    customer.presses("1")
    office.is_due(first)
    office.maria.is_available()
    office.until_talking(office.maria.phone, other)
    other.hangs_up()
    line.lab.run(90)
    assert office.now(booked).state is State.DUE
    assert office.times_called(office.maria) == 1, "nobody is rung for a customer who is on the line"
    customer.hangs_up()
    line.until(lambda: office.times_called(customer), 120)
    assert office.times_called(customer) == 1
    customer.hangs_up()


def test_booked_and_the_owner_is_not_free(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.goes_off_duty()
    before = office.now(booked)
    customer.calls(LINE)
    line.lab.run(3)
    goes_the_normal_way(customer)
    assert office.now(booked) == before


@pytest.mark.parametrize("presses", ["2", ""], ids=["passes it on", "does not react"])
def test_booked_and_the_owner_does_not_take_it(line: WholeLine, office: Office, presses: str) -> None:
    customer, bea = office.customer(), office.person("bea", presses=presses)
    booked = office.promise(customer, owner=bea.name)
    due = office.now(booked).due_at
    customer.calls(LINE)
    line.until(lambda: office.now(booked).state is State.DIALLING)
    office.until_state(booked, State.BOOKED)
    assert (office.now(booked).due_at, office.now(booked).declined) == (due, ())
    assert customer.status == "in-progress", "he goes on waiting"
    assert line.floor.calls.waiting_in("general") == 1
    customer.hangs_up()
    line.lab.run(2)
    office.is_due(booked)
    line.until(lambda: office.times_called(bea) == 2)


def test_booked_and_the_customer_hangs_up_while_the_owner_s_telephone_rings(
    line: WholeLine, office: Office
) -> None:
    customer, bea = office.customer(), office.person("bea", BY_HAND)
    booked = office.promise(customer, owner=bea.name)
    customer.calls(LINE)
    line.until(lambda: bea.phone.status == "ringing")
    customer.hangs_up()
    line.lab.run(2)
    assert bea.phone.leg is not None
    assert bea.phone.leg.call.is_over
    assert office.now(booked).state is State.BOOKED
    assert office.times_called(customer) == 0


def test_due_and_the_owner_has_just_become_free(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.goes_off_duty()
    office.is_due(booked)
    line.until(lambda: office.now(booked).state is State.DUE)
    line.lab.run(1)
    office.maria.is_available()
    customer.calls(LINE)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked)


def test_due_and_the_owner_is_not_free(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.goes_off_duty()
    office.is_due(booked)
    line.until(lambda: office.now(booked).state is State.DUE)
    customer.calls(LINE)
    line.lab.run(3)
    goes_the_normal_way(customer)
    assert office.now(booked).state is State.DUE


def test_owner_ringing(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_step(booked, Step.OWNER_RINGING)
    customer.calls(LINE)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked)


def test_owner_ringing_and_he_does_not_take_it(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", BY_HAND)
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    line.until(lambda: bea.phone.status == "ringing")
    customer.calls(LINE)
    line.lab.run(3)
    bea.phone.rejects()
    office.until_state(booked, State.NEEDS_PERSON)
    assert customer.status == "in-progress"
    assert office.times_called(customer) == 0


def test_owner_ready(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    line.until(lambda: "We are calling the customer now" in words(office.maria.phone), 60, 0.5)
    line.lab.faults.next("429", 2)
    with meanwhile(office, booked, Step.OWNER_READY, lambda: customer.calls(LINE)):
        line.until(lambda: customer.call_sid)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked)


def test_customer_posted(line: WholeLine, office: Office) -> None:
    """Twilio has our call and does not tell that it rings: those events are lost."""
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    office.is_due(booked)
    line.until(lambda: "We are calling the customer now" in words(office.maria.phone), 60, 0.5)
    line.lab.faults.next("lose", 4)
    office.until_step(booked, Step.CUSTOMER_POSTED)
    customer.calls(LINE)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked, called=1)


def test_customer_ringing(line: WholeLine, office: Office) -> None:
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_step(booked, Step.CUSTOMER_RINGING)
    customer.calls(LINE)
    line.lab.run(1)
    speaks_to_maria(office, customer, booked, called=1)
    [attempt] = office.now(booked).attempts
    assert attempt.posted is not None, "his telephone rang"


def test_customer_ringing_and_he_hangs_up_before_he_is_connected(line: WholeLine, office: Office) -> None:
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_step(booked, Step.CUSTOMER_RINGING)
    with line.lab.exchange:
        customer.calls(LINE)
    line.lab.exchange.settle()
    customer.hangs_up()
    office.until_state(booked, State.BOOKED, State.REACHED)
    if office.now(booked).state is State.BOOKED:
        assert office.now(booked).due_at > line.now() + timedelta(hours=2)  # type: ignore[operator]
    assert office.times_called(customer) == 1


def test_talking(line: WholeLine, office: Office) -> None:
    """From a second telephone of the same number: the conversation goes on, the second call waits."""
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    spoken_to = customer.leg
    customer.calls(LINE)
    line.lab.run(3)
    assert office.now(booked).step is Step.TALKING
    assert customer.number in office.maria.phone.is_talking_with()
    customer.hangs_up()
    line.lab.run(2)
    assert office.now(booked).step is Step.TALKING
    assert spoken_to is not None
    with line.lab.exchange as network:
        network.switchboard.hang_up(spoken_to, "hangs up")
    office.until_state(booked, State.REACHED)
    assert office.times_called(customer) == 1


def test_needs_person(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", presses="2")
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    office.until_state(booked, State.NEEDS_PERSON)
    customer.calls(LINE)
    line.lab.run(3)
    goes_the_normal_way(customer)
    assert office.now(booked).state is State.NEEDS_PERSON
    assert office.times_called(bea) == 1


def test_letter_due(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.does(booked, "outcome", result="reached", do_not_call=True)
    assert office.now(booked).state is State.LETTER_DUE
    customer.calls(LINE)
    line.lab.run(3)
    goes_the_normal_way(customer)
    assert office.now(booked).state is State.LETTER_DUE


def test_the_owner_s_telephone_dies_while_the_customer_who_rang_in_is_brought_to_him(
    line: WholeLine, office: Office
) -> None:
    """He is not left alone: his call begins anew, and what is owed is kept."""
    customer = office.customer()
    booked = office.promise(customer)
    customer.calls(LINE)
    line.until(lambda: "We are calling the customer now" in words(office.maria.phone), 60, 0.5)
    line.lab.faults.next("429", 2)
    with meanwhile(office, booked, Step.OWNER_READY, office.maria.phone.drops):
        line.lab.run(10)
    assert customer.status == "in-progress"
    assert office.now(booked).state is not State.REACHED
    assert office.times_called(customer) == 0
