"""Promised calls as whole journeys: real processes, the lab as Twilio, days in seconds."""

from datetime import timedelta

import pytest

from callbacks.rules.outcomes import Result
from callbacks.rules.states import State
from ivr.lab.phone import ANSWERS, BUSY, BY_HAND, NO_ANSWER, REJECTS, VOICEMAIL
from tests.journeys.promising_office import NEW_YORK, Office
from tests.journeys.whole_line import WholeLine

pytestmark = pytest.mark.processes

IN_CALIFORNIA = "+14155550142"  # three hours behind the line
UNSPEAKABLE = ("abus", "conduct", "incident", "complaint", "invoice", "follow")


def words(heard: list[str]) -> str:
    return " ".join(heard)


def is_neutral(heard: str) -> None:
    assert "Maria tried to reach you" in heard
    assert "1 2 1 2 5 5 5 0 1 0 0" in heard
    assert not [word for word in UNSPEAKABLE if word in heard.lower()]


def test_booked_on_friday_the_manager_is_rung_on_monday_at_ten_where_the_customer_is(
    line: WholeLine, office: Office
) -> None:
    maria, customer = office.maria, line.lab.phone(IN_CALIFORNIA, ANSWERS)
    booked = maria.books(IN_CALIFORNIA, owner=maria.name, name="Ana Ruiz")
    due = office.now(booked).due_at
    assert due is not None
    assert due.isoformat() == "2036-11-17T18:00:00+00:00"  # 10:00 in California
    line.advance_to(due - timedelta(seconds=1))
    line.lab.run(0.5)
    assert office.times_called(maria) == 0
    office.until_talking(maria.phone, customer)
    assert line.now() - due < timedelta(seconds=45)
    heard = words(maria.phone.heard())
    assert heard.index("a call from the support line") < heard.index("Ana Ruiz")
    assert "The invoice of May was wrong." in heard
    assert "say kindly how we ask to be spoken to" in heard
    assert customer.heard() == []
    line.lab.run(60)
    customer.hangs_up()
    office.until_state(booked, State.REACHED)
    maria.does(
        booked, "outcome", result="reached", standard_explained=True, apology=True, agreed="a new invoice"
    )
    done = office.now(booked)
    assert done.state is State.DONE
    assert done.outcome is not None
    assert (done.outcome.apology, done.outcome.agreed) == (True, "a new invoice")
    [attempt] = done.attempts
    assert (attempt.speaker, attempt.result) == (maria.name, Result.REACHED)
    assert office.times_called(customer) == 1


def test_nobody_answers_three_times_then_a_letter(line: WholeLine, office: Office) -> None:
    customer = office.customer(NO_ANSWER)
    booked = office.promise(customer)
    for count in (1, 2, 3):
        office.is_due(booked)
        line.until(lambda n=count: len(office.now(booked).attempts) == n, 30)  # type: ignore[misc]
        office.until_state(booked, State.BOOKED, State.LETTER_DUE)
        assert office.times_called(customer) == count
        assert "The customer was not reached" in office.maria.phone.heard()[-1]
    called = [one.posted for one in office.now(booked).attempts if one.posted]
    days = [at.astimezone(NEW_YORK).date() for at in called]
    assert (days[0] == days[1], days[2] > days[1]) == (True, True)
    assert called[1] - called[0] >= timedelta(hours=3)
    assert office.now(booked).state is State.LETTER_DUE
    assert {one.result for one in office.now(booked).attempts} == {Result.NO_ANSWER}
    line.lab.run(7 * 24 * 3600)
    assert office.times_called(customer) == 3
    office.maria.does(booked, "letter-sent")
    assert office.now(booked).state is State.DONE


def test_a_busy_line_is_told_apart(line: WholeLine, office: Office) -> None:
    customer = office.customer(BUSY)
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_state(booked, State.BOOKED)
    [attempt] = office.now(booked).attempts
    assert attempt.result is Result.BUSY
    assert office.now(booked).due_at >= attempt.posted + timedelta(hours=3)  # type: ignore[operator]


def test_the_owner_is_off_and_the_next_who_may_is_rung_never_the_excluded(
    line: WholeLine, office: Office
) -> None:
    customer = office.customer()
    involved, tom = office.another_who_may("abe"), office.another_who_may("tom")
    booked = office.promise(customer, exclude=[involved.name])
    office.maria.goes_off_duty()
    office.is_due(booked)
    office.until_talking(tom.phone, customer)
    assert office.times_called(office.maria) == office.times_called(involved) == 0
    assert office.now(booked).attempts[-1].speaker == tom.name
    customer.hangs_up()


