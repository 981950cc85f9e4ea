"""The product's own way to Twilio, against the lab's."""

from typing import Any

import pytest

from config.settings import Settings
from ivr.lab.faults import RestFault
from routing.account_set_up import AccountUnread, SetUp, numbers
from tests.lab.rest.conftest import Rest
from tests.lab.rest.watched import KEY, SECRET
from tests.twilio import ACCOUNT, LINE, OFFICE, TOKEN


def asking(rest: Rest, **changes: Any) -> Settings:
    given = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "twilio_api_url": rest.url}
    return Settings(_env_file=None, **(given | changes))


@pytest.mark.parametrize(
    "key", [{}, {"twilio_api_key": KEY, "twilio_api_secret": SECRET}], ids=["token", "key"]
)
def test_it_reads_the_numbers(rest: Rest, key: dict[str, str]) -> None:
    voice = "POST https://line.example/voice/incoming"
    assert numbers(asking(rest, **key)) == [SetUp(OFFICE, voice, "", ""), SetUp(LINE, voice, "", "")]


def test_it_understands_a_wrong_token(rest: Rest) -> None:
    with pytest.raises(AccountUnread, match="does not accept the account SID"):
        numbers(asking(rest, twilio_auth_token="wrong"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [("429", "asked too fast"), ("500_before", "refused with 500"), ("lost_reply", "cannot be reached")],
)
def test_it_understands_the_faults(rest: Rest, fault: RestFault, said: str) -> None:
    rest.network.faults.next(fault)
    with pytest.raises(AccountUnread, match=said):
        numbers(asking(rest))
