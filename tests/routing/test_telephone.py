"""Twilio's REST as we use it, against the lab's; what goes wrong is told without a number or a secret."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from config.settings import Settings
from ivr.lab.phone import ANSWERS
from routing.rules.legs import Ended, LegState, Status
from routing.telephone import Telephone
from routing.twilio_rest import NoReply, NotInProgress, OutOfReach, Refused, TelephoneError, TooFast
from tests.ivr.rest import rest
from tests.journeys.places import free_port, wait_until
from tests.routing.ringing import Ringing, ringing
from tests.twilio import CALLER, LINE, TOKEN, a_call_sid

URL = "https://calmline.example/voice/leg?leg=lg1"


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Iterator[Ringing]:
    with ringing(settings, tmp_path) as running:
        yield running


def place(telephone: Telephone, to: str = CALLER) -> str:
    return telephone.place_call(to, LINE, URL, URL, URL, rings_s=20)


def test_a_call_is_placed_found_and_ended(here: Ringing) -> None:
    before = here.floor.clock.now(here.floor.store) - timedelta(seconds=1)
    sid = place(here.telephone)
    here.rings(CALLER)
    [found] = here.telephone.calls_to(CALLER, LINE, before)
    assert (found.sid, found.status, found.direction) == (sid, Status(LegState.RINGING), "outbound-api")
    assert before - timedelta(seconds=1) <= found.created <= before + timedelta(seconds=30)
    assert here.telephone.call(sid) == found
    assert here.telephone.calls_to(CALLER, LINE, before + timedelta(hours=1)) == []
    assert here.telephone.calls_to(LINE, CALLER, before) == []
    here.telephone.end(sid)
    assert here.telephone.call(sid).status.how in (Ended.CANCELLED, Ended.NO_ANSWER, Ended.COMPLETED)


def test_what_is_over_says_so(here: Ringing) -> None:
    sid = place(here.telephone)
    here.rings(CALLER)
    with pytest.raises(NotInProgress):
        here.telephone.redirect(sid, URL, URL)  # not answered yet
    here.telephone.end(sid)
    for over in (sid, a_call_sid()):
        with pytest.raises(NotInProgress):
            here.telephone.redirect(over, URL, URL)
    with pytest.raises(NotInProgress):
        here.telephone.end(a_call_sid())
    with pytest.raises(NotInProgress):
        here.telephone.call(a_call_sid())
    with pytest.raises(NotInProgress):
        here.telephone.announce("nobody-meets-here", URL)


@pytest.mark.parametrize(
    ("fault", "raised"),
    [("429", TooFast), ("500_before", NoReply), ("500_after", NoReply), ("lost_reply", NoReply)],
)
def test_a_fault_has_a_name_that_says_what_may_be_done(here: Ringing, fault: Any, raised: Any) -> None:
    here.lab.faults.next(fault)
    with pytest.raises(raised):
        place(here.telephone)
    here.lab.faults.next(fault)
    with pytest.raises(raised):
        here.telephone.calls_to(CALLER, LINE, here.floor.clock.now(here.floor.store))


def test_a_reply_is_waited_for_as_long_as_it_was_said(here: Ringing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hung = Telephone(here.settings.model_copy(update={"twilio_api_url": url}), timeout_s=0.2)
        with pytest.raises(NoReply, match="ReadTimeout"):
            place(hung)
        hung.close()
    nowhere = here.settings.model_copy(update={"twilio_api_url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(OutOfReach, match="ConnectionError"):
        place(Telephone(nowhere))


@pytest.mark.parametrize("body", ["<html>sign in to this network</html>", "[]", "{}", '"yes"'])
def test_an_answer_of_somebody_else_may_hide_a_call(settings: Settings, body: str) -> None:
    with rest() as stand_in:
        stand_in.body = body
        telephone = Telephone(settings.model_copy(update={"twilio_api_url": stand_in.url}))
        with pytest.raises(NoReply):
            place(telephone)
        telephone.close()


def test_what_is_refused_names_no_number_and_no_secret(here: Ringing) -> None:
    wrong = here.settings.model_copy(update={"twilio_auth_token": SecretStr("a-wrong-token")})
    asks: list[tuple[int, Callable[[], object]]] = [
        (21210, lambda: here.telephone.place_call(CALLER, "+12125550177", URL, URL, URL, rings_s=20)),
        (21211, lambda: here.telephone.place_call("14155550142x", LINE, URL, URL, URL, rings_s=20)),
        (21210, lambda: here.telephone.place_call(LINE, "+12125550177", URL, URL, URL, rings_s=20)),
        (20003, lambda: place(Telephone(wrong))),
    ]
    for code, ask in asks:
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == code
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__
        told = f"{refused.value!s} {refused.value!r} {refused.value.args}"
        assert not [secret for secret in ("5550177", "4155550", "2125550", TOKEN, "wrong") if secret in told]
    assert issubclass(Refused, TelephoneError)


def test_a_conference_is_found_by_name_and_changed(here: Ringing) -> None:
    numbers = [CALLER, "+14155550143"]
    for number in numbers:
        here.lab.phone(number, ANSWERS)
    sids = [place_into_conference(here, number) for number in numbers]
    wait_until(lambda: here.lab.phone(CALLER).is_talking_with() == {numbers[1]}, 10)
    here.telephone.hold("room-1", sids[0], None)
    wait_until(lambda: not here.lab.phone(CALLER).is_talking_with(), 5)
    here.telephone.resume("room-1", sids[0])
    wait_until(lambda: here.lab.phone(CALLER).is_talking_with() == {numbers[1]}, 5)
    here.telephone.announce("room-1", f"{here.settings.public_url}/voice/warning")
    wait_until(lambda: any(url.endswith("/voice/warning") for url in here.asked), 5)
    here.telephone.hold("room-1", sids[1], f"{here.settings.public_url}/voice/held")
    wait_until(lambda: any(url.endswith("/voice/held") for url in here.asked), 5)
    here.telephone.end_conference("room-1")
    with pytest.raises(NotInProgress):
        here.telephone.end_conference("room-1")


def place_into_conference(here: Ringing, number: str) -> str:
    url = f"{here.settings.public_url}/voice/conference"
    return here.telephone.place_call(
        number, LINE, url, url, f"{here.settings.public_url}/voice/x", rings_s=20
    )
