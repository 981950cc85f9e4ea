"""A customer who asked in the queue to be called back: an agent is picked as for a caller."""

import pytest

from callbacks import in_line
from callbacks.rules.states import State
from ivr.lab.handset import Handset
from ivr.lab.phone import NO_ANSWER
from routing.rules.caller import Identity
from tests.journeys.promising_office import Office
from tests.journeys.whole_line import WholeLine

pytestmark = pytest.mark.processes


def asks_in_the_queue(office: Office, customer: Handset) -> str:
    line = office.line
    line.advance_to(office.next_morning())
    promised = in_line.promise_place(
        line.floor,
        line.ledger,
        call_sid="CA" + 32 * "0",
        number=customer.number,
        identity=Identity.SURE,
        line="support",
        language="en",
        skill_set="general.en",
        rank_ms=int(line.now().timestamp() * 1000),
    )
    line.was_touched()
    office.promised.append(promised.id)
    return promised.id


def test_whoever_serves_the_queue_is_rung_and_then_the_customer(line: WholeLine, office: Office) -> None:
    customer, ida = office.customer(), office.person("ida", role="agent")
    office.maria.goes_off_duty()
    asked = asks_in_the_queue(office, customer)
    office.until_talking(ida.phone, customer)
    assert "waited in the queue and asked to be called back" in " ".join(ida.phone.heard())
    customer.hangs_up()
    office.until_state(asked, State.REACHED)
    assert office.times_called(customer) == 1


def test_whoever_does_not_answer_is_passed_over_and_the_place_is_kept(
    line: WholeLine, office: Office
) -> None:
    customer, deaf = office.customer(), office.person("dee", NO_ANSWER, role="agent")
    office.maria.goes_off_duty()
    asked = asks_in_the_queue(office, customer)
    line.until(lambda: office.times_called(deaf), 30)
    ida = office.person("ida", role="agent")
    office.until_talking(ida.phone, customer, 180)
    assert office.now(asked).attempts[-1].speaker == ida.name
    customer.hangs_up()


def test_nobody_is_free_until_an_agent_comes(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    office.maria.goes_off_duty()
    asked = asks_in_the_queue(office, customer)
    line.lab.run(30)
    assert office.now(asked).state is State.DUE
    ida = office.person("ida", role="agent")
    office.until_talking(ida.phone, customer, 30)
    customer.hangs_up()
