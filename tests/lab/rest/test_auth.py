"""Who may ask."""

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.lab.rest.conftest import Rest
from tests.lab.rest.real_client import real_client
from tests.lab.rest.watched import KEY, SECRET
from tests.twilio import ACCOUNT, TOKEN

NO_CALL = "CA" + "0" * 32


@pytest.mark.parametrize(("user", "secret"), [(ACCOUNT, TOKEN), (KEY, SECRET)], ids=["token", "API key"])
def test_the_account_and_its_keys_are_let_in(rest: Rest, user: str, secret: str) -> None:
    client = real_client(rest.url, user, secret)
    assert client.calls.list() == []
    client.http_client.close()


@pytest.mark.parametrize(
    ("user", "secret"),
    [(ACCOUNT, "wrong"), (KEY, TOKEN), (ACCOUNT, SECRET), ("SK" + "0" * 32, ""), (ACCOUNT, "tökén")],
)
def test_nobody_else_is(rest: Rest, user: str, secret: str) -> None:
    answer = rest.get("/Calls.json", auth=(user.encode(), secret.encode()))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="Twilio API"')
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Bearer x", "Digest username=a"])
def test_a_header_that_says_nothing_is_refused(rest: Rest, header: str) -> None:
    answer = rest.get("/Calls.json", auth=lambda asked: asked, headers={"Authorization": header})
    assert answer.status_code == 401


def test_another_account_is_not_there(rest: Rest) -> None:
    client = real_client(rest.url, account="AC" + "9" * 32)
    with pytest.raises(TwilioRestException, match="was not found") as no:
        client.calls(NO_CALL).fetch()
    assert (no.value.status, no.value.code) == (404, 20404)
    client.http_client.close()


def test_a_refused_list_is_an_error_for_the_client(rest: Rest) -> None:
    client = real_client(rest.url, secret="wrong")
    with pytest.raises(TwilioException, match="Unable to fetch page"):
        client.incoming_phone_numbers.list()
    client.http_client.close()