def test_everybody_is_off_and_the_call_waits_for_whoever_comes_first(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.goes_off_duty()
    office.is_due(booked)
    line.lab.run(150)
    assert (office.now(booked).state, office.times_called(office.maria)) == (State.DUE, 0)
    office.maria.is_available()
    office.until_talking(office.maria.phone, customer, 120)
    customer.hangs_up()


def test_the_manager_of_the_owner_is_next(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    eve = office.another_who_may("eve", manager=office.maria.name)
    booked = office.promise(customer, owner=eve.name)
    eve.goes_off_duty()
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    customer.hangs_up()


@pytest.mark.parametrize("pressed", ["2", ""], ids=["passed on by key", "no key twice"])
def test_the_owner_passes_it_on_and_the_next_is_rung(line: WholeLine, office: Office, pressed: str) -> None:
    customer, bea = office.customer(), office.person("bea", presses=pressed)
    tom = office.another_who_may()
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    office.until_talking(tom.phone, customer)
    assert "Ana Ruiz" not in words(bea.phone.heard())
    assert office.times_called(bea) == 1
    assert [one.posted is None for one in office.now(booked).attempts] == [True, False]
    customer.hangs_up()


@pytest.mark.parametrize("ringing", [NO_ANSWER, REJECTS, BUSY], ids=["rings out", "rejects", "busy"])
def test_the_owner_does_not_answer_and_the_next_is_rung(
    line: WholeLine, office: Office, ringing: object
) -> None:
    customer, bea = office.customer(), office.person("bea", ringing)  # type: ignore[arg-type]
    tom = office.another_who_may()
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    office.until_talking(tom.phone, customer)
    assert office.times_called(customer) == 1
    customer.hangs_up()


def test_nobody_is_left_who_may_speak_and_a_person_is_told(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", presses="2")
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    office.until_state(booked, State.NEEDS_PERSON)
    assert "may speak" in office.now(booked).because
    assert office.times_called(customer) == 0


def test_the_owner_declines_by_api_while_it_rings(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", BY_HAND)
    tom = office.another_who_may()
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    line.until(lambda: bea.phone.status == "ringing")
    assert bea.ask("POST", f"/offers/{booked}/decline").ok
    line.lab.run(1)
    assert bea.phone.leg is not None
    assert bea.phone.leg.call.is_over
    office.until_talking(tom.phone, customer)
    customer.hangs_up()


def test_the_owner_accepts_by_api_while_it_rings_and_needs_no_key(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", BY_HAND, presses="")
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    line.until(lambda: bea.phone.status == "ringing")
    assert bea.ask("GET", "/agents/me").json()["offer"] == booked
    assert bea.ask("POST", f"/offers/{booked}/accept").ok
    bea.phone.answers()
    office.until_talking(bea.phone, customer)
    assert "press 1" not in words(bea.phone.heard())
    assert bea.ask("POST", f"/offers/{booked}/accept").json()["error"] == "taken"
    customer.hangs_up()


def test_the_owner_accepts_by_api_while_it_speaks(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", presses="")
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    line.until(lambda: "press 1" in words(bea.phone.heard()))
    assert bea.ask("POST", f"/offers/{booked}/accept").ok
    office.until_talking(bea.phone, customer)
    customer.hangs_up()


def test_the_owner_s_telephone_dies_while_the_customer_s_rings(line: WholeLine, office: Office) -> None:
    customer = office.customer(BY_HAND)
    booked = office.promise(customer)
    office.is_due(booked)
    line.until(lambda: customer.status == "ringing")
    office.maria.phone.drops()
    line.lab.run(2)
    assert customer.leg is not None
    assert customer.leg.call.is_over
    office.until_state(booked, State.BOOKED)
    [attempt] = office.now(booked).attempts
    assert (attempt.posted is not None, attempt.result) == (True, Result.NO_ANSWER)


def test_the_owner_hangs_up_in_the_conversation_and_the_customer_hears_a_farewell(
    line: WholeLine, office: Office
) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    line.lab.run(30)
    office.maria.phone.hangs_up()
    office.until_state(booked, State.REACHED)
    is_neutral(words(customer.heard()))


def test_the_customer_hangs_up_and_the_owner_is_asked_who_answered(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    customer.hangs_up()
    line.until(lambda: "If a voicemail answered" in office.maria.phone.heard()[-2:][0], 20)
    line.lab.run(20)
    assert office.now(booked).state is State.REACHED
    assert "write down what came of the call" in office.maria.phone.heard()[-1]


def test_star_and_1_say_that_a_voicemail_answered(line: WholeLine, office: Office) -> None:
    customer = office.customer(VOICEMAIL)
    office.maria.phone.on_hearing("If a voicemail answered, press 1", press="1")
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    line.lab.run(8)
    office.maria.phone.presses("*")
    office.until_state(booked, State.BOOKED)
    assert office.now(booked).attempts[-1].result is Result.VOICEMAIL
    is_neutral(customer.message)
    assert "tried to reach you" not in words(office.maria.phone.heard())


def test_a_voicemail_told_by_api_moves_only_the_customer_s_leg(line: WholeLine, office: Office) -> None:
    customer = office.customer(VOICEMAIL)
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    line.lab.run(8)
    office.maria.does(booked, "voicemail")
    office.until_state(booked, State.BOOKED)
    assert office.now(booked).attempts[-1].result is Result.VOICEMAIL
    is_neutral(customer.message)
    assert "If a voicemail answered" not in words(office.maria.phone.heard())


def test_a_wrong_person_is_told_by_key_and_hears_nothing_of_why(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    office.maria.phone.on_hearing("If it was somebody else, press 2", press="2")
    booked = office.promise(customer)
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    office.maria.phone.presses("*")
    office.until_state(booked, State.BOOKED)
    assert office.now(booked).attempts[-1].result is Result.WRONG_PERSON
    is_neutral(words(customer.heard()))


def test_called_off_a_second_before_it_is_due_no_telephone_rings(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    due = office.now(booked).due_at
    assert due is not None
    line.advance_to(due - timedelta(seconds=1))
    office.maria.does(booked, "cancel", reason="overturned on appeal")
    line.lab.run(600)
    assert office.times_called(office.maria) == office.times_called(customer) == 0
    assert office.now(booked).state is State.CANCELLED


def test_called_off_while_the_owner_s_telephone_rings(line: WholeLine, office: Office) -> None:
    customer, bea = office.customer(), office.person("bea", BY_HAND)
    booked = office.promise(customer, owner=bea.name)
    office.is_due(booked)
    line.until(lambda: bea.phone.status == "ringing")
    office.maria.does(booked, "cancel")
    line.lab.run(2)
    assert bea.phone.leg is not None
    assert bea.phone.leg.call.is_over
    assert office.times_called(customer) == 0


def test_found_after_the_window_closed_it_is_made_at_the_next_allowed_moment(
    line: WholeLine, office: Office
) -> None:
    customer = office.customer()
    booked = office.promise(customer)
    office.maria.goes_off_duty()
    office.is_due(booked)
    office.maria.is_available()
    line.advance_to(line.now().astimezone(NEW_YORK).replace(hour=21, minute=30))
    line.lab.run(40)
    found = office.now(booked)
    assert (found.state, office.times_called(office.maria)) == (State.BOOKED, 0)
    assert found.due_at is not None
    assert found.due_at.astimezone(NEW_YORK).strftime("%H:%M") == "08:00"
    office.is_due(booked)
    office.until_talking(office.maria.phone, customer)
    customer.hangs_up()


def test_the_hour_passes_while_the_owner_hears_the_brief(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    late = office.next_morning().replace(hour=20, minute=58)
    booked = office.promise(customer, at=late)
    office.is_due(booked)
    line.until(lambda: "You will speak with" in words(office.maria.phone.heard()))
    line.advance_to(late.replace(hour=21, minute=0))
    office.until_state(booked, State.BOOKED)
    assert office.times_called(customer) == 0
    line.lab.run(10)
    assert "This is not the hour" in office.maria.phone.heard()[-1]


def test_who_answers_after_the_window_closed_hears_the_neutral_message(
    line: WholeLine, office: Office
) -> None:
    customer = office.customer(BY_HAND)
    late = office.next_morning().replace(hour=20, minute=59, second=18)  # it rings half a minute later
    booked = office.promise(customer, at=late)
    office.is_due(booked)
    line.until(lambda: customer.status == "ringing")
    line.advance_to(late.replace(hour=21, minute=0, second=0))
    assert customer.status == "ringing"
    customer.answers()
    office.until_state(booked, State.BOOKED)
    is_neutral(words(customer.heard()))
    assert "The customer was not reached" in office.maria.phone.heard()[-1]
