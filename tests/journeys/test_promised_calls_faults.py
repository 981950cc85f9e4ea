"""Promised calls when Twilio's answers and events get lost: called once, or shown to a person."""

from datetime import timedelta

import pytest

from callbacks.customer_steps import UNCERTAIN
from callbacks.rules.states import State, Step
from ivr.lab.faults import Fault
from ivr.lab.phone import BY_HAND
from routing.rules.legs import LegState
from tests.journeys.promising_office import Office
from tests.journeys.whole_line import WholeLine

pytestmark = pytest.mark.processes


def is_about_to_be_called(line: WholeLine, office: Office, booked: str) -> None:
    """The next thing that is asked of Twilio is the call to the customer."""
    office.is_due(booked)
    line.until(lambda: "We are calling the customer now" in " ".join(office.maria.phone.heard()), 60, 0.5)


@pytest.mark.parametrize("fault", ["lost_reply", "500_after", "429"])
def test_the_customer_is_called_once_whatever_became_of_twilio_s_answer(
    line: WholeLine, office: Office, fault: Fault
) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    is_about_to_be_called(line, office, booked)
    line.lab.faults.next(fault)
    office.until_talking(office.maria.phone, customer)
    line.lab.run(120)
    assert customer.number in office.maria.phone.is_talking_with()
    customer.hangs_up()
    office.until_state(booked, State.REACHED)
    assert office.times_called(customer) == 1
    [attempt] = office.now(booked).attempts
    assert attempt.posted is not None


def test_answer_and_events_are_lost_and_the_call_is_found_in_the_list(
    line: WholeLine, office: Office
) -> None:
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    is_about_to_be_called(line, office, booked)
    line.lab.faults.next("lost_reply")
    line.lab.faults.next("lose", 4)
    office.until_step(booked, Step.CUSTOMER_RINGING)
    assert [one.state for one in line.floor.legs.without_call()] == []
    customer.answers()
    office.until_talking(office.maria.phone, customer)
    customer.hangs_up()
    assert office.times_called(customer) == 1


def test_a_call_that_nobody_finds_is_shown_to_a_person(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    is_about_to_be_called(line, office, booked)
    line.lab.faults.next("500_before")
    office.until_state(booked, State.NEEDS_PERSON, seconds=120)
    found = office.now(booked)
    assert found.because == UNCERTAIN
    assert found.attempts[-1].posted is not None, "it may have rung"
    line.lab.run(20)
    assert "The customer was not reached" in office.maria.phone.heard()[-1]
    [leg] = line.floor.legs.unconfirmed()
    assert leg.state is LegState.UNCONFIRMED
    line.lab.run(4 * 3600)
    assert office.times_called(customer) == 0


@pytest.mark.parametrize("fault", ["lost_reply", "500_after", "429"])
def test_the_owner_is_rung_once_whatever_became_of_twilio_s_answer(
    line: WholeLine, office: Office, fault: Fault
) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    line.lab.faults.next(fault)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    customer.hangs_up()
    assert office.times_called(office.maria) == office.times_called(customer) == 1


def test_an_owner_whose_call_nobody_finds_is_passed_over(line: WholeLine, office: Office) -> None:
    customer, tom = office.customer(), office.another_who_may()
    booked = office.promise(customer)
    line.lab.faults.next("500_before")
    office.is_due(booked)
    office.until_talking(tom.phone, customer, 180)
    customer.hangs_up()
    assert office.times_called(office.maria) == 0


def test_nobody_tells_that_the_owner_s_telephone_died_and_we_ask(line: WholeLine, office: Office) -> None:
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_step(booked, Step.CUSTOMER_RINGING)
    line.lab.faults.next("lose", 4)
    office.maria.phone.drops()
    office.until_state(booked, State.BOOKED, seconds=90)
    assert office.now(booked).due_at > line.now() + timedelta(hours=2)  # type: ignore[operator]


def test_nobody_tells_that_the_customer_hung_up_and_we_ask(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    line.lab.faults.next("lose", 6)
    customer.hangs_up()
    office.until_state(booked, State.REACHED, seconds=90)


@pytest.mark.parametrize("fault", ["duplicate", "delay"])
def test_events_come_twice_and_in_any_order(line: WholeLine, office: Office, fault: Fault) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    line.lab.faults.next(fault, 12)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    line.lab.run(30)
    customer.hangs_up()
    office.until_state(booked, State.REACHED)
    line.lab.run(60)
    assert office.times_called(office.maria) == office.times_called(customer) == 1
    assert office.now(booked).state is State.REACHED
