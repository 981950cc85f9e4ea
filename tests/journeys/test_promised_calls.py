"""Promised calls as whole journeys: real processes, the lab as Twilio, days in seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from callbacks.rules.outcomes import Result
from callbacks.rules.states import State
from ivr.lab.phone import ANSWERS
from tests.journeys.whole_line import Person, WholeLine, whole_line

pytestmark = pytest.mark.processes

FRIDAY_AT_FOUR = "2026-11-27T16:00:00-05:00"
CUSTOMER = "+14155550142"  # in California: three hours behind the line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[WholeLine]:
    with whole_line(tmp_path, at=FRIDAY_AT_FOUR) as running:
        yield running


@pytest.fixture
def maria(line: WholeLine) -> Person:
    """A manager who takes calls on her telephone."""
    maria = line.user("maria", "+12125550190", "--role", "supervisor", "--alias", "Maria", ringing=ANSWERS)
    maria.phone.on_hearing("press 1", press="1")
    maria.is_available()
    return maria


def test_booked_on_friday_the_manager_is_rung_on_monday_at_ten_where_the_customer_is(
    line: WholeLine, maria: Person
) -> None:
    customer = line.lab.phone(CUSTOMER, ANSWERS)
    booked = maria.books(CUSTOMER, owner="maria", name="Ana Ruiz")
    callback = line.callback(booked)
    assert callback.due_at is not None
    assert callback.due_at.isoformat() == "2026-11-30T18:00:00+00:00"  # 10:00 in California
    line.advance_to(callback.due_at)
    line.until(lambda: customer.number in maria.phone.is_talking_with(), 60)
    heard = " ".join(maria.phone.heard())
    assert heard.index("a call from the support line") < heard.index("Ana Ruiz")
    assert "The invoice of May was wrong." in heard
    assert customer.heard() == []
    line.lab.run(60)
    customer.hangs_up()
    line.until(lambda: line.callback(booked).state is State.REACHED, 30)
    told = maria.ask(
        "POST", f"/callbacks/{booked}/outcome", {"result": "reached", "agreed": "a new invoice"}
    )
    assert told.ok, told.text
    assert line.callback(booked).state is State.DONE
    [attempt] = line.callback(booked).attempts
    assert (attempt.speaker, attempt.result) == ("maria", Result.REACHED)
