"""From a verdict to the customer's telephone and back to the ladder: real processes, the lab as Twilio."""

import pytest

from callbacks.records import Callback
from callbacks.rules.states import State
from callbacks.still_owed import NOT_OWED, links
from ivr.lab.phone import ANSWERS, NO_ANSWER, Ringing
from ivr.lab.records import Message
from routing.rules.caller import Treatment
from tests.callbacks import conduct
from tests.ivr.voice.scenes import treat
from tests.journeys.promising_office import Office
from tests.journeys.whole_line import WholeLine
from tests.twilio import LINE

pytestmark = pytest.mark.processes


class Story:
    """A caller whose first report was upheld just now; Tom, whose manager is Maria, was the adviser."""

    def __init__(self, line: WholeLine, office: Office, ringing: Ringing = ANSWERS) -> None:
        self.line, self.office = line, office
        self.customer = office.customer(ringing)
        self.tom = office.person("tom", role="agent", manager=office.maria.name)
        said = {"number": self.customer.number, "adviser": self.tom.name}
        self.offence, self.caller = conduct.upheld(line.floor, **said)
        line.was_touched()
        line.until(lambda: self.offence in links(line.floor, self.caller), 30)
        self.callback = links(line.floor, self.caller)[self.offence]
        office.promised.append(self.callback)

    def call(self) -> Callback:
        return self.office.now(self.callback)

    def until_delivered(self) -> None:
        self.line.until(lambda: conduct.standing(self.line.floor, self.caller).gate is None, 30)


def test_an_upheld_offence_is_followed_up_and_the_next_one_is_stage_two(
    line: WholeLine, office: Office
) -> None:
    story = Story(line, office)
    call, maria = story.call(), office.maria
    assert (call.owner, call.exclude) == (maria.name, (story.tom.name,))
    assert call.due_at == office.next_morning()
    office.is_due(story.callback)
    office.until_talking(maria.phone, story.customer)
    assert "a refund that did not come" in " ".join(maria.phone.heard())
    line.lab.run(60)
    story.customer.hangs_up()
    office.until_state(story.callback, State.REACHED)
    maria.does(
        story.callback, "outcome", result="reached", standard_explained=True, apology=True, agreed="yes"
    )
    story.until_delivered()
    line.lab.run(2 * 24 * 3600)
    conduct.upheld(line.floor, number=story.customer.number, adviser=story.tom.name)
    line.was_touched()
    standing = conduct.standing(line.floor, story.caller)
    assert (standing.stage, standing.treatment) == (2, Treatment.SPECIALIST)
    assert office.times_called(story.customer) == 1


def test_quashed_in_between_nobody_is_called(line: WholeLine, office: Office) -> None:
    story = Story(line, office)
    conduct.quashed(line.floor, story.caller, story.offence)
    line.was_touched()
    office.until_state(story.callback, State.CANCELLED, seconds=30)
    assert story.call().because == NOT_OWED
    line.advance_to(office.next_morning())
    line.lab.run(60)
    assert office.times_called(story.customer) == 0
    assert conduct.standing(line.floor, story.caller).stage == 0


def test_nobody_answers_three_times_then_a_letter_delivers(line: WholeLine, office: Office) -> None:
    story = Story(line, office, NO_ANSWER)
    for count in (1, 2, 3):
        office.is_due(story.callback)
        line.until(lambda n=count: len(story.call().attempts) == n, 30)  # type: ignore[misc]
        office.until_state(story.callback, State.BOOKED, State.LETTER_DUE)
    assert story.call().state is State.LETTER_DUE
    line.lab.run(2)
    assert conduct.standing(line.floor, story.caller).gate is not None
    office.maria.does(story.callback, "letter-sent")
    story.until_delivered()
    assert office.times_called(story.customer) == 3


def test_who_hears_where_to_write_to_is_sent_the_address(line: WholeLine, office: Office) -> None:
    customer = office.customer()
    treat(line.floor, "email_only", customer.number)
    office.calls_in(customer)
    line.until(lambda: messages_to(line, customer.number), 60)
    line.lab.run(30)
    [message] = messages_to(line, customer.number)
    assert message.from_ == LINE
    assert "support@example.com" in message.body
    assert "write" in " ".join(customer.heard())


def messages_to(line: WholeLine, number: str) -> list[Message]:
    with line.lab.exchange as network:
        return [one for one in network.messages.values() if one.to == number]
